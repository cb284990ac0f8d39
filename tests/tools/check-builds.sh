#!/bin/sh
# Builds packages of Debian under `profile build` as they are, and profiles what was built: `make check-real`. There is
# one of plain make, Autotools, CMake and Meson each. Prints TAP. Plain builds stay in build/real, so that the next run
# is quick. Some functions are called from the tests' bodies, which are text to shellcheck.
# shellcheck disable=SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/real/build.sh
. "$top/tests/real/build.sh"

builds=$real_dir/builds

# For each package:
#
#   PACKAGE_build [COMMAND...]   builds it in the current directory, by its own tools, which run under COMMAND
#   PACKAGE_run [COMMAND...]     runs a program of it under COMMAND, on an input that the package has
#   PACKAGE_functions            prints functions that must be in the profile

# The Makefile sets CC, and links a shared library.
bzip2_build() {
    "$@" make -j2 bzip2
}
bzip2_run() {
    LD_LIBRARY_PATH=. "$@" ./bzip2 -c manual.ps
}
bzip2_functions() {
    echo main compressStream BZ2_bzCompress BZ2_compressBlock BZ2_blockSort BZ2_hbMakeCodeLengths
}

# libtool makes src/xz/xz a script that starts the program.
xz_utils_build() {
    "$@" ./configure --disable-static --disable-doc --disable-nls --disable-scripts --disable-dependency-tracking
    "$@" make -j2
}
xz_utils_run() {
    LD_LIBRARY_PATH=src/liblzma/.libs "$@" src/xz/.libs/xz -c -2 --check=sha256 ChangeLog
}
xz_utils_functions() {
    echo main coder_run lzma_code lzma_lzma_encode lzma_mf_find lzma_sha256_update
}

cmark_build() {
    "$@" cmake -B build -DCMAKE_BUILD_TYPE=Release -DCMARK_SHARED=OFF -DCMARK_TESTS=OFF
    "$@" cmake --build build --parallel 2
}
cmark_run() {
    "$@" build/src/cmark test/spec.txt
}
cmark_functions() {
    echo main cmark_parser_feed cmark_parser_finish cmark_parse_inlines cmark_render_html
}

# C++, with a test that throws many exceptions.
libjsoncpp_build() {
    "$@" meson setup build --buildtype=debugoptimized
    "$@" ninja -C build jsoncpp_test
}
libjsoncpp_run() {
    "$@" build/jsoncpp_test
}
libjsoncpp_functions() {
    echo main JsonTest::Runner::runAllTest Json::OurReader::readValue Json::BuiltStyledStreamWriter::writeValue \
        Json::Value::resolveReference
}

# build_package PACKAGE KIND [COMMAND...]: builds a new copy of PACKAGE's tree, $builds/KIND/PACKAGE. The file `built` in
# it says that it is complete.
build_package() {
    package=$1 tree=$builds/$2/$1
    shift 2
    rm -rf "$tree"
    mkdir -p "${tree%/*}"
    cp -a "$real_source/$package" "$tree"
    cd "$tree"
    # Not in a condition, in which set -e would have no effect.
    (
        set -e
        "$(prefix "$package")_build" "$@"
        : >built
    ) >"$tree.log" 2>&1
    cd - >/dev/null
    [ -e "$tree/built" ] || {
        tail -n 30 "$tree.log"
        fail "could not build $package: see $tree.log"
    }
}

# run_package PACKAGE KIND [COMMAND...]: runs a program of $builds/KIND/PACKAGE. Leaves stdout, stderr and status there.
run_package() {
    package=$1
    cd "$builds/$2/$1"
    shift 2
    started=0
    "$(prefix "$package")_run" "$@" >stdout 2>stderr || started=$?
    echo "$started" >status
    cd - >/dev/null
}

# prefix PACKAGE: prints the beginning of the names of its functions.
prefix() {
    echo "$1" | tr - _
}

expect_build() {
    built=$builds/plain/$1/built
    if [ ! -e "$built" ] || [ -n "$(find "$top/tests/tools/check-builds.sh" -newer "$built")" ]; then
        build_package "$1" plain
    fi
    build_package "$1" profiled "$profile" build
}

expect_plain_output() {
    run_package "$1" plain
    run_package "$1" profiled "$profile" -o "$builds/$1.prof"
    for file in stdout stderr status; do
        expect_same "$builds/plain/$1/$file" "$builds/profiled/$1/$file"
    done
    expect_file "$builds/plain/$1/stdout"
}

expect_functions() {
    "$stats" "$builds/$1.prof" --csv >table
    for function in $("$(prefix "$1")_functions"); do
        grep -qF ",$function," table || fail "there is no $function in the profile"
    done
}

check() {
    rm -f "$builds/$1.prof"
    test_case "$1, $2: profile build builds it as it is" "expect_build $1"
    test_case "$1, $2: its output is that of a plain build" "expect_plain_output $1"
    test_case "$1, $2: its functions are in the profile" "expect_functions $1"
}

if [ ! -x "$profile" ] || [ ! -x "$stats" ]; then
    echo "there is no $profile or no $stats: run make first" >&2
    exit 1
fi
real_fetch bzip2 xz-utils cmark libjsoncpp || exit
check bzip2 'plain make'
check xz-utils Autotools
check cmark CMake
check libjsoncpp Meson
test_done
