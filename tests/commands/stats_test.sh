#!/bin/sh
# Tests the command `stats` on tables written by hand. MODEL_STATS is a stats with tests/lib/model_load.c in place of
# cli/files/load.c.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

model_stats=${MODEL_STATS:-$build/tests/model_stats}
export TZ=UTC LC_ALL=C.UTF-8 TERM=xterm
unset PAGER LESS

# a_model: writes a.model, with lines of FILE LINE NAME NCALLS PCALLS TOTTIME CUMTIME.
tab=$(printf '\t')
a_model() {
    tr ' ' "$tab" >a.model <<END
src/main.c 10 main 1 1 1000 1204000
src/main.c 3 fib 3 1 1203000 1203000
lib/x.c 7 leaf 100 100 5000 5000
END
    touch -d '2026-11-22 21:26:00' a.model
}

# Runs a command whose standard output is a terminal, and copies the output to $stdout.
on_terminal() {
    command -v script >/dev/null || skip 'there is no script(1)'
    status=0
    script -qec "$1" typescript </dev/null >"$stdout" 2>"$stderr" || status=$?
    tr -d '\r' <"$stdout" >unix && cp unix "$stdout"
}

test_case 'the default report is by cumulative time, each time with its unit' '
    a_model
    run "$model_stats" a.model
    expect_status 0
    expect_no_stderr
    cat >expected <<END
Sun Nov 22 21:26:00 2026    a.model

         104 function calls (102 primitive calls) in 1.209ms

   Ordered by: cumulative time

   ncalls  tottime  percall  cumtime  percall filename:lineno(function)
        1  1.000us  1.000us  1.204ms  1.204ms src/main.c:10(main)
      3/1  1.203ms  401.0us  1.203ms  1.203ms src/main.c:3(fib)
      100  5.000us  50.00ns  5.000us  50.00ns lib/x.c:7(leaf)


END
    expect_same expected "$stdout"
'

test_case 'options may follow the file, and repeated sort keys add up' '
    a_model
    run "$model_stats" a.model --sort module -s ncalls -r --unit=us
    expect_status 0
    expect_stdout_line "   Ordered by: file name, call count"
    expect_stdout_line "         104 function calls (102 primitive calls) in 1209.000 microseconds"
    expect_equal "src/main.c:10(main)" "$(sed -n 8p "$stdout" | cut -c 47-)"
'

test_case 'restrictions apply in their order, and the limit last' '
    a_model
    run "$model_stats" -n 1 a.model --restrict 0.99 --restrict main
    expect_status 0
    expect_stdout_line "   List reduced from 3 to 2 due to restriction <'\''main'\''>"
    expect_stdout_line "   List reduced from 2 to 1 due to restriction <1>"
'

test_case 'several files are summed up, each with its title' '
    a_model
    cp -p a.model b.model
    run "$model_stats" a.model b.model
    expect_stdout_line "Sun Nov 22 21:26:00 2026    b.model"
    expect_stdout_match "^ +6/2  2.406ms .*fib"
'

test_case '--csv has one full line for each function' '
    a_model
    run "$model_stats" --csv --strip-dirs -s line a.model
    expect_status 0
    cat >expected <<END
ncalls,pcalls,tottime_ns,cumtime_ns,file,line,function,module
3,1,1203000,1203000,main.c,3,fib,
100,100,5000,5000,x.c,7,leaf,
1,1,1000,1204000,main.c,10,main,
END
    expect_same expected "$stdout"
'

for arguments in '' '--bogus' '--sort' '--sort cum a.model' '--restrict [ a.model' '--restrict 1.5 a.model' \
    '--unit m a.model' '-n x a.model' '-n -1 a.model' '--csv=1 a.model'; do
    test_case "wrong usage exits 2 with one line: stats $arguments" '
        a_model
        # shellcheck disable=SC2086
        run "$model_stats" $arguments
        expect_status 2
        expect_no_stdout
        expect_one_line "$stderr"
        expect_stderr_match "^stats: .*; see stats --help$"
    '
done

