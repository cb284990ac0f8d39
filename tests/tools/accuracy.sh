#!/bin/sh
# Builds the programs of the accuracy suite and runs it: `make accuracy`. tests/tools/accuracy.py measures and
# prints, and reads these settings:
#
#   ACCURACY_ROUNDS    the number of rounds (5)
#   ACCURACY_ONLY      the parts to do, of `kernels threads peers real` (all); peers need kernels
#   ACCURACY_MODES     the modes of profile to measure, of `default every sampled` (all)
#   ACCURACY_KERNELS   a part of the names of the kernels to run (all)
#   ACCURACY_SCALE     a factor for the number of calls (1)
#   ACCURACY_LUA_SCALE the size of Lua's workload (40)
#
# Runs of root have precedence over all other programs, which then disturb them less. If they still do, the
# line on the truth about a multiplication says NO, and the figures are worth little.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$top/build}
# shellcheck source=tests/real/build.sh
. "$top/tests/real/build.sh"
programs=$build/accuracy

if [ ! -x "$build/profile" ] || [ ! -x "$build/stats" ]; then
    echo "there is no $build/profile or no $build/stats: run make first" >&2
    exit 1
fi

# kernels NAME FLAG...: builds the kernels with these flags. The program around them has no hooks.
kernels() {
    name=$1
    shift
    ${CC:-cc} -O2 -g -std=gnu11 -D_GNU_SOURCE -c "$top/tests/accuracy/main.c" -o "$programs/main.o"
    ${CC:-cc} -O2 -g -std=gnu11 -D_GNU_SOURCE "$@" "$top/tests/accuracy/kernels.c" "$programs/main.o" \
        -o "$programs/kernels-$name" -lpthread
}
mkdir -p "$programs"
kernels plain
kernels hooks -finstrument-functions
kernels pg -pg

case " ${ACCURACY_ONLY:-real} " in
*' real '*)
    real_fetch lua5.4 sqlite3
    for kind in plain O2; do
        flags='-O2 -g'
        [ "$kind" = plain ] || flags="$flags -finstrument-functions"
        # shellcheck disable=SC2086
        real_lua "lua-$kind" $flags
        # shellcheck disable=SC2086
        real_sqlite "sqlite-$kind" $flags
        ln -sf "$real_dir/lua-$kind" "$real_dir/sqlite-$kind" "$programs"
    done
    ;;
esac

exec python3 -B "$top/tests/tools/accuracy.py" "$build" "$programs"
