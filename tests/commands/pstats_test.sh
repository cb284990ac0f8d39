#!/bin/sh
# Compares stats --pstats with Python's pstats, and tests profiles of Python in `stats`.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

command -v python3 >/dev/null || {
    echo '1..0 # SKIP there is no python3'
    exit
}
export TZ=UTC LC_ALL=C.UTF-8
unset PAGER LESS

# python_profile NAME DICTIONARY: writes the profile NAME. DICTIONARY is an expression of Python.
python_profile() {
    python3 -c "import marshal; marshal.dump($2, open(\"$1\", \"wb\"))"
    touch -d '2026-11-22 21:26:00' "$1"
}

test_case '500 random profiles and one of profile print the bytes that pstats prints' '
    ${CC:-cc} -g -O1 -finstrument-functions "$top/samples/recursion.c" -o recursion
    "$profile" -o own.prof ./recursion >/dev/null
    run python3 "$top/tests/commands/pstats_files_oracle.py" "$stats" "${PSTATS_CASES:-500}" "${PSTATS_SEED:-1}" own.prof
    cat "$stdout"
    expect_status 0
'

test_case 'profiles that cProfile and profile of Python save print as in pstats' '
    for module in cProfile profile; do
        python3 -c "
import json, $module
$module.runctx(\"json.loads(json.dumps([[]] * 9))\", {\"json\": json}, {}, \"own.prof\")"
        expect_file own.prof
        for report in stats callers callees; do
            python3 -c "import pstats; pstats.Stats(\"own.prof\").sort_stats(\"time\").print_$report()" >expected
            case $report in stats) option= ;; *) option=--$report ;; esac
            "$stats" --pstats --sort time $option own.prof >actual
            expect_same expected actual
        done
    done
'

test_case 'the default report takes a profile of Python, and adds it up with others' '
    python_profile a.prof "{(\"a.py\", 1, \"f\"): (1, 2, 0.25, 0.5, {(\"a.py\", 9, \"main\"): (2, 1, 0.25, 0.5)})}"
    run "$stats" a.prof a.prof
    expect_status 0
    expect_stdout_line "      4/2  500.0ms  125.0ms   1.000s  500.0ms a.py:1(f)"
    run "$stats" --callers a.prof
    expect_status 0
    expect_stdout_line "a.py:1(f)  <-     2/1  250.0ms  500.0ms  a.py:9(main)"
'

test_case '--edge-sort and --edge-limit choose among the callers' '
    python_profile a.prof "{(\"a.py\", 1, \"f\"): (9, 9, 1.0, 1.0, {(\"a.py\", i, \"g\"): (i, i, 0.1, i / 4) for i in (2, 3, 4)})}"
    run "$stats" --callers --edge-sort cumtime --edge-limit 2 --unit s a.prof
    expect_status 0
    cat >expected <<END
   Ordered by: cumulative time

Function   was called by...
               ncalls  tottime  cumtime
a.py:1(f)  <-       4    0.100    1.000  a.py:4(g)
                    3    0.100    0.750  a.py:3(g)


END
    expect_same expected "$stdout"
'

test_case '--percent prints shares of the total time' '
    python_profile a.prof "{(\"a.py\", i, \"f\"): (1, 1, i / 4, i / 2, {}) for i in (1, 3)}"
    run "$stats" --percent --unit s a.prof
    expect_status 0
    expect_stdout_line "   ncalls  tottime   tot%  percall  cumtime   cum%  percall filename:lineno(function)"
    expect_stdout_line "        1    0.750   75.0    0.750    1.500  150.0    1.500 a.py:3(f)"
'

test_case 'the keys percall and cumpercall sort by the time of one call' '
    python_profile a.prof "{(\"a.py\", i, \"f\"): (i, i, 1.0, 4.0 - i / 10, {}) for i in (3, 1, 2)}"
    for key in percall cumpercall perc cump; do
        run "$stats" --sort $key a.prof
        expect_status 0
        expect_equal "1 2 3" "$(sed -n "s/.*a.py:\(.\)(f)/\1/p" "$stdout" | tr "\n" " " | sed "s/ $//")"
    done
