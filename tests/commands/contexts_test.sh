#!/bin/sh
# Tests the reports of `stats` about calling contexts, threads, processes and files, on profiles of real programs.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

export TZ=UTC LC_ALL=C.UTF-8
unset PAGER LESS

# Makes recursion.prof.
recursion() {
    compile recursion <"$top/samples/recursion.c"
    "$profile" -o recursion.prof ./recursion >/dev/null
}

test_case '--tree prints who called whom, with recursion folded' '
    recursion
    run "$stats" --tree --min-percent 0 --strip-dirs recursion.prof
    expect_status 0
    expect_no_stderr
    expect_stdout_match "^ +1 .* 100.0%  .*\(main\)$"
    expect_stdout_match "^ +21890 .*  (│ |  )└─.*\(fibonacci\) \(recursive\)$"
    expect_stdout_match "^ +500 .*  (│ |  )└─.*\(is_odd\)$"
'

test_case '--tree=callers takes a function before or after the file, and adds up files' '
    recursion
    run "$stats" recursion.prof --tree=callers is_odd recursion.prof --min-percent 0
    expect_status 0
    expect_stdout_match "^ +1000 .* 100.0%  [^ ]*\(is_odd\)$"
    expect_stdout_match "^ +1000 .*  └─.*\(is_even\)$"
    cp "$stdout" behind
    run "$stats" --tree=callers is_odd recursion.prof recursion.prof --min-percent 0
    expect_same behind "$stdout"
'

test_case 'an unknown function is reported in one line' '
    recursion
    run "$stats" recursion.prof --tree=callers nowhere
    expect_status 1
    expect_no_stdout
    expect_one_line "$stderr"
    run "$stats" recursion.prof --tree=callers "["
    expect_status 1
    expect_one_line "$stderr"
'

test_case '--by thread, --thread and --by process show the parts of a run' '
    compile threads -pthread <"$top/samples/threads.c"
    "$profile" -o threads.prof ./threads >/dev/null
    run "$stats" threads.prof --by thread --csv
    expect_status 0
    expect_equal 6 "$(wc -l <"$stdout")"
    tid=$(awk -F, "\$4 == 8001 { print \$2 }" "$stdout")
    run "$stats" threads.prof --thread "$tid"
    expect_stdout_match "^         8001 function calls "
    run "$stats" threads.prof --tree --thread "$tid"
    expect_stdout_match "^     8000 .*└─.*\(step\)$"
    run "$stats" threads.prof --by process
    expect_stdout_match "^ +[0-9]+ +[0-9]+ +5 +15005 .* status 0 +\./threads$"
    run "$stats" threads.prof --process 1
    expect_status 1
    expect_no_stdout
    expect_stderr_line "stats: no process 1 in the profile; see --by process"
    run "$stats" threads.prof --process 1 --process 2
    expect_status 1
    expect_stderr_line "stats: no process 1 or 2 in the profile; see --by process"
    run "$stats" threads.prof --thread zzz
    expect_status 1
    expect_stderr_line "stats: no thread '\''zzz'\'' in the profile; see --by thread"
    run "$stats" threads.prof --thread zzz --thread "y*" --process 1
    expect_status 1
    expect_stderr_line "stats: no thread '\''zzz'\'' or '\''y*'\'' of process 1 in the profile; see --by thread"
'

test_case 'a killed program is noted on standard error, and the report does not change' '
    echo "#include <signal.h>
        int main(void) { return raise(SIGKILL); }" | compile killed
    "$profile" -o killed.prof ./killed || :
    run "$stats" killed.prof
    expect_status 0
    expect_stderr_line "stats: the program was killed by signal 9 (Killed); calls that had not returned (1) are timed up to then"
    expect_stdout_match "^         1 function calls in "
'

