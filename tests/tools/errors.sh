#!/bin/sh
# Builds the programs of the test of standard errors and runs it: `make errors`. tests/tools/errors.py says what
# it measures, and reads ERRORS_RUNS, ERRORS_SHARE and ERRORS_OPTIONS. ERRORS_ONLY names the programs to run, of
# `parser lua sqlite` (all).
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$top/build}
# shellcheck source=tests/real/build.sh
. "$top/tests/real/build.sh"
mkdir -p "$build/errors"
only=" ${ERRORS_ONLY:-parser lua sqlite} "
flags='-O2 -g -finstrument-functions'

case $only in
*' parser '*)
    # shellcheck disable=SC2086
    ${CC:-cc} $flags "$top/tests/accuracy/parser.c" -o "$build/errors/parser"
    set -- "$@" "parser=$build/errors/parser 60000"
    ;;
esac
case $only in
*' lua '*)
    real_fetch lua5.4
    # shellcheck disable=SC2086
    real_lua lua-O2 $flags
    set -- "$@" "lua=$real_dir/lua-O2 $top/tests/real/workload.lua 10"
    ;;
esac
case $only in
*' sqlite '*)
    real_fetch sqlite3
    # shellcheck disable=SC2086
    real_sqlite sqlite-O2 $flags
    set -- "$@" "sqlite=sh -c '$real_dir/sqlite-O2 -batch workload.db <$top/tests/real/workload.sql; rm workload.db'"
    ;;
esac
exec python3 -B "$top/tests/tools/errors.py" "$build" "$@"