test_case 'an option that is refused is named, with the reason' '
    a_model
    check() {
        reason=$1
        shift
        run "$model_stats" a.model "$@"
        expect_status 2
        expect_no_stdout
        expect_stderr_line "stats: $reason; see stats --help"
    }
    check "--csv and --callers exclude each other" --csv --callers
    check "--csv and --callers exclude each other" --callers=main --csv
    check "--csv and --callees exclude each other" --csv --callees
    check "--callers and --callees exclude each other" --callers --callees
    check "--callers and --callees exclude each other" --callees=main --callers=fib
    check "--tree=callers needs a function" --tree=callers
    check "--interactive and --csv exclude each other" -i --csv
    check "--interactive and --thread exclude each other" --thread main -i
    check "--interactive and --by=thread exclude each other" -i --by thread
    check "--min-percent needs --tree, --output or --format" --min-percent 3
    check "--cc needs --suggest-exclude" --cc gcc
    check "--csv and --unit exclude each other" --csv --unit ms
    check "--csv and --percent exclude each other" --csv --percent
    check "--callers and --percent exclude each other" --callers --percent
    check "--pstats and --unit exclude each other" --pstats --unit ms
    check "--pstats and --percent exclude each other" --pstats --percent
    check "--by=thread and --errors exclude each other" --by thread --errors
    check "--by=process and --strip-dirs exclude each other" --by process --strip-dirs
    check "--save and --unit exclude each other" --save x --unit s
    check "--save and --callees exclude each other" --save x --callees=main
    check "--check and --unit exclude each other" --check --unit s
    check "--suggest-exclude and --unit exclude each other" --suggest-exclude --unit s
    check "--limit: invalid row count '\''x'\'' (use a whole number, 0 or more)" -n x
    check "--edge-limit: invalid row count '\''-1'\'' (use a whole number, 0 or more)" --callers --edge-limit -1
'

test_case 'a file that cannot be read exits 1 with one line and no report' '
    a_model
    run "$model_stats" a.model missing.model
    expect_status 1
    expect_no_stdout
    expect_stderr_line "stats: cannot read missing.model: No such file or directory"
'

test_case 'an empty profile is reported, with a hint on standard error' '
    : >empty.model
    run "$model_stats" empty.model
    expect_status 0
    expect_stdout_line "         0 function calls in 0ns"
    expect_stderr_match "^stats: no calls were recorded"
'

test_case '--help and --version go to standard output' '
    run "$model_stats" --help
    expect_status 0
    expect_no_stderr
    expect_stdout_match "^Usage: stats "
    run "$model_stats" --version
    expect_status 0
    expect_stdout_match "^stats [0-9]+\.[0-9]+\.[0-9]+$"
'

test_case 'a full disk exits 1 with one line, for reports and help alike' '
    [ -c /dev/full ] || skip "there is no /dev/full"
    a_model
    for arguments in a.model "--csv a.model" --help --version; do
        status=0
        # shellcheck disable=SC2086
        "$model_stats" $arguments >/dev/full 2>"$stderr" || status=$?
        expect_status 1
        expect_one_line "$stderr"
        expect_stderr_line "stats: cannot write to standard output: No space left on device"
    done
    status=0
    "$model_stats" a.model >&- 2>"$stderr" || status=$?
    expect_status 1
'

test_case 'stats ends by SIGPIPE without a message if the reader goes away, even if SIGPIPE was ignored' '
    for i in $(seq 20000); do
        printf "f%s.c\t1\tf\t1\t1\t1\t1\n" "$i"
    done >big.model
    { "$model_stats" big.model 2>"$stderr" && : || echo $? >ended; } | head -n 1 >/dev/null
    expect_no_stderr
    expect_equal 141 "$(cat ended)"
    rm ended
    { (trap "" PIPE && exec "$model_stats" big.model) 2>"$stderr" && : || echo $? >ended; } | head -n 1 >/dev/null
    expect_no_stderr
    expect_equal 141 "$(cat ended)"
'

test_case 'the same files give the same bytes, in any order of their lines' '
    for i in $(seq 300); do
        printf "f%s.c\t%s\tname%s\t5\t5\t7\t7\n" $((i % 7)) $((i % 3)) "$i"
    done >one.model
    sort -r one.model >two.model
    touch -r one.model two.model
    for key in calls cumulative file line name nfl pcalls stdname time; do
        "$model_stats" -s $key one.model | tail -n +2 >one
        "$model_stats" -s $key two.model | tail -n +2 >two
        expect_file one
        expect_same one two
    done
'