test_case '--unwound counts the calls that longjmp left' '
    echo "#include <setjmp.h>
        static jmp_buf place;
        __attribute__((noinline)) void leap(void) { longjmp(place, 1); }
        int main(void) { for (volatile int i = 0; i < 5; i++) if (!setjmp(place)) leap(); return 0; }" |
        compile leap
    "$profile" -o leap.prof ./leap
    run "$stats" leap.prof --unwound
    expect_stdout_match "  percall  unwound filename"
    expect_stdout_match "^ +5(/1)? .*        5 .*\(leap\)$"
    run "$stats" leap.prof --unwound --csv
    expect_stdout_match ",module,unwound$"
    expect_stdout_match "^5,.*,leap,.*,5$"
'

test_case '--save writes the sum of the files, with its tree, as a profile' '
    recursion
    run "$stats" --save all.prof recursion.prof recursion.prof
    expect_status 0
    expect_no_stdout
    expect_no_stderr
    # Compared in microseconds: the sum is kept in fractions of a nanosecond and rounded a second time.
    for report in "--sort nfl" "--tree=callers is_odd"; do
        "$stats" --unit ms $report recursion.prof recursion.prof | sed 1,3d >parts
        "$stats" --unit ms $report all.prof | sed 1,2d >sum
        expect_same parts sum
    done
    run "$stats" --save all.prof all.prof all.prof
    run "$stats" all.prof
    expect_stdout_match "^         91572 function calls "
    run "$stats" --save nowhere/all.prof recursion.prof
    expect_status 1
    expect_one_line "$stderr"
'

test_case 'a thousand runs add up in the memory of a few' '
    recursion
    for i in $(seq 1000); do ln -s recursion.prof "$i.prof"; done
    run env ASAN_OPTIONS=quarantine_size_mb=1 python3 -c "
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)" "$stats" --save all.prof ./[0-9]*.prof
    expect_status 0
    [ "$(cat "$stdout")" -lt 50000 ] || fail "it took $(cat "$stdout") KiB"
    run "$stats" all.prof
    expect_stdout_match "^         22893000 function calls "
'

test_case 'a file of Python can be compared and added up, but has no contexts' '
    recursion
    echo "print(len([]))" >script.py
    python3 -m cProfile -o python.prof script.py >/dev/null
    run "$stats" recursion.prof --diff python.prof
    expect_status 0
    expect_stdout_match " gone .*built-in method builtins.len"
    for arguments in "--tree" "--by thread" "--by process" "--thread main"; do
        # shellcheck disable=SC2086
        run "$stats" recursion.prof python.prof $arguments
        expect_status 1
        expect_no_stdout
        expect_stderr_line "stats: python.prof has no calling contexts, only figures of functions"
    done
    run "$stats" recursion.prof recursion.prof python.prof recursion.prof --save all.prof
    expect_status 0
    expect_no_stdout
    run "$stats" all.prof --csv
    expect_stdout_match "^65673,3,.*,fibonacci,"
    expect_stdout_match "^1,1,.*builtins.len"
'

test_case '--diff compares with a build whose lines moved' '
    sed "1i /* moved */" "$top/samples/recursion.c" | sed "s/fibonacci(20)/fibonacci(21)/" >recursion.c
    compile moved <recursion.c
    recursion
    "$profile" -o moved.prof ./moved >/dev/null
    run "$stats" moved.prof --diff recursion.prof --sort calls
    expect_status 0
    expect_no_stderr
    expect_stdout_line "   Ordered by: change of call count"
    expect_stdout_match "^   Compared with: .*recursion.prof$"
    expect_stdout_match "\(fibonacci\)$"
    ! grep -E " (new|gone) " "$stdout"
    run "$stats" moved.prof --diff missing.prof
    expect_status 1
    expect_one_line "$stderr"
'

