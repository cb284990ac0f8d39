# Sourced by tests of programs that know who called whom, and print it as tests/inspect.c does.
# shellcheck shell=sh disable=SC2154

# expect_edges: the profile has the edges that the program printed on its standard output, and no others; no return
# was taken for another's, and all times can be. Functions with C++ names, the library's, are left out.
expect_edges() {
    "$TEST_BIN/inspect" out.prof >inspected
    grep "^edge " "$stdout" | sort >expected
    awk '$1 == "edge" && !/ _Z/ { calls[$2 " " $3] += $4 } END { for (edge in calls) print "edge", edge, calls[edge] }' inspected |
        sort >actual
    expect_same expected actual
    ! grep insane inspected || fail "there are times that cannot be"
    awk '$1 == "thread" && ($(NF - 1) != 0 || $NF != 0)' inspected >lost
    [ ! -s lost ] || fail "exits without an entry, or calls lost: $(cat lost)"
}
