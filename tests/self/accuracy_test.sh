#!/bin/sh
# Tests the accuracy suite itself, with a made-up profiler that tells the truth or a chosen error. Tests also that the
# real profiler counts the calls of the kernels. `make accuracy` measures the errors of its times.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# program NAME: writes the shell script NAME from stdin.
program() {
    {
        echo '#!/bin/sh'
        cat
    } >"$1"
    chmod +x "$1"
}

# Makes kernels with given times, and a profiler whose reports are the files csv and raw. A call of multiply_100 takes
# 100 ns. A call of outer takes 92 ns: 32 ns itself, and 30 ns in each of two calls of inner. The parents' own work is
# 8 ns a call.
made_up() {
    program kernels-plain <<END
cat $PWD/cases
[ "\$1" = run ] || cat $PWD/inner
END
    cp kernels-plain kernels-hooks
    cat >cases <<'END'
multiply_100 20000 10 - 0 -
 2160000 160000
 2160000 160000
outer 10000 10 inner 2 -
 1000000 80000
 1000000 80000
END
    cat >inner <<'END'
inner 100 10 - 0 -
 3800 800
 3800 800
END
    program profile <<'END'
shift 2
exec "$@"
END
    program stats <<END
cat $PWD/csv
END
    cat >csv <<'END'
ncalls,pcalls,tottime_ns,cumtime_ns,file,line,function,module
20000,20000,2000000,2000000,k.c,1,kernel_multiply_100,k
2000,2000,160000,2160000,k.c,2,parent_multiply_100,k
10000,10000,320000,920000,k.c,3,kernel_outer,k
20000,20000,600000,600000,k.c,4,kernel_inner,k
1000,1000,80000,1000000,k.c,5,parent_outer,k
END
}

# accuracy: runs the suite on the made-up kernels and profiler.
accuracy() {
    run env CC=cc ACCURACY_ONLY=kernels ACCURACY_ROUNDS=2 python3 -B "$top/tests/tools/accuracy.py" "$PWD" "$PWD"
    expect_status 0
}

# python CODE: runs CODE with the functions of the suite, and prints its value.
python() {
    PYTHONPATH=$top/tests/tools python3 -B -c "from accuracy_programs import *; print($1)"
}

# expect_line PATTERN: fails unless a line of stdout matches PATTERN. A blank matches any number of blanks.
expect_line() {
    tr -s ' ' <"$stdout" | grep -qxE " ?$1" || fail "there is no line $1"
}

# The bodies are expanded when they run.
# shellcheck disable=SC2016
{
    test_case 'a profiler that tells the truth has no error' '
        made_up
        accuracy
        expect_line "functions whose calls were counted wrong 0 none yes"
        expect_line "multiply_100 100.0 0.00 \| 100.0 0.00 0.00 \+0.0% yes"
        expect_line "outer 32.00 0.00 \| 32.00 0.00 0.00 \+0.0% yes"
        expect_line "outer 92.00 0.00 \| 92.00 0.00 0.00 \+0.0% yes"
        expect_line "inner 30.00 0.00 \| 30.00 0.00 0.00 \+0.0% yes"
        expect_line "of outer 8.00 0.00 \| 8.00 0.00 0.00 \+0.0%"
        expect_line "\| kernels \| kernels within 2 ns or 5 % \| 3 of 3 \| at least 1 \| yes \|"
    '

    test_case 'an error of 5 % or of 2 ns, whichever is more, is within the limit' '
        made_up
        sed -i "s/,2000000,/,2100000,/; s/,600000,/,560000,/" csv
        accuracy
        expect_line "multiply_100 100.0 0.00 \| 105.0 5.00 0.00 \+5.0% yes"
        expect_line "inner 30.00 0.00 \| 28.00 -2.00 0.00 -6.7% yes"
        expect_line "kernels within 2 ns or 5 % 3 of 3 at least 1 yes"
    '

    test_case 'a larger error is beyond the limit, and is counted' '
        made_up
        sed -i "s/,2000000,/,1898000,/; s/,600000,/,642000,/; s/,320000,/,390000,/" csv
        accuracy
        expect_line "multiply_100 100.0 0.00 \| 94.90 -5.10 0.00 -5.1% NO"
        expect_line "inner 30.00 0.00 \| 32.10 2.10 0.00 \+7.0% NO"
        expect_line "kernels within 2 ns or 5 % 0 of 3 at least 1 NO"
        expect_line "2 of 3 bars are met"
    '

    test_case 'a call that is not counted is reported' '
        made_up
        sed -i "s/^20000,20000,600000/19999,19999,600000/" csv
        accuracy
        expect_line "functions whose calls were counted wrong 1 none NO"
        expect_line "kernel_inner"
    '

    test_case 'clones are their functions, and a library is part of the time of its caller' '
        [ "$(python "*map(origin, [\"f.isra.0.cold\", \"f.constprop.12\", \"f.first\"])")" = "f f f.first" ]
        samples="[[\"memcpy\", \"g\", \"f\"], [\"f\"], [\"g\"], [\"g\"], [\"loader\"]]"
        shares=$(python "*map(shares_of_samples($samples, {\"f\", \"g\"}).get, [\"f\", \"g\", \"loader\"])")
        [ "$shares" = "0.25 0.75 None" ]
    '

    test_case 'the distance of two profiles is the part of the time that is in other functions' '
        [ "$(python "distance({\"f\": 0.75, \"g\": 0.25}, {\"f\": 0.5, \"h\": 0.5})")" = 0.5 ]
        [ "$(python "distance({\"f\": 1.0}, {\"f\": 1.0})")" = 0.0 ]
    '

    test_case 'the kernel refuses perf_event_open to a program under refuse, and nothing else' '
        cc -D_GNU_SOURCE "$top/tests/accuracy/refuse.c" -o refuse
        cat >opens.c <<END
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(void)
{
    puts(syscall(SYS_perf_event_open, 0, 0, 0, 0, 0) < 0 && errno == EPERM ? "refused" : "other");
}
END
        cc -D_GNU_SOURCE opens.c -o opens
        [ "$(./opens)" = other ]
        [ "$(./refuse ./opens)" = refused ]
        run ./refuse sh -c "exit 3"
        expect_status 3
    '

    test_case 'all calls of the kernels are counted, in one thread and in two' '
        run env ACCURACY_ONLY="kernels threads" ACCURACY_ROUNDS=1 ACCURACY_SCALE=0.0002 BUILD="$build" \
            sh "$top/tests/tools/accuracy.sh"
        expect_status 0
        tr -s " " <"$stdout" | grep -cx " functions whose calls were counted wrong 0 none yes" >counted
        [ "$(cat counted)" = 2 ]
    '

    test_case 'programs with unusual paths and short ones have a bar each' '
        run env ACCURACY_ONLY="whole short" ACCURACY_ROUNDS=1 BUILD="$build" sh "$top/tests/tools/accuracy.sh"
        expect_status 0
        [ "$(grep -c "^| whole | [a-z]*: total / plain | [0-9.]* | 0.90 to 1.10 | " "$stdout")" = 9 ]
        [ "$(grep -c "^| short | 10* ms, .* | [0-9]* of 40 | at least 90 % | " "$stdout")" = 4 ]
    '
}
test_done