test_case 'on a terminal the report goes through $PAGER, and the exit status is 0' '
    a_model
    export PAGER="sed s/^/paged:/"
    on_terminal "$model_stats a.model"
    expect_status 0
    expect_stdout_line "paged:   Ordered by: cumulative time"
    on_terminal "$model_stats --no-pager a.model"
    expect_stdout_line "   Ordered by: cumulative time"
'

# percent_columns COLUMNS OPTION...: prints the number of columns with shares of a report on a terminal of COLUMNS.
percent_columns() {
    columns=$1
    shift
    on_terminal "stty cols $columns; $model_stats $* a.model"
    sed -n "/filename:lineno/p" "$stdout" | tr " " "\n" | grep -c "%$" || :
}

test_case 'shares are printed on a terminal with room for them, if not refused' '
    a_model
    export PAGER=cat
    unset COLUMNS
    expect_equal 0 "$(percent_columns 80)"
    expect_equal 0 "$(percent_columns 119)"
    expect_equal 2 "$(percent_columns 120)"
    expect_equal 2 "$(percent_columns 80 --percent)"
    expect_equal 0 "$(percent_columns 120 --no-percent)"
    expect_equal 2 "$(percent_columns 120 --no-percent --percent)"
    expect_equal 0 "$(percent_columns 120 --errors)"
    expect_equal 2 "$(percent_columns 129 --errors)"
    expect_equal 0 "$(percent_columns 200 --unit s)"
    expect_equal 0 "$(percent_columns 200 --pstats)"
    COLUMNS=120 && export COLUMNS
    expect_equal 2 "$(percent_columns 80)"
    COLUMNS=80
    expect_equal 0 "$(percent_columns 120)"
    COLUMNS=many
    expect_equal 2 "$(percent_columns 120)"
    COLUMNS=200
    run "$model_stats" a.model
    ! grep -q "%" "$stdout" || fail "shares are printed into a file"
'

test_case 'shares add up to the whole, and none is greater' '
    a_model
    run "$model_stats" --percent a.model
    expect_stdout_line "   ncalls  tottime   tot%  percall  cumtime   cum%  percall filename:lineno(function)"
    expect_stdout_line "        1  1.000us    0.1  1.000us  1.204ms   99.6  1.204ms src/main.c:10(main)"
    expect_stdout_line "      3/1  1.203ms   99.5  401.0us  1.203ms   99.5  1.203ms src/main.c:3(fib)"
    expect_stdout_line "      100  5.000us    0.4  50.00ns  5.000us    0.4  50.00ns lib/x.c:7(leaf)"
'

test_case 'the title is cut on a terminal that it does not fit, and nowhere else' '
    a_model
    mkdir -p "a long/path of folders/to the/file"
    cp -p a.model "a long/path of folders/to the/file/some.model"
    export PAGER=cat
    unset COLUMNS
    on_terminal "stty cols 60; $model_stats \"a long/path of folders/to the/file/some.model\""
    expect_stdout_line "Sun Nov 22 21:26:00 2026    … folders/to the/file/some.model"
    run "$model_stats" "a long/path of folders/to the/file/some.model"
    expect_stdout_line "Sun Nov 22 21:26:00 2026    a long/path of folders/to the/file/some.model"
'

test_case 'a function that a terminal has no room for loses its folders, but not its name' '
    printf "/home/user/project/source/main.c\t10\tmain\t1\t1\t5\t5\n" >long.model
    printf "short.c\t10\ta_name_that_is_longer_than_the_line\t1\t1\t5\t5\n" >>long.model
    export PAGER=cat NO_COLOR=1
    unset COLUMNS
    on_terminal "stty cols 80; $model_stats long.model"
    expect_stdout_line "        1  5.000ns  5.000ns  5.000ns  5.000ns …er/project/source/main.c:10(main)"
    on_terminal "stty cols 60; $model_stats long.model"
    expect_stdout_line "        1  5.000ns  5.000ns  5.000ns  5.000ns …/main.c:10(main)"
    expect_stdout_line "        1  5.000ns  5.000ns  5.000ns  5.000ns short.c:10(a_name_that_is_longer_than_the_line)"
    head -n 1 long.model >one.model
    on_terminal "stty cols 60; $model_stats --tree one.model"
    expect_stdout_line "        1  5.000ns  100.0%  5.000ns  100.0%  …/main.c:10(main)"
    on_terminal "stty cols 60; $model_stats --by file long.model"
    expect_stdout_line "       1         1  5.000ns  5.000ns  5.000ns   0.0% …/main.c:10(main)"
    on_terminal "stty cols 60; $model_stats --unit s long.model"
    expect_stdout_line "        1    0.000    0.000    0.000    0.000 /home/user/project/source/main.c:10(main)"
    run "$model_stats" long.model
    expect_stdout_line "        1  5.000ns  5.000ns  5.000ns  5.000ns /home/user/project/source/main.c:10(main)"
