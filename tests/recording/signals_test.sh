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

test_done