'

test_case 'a terminal gets colour, unless NO_COLOR is set' '
    command -v script >/dev/null || skip "there is no script(1)"
    python_profile a.prof "{(\"a.py\", 1, \"f\"): (1, 1, 1.0, 1.0, {})}"
    escape=$(printf "\033")
    TERM=xterm script -qec "$stats --no-pager a.prof" typescript </dev/null >output
    grep -q "$escape\[31m.*a.py:1(f)" output || fail "no colour"
    NO_COLOR=1 TERM=xterm script -qec "$stats --no-pager a.prof" typescript </dev/null >output
    ! grep -q "$escape" output || fail "colour"
    "$stats" a.prof >output
    ! grep -q "$escape" output || fail "colour in a file"
'

for bytes in '{' '{N' '{z\001f' '\373r\000\000\000\000' '{"json": 1}'; do
    test_case "a damaged profile exits 1 with one line: $bytes" '
        printf "$bytes" >bad.prof
        for option in "" --pstats; do
            run "$stats" $option bad.prof
            expect_status 1
            expect_no_stdout
            expect_one_line "$stderr"
            expect_stderr_match "^stats: bad.prof is "
        done
    '
done

test_case '--save writes the sum of files byte for byte as Python does' '
    python_profile a.prof "{(\"b.py\", 1, \"f\"): (1, 2, 0.25, 0.5, {(\"a.py\", 9, \"m\"): (2, 1, 0.25, 0.5)}), (\"a.py\", 9, \"m\"): (1, 1, 0.5, 1.0, {})}"
    run "$stats" --pstats a.prof a.prof --save all.prof
    expect_status 0
    expect_no_stdout
    python3 -c "
import marshal, pstats
both = pstats.Stats(\"a.prof\", \"a.prof\").stats
assert open(\"all.prof\", \"rb\").read() == marshal.dumps(both, 2)"
    "$stats" a.prof a.prof --save sorted.prof
    python3 -c "
import marshal
both = marshal.load(open(\"all.prof\", \"rb\"))
assert open(\"sorted.prof\", \"rb\").read() == marshal.dumps(dict(sorted(both.items())), 2)"
'

test_case '--save with a restriction keeps the callers that match' '
    python_profile a.prof "{(\"a.py\", i, n): (1, 1, 1.0, 1.0, {(\"a.py\", i, n): (1, 1, 1.0, 1.0) for i, n in enumerate(\"abc\")}) for i, n in enumerate(\"abc\")}"
    "$stats" a.prof --restrict "[ab]\)" --save part.prof
    python3 -c "
import marshal
part = marshal.load(open(\"part.prof\", \"rb\"))
names = [key[2] for key in part]
assert names == [\"a\", \"b\"], names
assert all([key[2] for key in value[4]] == names for value in part.values()), part"
    run "$stats" a.prof --save /nonexistent/all.prof
    expect_status 1
    expect_stderr_match "^stats: cannot write /nonexistent/all.prof: No such file"
'

test_case 'a profile of python -m profile is read, whose program is named by its code object' '
    printf "def f(n):\n    return n + 1\n\nfor i in range(10):\n    f(i)\n" >script.py
    python3 -m profile -o a.prof script.py
    run "$stats" --pstats a.prof
    expect_status 0
    expect_no_stderr
    expect_stdout_match "profile:0\(<code object <module>, file \"script.py\", line 1>\)$"
    python3 -c "import pstats; pstats.Stats(\"a.prof\").print_stats()" | sed "s/ at 0x[0-9a-f]*,/,/" | sort >expected
    sort "$stdout" >actual
    expect_same expected actual
'

test_case 'an empty dictionary is an empty profile' '
    python_profile a.prof "{}"
    run "$stats" --pstats a.prof
    expect_status 0
    expect_stdout_line "         0 function calls in 0.000 seconds"
'

test_done
