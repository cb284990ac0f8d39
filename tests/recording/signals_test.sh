#!/bin/sh
# Tests signal handlers that interrupt everything, also the hooks: no call is lost, and no time is impossible.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

for compiler in gcc clang; do
    for level in -O0 -O2; do
        test_case "C by $compiler $level: 40,000 signals a second in each of three threads, on two kinds of stack" "
            command -v $compiler >/dev/null || skip 'there is no $compiler'
            $compiler $level -fno-builtin -D_GNU_SOURCE -g -finstrument-functions '$top/tests/programs/signals.c' \
                -o signals -pthread -lrt
            run \"\$profile\" -o out.prof ./signals ${SIGNALS:-1000}
            [ \$status -ne 77 ] || skip 'there are no timers'
            expect_status 0
            expect_no_stderr
            \"\$TEST_BIN/inspect\" out.prof >inspected
            ! grep insane inspected || fail 'there are impossible times'
            sort \"\$stdout\" >expected
            awk '\$1 == \"edge\" { calls[\$3] += \$4 } END { for (name in calls) print \"calls\", name, calls[name] }' inspected |
                grep -v ' atol ' | sort >actual
            expect_same expected actual
        "
    done
done

# expect_calls FILE: expects just the edges in inspected, with as many calls as the lines "CALLER CALLEE LEAST MOST" of FILE
# say. The caller "*" is any.
expect_calls() {
    awk '
        FNR == NR { least[$1 " " $2] = $3; most[$1 " " $2] = $4; next }
        $1 == "insane" { print }
        $1 == "edge" { edge = (("* " $3) in least ? "*" : $2) " " $3; calls[edge] += $4 }
        END {
            for (edge in calls) if (!(edge in least)) print edge, calls[edge], "is none"
            for (edge in least) if (calls[edge] + 0 < least[edge] || calls[edge] + 0 > most[edge])
                print edge, calls[edge] + 0, "is not from", least[edge], "to", most[edge]
        }' "$1" inspected >wrong
    [ ! -s wrong ] || fail "$(cat wrong)"
}

# leave_hooks WAY PATH OPTION...: runs left_hooks with each OPTION of profile. No samples are taken: each step would cause
# some.
leave_hooks() {
    [ "$(uname -m)" = x86_64 ] || skip "this machine has no way to step"
    g++ -O2 -g -finstrument-functions -fnon-call-exceptions -fasynchronous-unwind-tables \
        "$top/tests/programs/left_hooks.cc" -o left_hooks -pthread
    leave_way=$1 leave_path=$2
    shift 2
    for option; do
        # shellcheck disable=SC2086
        run "$profile" $option -o out.prof ./left_hooks "$leave_way" "$leave_path" calls
        expect_status 0
        "$TEST_BIN/inspect" out.prof >inspected
        expect_calls "$stdout"
    done
}

for way in siglongjmp setcontext throw; do
    for path in fast slow; do
        test_case "a handler that leaves by $way, after any instruction of a hook on its $path path, leaves no call open" "
            leave_hooks $way $path '--clock=every --frequency=0' --clock=none
        "
    done
done

test_case "a handler may fork, after any instruction of a hook: both processes go on, and each has its own calls" "
    leave_hooks fork fast '--clock=every --frequency=0' --clock=none
"

for way in pthread_exit pthread_cancel; do
    test_case "a thread may end by $way in a handler, after any instruction of a hook" "
        leave_hooks $way fast '--clock=every --frequency=0'
    "
done

test_done
