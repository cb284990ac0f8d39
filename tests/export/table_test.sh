#!/bin/sh
# Tests the formats of stats -o that are tables: csv, pstats, and prof, which is a table if some rows are wanted.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/trees.sh
. "$(dirname "$0")/../lib/trees.sh"

test_case "-o FILE.csv writes what --csv prints, with its options" '
    write_tree
    for options in "" "--sort tottime --errors --unwound" "--restrict add" "--thread 4243 --strip-dirs"; do
        run "$stats" tree.prof $options -o out.csv
        expect_status 0
        expect_no_stdout
        expect_no_stderr
        "$stats" tree.prof $options --csv >expected
        expect_same expected out.csv
        "$stats" tree.prof $options --format csv >out.csv
        expect_same expected out.csv
    done
'

test_case "-o FILE.prof writes what --save writes" '
    write_tree
    for options in "" "--strip-dirs" "--limit 3"; do
        "$stats" tree.prof tree.prof $options -o out.prof
        "$stats" tree.prof tree.prof $options --save saved.prof
        cmp saved.prof out.prof
        "$stats" tree.prof tree.prof $options --format prof | cmp - out.prof
    done
'

test_case "Python reads the figures of -o FILE.pstats, as of the table" '
    write_tree
    "$stats" tree.prof --restrict "fib|even|odd|add" -o out.pstats
    python3 -c "
import pstats
for key, figures in sorted(pstats.Stats(\"out.pstats\").stats.items()):
    print(\"%s:%d(%s)\" % key, figures[:2], *(round(time * 1e9) for time in figures[2:4]), len(figures[4]))" >figures
    cat >expected <<END
/src/a.cc:20(fib) (1, 25) 5000 5000 1
/src/a.cc:30(even) (1, 6) 50 400 1
/src/a.cc:31(odd) (5, 5) 50 390 1
/src/a.cc:40(add) (11, 11) 360 360 1
/src/a.cc:41(add) (7, 7) 700 700 0
END
    expect_same expected figures
'

test_case "binary formats are not written to a terminal" '
    command -v script >/dev/null || skip "there is no script(1)"
    write_tree
    status=0
    script -qec "$stats tree.prof --format pstats" typescript </dev/null >output || status=$?
    expect_equal 1 "$status"
    grep -q "^stats: pstats is not for a terminal: name a file with -o" output
'

test_case "options that a table does not use are refused" '
    write_tree
    for options in "--by thread" "--min-percent 3"; do
        run "$stats" tree.prof $options -o out.csv
        expect_status 2
        expect_stderr_match "^stats: ${options% *}.* is for formats with .*, not for csv"
    done
'

test_done
