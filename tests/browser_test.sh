#!/bin/sh
# The browser, stats -i: by scripts, and on a terminal.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/harness.sh
. "$(dirname "$0")/harness.sh"

command -v python3 >/dev/null || {
    echo '1..0 # SKIP there is no python3'
    exit
}
export TZ=UTC LC_ALL=C.UTF-8

# a_profile NAME
a_profile() {
    python3 -c "
import marshal
marshal.dump({(\"a.c\", 3, \"factorial\"): (1, 2, 0.25, 0.5, {}), (\"b c.c\", 4, \"f\"): (1, 1, 1.0, 1.0, {})},
             open(\"$1\", \"wb\"))"
}

# browse FILE...: with the script on stdin.
browse() {
    run "$stats" -i "$@"
    expect_status 0
    expect_no_stderr
}

test_case 'random scripts give the bytes of python3 -m pstats' '
    run python3 "$top/tests/browser_oracle.py" "$stats" "${BROWSER_SCRIPTS:-60}" "${PSTATS_SEED:-1}"
    cat "$stdout"
    expect_status 0
'

test_case 'a damaged file does not end the session, and leaves what was loaded' '
    a_profile some.prof
    echo nonsense >bad.prof
    printf "{)" >worse.prof
    printf "add bad.prof\nread worse.prof\nstats factorial\n" | browse some.prof
    expect_stdout_match "^some.prof% bad.prof "
    expect_stdout_match "^some.prof% worse.prof is damaged: it is cut short"
    expect_stdout_match "a.c:3\(factorial\)"
    expect_stdout_line "Goodbye."
'

test_case 'unit changes the unit, and csv writes a file' '
    a_profile some.prof
    printf "unit ms\nstats factorial\nunit days\ncsv out.csv\n" | browse some.prof
    expect_stdout_match "250.000.* a.c:3\(factorial\)"
    expect_stdout_match "days.* is no unit"
    cat >expected <<END
ncalls,pcalls,tottime_ns,cumtime_ns,file,line,function,module
2,1,250000000,500000000,a.c,3,factorial,
1,1,1000000000,1000000000,b c.c,4,f,
END
    expect_same expected out.csv
'

test_case 'quotes keep a regular expression with spaces together' '
    a_profile some.prof
    printf "%s\n" "stats \"b c\"" | browse some.prof
    expect_stdout_line "   List reduced from 2 to 1 due to restriction <'\''b c'\''>"
'

test_case 'our own profiles are read, and without one there is a browser too' '
    compile prog <"$top/samples/recursion.c"
    "$profile" -o own.prof ./prog >/dev/null
    printf "callers is_odd\n" | browse own.prof
    expect_stdout_match "is_odd\)  <-   500/1 .*is_even"
    printf "stats\n" | browse
    expect_stdout_line "% No statistics object is loaded."
'

test_case 'a full disk exits 1' '
    [ -c /dev/full ] || skip "there is no /dev/full"
    status=0
    echo help | "$stats" -i >/dev/full 2>"$stderr" || status=$?
    expect_status 1
    expect_stderr_line "stats: cannot write to standard output: No space left on device"
'

test_case 'tab completes commands, files, sort keys and functions' '
    a_profile some.prof
    python3 "$top/tests/browser_terminal.py" "$stats" complete
'

test_case 'the arrow keys bring back what was typed' '
    python3 "$top/tests/browser_terminal.py" "$stats" remember
'

test_case 'Ctrl-C abandons the line, and Ctrl-D ends the session' '
    python3 "$top/tests/browser_terminal.py" "$stats" interrupt
'

test_done
