#!/bin/sh
# Functions are left in every way there is: each call is counted, and has its right caller.
# The tests' bodies are text to shellcheck, and what they call seems never called.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/harness.sh
. "$(dirname "$0")/harness.sh"

# expect_edges: the profile has the edges that the program printed on its standard output, and no others; no return
# was taken for another's, and all times can be.
expect_edges() {
    "$TEST_BIN/inspect" out.prof >inspected
    grep "^edge " "$stdout" | sort >expected
    awk '$1 == "edge" { calls[$2 " " $3] += $4 } END { for (edge in calls) print "edge", edge, calls[edge] }' inspected |
        sort >actual
    expect_same expected actual
    ! grep insane inspected || fail "there are times that cannot be"
    awk '$1 == "thread" && ($5 != 0 || $6 != 0)' inspected >lost
    [ ! -s lost ] || fail "exits without an entry, or calls lost: $(cat lost)"
}

for compiler in gcc clang; do
    for flags in "-O0" "-O2" "-O2 -fexceptions" "-O2 -fno-omit-frame-pointer"; do
        test_case "C by $compiler $flags: jumps, handlers, threads that exit and are cancelled" "
            command -v $compiler >/dev/null || skip 'there is no $compiler'
            $compiler $flags -g -finstrument-functions '$top/tests/programs/exits.c' -o exits -pthread
            run \"\$profile\" -o out.prof ./exits
            expect_status 3
            expect_no_stderr
            expect_edges
        "
    done
done

test_case "however the program ends, deep in calls, all calls are there and the status is its own" '
    gcc -O2 -g -finstrument-functions "$top/tests/programs/exits.c" -o exits -pthread
    for how in exit quick_exit _exit abort kill segv exec pthread_exit; do
        status_alone=0
        (ulimit -c 0; ./exits "$how" >alone 2>&1) || status_alone=$?
        run sh -c "ulimit -c 0; \"\$@\"" sh "$profile" -o out.prof ./exits "$how"
        expect_status "$status_alone"
        expect_same alone "$stdout"
        expect_edges
    done
'

test_done