'

test_case 'no pager is used if PAGER is empty or cat' '
    a_model
    for PAGER in "" cat; do
        export PAGER
        on_terminal "PATH=/nonexistent $model_stats a.model"
        expect_status 0
        expect_stdout_line "   Ordered by: cumulative time"
    done
'

test_case 'on a dumb terminal there is neither a pager nor colour' '
    a_model
    export PAGER="echo paged; :"
    on_terminal "$model_stats a.model"
    expect_stdout_line paged
    for TERM in dumb ""; do
        on_terminal "$model_stats a.model"
        expect_status 0
        expect_stdout_line "        1  1.000us  1.000us  1.204ms  1.204ms src/main.c:10(main)"
        ! grep -q "paged\|\[" "$stdout" || fail "there is a pager or colour"
    done
    unset TERM
    on_terminal "$model_stats a.model"
    expect_stdout_line "   Ordered by: cumulative time"
'

test_case 'the report is printed without a pager if the pager cannot start' '
    a_model
    for PAGER in /nonexistent/pager "/nonexistent/pager --option"; do
        export PAGER
        on_terminal "$model_stats a.model"
        expect_status 0
        expect_stdout_line "   Ordered by: cumulative time"
    done
'

test_case 'less gets LESS=FRX, unless LESS is set' '
    a_model
    export PAGER="echo LESS is \$LESS; :"
    on_terminal "$model_stats a.model"
    expect_stdout_line "LESS is FRX"
    export LESS=S
    on_terminal "$model_stats a.model"
    expect_stdout_line "LESS is S"
'

test_case 'leaving the pager early is not an error' '
    for i in $(seq 20000); do
        printf "f%s.c\t1\tf\t1\t1\t1\t1\n" "$i"
    done >big.model
    export PAGER="head -n 1 >/dev/null; :"
    on_terminal "$model_stats big.model"
    expect_status 0
    expect_no_stdout
'

test_case 'the report agrees with pstats, byte for byte, on random tables' '
    command -v python3 >/dev/null || skip "there is no python3"
    run python3 "$top/tests/commands/pstats_oracle.py" "$model_stats" "${PSTATS_CASES:-300}" "${PSTATS_SEED:-1}"
    cat "$stdout"
    expect_status 0
'

test_case "counts stop at the largest number that files hold, stats says so, and what is saved can be read" '
    python3 -c "
import marshal
for name, calls in (\"half\", 2**62), (\"most\", 2**63 - 1), (\"few\", 5):
    row = (calls, calls, 1.0, 2.0, {(\"a.c\", 1, \"main\"): (calls, calls, 1.0, 2.0)})
    with open(name + \".prof\", \"wb\") as file:
        marshal.dump({(\"a.c\", 2, \"leaf\"): row, (\"a.c\", 1, \"main\"): (1, 1, 1.0, 2.0, {})}, file)"
    for files in "half.prof half.prof" "half.prof half.prof half.prof half.prof" "most.prof few.prof" "most.prof most.prof"; do
        # shellcheck disable=SC2086
        run "$stats" $files --save sum.prof
        expect_status 0
        expect_stderr_line "stats: a count of 9223372036854775807 stands for that many or more"
        for option in --csv --callers "--by file"; do
            # shellcheck disable=SC2086
            run "$stats" $option sum.prof
            expect_status 0
            expect_stdout_match "9223372036854775807"
            expect_stderr_line "stats: a count of 9223372036854775807 stands for that many or more"
        done
        python3 -c "import pstats; pstats.Stats(\"sum.prof\").print_stats()" >python
        grep -q "9223372036854775807 .*leaf" python || fail "Python reads other counts"
    done
    run "$stats" --csv half.prof few.prof
    expect_stdout_match "^4611686018427387909,"
    expect_no_stderr
'

test_done