test_case '--by file shows how evenly time is spread' '
    recursion
    cp recursion.prof again.prof
    run "$stats" recursion.prof again.prof --by file --restrict is_odd
    expect_status 0
    expect_stdout_match "^       2      1000 .*   0.0% .*\(is_odd\)$"
    expect_stdout_line "   Ordered by: internal time"
    run "$stats" recursion.prof again.prof --by file --csv -s cumulative --restrict main
    cp "$stdout" spread
    run "$stats" --csv recursion.prof --restrict main
    cumtime=$(awk -F, "NR == 2 { print \$4 }" "$stdout")
    grep "^2,2,$cumtime,$cumtime,$cumtime,0.00," spread
    run "$stats" recursion.prof again.prof --by file --csv -s calls -n 1
    expect_stdout_match "^2,43782,21891.00,21891.00,21891.00,0.00,.*,fibonacci,"
    run "$stats" recursion.prof again.prof --by file -s name,pcalls --restrict fibonacci
    expect_stdout_match "^       2     43782        1        1        1   0.0% .*fibonacci"
'

# total OPTIONS...: prints the time in the head of a report.
total() {
    "$stats" "$@" | sed -n 's/.* function calls .*in \(.*\)/\1/p'
}

test_case 'times of processes, threads and files have the digits that the table gives them' '
    compile threads -O2 -pthread <"$top/samples/threads.c"
    "$profile" -o threads.prof ./threads >/dev/null
    "$stats" --by process threads.prof | awk "\$4 ~ /^[0-9]+$/ { print \$5 }" >process
    expect_equal "$(total threads.prof)" "$(cat process)"
    "$stats" --by thread threads.prof | awk "\$2 ~ /^[0-9]+$/ && \$1 ~ /^[0-9]+$/ { print \$2, \$4 }" >threads
    expect_equal 5 "$(wc -l <threads)"
    while read -r tid time; do
        expect_equal "$(total --thread "$tid" threads.prof)" "$time"
    done <threads
    for sort in time percall cumulative; do
        column=$(echo "time 2 percall 3 cumulative 4" | sed "s/.*$sort \([0-9]\).*/\1/")
        "$stats" --sort name threads.prof | awk "/:[0-9]+\(/ { print \$$column, \$NF }" | sort >table
        "$stats" --by file --sort $sort threads.prof | awk "/:[0-9]+\(/ { print \$4, \$NF }" | sort >file
        expect_equal "$(cat table)" "$(cat file)"
    done
'

test_case 'builds with different options and names are added up, in every report' '
    for level in 0 2; do
        compile "recursion-O$level" "-O$level" <"$top/samples/recursion.c"
        "$profile" -o O$level.prof "./recursion-O$level" >/dev/null
    done
    "$stats" O0.prof O2.prof --save both.prof
    for options in both.prof "O0.prof O2.prof" "--by file O0.prof O2.prof" "--pstats O0.prof O2.prof"; do
        # shellcheck disable=SC2086
        run "$stats" $options
        expect_equal 4 "$(grep -c ":[0-9]*(.*)" "$stdout")"
        expect_stdout_match "43782.* [^ ]*\(fibonacci\)"
    done
    run "$stats" --tree O0.prof O2.prof --min-percent 0
    expect_stdout_match "^ +2 .* 100.0%  .*\(main\)$"
    expect_stdout_match "^ +43780 .*\(fibonacci\) \(recursive\)$"
'

for arguments in '--diff' '--diff a --by file' '--by file --unwound' '--save' '--save a --csv' '--by week' '--by thread --sort time' '--process x' '--tree --by thread' '--tree=callers' '--tree=up' '--tree --percent' \
    '--tree --edge-sort calls' '--by file --edge-limit 3' '--edge-sort calls' \
    '--min-percent x' '--min-percent 101' '--min-percent nan'; do
    test_case "wrong usage exits 2 with one line: stats x.prof $arguments" '
        # shellcheck disable=SC2086
        run "$stats" x.prof $arguments
        expect_status 2
        expect_no_stdout
        expect_one_line "$stderr"
        expect_stderr_match "; see stats --help$"
    '
done

test_done
