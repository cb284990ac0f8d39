#!/bin/sh
# Profiles Lua, SQLite and tests/bench/inline.cc, and checks what is known of their profiles: `make check-real`. Prints
# TAP. Programs are NAME-O0 and NAME-O2, with hooks in every function, and NAME-gcc-after, with hooks after inlining.
# Downloads and builds stay in build/real, so that the next run is quick. LUA_SCALE (40) is the size of Lua's
# workload. Some functions are called from the tests' bodies, which are text to shellcheck.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/real/build.sh
. "$top/tests/real/build.sh"

scripts=$top/tests/real
results=$real_dir/results
scale=${LUA_SCALE:-40}
PYTHONDONTWRITEBYTECODE=1
export PYTHONDONTWRITEBYTECODE

# start PROGRAM NAME COMMAND...: runs the program's workload, under COMMAND if one is given, in the new
# directory $results/PROGRAM/NAME. Leaves stdout, stderr and status there. SQLite calls a function for each
# directory of its file's path, so runs that are compared must have paths of equal depth.
start() {
    program=$1 place=$results/$1/$2
    shift 2
    case $program in
    lua-*) set -- "$@" "$real_dir/$program" "$scripts/workload.lua" "$scale" ;;
    sqlite-*) set -- "$@" "$real_dir/$program" -batch workload.db ;;
    inline-*) set -- "$@" "$real_dir/$program" 20000 ;;
    esac
    rm -rf "$place"
    mkdir -p "$place"
    (
        cd "$place" || exit
        # Without a home there is no ~/.sqliterc.
        started=0
        HOME=$PWD LUA_INIT='' "$@" <"$scripts/workload.sql" >stdout 2>stderr || started=$?
        echo "$started" >status
        rm -f workload.db
    )
}

# Prints the roots of a program's calls. SQLite's shell registers a function with atexit.
roots() {
    case $1 in
    lua-* | inline-*) echo main ;;
    sqlite-*) echo main sayAbnormalExit ;;
    esac
}

# profile_program PROGRAM: runs it once alone and once under profile, for all of its tests.
profile_program() {
    rm -rf "${results:?}/$1"
    start "$1" without
    start "$1" with "$profile" --clock=every -o "$results/$1/out.prof"
    # With --raw, because estimates and times without the cost of the hooks may be negative, and are printed
    # as 0.
    "$stats" "$results/$1/out.prof" --csv --raw >"$results/$1/stats.csv" 2>"$results/$1/stats.stderr"
}

# callgrind PROGRAM: writes its counts to $results/PROGRAM.callgrind, unless they are there and nothing has
# changed.
callgrind() {
    counts=$results/$1.callgrind
    newer=$(find "$real_dir/$1" "$scripts"/workload.* "$0" -newer "$counts" 2>/dev/null || echo none)
    [ -z "$newer" ] && [ "$(cat "$counts.scale")" = "$scale" ] && return
    rm -f "$counts"
    start "$1" under-callgrind valgrind --tool=callgrind --demangle=no --callgrind-out-file="$counts.new"
    mv "$counts.new" "$counts"
    echo "$scale" >"$counts.scale"
}

expect_same_output() {
    expect_same "$results/$1/without/stdout" "$results/$1/with/stdout"
    expect_same "$results/$1/without/stderr" "$results/$1/with/stderr"
    expect_file "$results/$1/with/stdout"
}

expect_same_calls() {
    command -v valgrind >/dev/null || skip 'there is no valgrind'
    callgrind "$1"
    # The number of functions that must have been compared.
    case $1 in
    inline-*) least=8 ;;
    *) least=300 ;;
    esac
    python3 "$scripts/compare_callgrind.py" "$results/$1.callgrind" "$results/$1/stats.csv" "$real_dir/$1" "$least"
}

# check PROGRAM TITLE: runs all tests of the program.
check() {
    profile_program "$1"
    test_case "$2: its output is the same as without the profiler" "expect_same_output $1"
    test_case "$2: its exit status is the same as without the profiler" \
        "expect_same $results/$1/without/status $results/$1/with/status"
    # From -O1 on, the calls that callgrind sees are not those of hooks that were there before inlining.
    case $1 in
    *-O0 | *-after) test_case "$2: every function's calls are as many as callgrind counts" "expect_same_calls $1" ;;
    esac
    test_case "$2: main has the largest cumulative time" \
        "python3 $scripts/check_times.py largest $results/$1/stats.csv $(roots "$1")"
    test_case "$2: the self times add up to the total" \
        "python3 $scripts/check_times.py sum $results/$1/stats.csv $(roots "$1")"
}

if [ ! -x "$profile" ] || [ ! -x "$stats" ]; then
    echo "there is no $profile or no $stats: run make first" >&2
    exit 1
fi
real_fetch lua5.4 sqlite3 || exit
for level in O0 O2; do
    real_lua "lua-$level" "-$level" -g -finstrument-functions || exit
    real_sqlite "sqlite-$level" "-$level" -g -finstrument-functions || exit
done
for level in O0 O2; do
    check "lua-$level" "Lua at -$level"
    check "sqlite-$level" "SQLite at -$level"
done
if flags=$(real_after gcc 2>&1); then
    # shellcheck disable=SC2086
    for program in lua sqlite inline; do
        CC=gcc CXX=g++ "real_$program" "$program-gcc-after" -O2 $flags || exit
    done
    check lua-gcc-after 'Lua, hooks after inlining'
    check sqlite-gcc-after 'SQLite, hooks after inlining'
    check inline-gcc-after 'inline.cc, hooks after inlining'
else
    test_case 'hooks after inlining' 'skip "$flags"'
fi
test_done
