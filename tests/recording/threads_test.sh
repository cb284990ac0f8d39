#!/bin/sh
# Tests programs with many threads: each call is counted, however its thread begins and ends.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/edges.sh
. "$(dirname "$0")/../lib/edges.sh"

for compiler in gcc clang; do
    for level in -O0 -O2; do
        test_case "C by $compiler $level: threads in waves, all at once, detached, with late destructors, running at the end" "
            profile_built $compiler '$level -D_GNU_SOURCE -DWAVES=${WAVES:-40}' threads.c -pthread
            expect_status 0
            expect_edges
            grep -q '^thread still running ' inspected || fail 'a thread that runs at the end has no name'
            grep -q '^thread a name ' inspected || fail 'a thread that has ended has no name'
        "
    done
done

test_case "$((2 * ${THREAD_PAIRS:-10000})) short threads take no more space than 2,000, and no call of theirs is lost" '
    compile short -D_GNU_SOURCE -pthread <<END
#include <pthread.h>
#include <stdlib.h>
static void leaf(void) { }
static void recursive(int n) { leaf(); if (n > 0) recursive(n - 1); }
static void *one(void *argument) { recursive(5); return argument; }
static void *two(void *argument) { leaf(); pthread_setname_np(pthread_self(), "two"); return argument; }
int main(int argc, char **argv)
{
    pthread_t threads[2];

    for (int i = 0; i < atoi(argv[argc - 1]); i++) {
        pthread_create(&threads[0], NULL, one, NULL);
        pthread_create(&threads[1], NULL, two, NULL);
        pthread_join(threads[0], NULL);
        pthread_join(threads[1], NULL);
    }
    return 0;
}
END
    for pairs in 1000 ${THREAD_PAIRS:-10000}; do
        LD_PRELOAD=$build/libprofile.so PROFILE_OUT=$pairs.image ./short $pairs
        "$TEST_BIN/inspect" $pairs.image >inspected
        calls=$(awk "\$1 == \"edge\" && \$3 == \"leaf\" { calls += \$4 } END { print calls }" inspected)
        expect_equal $((7 * pairs)) "$calls"
        calls=$(awk "\$1 == \"edge\" && \$2 == \"recursive\" && \$3 == \"recursive\" { calls += \$4 } END { print calls }" inspected)
        expect_equal $((5 * pairs)) "$calls"
        ! grep insane inspected || fail "there are impossible times"
    done
    expect_equal "$(stat -c %s 1000.image)" "$(stat -c %s ${THREAD_PAIRS:-10000}.image)"
    grep -q "^thread two [0-9]*00 0 0 0$" inspected || fail "the threads of one name are not merged"
'

test_done
