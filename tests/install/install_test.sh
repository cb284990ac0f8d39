#!/bin/sh
# Tests that `make install` installs all that is needed, and that `make uninstall` removes all of it.
# The tests' bodies are text to shellcheck.
# shellcheck disable=SC2016

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

test_case "after an installation below PREFIX profile and stats run, programs link, and manual pages are there" '
    make -s -C "$top" install PREFIX="$PWD/place" BUILD="$build" CC="$CC" >/dev/null
    $CC -g -finstrument-functions "$top/samples/primes.c" -o primes
    place/bin/profile -o out.prof ./primes >output
    place/bin/stats out.prof | grep -q "(is_prime)"
    $CC -g -finstrument-functions "$top/samples/primes.c" -o linked -Lplace/lib -lprofile -Wl,-rpath,"$PWD/place/lib"
    PROFILE_OUT=image ./linked >output
    place/bin/stats image | grep -q "(is_prime)"
    $CC -g -finstrument-functions -Iplace/include "$top/samples/sections.c" -o sections -Lplace/lib -lprofile \
        -Wl,-rpath,"$PWD/place/lib"
    ./sections | grep -q "{merges}"
    for page in man1/profile.1 man1/stats.1 man3/profile.3 man5/prof.5 man5/profile-json.5; do
        expect_file "place/share/man/$page"
    done
    make -s -C "$top" uninstall PREFIX="$PWD/place" BUILD="$build"
    expect_equal "" "$(find place ! -type d)"
'

test_case "DESTDIR is put before PREFIX" '
    make -s -C "$top" install DESTDIR="$PWD/stage" PREFIX=/usr BUILD="$build" CC="$CC" >/dev/null
    expect_file stage/usr/bin/profile
    expect_file stage/usr/lib/libprofile.a
    expect_file stage/usr/lib/libprofile-alloc.so
'

test_case "an installation that the loader does not search says how programs find the library" '
    make -s -C "$top" install PREFIX="$PWD/place" BUILD="$build" CC="$CC" >said
    grep -q -e "-Wl,-rpath,$PWD/place/lib" said || fail "$(cat said)"
    make -s -C "$top" install PREFIX="$PWD/place" DESTDIR="$PWD/stage" BUILD="$build" CC="$CC" >said
    expect_equal "" "$(cat said)"
'

test_done
