# Sourced by check-real.sh, bench.sh and accuracy.sh: gets sources of Debian and builds programs of them under
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

# real_fetch PACKAGE...: gets the source trees $real_source/PACKAGE that are not there yet. PACKAGE is the name of a
# source package.
real_fetch() {
    real_lacking=
    for package in "$@"; do
        [ -d "$real_source/$package" ] || real_lacking="$real_lacking $package"
    done
    [ -z "$real_lacking" ] && return 0
    for needed in apt-get dpkg-source; do
        if ! command -v "$needed" >/dev/null 2>&1; then
            echo "getting the sources of$real_lacking needs $needed (see: make deps test)" >&2
            return 1
        fi
    done
    real_archive=${DEBIAN_MIRROR:-$(real_mirror)}
    if [ -z "$real_archive" ]; then
        echo "to get the sources of$real_lacking, set DEBIAN_MIRROR: apt is set up with no Debian archive" >&2
        return 1
    fi
    mkdir -p "$real_dir"
    # The names are words to split.
    # shellcheck disable=SC2086
    real_download $real_lacking >"$real_dir/fetch.log" 2>&1 && return
    echo "could not get the sources of$real_lacking: see $real_dir/fetch.log" >&2
    return 1
}

# real_download PACKAGE...: downloads and unpacks each from $real_archive. A tree is renamed when it is complete.
real_download() {
    rm -rf "$real_dir/fetch"
    mkdir -p "$real_source" "$real_dir/fetch/lists/partial" "$real_dir/fetch/cache/archives/partial"
    printf 'deb-src [signed-by=%s] %s %s main\n' /usr/share/keyrings/debian-archive-keyring.gpg \
        "$real_archive" "$real_suite" >"$real_dir/fetch/sources.list"
    (
        cd "$real_dir/fetch" || exit
        # As root, apt would change to its sandbox user, who cannot write here.
        real_apt() {
            apt-get -q -o Dir::Etc::SourceList="$real_dir/fetch/sources.list" -o Dir::Etc::SourceParts=/dev/null \
                -o Dir::State::Lists="$real_dir/fetch/lists" -o Dir::Cache="$real_dir/fetch/cache" \
                -o Acquire::Languages=none -o APT::Sandbox::User=root "$@"
        }
        real_apt update || exit
        for package in "$@"; do
            # apt's name of a tree has a version. In a folder of its own no name needs to be guessed.
            mkdir "$package" && cd "$package" && real_apt source "$package" && mv ./*/ "$real_source/$package" &&
                cd .. || exit
        done
    ) && rm -rf "$real_dir/fetch"
}

# real_is_made COMMAND...: succeeds if COMMAND made $real_program from the sources and with the plugin that are there.
real_is_made() {
    [ -x "$real_program" ] && [ "$(cat "$real_program.command" 2>/dev/null)" = "$*" ] || return
    for argument in "$@"; do
        case $argument in
        *.c | *.cc | -fplugin=*) [ -z "$(find "${argument#-fplugin=}" -newer "$real_program")" ] || return ;;
        esac
    done
}

# real_cc PROGRAM COMMAND...: runs COMMAND, a compiler and its arguments, to make PROGRAM, unless that is done already.
real_cc() {
    real_program=$1
    shift
    real_is_made "$@" && return
    # Rename it when it is complete: an interrupted build must not be taken for a program.
    "$@" -o "$real_program.new" >"$real_program.log" 2>&1 &&
        mv "$real_program.new" "$real_program" && rm "$real_program.log" &&
        printf '%s\n' "$*" >"$real_program.command" && return
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
    echo '#define DEB_HOST_MULTIARCH "none"' >"$real_source/lua5.4/src/lua5.4-deb-multiarch.h"
    # CC may have arguments.
    # shellcheck disable=SC2086
    set -- ${CC:-cc} -w "$@" -no-pie -DLUA_USE_LINUX -DLUA_COMPAT_5_3 '-Dluai_makeseed(L)=42u' \
        '-Dl_randomizePivot()=42u' -DSTRCACHE_N=1 -DSTRCACHE_M=1
    for file in "$real_source"/lua5.4/src/*.c; do
        [ "${file##*/}" = luac.c ] || set -- "$@" "$file"
    done
    real_cc "$real_dir/$real_name" "$@" -ldl -lm
}

# real_sqlite NAME FLAG...: builds $real_dir/NAME, SQLite's shell over its amalgamation.
real_sqlite() {
    real_name=$1
    shift
    if [ ! -f "$real_source/sqlite3/shell.c" ] || [ ! -f "$real_source/sqlite3/sqlite3.c" ]; then
        command -v tclsh >/dev/null || echo "making SQLite's amalgamation needs tclsh (see: make deps test)" >&2
        (
            cd "$real_source/sqlite3" && ./configure --disable-tcl --disable-readline && make sqlite3.c shell.c
        ) >"$real_dir/amalgamation.log" 2>&1 || {
            echo "could not make SQLite's amalgamation: see $real_dir/amalgamation.log" >&2
            return 1
        }
    fi
    # shellcheck disable=SC2086
    real_cc "$real_dir/$real_name" ${CC:-cc} -w "$@" -DSQLITE_THREADSAFE=1 "$real_source/sqlite3/shell.c" \
        "$real_source/sqlite3/sqlite3.c" -lpthread -ldl -lm
}

# real_inline NAME FLAG...: builds $real_dir/NAME from tests/bench/inline.cc, by $CXX.
real_inline() {
    real_name=$1
    shift
    # shellcheck disable=SC2086
    real_cc "$real_dir/$real_name" ${CXX:-c++} -std=c++17 "$@" "$top/tests/bench/inline.cc"
}

# real_after COMPILER: prints the flags with which it adds hooks after inlining. Fails, and says why, if it cannot.
real_after() {
    real_flags=$("${build:?}/profile" --cflags --cc "$1") || return
    case $real_flags in
    *-fplugin=* | *-after-inlining*) echo "$real_flags" ;;
    *) return 1 ;;
    esac
}

# real_builds COMPILER C++_COMPILER PROGRAMS KINDS: builds PROGRAMS, of `lua sqlite inline`, as PROGRAM-COMPILER-KIND
# for each of KINDS:
#
#   plain    without hooks
#   frames   without hooks, and without sibling calls, which hooks at the end of functions rule out
#   pg       for gprof
#   after    with hooks after inlining; not by every compiler
#   every    with hooks in every function; not by clang 14 for C++
real_builds() {
    real_compiler=$1
    real_cxx=$2
    real_after_flags=$(real_after "$real_compiler") || :
    for kind in $4; do
        case $kind in
        plain) real_flags='-O2 -g' ;;
        frames) real_flags='-O2 -g -fno-optimize-sibling-calls' ;;
        pg) real_flags='-O2 -g -pg' ;;
        every) real_flags='-O2 -g -finstrument-functions' ;;
        after) real_flags=${real_after_flags:+-O2 $real_after_flags} ;;
        esac
        for program in ${real_flags:+$3}; do
            # shellcheck disable=SC2086
            CC=$real_compiler CXX=$real_cxx "real_$program" "$program-$real_compiler-$kind" $real_flags && continue
            rm -f "$real_dir/$program-$real_compiler-$kind"
            [ "$kind" = every ] || return
        done
    done
}
