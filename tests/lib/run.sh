#!/bin/sh
# Runs test programs and counts their results: `tests/lib/run.sh PROGRAM...`. A program is a cmocka binary or a
# shell script (*.sh) and prints TAP. Each result is shown by its sentence, and a failure with its diagnostics.
#
# The last line is "N passed, N failed", and ", N skipped" if any were. The exit status is 1 if a test failed or
# none passed.
#
# A program also fails if it dies, or takes longer than TEST_TIMEOUT seconds (300). It fails if it prints no plan, or
# fewer results than it planned. So a suite that stops half-way does not look like one that passed.
set -u

work=$(mktemp -d "${TMPDIR:-/tmp}/tests.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

passed=0 failed=0 skipped=0

# show_results STATUS LIMIT: reads a program's TAP on stdin and shows its results. Writes "PASSED FAILED SKIPPED BROKE"
# to the file `counts`; BROKE is 1 if the program itself failed.
#
# cmocka 1.1.5 prints one plan per group and numbers each group from 1. A skipped test is `not ok 3 # SKIP name`. A
# group whose setup failed is `not ok 0 - name`. The end of a group is `# ok - name`.
show_results() {
    awk -v exit_status="$1" -v limit="$2" -v counts="$work/counts" '
        function show(verdict, text) {
            print verdict " - " text
        }
        function fail(text) {
            failed++
            show("not ok", text)
        }
        /^1\.\.[0-9]+/ {
            planned += substr($1, 4)
            has_plan = 1
            if ($1 == "1..0" && match($0, /# *[Ss][Kk][Ii][Pp]/)) {
                skipped++
                show("ok", "all of it # SKIP" substr($0, RSTART + RLENGTH))
            }
            next
        }
        /^(not )?ok( |$)/ {
            results++
            is_ok = $1 == "ok"
            text = $0
            sub(/^(not )?ok *[0-9]*( -)? */, "", text)
            failing = 0
            if (text ~ /# *[Ss][Kk][Ii][Pp]/) {
                skipped++
                if (sub(/^# *[Ss][Kk][Ii][Pp] */, "", text))
                    text = text " # SKIP"
                show("ok", text)
            } else if (is_ok) {
                passed++
                show("ok", text)
            } else {
                failing = 1
                fail(text)
            }
            next
        }
        /^# (not )?ok - / { next }
        /^#/ && failing { print "    " $0 }
        END {
            before = failed
            if (exit_status == 124)
                fail("it ends within " limit " seconds")
            else if (!has_plan)
                fail("it prints a plan (it ended with status " exit_status ")")
            else if (results < planned)
                fail("it gives all of its " planned " results (" results + 0 ", status " exit_status ")")
            else if (results > planned)
                fail("it gives no more than its " planned " results (" results " given)")
            else if (exit_status != 0 && failed == 0)
                fail("it ends with status 0 if all tests passed (the status is " exit_status ")")
            print passed + 0, failed + 0, skipped + 0, (failed > before) > counts
        }'
}

for program in "$@"; do
    printf '# %s\n' "$program"
    case $program in
    /*) path=$program ;;
    *) path=$PWD/$program ;;
    esac
    mkdir "$work/tmp"
    limit=${TEST_TIMEOUT:-300}
    (
        cd "$work/tmp" || exit 1
        export TMPDIR="$work/tmp" CMOCKA_MESSAGE_OUTPUT=TAP
        case $path in
        *.sh) set -- sh "$path" ;;
        *) set -- "$path" ;;
        esac
        exec timeout -k 5 "$limit" "$@" </dev/null >"$work/stdout" 2>"$work/stderr"
    )
    show_results $? "$limit" <"$work/stdout"
    read -r more_passed more_failed more_skipped broke <"$work/counts"
    passed=$((passed + more_passed)) failed=$((failed + more_failed)) skipped=$((skipped + more_skipped))
    # The program's stderr tells more than its diagnostics if it died or a sanitizer reported an error.
    if [ "$more_failed" -gt 0 ]; then
        tail -n 60 "$work/stderr" | sed 's/^/    stderr: /'
        [ "$broke" -eq 0 ] || tail -n 20 "$work/stdout" | sed 's/^/    stdout: /'
    fi
    # A test may have removed the permissions of its own directories.
    chmod -R u+rwx "$work/tmp" 2>/dev/null
    rm -rf "$work/tmp"
done

summary="$passed passed, $failed failed"
[ "$skipped" -eq 0 ] || summary="$summary, $skipped skipped"
printf '%s\n' "$summary"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
