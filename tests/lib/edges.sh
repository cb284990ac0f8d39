# Sourced by the tests of programs that print their own calls, in the form of tests/lib/inspect.c.
# shellcheck shell=sh disable=SC2154

# profile_built COMPILER FLAGS SOURCE [ARGUMENT...]: builds SOURCE of tests/programs, with the ARGUMENTs for the
# compiler too, and profiles it. HOOKS are the flags that instrument it (-finstrument-functions). With -O0 every call is
# timed, so that all times can be checked, and else a sample. Skips the test if there is no such compiler.
profile_built() {
    compiler=$1 flags=$2 source=$top/tests/programs/$3
    shift 3
    command -v "$compiler" >/dev/null || skip "there is no $compiler"
    # shellcheck disable=SC2086
    "$compiler" $flags -g ${HOOKS:--finstrument-functions} "$source" -o program "$@"
    case $flags in
    *-O0*) clock=every ;;
    *) clock=sampled ;;
    esac
    run "$profile" --clock=$clock -o out.prof ./program
    expect_no_stderr
}

# expect_edges: fails unless the profile has exactly the edges that the program printed on its standard output. Fails
# also if there is an exit without an entry, a lost call, or an impossible time. Ignores functions of the library, which
# have C++ names.
expect_edges() {
    "$TEST_BIN/inspect" out.prof >inspected
    grep "^edge " "$stdout" | sort >expected
    awk '$1 == "edge" && !/ _Z/ { calls[$2 " " $3] += $4 } END { for (edge in calls) print "edge", edge, calls[edge] }' inspected |
        sort >actual
    expect_same expected actual
    ! grep insane inspected || fail "there are impossible times"
    awk '$1 == "thread" && ($(NF - 1) != 0 || $NF != 0)' inspected >lost
    [ ! -s lost ] || fail "there are exits without an entry, or lost calls: $(cat lost)"
}
