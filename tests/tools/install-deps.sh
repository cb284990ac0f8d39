#!/bin/sh
# Installs what is missing to build and to test: `make deps`. Works with apt-get, dnf, pacman, zypper and apk.
# What is needed to build is an error where it cannot be had; what only tests need is said and skipped.
set -u

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

# gfortran, gnat and gdc, which compile a sample each, take 40, 99 and 131 MB installed.
# tcl makes SQLite's amalgamation and dpkg-dev unpacks its source, for check-real.
case $manager in
apt-get)
    build='gcc libc6-dev make libdwarf-dev libelf-dev libiberty-dev libpcre2-dev zlib1g-dev libedit-dev'
    test='libcmocka-dev clang libclang-rt-dev g++ python3 valgrind mandoc clang-tidy clang-format cppcheck
        shellcheck uftrace binutils libboost-context-dev libjemalloc2 libfaketime dpkg-dev debian-archive-keyring tcl
        pyprof2calltree musl-tools pkg-config cmake meson zsh gfortran gnat gdc'
    ;;
dnf)
    build='gcc glibc-devel make libdwarf-devel elfutils-libelf-devel binutils-devel pcre2-devel zlib-devel libedit-devel'
    test='libcmocka-devel clang compiler-rt libasan libubsan gcc-c++ python3 valgrind mandoc
        clang-tools-extra cppcheck ShellCheck uftrace tcl'
    ;;
pacman) # Headers come with the libraries, libiberty and g++ with gcc, clang-tidy and clang-format with clang.
    build='gcc make libdwarf libelf binutils pcre2 zlib libedit'
    test='cmocka clang compiler-rt python valgrind mandoc cppcheck shellcheck uftrace tcl'
    ;;
zypper)
    build='gcc glibc-devel make libdwarf-devel libelf-devel binutils-devel pcre2-devel zlib-devel libedit-devel'
    test='libcmocka-devel clang clang-tools gcc-c++ python3 valgrind mandoc cppcheck ShellCheck uftrace tcl'
    ;;
apk)
    build='gcc musl-dev make libdwarf-dev elfutils-dev binutils-dev pcre2-dev zlib-dev libedit-dev'
    test='cmocka-dev clang compiler-rt clang-extra-tools g++ python3 valgrind mandoc cppcheck shellcheck
        uftrace tcl'
    ;;
*)
    say 'found none of apt-get, dnf, pacman, zypper, apk; install by hand:' \
        'gcc, make and the headers of libdwarf, libelf, libiberty, pcre2, zlib and libedit' >&2
    exit 1
    ;;
esac

# is_installed PACKAGE. rpm and pacman are asked for what provides the name: zlib-ng stands in for zlib.
is_installed() {
    case $manager in
    apt-get) dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed ;;
    dnf | zypper) rpm -q --whatprovides "$1" >/dev/null 2>&1 ;;
    pacman) pacman -T "$1" >/dev/null 2>&1 ;;
    apk) apk info -e "$1" >/dev/null 2>&1 ;;
    esac
}

# missing PACKAGE...: those that are not installed.
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
    # Not -Sy: new packages on an old system are the partial upgrade that Arch does not support.
    pacman) as_root pacman -S --needed --noconfirm "$@" ;;
    zypper) as_root zypper --non-interactive install "$@" ;;
    apk) as_root apk add "$@" ;;
    esac
}

# The lists are words to split: no package has a space in its name.
# shellcheck disable=SC2046,SC2086
main() {
    build=$(missing $build)
    test=$(missing $test)
    if [ -z "$build$test" ]; then
        say 'nothing to install'
        return 0
    fi
    if [ "$manager" = apt-get ]; then
        # A new container knows no packages at all. Old lists may still do, so a failure is no reason to stop.
        as_root apt-get update -q || say 'apt-get update failed; going on with the lists there are' >&2
    fi
    if [ -n "$build" ]; then
        say "installing, to build: $build"
        install_packages $build
        build=$(missing $build)
        if [ -n "$build" ]; then
            say "could not be installed, and the build needs it: $build" >&2
            return 1
        fi
    fi
    if [ -n "$test" ]; then
        say "installing, to test: $test"
        # One unknown name fails the whole list: then one by one, to have the others.
        install_packages $test || for package in $(missing $test); do
            install_packages "$package" >/dev/null 2>&1
        done
        test=$(missing $test)
        [ -z "$test" ] || say "skipped, for they cannot be installed here (only tests need them): $test" >&2
    fi
    return 0
}

main
