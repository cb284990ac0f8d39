#!/bin/sh
# Tests programs with more calling contexts than --max-contexts allows. Further calls are kept by caller only, and no
# figure changes.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/edges.sh
. "$(dirname "$0")/../lib/edges.sh"

# wanderer: compiles a program whose functions call each other at random, also recursively. Its argument is the depth.
wanderer() {
    compile wanderer -O1 <<'END'
#include <stdlib.h>
static unsigned seed = 1;
static void step(int depth);
#define F(n) static void f##n(int depth) { step(depth); __asm__ volatile(""); }
F(0) F(1) F(2) F(3) F(4) F(5) F(6) F(7)
static void (*const functions[])(int) = {f0, f1, f2, f3, f4, f5, f6, f7};
__attribute__((no_instrument_function)) static void step(int depth)
{
    if (depth > 0)
        for (int i = 0; i < 2; i++)
            functions[(seed = seed * 1103515245 + 12345) >> 29](depth - 1);
}
int main(int argc, char **argv) { step(argc > 1 ? atoi(argv[1]) : 1); return 0; }
END
}

# sum_edges FILE: prints the sums of the edges of the profile FILE over all contexts.
sum_edges() {
    "$TEST_BIN/inspect" "$1" >inspected
    awk '$1 == "edge" { calls[$2 " " $3] += $4 } END { for (edge in calls) print edge, calls[edge] }' inspected | sort
    ! grep insane inspected || fail "there are impossible times"
}

test_case "functions and edges of 300 random call trees agree with the model for every bound" '
    for bound in ${BOUNDS:-0 1 2 5 40}; do
        PROFILE_OPTIONS=max-contexts=$bound "$TEST_BIN/runtime/accounting_test" "300 random*"
    done
'

test_case "--max-contexts bounds the file, and functions, callers and callees stay exact" '
    wanderer
    "$profile" -o free.prof ./wanderer 16
    sum_edges free.prof >expected
    for bound in 0 1 500; do
        run "$profile" --max-contexts $bound -o bound.prof ./wanderer 16
        expect_status 0
        expect_no_stderr
        sum_edges bound.prof >actual
        expect_same expected actual
        # Beyond the bound there is a record for each function and one for each edge.
        [ "$(grep -c ^edge inspected)" -le $((bound + 9 + $(wc -l <expected))) ] || fail "there are too many contexts"
        run "$stats" bound.prof
        expect_stderr_match "^stats: [0-9]+ calls appear in trees only below their caller: .* --max-contexts allows$"
    done
    run "$stats" free.prof
    expect_no_stderr
'

test_case "the bound holds in forked children, and in programs that are started with an empty environment" '
    wanderer
    compile starter <<END
#include <sys/wait.h>
#include <unistd.h>
static char *words[] = {"wanderer", "14", NULL}, *nothing[] = {NULL};
int main(void)
{
    if (fork() == 0)
        execve("./wanderer", words, nothing);
    return wait(NULL) < 0;
}
END
    run "$profile" --max-contexts 20 -o out.prof ./starter
    expect_status 0
    "$TEST_BIN/inspect" out.prof >inspected
    [ "$(grep -c ^edge inspected)" -lt 200 ] || fail "there are too many contexts"
'

test_case "threads that have ended are merged within the bound" '
    for compiler in gcc clang; do
        command -v $compiler >/dev/null || continue
        $compiler -O0 -D_GNU_SOURCE -DWAVES="${WAVES:-40}" -g -finstrument-functions "$top/tests/programs/threads.c" -o threads -pthread
        run "$profile" --max-contexts 30 -o out.prof ./threads
        expect_status 0
        expect_edges
    done
'

test_case "a bound that is not a number is reported in one line, and the exit status is 2" '
    for bound in "" x -1 1k; do
        run "$profile" --max-contexts "$bound" true
        expect_status 2
        expect_one_line "$stderr"
        expect_stderr_match "--max-contexts: invalid context count .* \(use a whole number, 0 or more\)"
    done
'

test_done
