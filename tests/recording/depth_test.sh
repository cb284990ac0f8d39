#!/bin/sh
# Tests call stacks as deep as memory allows.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# expect_edge CALLER CALLEE CALLS: fails unless the profile has the edge.
expect_edge() {
    grep -qxF "edge $1 $2 $3" inspected || fail "there is no edge $1 $2 $3"
}

test_case "1,000,000 levels of recursion, direct and mutual, are counted and timed" '
    compile program -O1 <<END
#define KEEP() __asm__ volatile("")
__attribute__((noinline)) static void direct(int n) { if (n > 1) direct(n - 1); KEEP(); }
__attribute__((noinline)) static void odd(int n);
__attribute__((noinline)) static void even(int n) { if (n > 1) odd(n - 1); KEEP(); }
__attribute__((noinline)) static void odd(int n) { if (n > 1) even(n - 1); KEEP(); }
int main(void) { direct(1000000); even(1000000); direct(1000000); return 0; }
END
    run sh -c "ulimit -s unlimited && exec \"\$@\"" sh "$profile" -o out.prof ./program
    [ -e out.prof ] || skip "the stack is limited"
    expect_status 0
    "$TEST_BIN/inspect" out.prof >inspected
    expect_edge main direct 2
    expect_edge direct direct 1999998
    expect_edge main even 1
    expect_edge even odd 500000
    expect_edge odd even 499999
    ! grep insane inspected || fail "there are impossible times"
    [ "$(stat -c %s out.prof)" -lt 16384 ] || fail "recursion is not folded"
'

test_case "a path of 10,000 different functions is counted, each under its caller" '
    awk "BEGIN {
        print \"static int f10000(int n) { return n; }\"
        for (i = 9999; i > 0; i--)
            printf \"static int f%d(int n) { return f%d(n + 1); }\\n\", i, i + 1
        print \"int main(void) { int n = 0; for (int i = 0; i < 20; i++) n += f1(1); return n != 200000; }\"
    }" >program.c
    $CC -finstrument-functions program.c -o program
    run "$profile" -o out.prof ./program
    expect_status 0
    "$TEST_BIN/inspect" out.prof >inspected
    for i in 1 2 500 5000 9998 9999; do
        expect_edge f$i f$((i + 1)) 20
    done
    expect_equal 10001 "$(grep -c "^edge" inspected)"
    ! grep insane inspected || fail "there are impossible times"
'

test_done
