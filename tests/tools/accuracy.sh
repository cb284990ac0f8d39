#!/bin/sh
# Builds the programs of the accuracy suite and runs it: `make accuracy`. tests/tools/accuracy.py measures and
# prints, and reads these settings:
#
#   ACCURACY_ONLY      the parts to do, of `programs functions kernels threads whole short refused` (all)
#   ACCURACY_ROUNDS    the number of rounds (6)
#   ACCURACY_LUA_SCALE the size of Lua's workload (80)
#   ACCURACY_KERNELS   a part of the names of the kernels to run (all)
#   ACCURACY_SCALE     a factor for the number of calls of the kernels (1)
#
# All parts take about a quarter of an hour on two cores, and the first time five minutes more for building.
#
# Runs of root have precedence over all other programs, which then disturb them less. If they still do, the
# line on the truth about a multiplication says NO, and the figures are worth little.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$top/build}
# shellcheck source=tests/real/build.sh
. "$top/tests/real/build.sh"
programs=$build/accuracy
source=$top/tests/accuracy

if [ ! -x "$build/profile" ] || [ ! -x "$build/stats" ]; then
    echo "there is no $build/profile or no $build/stats: run make first" >&2
    exit 1
fi

# compile COMPILER ARGUMENT...: builds a program of tests/accuracy.
compile() {
    compiler=$1
    shift
    "$compiler" -O2 -g -std=gnu11 -D_GNU_SOURCE "$@"
}

# is_chosen PART...: succeeds if one of the parts is to be done.
is_chosen() {
    [ -n "${ACCURACY_ONLY:-}" ] || return 0
    for part in "$@"; do
        case " $ACCURACY_ONLY " in
        *" $part "*) return 0 ;;
        esac
    done
    return 1
}

# small_programs NAME FLAG...: builds the programs of tests/accuracy with these flags.
small_programs() {
    name=$1
    shift
    # The program around the kernels has no hooks.
    compile "${CC:-cc}" -c "$source/main.c" -o "$programs/main.o"
    compile "${CC:-cc}" "$@" "$source/kernels.c" "$programs/main.o" -o "$programs/kernels-$name" -lpthread
    compile "${CC:-cc}" "$@" "$source/whole.c" -o "$programs/whole-$name" -lpthread -ldl
    compile "${CC:-cc}" "$@" -shared -fPIC "$source/whole_library.c" -o "$programs/libwhole-$name.so"
    compile "${CC:-cc}" "$@" "$source/short.c" -o "$programs/short-$name"
}

mkdir -p "$programs"
compile "${CC:-cc}" "$source/refuse.c" -o "$programs/refuse"
small_programs plain
small_programs hooks -finstrument-functions

if is_chosen programs functions refused; then
    real_fetch lua5.4 sqlite3
    for pair in gcc:g++ clang:clang++; do
        compiler=${pair%:*}
        if ! command -v "$compiler" || ! command -v "${pair#*:}"; then
            continue
        fi >/dev/null
        real_builds "$compiler" "${pair#*:}" 'lua sqlite inline' 'plain frames after'
        real_builds "$compiler" "${pair#*:}" 'lua sqlite' every
        compile "$compiler" "$source/pairs.c" -o "$programs/pairs-$compiler-plain"
        compile "$compiler" -finstrument-functions "$source/pairs.c" -o "$programs/pairs-$compiler-every"
        for built in "$real_dir"/*-"$compiler"-*; do
            [ ! -x "$built" ] || ln -sf "$built" "$programs"
        done
    done
fi

exec python3 -B "$top/tests/tools/accuracy.py" "$build" "$programs"
