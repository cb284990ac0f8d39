# Sourced by tests of programs that know who called whom, and print it as tests/lib/inspect.c does.
# shellcheck shell=sh disable=SC2154

# profile_built COMPILER FLAGS SOURCE [ARGUMENT...]: builds the one of tests/programs with more arguments for the
# compiler, and profiles it: timing every call of what is built with -O0, and so all its times can be judged, and some
# of the rest. Where there is no such compiler, the test is skipped.
profile_built() {
    compiler=$1 flags=$2 source=$top/tests/programs/$3
    shift 3
    command -v "$compiler" >/dev/null || skip "there is no $compiler"
    # shellcheck disable=SC2086
    "$compiler" $flags -g -finstrument-functions "$source" -o program "$@"
    case $flags in
    *-O0*) clock=every ;;
    *) clock=sampled ;;
    esac
    run "$profile" --clock=$clock -o out.prof ./program
    expect_no_stderr
}

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
