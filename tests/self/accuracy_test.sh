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
while [ "$1" != -o ]; do
    case "$1" in
    --clock=sampled) shift ;;
    *)
        echo "profile: unknown option $1" >&2
        exit 2
        ;;
    esac
done
shift 2
exec "$@"
END
    program stats <<END
case "\$*" in
*--help*) cat $PWD/help ;;
*--raw*) cat $PWD/raw ;;
*) cat $PWD/csv ;;
esac
END
    : >help
    cat >csv <<'END'
ncalls,pcalls,tottime_ns,cumtime_ns,file,line,function,module
20000,20000,2000000,2000000,k.c,1,kernel_multiply_100,k
2000,2000,160000,2160000,k.c,2,parent_multiply_100,k
10000,10000,320000,920000,k.c,3,kernel_outer,k
20000,20000,600000,600000,k.c,4,kernel_inner,k
1000,1000,80000,1000000,k.c,5,parent_outer,k
END
}

# accuracy MODES: runs the suite on the made-up kernels and profiler.
accuracy() {
    run env CC=cc ACCURACY_MODES="$1" ACCURACY_ONLY=kernels ACCURACY_ROUNDS=2 python3 -B "$top/tests/tools/accuracy.py" "$PWD" "$PWD"
    expect_status 0
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
        accuracy default
        expect_line "calls counted are the calls made 0 wrong none yes"
        expect_line "multiply_100 100.0 0.00 \| 100.0 0.00 0.00 \+0.0% yes"
        expect_line "outer 32.00 0.00 \| 32.00 0.00 0.00 \+0.0% yes"
        expect_line "outer 92.00 0.00 \| 92.00 0.00 0.00 \+0.0% yes"
        expect_line "inner 30.00 0.00 \| 30.00 0.00 0.00 \+0.0% yes"
        expect_line "of outer 8.00 0.00 \| 8.00 0.00 0.00 \+0.0% yes"
        expect_line "within .* default: 3 of 3 kernel, 1 of 1 with its child, 2 of 2 parent yes"
    '

    test_case 'an error of 5 % or of 2 ns, whichever is more, is within the limit' '
        made_up
        sed -i "s/,2000000,/,2100000,/; s/,600000,/,560000,/" csv
        accuracy default
        expect_line "multiply_100 100.0 0.00 \| 105.0 5.00 0.00 \+5.0% yes"
        expect_line "inner 30.00 0.00 \| 28.00 -2.00 0.00 -6.7% yes"
        expect_line "within .* default: 3 of 3 kernel, .* yes"
    '

    test_case 'a larger error is beyond the limit, and is counted' '
        made_up
        sed -i "s/,2000000,/,1898000,/; s/,600000,/,642000,/" csv
        accuracy default
        expect_line "multiply_100 100.0 0.00 \| 94.90 -5.10 0.00 -5.1% NO"
        expect_line "inner 30.00 0.00 \| 32.10 2.10 0.00 \+7.0% NO"
        expect_line "within .* default: 1 of 3 kernel, .* NO"
    '

    test_case 'a call that is not counted is reported' '
        made_up
        sed -i "s/^20000,20000,600000/19999,19999,600000/" csv
        accuracy default
        expect_line "calls counted are the calls made 1 wrong none NO"
        expect_line "default: kernel_inner"
    '

    test_case 'modes that profile does not have are left out with a message' '
        made_up
        accuracy "default every sampled"
        expect_line "every is left out: profile: unknown option --clock=every"
        expect_line "within .* sampled: 3 of 3 .*"
    '

    test_case 'raw figures are beside the compensated ones if stats has --raw' '
        made_up
        sed "s/,2000000,/,2200000,/" csv >raw
        echo "  --raw  print what was measured" >help
        accuracy "default every sampled"
        expect_line "kernel, ns a call truth default default raw sampled sampled raw"
        expect_line "multiply_100 100.0 100.0 110.0 100.0 110.0"
        expect_line "within .* default raw: 2 of 3 .*"
    '

    test_case "all calls of the kernels are counted, in one thread and in two" '
        run env ACCURACY_ONLY="kernels threads" ACCURACY_ROUNDS=1 ACCURACY_SCALE=0.001 BUILD="$build" \
            sh "$top/tests/tools/accuracy.sh"
        expect_status 0
        tr -s " " <"$stdout" | grep -cx " calls counted are the calls made 0 wrong none yes" >counted
        [ "$(cat counted)" = 2 ]
    '
}
test_done
