#!/bin/sh
# Tests the options about clock readings and their cost: profile --clock, --bias, --calibrate; stats --raw, --errors.
# sample_test.c and ledger_test.c test how readings become times.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

compile_program() {
    compile program -O1 <<'END'
#include <stdio.h>
static void tiny(void) { __asm__ volatile(""); }
static long work(long n)
{
    long x = n;
    for (int i = 0; i < 3000; i++) {
        x = x * 3 + 1;
        __asm__ volatile("" : "+r"(x));
    }
    return x;
}
int main(void)
{
    long x = 0;
    for (int i = 0; i < 100000; i++) {
        tiny();
        if (i % 100 == 0)
            x += work(x);
    }
    return x == 42;
}
END
}

# column NAME FUNCTION: prints the column NAME of FUNCTION in the file `rows`, a CSV.
column() {
    awk -F, -v name="$1" -v row="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) wanted = i; next }
        $7 == row { print $wanted }' rows
}

for clock in every sampled none; do
    test_case "--clock=$clock counts every call, and the report says so" "
        compile_program
        run \"\$profile\" --clock=$clock -o out.prof ./program
        expect_status 0
        expect_no_stderr
        \"\$stats\" out.prof --csv >rows 2>notes
        expect_equal 100000 \"\$(column ncalls tiny)\"
        expect_equal 1000 \"\$(column ncalls work)\"
        expect_equal 1 \"\$(column ncalls main)\"
        run \"\$stats\" out.prof
        grep -q '^   Clock: ' \"\$stdout\" || fail 'the report does not say what the clock was'
    "
done

test_case "the default is sampled" '
    compile_program
    "$profile" -o out.prof ./program
    run "$stats" out.prof
    grep -qx "   Clock: TSC, sampled calls; overhead subtracted" "$stdout" || fail "it is not"
'

test_case "a program that is linked with the runtime reads its clock by PROFILE_OPTIONS" '
    compile_program
    compile linked -O1 "$build/libprofile.a" <<END
static void leaf(void) { }
int main(void) { leaf(); return 0; }
END
    PROFILE_OPTIONS=reads=1 PROFILE_OUT=out.prof ./linked
    run "$stats" out.prof
    grep -qx "   Clock: TSC, every call; overhead subtracted" "$stdout" || fail "it does not"
'

test_case "without a clock there are no times, and stats says why" '
    compile_program
    "$profile" --clock=none -o out.prof ./program
    run "$stats" out.prof
    expect_stderr_line "stats: there are no times: the program was run with profile --clock=none"
    "$stats" out.prof --csv >rows 2>notes
    expect_equal 0 "$(column cumtime_ns main)"
'

test_case "the cost of recording is subtracted, but not with --raw" '
    compile_program
    "$profile" --clock=every -o out.prof ./program
    "$stats" out.prof --csv >rows
    taken_out=$(column tottime_ns tiny)
    "$stats" out.prof --csv --raw >rows
    raw=$(column tottime_ns tiny)
    [ "$taken_out" -lt "$raw" ] || fail "$taken_out ns of $raw"
    run "$stats" out.prof --raw
    grep -qx "   Clock: TSC, every call" "$stdout" || fail "the report says something else"
'

test_case "--bias subtracts its value, and nothing else" '
    compile_program
    "$profile" --clock=every --bias 0 -o none.prof ./program
    "$stats" none.prof --csv >rows
    without=$(column tottime_ns tiny)
    "$stats" none.prof --csv --raw >rows
    expect_equal "$without" "$(column tottime_ns tiny)"
    run "$stats" none.prof
    ! grep -q "Time:" "$stdout" || fail "its times rest on samples"
    "$profile" --clock=every --bias 3.5 -o some.prof ./program
    "$stats" some.prof --csv >rows
    without=$(column tottime_ns tiny)
    "$stats" some.prof --csv --raw >rows
    difference=$(($(column tottime_ns tiny) - without))
    [ "$difference" -gt 349900 ] && [ "$difference" -lt 350100 ] || fail "100,000 calls, and $difference ns"
'

test_case "a time that may be 0 is shown as less than a bound" '
    compile_program
    "$profile" --clock=every --bias 1000000 -o out.prof ./program
    run "$stats" out.prof --restrict tiny
    grep -Eq "^   100000 +<[0-9]+.s +<[0-9]+.s +<[0-9]+.s +<[0-9]+.s .*\(tiny\)" "$stdout" || fail "it is not"
    "$stats" out.prof --csv >rows
    expect_equal 0 "$(column tottime_ns tiny)"
    python3 -c "import pstats, sys
for function, figures in pstats.Stats(\"out.prof\").stats.items(): sys.exit(figures[2] < 0 or figures[3] < 0)"
'

test_case "--errors prints the standard error of sampled times" '
    compile_program
    "$profile" -o out.prof ./program
    "$stats" out.prof --csv --errors >rows
    [ "$(column tottime_error_ns tiny)" -gt 0 ] || fail "there is none"
    run "$stats" out.prof --errors
    grep -q "^   ncalls  tottime       +-  percall" "$stdout" || fail "it has no column"
'

test_case "the sum of profiles has the overhead of each" '
    compile_program
    "$profile" --clock=every -o one.prof ./program
    "$profile" -o two.prof ./program
    "$stats" one.prof two.prof --save sum.prof
    for raw in "" --raw; do
        "$stats" one.prof two.prof --csv $raw --restrict "tiny|work" | cut -d, -f1,2,5- >expected
        "$stats" sum.prof --csv $raw --restrict "tiny|work" | cut -d, -f1,2,5- >actual
        expect_same expected actual
        for column in 3 4; do
            "$stats" one.prof two.prof --csv $raw | cut -d, -f$column >expected
            "$stats" sum.prof --csv $raw | cut -d, -f$column >actual
            paste expected actual | awk "NR > 1 && (\$1 - \$2 > 5 || \$2 - \$1 > 5) { exit 1 }" || fail "$raw: column $column differs"
        done
    done
'

test_case "--calibrate prints the cost of a call, for each clock" '
    for clock in every sampled none; do
        run "$profile" --calibrate --clock=$clock
        expect_status 0
        expect_no_stderr
        grep -qx "A call costs, in nanoseconds:" "$stdout"
        grep -qE "^ +[0-9]+\.[0-9]  if it is (not )?timed" "$stdout" || fail "it has no figures"
        ! grep -qE "^ +0\.0 " "$stdout" || fail "a call costs nothing"
    done
    expect_equal 2 "$(wc -l <"$stdout")"
'

test_case "wrong values are refused in one line" '
    for wrong in --clock=often --clock= --bias=-1 --bias=x --bias=nan --bias=inf --bias=; do
        run "$profile" "$wrong" true
        expect_status 2
        expect_equal 1 "$(wc -l <"$stderr")"
    done
'

test_done
