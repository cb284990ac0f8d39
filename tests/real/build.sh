# Sourced by check-real.sh, bench.sh and accuracy.sh: gets Debian's sources of Lua and SQLite and builds them under
# build/real. Uses sources and programs again that are there already. Changes nothing outside of build/real: apt runs with
# its own configuration. The mirror is the one that apt is set up with, or DEBIAN_MIRROR.
# shellcheck shell=sh

# One release, so that every machine measures and checks the same programs.
real_suite=bookworm
real_dir=${top:?}/build/real
real_source=$real_dir/src

# Prints the first Debian archive of apt's configuration.
real_mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | head -n 1
}

# real_fetch: gets the source trees $real_source/lua and $real_source/sqlite.
real_fetch() {
    [ -d "$real_source/lua" ] && [ -d "$real_source/sqlite" ] && return 0
    for needed in apt-get dpkg-source tclsh; do
        if ! command -v "$needed" >/dev/null 2>&1; then
            echo "getting the sources of Lua and SQLite needs $needed (see: make deps test)" >&2
            return 1
        fi
    done
    real_archive=${DEBIAN_MIRROR:-$(real_mirror)}
    if [ -z "$real_archive" ]; then
        echo "to get the sources of Lua and SQLite, set DEBIAN_MIRROR: apt is set up with no Debian archive" >&2
        return 1
    fi
    rm -rf "$real_source" "$real_dir/fetch"
    mkdir -p "$real_source" "$real_dir/fetch/lists/partial" "$real_dir/fetch/cache/archives/partial"
    printf 'deb-src [signed-by=%s] %s %s main\n' /usr/share/keyrings/debian-archive-keyring.gpg \
        "$real_archive" "$real_suite" >"$real_dir/fetch/sources.list"
    # As root, apt would change to its sandbox user, who cannot write here.
    (
        cd "$real_dir/fetch" || exit
        set -- -q -o Dir::Etc::SourceList="$PWD/sources.list" -o Dir::Etc::SourceParts=/dev/null \
            -o Dir::State::Lists="$PWD/lists" -o Dir::Cache="$PWD/cache" -o Acquire::Languages=none \
            -o APT::Sandbox::User=root
        apt-get "$@" update && apt-get "$@" source lua5.4 sqlite3
    ) >"$real_dir/fetch.log" 2>&1 &&
        mv "$real_dir"/fetch/lua5.4-*/ "$real_source/lua" &&
        mv "$real_dir"/fetch/sqlite3-*/ "$real_source/sqlite" &&
        rm -rf "$real_dir/fetch" && return
    echo "could not get the sources of Lua and SQLite: see $real_dir/fetch.log" >&2
    return 1
}

# real_cc PROGRAM ARGUMENT...: compiles PROGRAM, unless it exists and is newer than this file.
real_cc() {
    real_program=$1
    shift
    if [ -x "$real_program" ] && [ -z "$(find "$top/tests/real/build.sh" -newer "$real_program")" ]; then
        return
    fi
    # Rename it when it is complete: an interrupted build must not be taken for a program.
    ${CC:-cc} -w "$@" -o "$real_program.new" >"$real_program.log" 2>&1 &&
        mv "$real_program.new" "$real_program" && rm "$real_program.log" && return
    echo "could not build $real_program: see $real_program.log" >&2
    return 1
}

# real_lua NAME FLAG...: builds $real_dir/NAME, a Lua that makes the same calls in every run.
#
# So nothing in it may depend on the clock or on addresses. The seed of the string hash and the pivots of sort are
# fixed. The string cache has one entry, because addresses of C strings index it. The program's place in memory is
# fixed, because Lua hashes the addresses of some of its variables.
real_lua() {
    real_name=$1
    shift
    # Debian's build makes this header, which tells the folder of C modules. The workload loads none.
    echo '#define DEB_HOST_MULTIARCH "none"' >"$real_source/lua/src/lua5.4-deb-multiarch.h"
    set -- "$real_dir/$real_name" "$@" -no-pie -DLUA_USE_LINUX -DLUA_COMPAT_5_3 '-Dluai_makeseed(L)=42u' \
        '-Dl_randomizePivot()=42u' -DSTRCACHE_N=1 -DSTRCACHE_M=1
    for file in "$real_source"/lua/src/*.c; do
        [ "${file##*/}" = luac.c ] || set -- "$@" "$file"
    done
    real_cc "$@" -ldl -lm
}

# real_sqlite NAME FLAG...: builds $real_dir/NAME, SQLite's shell over its amalgamation.
real_sqlite() {
    real_name=$1
    shift
    if [ ! -f "$real_source/sqlite/shell.c" ] || [ ! -f "$real_source/sqlite/sqlite3.c" ]; then
        (
            cd "$real_source/sqlite" && ./configure --disable-tcl --disable-readline && make sqlite3.c shell.c
        ) >"$real_dir/amalgamation.log" 2>&1 || {
            echo "could not make SQLite's amalgamation: see $real_dir/amalgamation.log" >&2
            return 1
        }
    fi
    real_cc "$real_dir/$real_name" "$@" -DSQLITE_THREADSAFE=1 "$real_source/sqlite/shell.c" \
        "$real_source/sqlite/sqlite3.c" -lpthread -ldl -lm
}
