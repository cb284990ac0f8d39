#!/bin/sh
# Checks that the Makefile builds with the user's compiler and flags and prints one line for each file.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# commands GOAL...: the commands that make would run in an empty build directory, without flags of the suite's own.
commands() {
    env -u MAKEFLAGS -u MAKEOVERRIDES -u MFLAGS make -n -C "$top" BUILD="$PWD/empty" "$@" >commands
}

test_case "flags of the environment are used, and those that the code needs come after them" '
    CFLAGS=-O0 CPPFLAGS=-DMINE LDFLAGS=-Lmine CC=cc commands V=1 all
    grep -q "^cc .*-DMINE -O0 .*-std=gnu11 .*-c cli/commands/stats.c" commands || fail "cli: $(cat commands)"
    grep -q "^cc .*-DMINE -O0 .*-O2 -c runtime/hooks/hooks.c" commands || fail "runtime: $(cat commands)"
    grep -q "^cc -O0 .*-Lmine .*-o $PWD/empty/stats" commands || fail "stats: $(cat commands)"
    grep -q "^cc -O0 .*-Lmine .*-o $PWD/empty/libprofile.so" commands || fail "library: $(cat commands)"
'

test_case "gcc and -O2 -g are the default" '
    (unset CC CFLAGS CPPFLAGS LDFLAGS; commands V=1 all)
    grep -q "^gcc .* -O2 -g -std=gnu11 .*-c cli/commands/stats.c" commands || fail "$(cat commands)"
'

test_case "one short line is printed for each file, whole commands with V=1, and nothing with -s" '
    commands all
    grep -q "^echo CC cli/commands/stats.c\$" commands
    grep -q "^echo LD $PWD/empty/stats\$" commands
    grep -q "^echo AR $PWD/empty/libprofile.a\$" commands
    commands V=1 all
    ! grep "^echo CC" commands || fail "V=1 prints short lines"
    commands -s all
    ! grep "^echo CC" commands || fail "-s prints short lines"
'

test_done
