#!/bin/sh
# Installs the packages that the build needs and `make demo` with it: `make deps`.
# With `test` as its argument, installs those of the tests and the linters too: `make deps test`.
# Works with apt-get, dnf, pacman, zypper and apk. V=1 shows their output, which is hidden unless they fail.
# A package of the build that cannot be installed is an error. One that only tests need is named and skipped.
set -u

with_tests=${1:-}

say() {
    printf 'deps: %s\n' "$*"
}

manager=
for candidate in apt-get dnf pacman zypper apk; do
    if command -v "$candidate" >/dev/null 2>&1; then
        manager=$candidate
        break
    fi
done

# Debian 12: gfortran, gnat and gdc, which compile a sample each, take 40, 99 and 131 MB of disk space.
# check-real needs tcl to make SQLite's amalgamation, and dpkg-dev to unpack its source.
case $manager in
apt-get)
    build='gcc libc6-dev make libdwarf-dev libelf-dev libiberty-dev libpcre2-dev zlib1g-dev liblzma-dev
        libedit-dev'
    test='libcmocka-dev clang libclang-rt-dev g++ python3 valgrind mandoc man-db clang-tidy clang-format
        cppcheck shellcheck uftrace binutils libboost-context-dev libjemalloc2 libfaketime dpkg-dev
        debian-archive-keyring tcl pyprof2calltree musl-tools pkg-config cmake meson zsh gfortran gnat
        gdc ccache linux-perf dwz xz-utils libdebuginfod1 python3-jsonschema libdevel-nytprof-perl bc chromium'
    ;;
dnf)
    build='gcc glibc-devel make libdwarf-devel elfutils-libelf-devel binutils-devel pcre2-devel
        zlib-devel xz-devel libedit-devel'
    test='libcmocka-devel clang compiler-rt libasan libubsan gcc-c++ python3 valgrind mandoc man-db
        clang-tools-extra cppcheck ShellCheck uftrace tcl perf dwz xz
        elfutils-debuginfod-client'
    ;;
pacman) # Headers are part of the libraries, libiberty and g++ of gcc, clang-tidy and clang-format of clang.
    build='gcc make libdwarf libelf binutils pcre2 zlib xz libedit'
    test='cmocka clang compiler-rt python valgrind mandoc man-db cppcheck shellcheck uftrace tcl perf dwz'
    ;;
zypper)
    build='gcc glibc-devel make libdwarf-devel libelf-devel binutils-devel pcre2-devel zlib-devel
        xz-devel libedit-devel'
    test='libcmocka-devel clang clang-tools gcc-c++ python3 valgrind mandoc man cppcheck ShellCheck
        uftrace tcl perf dwz xz libdebuginfod1'
    ;;
apk)
    build='gcc musl-dev make libdwarf-dev elfutils-dev binutils-dev pcre2-dev zlib-dev xz-dev
        libedit-dev'
    test='cmocka-dev clang compiler-rt clang-extra-tools g++ python3 valgrind mandoc man-db cppcheck
        shellcheck uftrace tcl perf xz'
    ;;
*)
    say 'found no apt-get, dnf, pacman, zypper or apk; install by hand:' \
        'gcc, make and the headers of libdwarf, libelf, libiberty, pcre2, zlib, liblzma and libedit' >&2
    exit 1
    ;;
esac

# is_installed PACKAGE: succeeds if a package of this name is installed, or one that provides it, as
# zlib-ng provides zlib.
is_installed() {
    case $manager in
    apt-get) dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed ;;
    dnf | zypper) rpm -q --whatprovides "$1" >/dev/null 2>&1 ;;
    pacman) pacman -T "$1" >/dev/null 2>&1 ;;
    apk) apk info -e "$1" >/dev/null 2>&1 ;;
    esac
}

# missing PACKAGE...: prints the packages that are not installed.
missing() {
    for package in "$@"; do
        is_installed "$package" || printf '%s ' "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        say "not root, and there is no sudo; run as root: $*" >&2
        return 1
    fi
}

install_packages() {
    case $manager in
    apt-get) as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" ;;
    dnf) as_root dnf install -q -y "$@" ;;
    # Without -y: new packages on an old system are a partial upgrade, which Arch does not support.
    pacman) as_root pacman -S --needed --noconfirm "$@" ;;
    zypper) as_root zypper --non-interactive install "$@" ;;
    apk) as_root apk add "$@" ;;
    esac
}

# quietly COMMAND ARGUMENT...: runs it, and prints its output only if it fails or V=1.
quietly() {
    if [ "${V:-0}" != 0 ]; then
        "$@"
        return
    fi
    if output=$("$@" 2>&1); then
        return 0
    fi
    printf '%s\n' "$output" >&2
    return 1
}

# install_build PACKAGE...: installs what the build needs, and fails if one cannot be installed.
install_build() {
    say "installing to build: $*"
    quietly install_packages "$@"
    lacking=$(missing "$@")
    [ -z "$lacking" ] || {
        say "could not be installed, and the build needs it: $lacking" >&2
        return 1
    }
}

# install_test PACKAGE...: installs what only tests need.
install_test() {
    say "installing to test: $*"
    # One unknown name fails the whole list, so the rest is then installed one by one.
    quietly install_packages "$@" || for package in $(missing "$@"); do
        install_packages "$package" >/dev/null 2>&1
    done
    lacking=$(missing "$@")
    [ -z "$lacking" ] || say "skipped, as they cannot be installed here; only tests need them: $lacking" >&2
}

# plugin_packages: prints the packages with which the plugin for the installed gcc is built. pacman and apk have them in
# the compiler's package.
plugin_packages() {
    version=$(gcc -dumpversion 2>/dev/null) || return 0
    case $manager in
    apt-get) printf 'g++ gcc-%s-plugin-dev' "$version" ;;
    dnf) printf 'gcc-c++ gcc-plugin-devel' ;;
    esac
}

# install_plugin PACKAGE...: installs what the plugin for gcc needs. All else is built without it.
install_plugin() {
    say "installing for the gcc plugin: $*"
    quietly install_packages "$@"
    lacking=$(missing "$@")
    [ -z "$lacking" ] || say "could not be installed, so profile_gcc.so will not be built: $lacking" >&2
}

# install_axe: installs axe-core, which checks the accessibility of pages. No distribution has it. One version, so that
# every machine checks the same rules.
install_axe() {
    command -v npm >/dev/null 2>&1 && [ ! -e "$(npm root --global)/axe-core" ] || return 0
    say 'installing to test: axe-core, by npm'
    quietly as_root npm install --silent --global axe-core@4.14.1 || say 'skipped, as npm cannot install it: axe-core' >&2
}

# The lists are words to split: no package has a space in its name.
# shellcheck disable=SC2046,SC2086
main() {
    build=$(missing $build)
    test=$([ -z "$with_tests" ] || missing $test)
    if [ -z "$build$test$(missing $(plugin_packages))" ]; then
        say 'nothing to install'
    elif [ "$manager" = apt-get ]; then
        # A new container has no lists of packages. Old lists may still do, so a failure is no reason to stop.
        quietly as_root apt-get update -q || say 'apt-get update failed; going on with the old lists' >&2
    fi
    [ -z "$build" ] || install_build $build || return 1
    plugin=$(missing $(plugin_packages))
    [ -z "$plugin" ] || install_plugin $plugin
    [ -z "$test" ] || install_test $test
    [ -z "$with_tests" ] || install_axe
    [ -n "$with_tests" ] || say "\`make deps test\` also installs what the tests need"
}

main
