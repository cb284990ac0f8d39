#!/bin/sh
# Builds the programs of the benchmark and runs it: `make bench`. tests/tools/bench.py measures and prints,
# and takes these settings:
#
#   BENCH_RUNS         the number of runs (5)
#   BENCH_LUA_SCALE    the size of Lua's workload (80)
#   BENCH_ONLY         the parts to run, of `fib threads contexts lua inlining exclude start big suite` (all)
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$top/build}
# shellcheck source=tests/real/build.sh
. "$top/tests/real/build.sh"

if [ ! -x "$build/profile" ] || [ ! -x "$build/stats" ]; then
    echo "there is no $build/profile or no $build/stats: run make first" >&2
    exit 1
fi

real_fetch lua5.4 sqlite3
real_lua lua-plain -O2 -g
real_lua lua-O2 -O2 -g -finstrument-functions
real_lua lua-pg -O2 -g -pg

case " ${BENCH_ONLY:-inlining} " in
*' inlining '*)
    for pair in gcc:g++ clang:clang++; do
        command -v "${pair#*:}" >/dev/null &&
            real_builds "${pair%:*}" "${pair#*:}" 'lua sqlite inline' 'plain pg every after'
    done
    ;;
esac

# The programs of this directory are small enough to be built each time.
compile() {
    ${CC:-cc} -O2 -g "$@"
}
compile "$top/tests/bench/fib.c" -o "$real_dir/fib-plain"
compile -finstrument-functions "$top/tests/bench/fib.c" -o "$real_dir/fib"
# Without inlining, as gprof does not count inlined calls.
compile -pg -fno-inline -fno-ipa-cp -fno-optimize-sibling-calls "$top/tests/bench/fib.c" -o "$real_dir/fib-pg"
compile -finstrument-functions "$top/tests/bench/fib_threads.c" -o "$real_dir/fib-threads" -pthread
compile "$top/tests/bench/contexts.c" -o "$real_dir/contexts-plain"
compile -finstrument-functions "$top/tests/bench/contexts.c" -o "$real_dir/contexts"
compile -shared -fPIC "$top/tests/bench/floor.c" -o "$real_dir/libfloor.so"
echo 'int main(void) { return 0; }' >"$real_dir/nothing.c"
compile -finstrument-functions "$real_dir/nothing.c" -o "$real_dir/nothing"

exec python3 -B "$top/tests/tools/bench.py" "$build" "$real_dir" "$top/tests/real" "${BENCH_RUNS:-5}" \
    "${BENCH_LUA_SCALE:-80}"
