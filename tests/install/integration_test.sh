#!/bin/sh
# Tests how an installed copy works with other builds and shells: compiler flags, pkg-config, CMake, completion.
# The tests' bodies are text to shellcheck, so it takes the functions for unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# One copy serves all tests.
place=$test_work/place
make -s -C "$top" install PREFIX="$place" BUILD="$build" CC="${CC:-cc}" >/dev/null
export PKG_CONFIG_PATH="$place/lib/pkgconfig"

need() {
    command -v "$1" >/dev/null || skip "there is no $1 (see make deps test)"
}

# A program whose inner loops are in the C++ library. It has two functions and a lambda of its own.
library_user() {
    cat >user.cc <<END
#include <algorithm>
#include <cstdio>
#include <map>
#include <string>
#include <vector>
static int scrambled(int i) { return i * 7919 % 10007; }
int main()
{
    std::vector<int> numbers;
    std::map<std::string, int> sums;
    for (int i = 0; i < 2000; i++)
        numbers.push_back(scrambled(i));
    std::sort(numbers.begin(), numbers.end(), [](int a, int b) { return a < b; });
    for (int number : numbers)
        sums[std::to_string(number % 100)] += number;
    std::printf("%zu\n", sums.size());
}
END
}

# --- profile --cflags

# need_plugin: skips the test where there is no plugin for gcc.
need_plugin() {
    need gcc
    [ -f "$build/gcc-$(gcc -dumpversion)/profile_gcc.so" ] || skip "there is no plugin for this gcc"
}

test_case "with the flags for gcc, inlined functions and those of the C++ library are not reported" '
    need_plugin
    library_user
    run "$profile" --cflags --cc g++
    expect_status 0
    expect_no_stderr
    expect_one_line "$stdout"
    for level in -O0 -O2; do
        eval "g++ $level $(cat "$stdout") user.cc -o user"
        "$profile" -o out.prof ./user >output
        "$stats" --csv out.prof >table
        expect_equal 0 "$(grep -c -e /usr/ -e std:: table)"
        expect_equal 1 "$(sed -n "s/,.*,main,.*//p" table)"
    done
    ! grep ,scrambled, table || fail "scrambled is inlined at -O2"
'

test_case "the plugin is found where make install puts it, and in a path with a space" '
    need_plugin
    mkdir -p "a place/bin" "a place/lib/profile"
    cp "$profile" "a place/bin"
    cp -r "$build/gcc-$(gcc -dumpversion)" "a place/lib/profile"
    run "$PWD/a place/bin/profile" --cflags --cc gcc
    expect_no_stderr
    echo "int main(void) { return 0; }" >prog.c
    eval "gcc $(cat "$stdout") prog.c -o prog"
    run "$profile" -o out.prof ./prog
    expect_status 0
    expect_no_stderr
'

test_case "without a plugin for gcc one line says so, and the flags instrument every function" '
    need gcc
    mkdir bin
    cp "$profile" bin
    run bin/profile --cflags --cc gcc
    expect_status 0
    expect_stdout_match "^-g -finstrument-functions -finstrument-functions-exclude-file-list="
    expect_stderr_line "profile: there is no plugin for gcc, so hooks come before inlining: install gcc-$(gcc -dumpversion)-plugin-dev and build profile again"
    mkdir "bin/gcc-$(gcc -dumpversion)"
    echo broken >"bin/gcc-$(gcc -dumpversion)/profile_gcc.so"
    run bin/profile --cflags --cc gcc
    expect_status 0
    expect_stdout_match "^-g -finstrument-functions "
    expect_stderr_line "profile: gcc refuses the plugin $PWD/bin/gcc-$(gcc -dumpversion)/profile_gcc.so, so hooks come before inlining: build profile again with this gcc"
'

test_case "--cflags takes every-function and nothing else" '
    run "$profile" --cflags=some
    expect_status 2
    expect_stderr_line "profile: --cflags: unknown value '\''some'\'' (use --cflags or --cflags=every-function); see profile --help"
    need clang
    run "$profile" --cflags=every-function --cc clang
    expect_stdout_line "-g -finstrument-functions"
'

test_case "with every-function for gcc, the report has no functions of the C++ library and all of the program" '
    need g++
    library_user
    run "$profile" --cflags=every-function --cc g++
    expect_status 0
    expect_one_line "$stdout"
    for level in -O0 -O2; do
        eval "g++ $level $(cat "$stdout") user.cc -o user"
        "$profile" -o out.prof ./user >output
        "$stats" --csv out.prof >table
        expect_equal 0 "$(grep -c -e /usr/ -e std:: table)"
        expect_equal "2000 1" "$(sed -n "s/,.*,scrambled,.*//p" table) $(sed -n "s/,.*,main,.*//p" table)"
        grep -q "lambda" table || fail "the lambda is not there"
    done
    g++ -g -finstrument-functions user.cc -o all
    "$profile" -o all.prof ./all >output
    "$stats" --csv all.prof | grep -q std:: || fail "without the flags there is nothing to leave out"
'

test_case "with the flags for clang, a C++ program links with optimization, and inlined functions are not reported" '
    need clang++
    library_user
    run "$profile" --cflags --cc clang
    expect_status 0
    expect_stdout_line "-g -finstrument-functions-after-inlining"
    eval "clang++ -O2 $(cat "$stdout") user.cc -o user"
    "$profile" -o out.prof ./user >output
    "$stats" --csv out.prof >table
    expect_equal "1" "$(sed -n "s/,.*,main,.*//p" table)"
    expect_equal 0 "$(grep -c ,scrambled, table)"
'

test_case "without --cc the flags are for CC or cc, and its version tells which compiler that is" '
    need clang
    CC=clang run "$profile" --cflags
    expect_stdout_line "-g -finstrument-functions-after-inlining"
    mkdir bin
    ln -s "$(command -v clang)" bin/cc
    (unset CC; PATH=$PWD/bin:$PATH; export PATH; run "$profile" --cflags
    expect_stdout_line "-g -finstrument-functions-after-inlining")
    if command -v gcc >/dev/null; then
        CC="env gcc" run "$profile" --cflags=every-function
        expect_stdout_match "^-g -finstrument-functions -finstrument-functions-exclude-file-list=[^ ]*/usr/include"
    fi
'

test_case "a header directory with a space and a comma in its name is quoted for the shell and escaped for gcc" '
    need gcc
    mkdir "a b,c"
    echo "static inline int in_header(int i) { return i; }" >"a b,c/header.h"
    printf "#include <header.h>\nint main(void) { return in_header(0); }\n" >prog.c
    run env CPLUS_INCLUDE_PATH="$PWD/a b,c" C_INCLUDE_PATH="$PWD/a b,c" "$profile" --cflags=every-function --cc gcc
    eval "C_INCLUDE_PATH=\"\$PWD/a b,c\" gcc $(cat "$stdout") prog.c -o prog"
    "$profile" -o out.prof ./prog
    "$stats" --csv out.prof >table
    expect_equal "0 1" "$(grep -c in_header table) $(grep -c ,main, table)"
'

test_case "a missing or unknown compiler is reported in one line, and exits 1" '
    run "$profile" --cflags --cc no-such-compiler
    expect_status 1
    expect_stderr_line "profile: cannot run no-such-compiler --version: name gcc or clang with --cc"
    run "$profile" --cflags --cc true
    expect_status 1
    expect_stderr_line "profile: true is neither gcc nor clang: name one of them with --cc"
    expect_no_stdout
'

# --- pkg-config and CMake

test_case "pkg-config has flags by which a program is compiled, linked and recorded" '
    need pkg-config
    # shellcheck disable=SC2046
    ${CC:-cc} "$top/samples/primes.c" $(pkg-config --cflags --libs profile) -Wl,-rpath,"$place/lib" -o primes
    PROFILE_OUT=out.prof ./primes >output
    "$stats" out.prof | grep -q "primes.c:.*(is_prime)" || fail "is_prime was not recorded"
    expect_equal "$("$profile" --version)" "profile $(pkg-config --modversion profile)"
    ${CC:-cc} -g -finstrument-functions "$top/samples/primes.c" -o bare
    LD_PRELOAD=$(pkg-config --variable=libdir profile)/libprofile.so PROFILE_OUT=bare.prof ./bare >output
    "$stats" bare.prof | grep -q "primes.c:.*(is_prime)" || fail "is_prime was not recorded"
'

# project [ARGUMENT]: a CMake project of a C and a C++ program that calls target_profile(TARGET ARGUMENT).
project() {
    cp "$top/samples/recursion.c" .
    library_user
    cat >CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.13)
project(Example C CXX)
find_package(Profile 0.1 REQUIRED)
add_executable(recursion recursion.c)
add_executable(user user.cc)
target_profile(recursion $1)
target_profile(user $1)
END
    cmake -S . -B built -DCMAKE_PREFIX_PATH="$place" -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_C_COMPILER="${CC%% *}" -DCMAKE_CXX_COMPILER="${CXX%% *}" >log 2>&1 || fail "$(cat log)"
    cmake --build built >>log 2>&1 || fail "$(cat log)"
}

test_case "a CMake project finds the package, and target_profile() compiles its programs to be recorded, without linking" '
    need cmake
    project ""
    "$place/bin/profile" -o out.prof built/recursion >output
    "$place/bin/stats" --csv out.prof | grep -q ",fibonacci," || fail "fibonacci was not recorded"
    "$place/bin/profile" -o user.prof built/user >output
    "$place/bin/stats" --csv user.prof | grep -q ",main," || fail "main was not recorded"
    if ldd built/user | grep -q libprofile; then fail "it was linked"; fi
'

test_case "target_profile(... LINK) and LINK_STATIC link the runtime, shared or static" '
    need cmake
    for how in LINK LINK_STATIC; do
        rm -rf built
        project $how
        PROFILE_OUT=$how.prof built/recursion >output
        "$stats" --csv $how.prof | grep -q ",fibonacci," || fail "fibonacci was not recorded"
        expect_equal "$([ $how = LINK ] && echo 1 || echo 0)" "$(ldd built/recursion | grep -c libprofile)"
    done
'

test_case "target_profile() refuses an argument that it does not know, and names it" '
    need cmake
    if (project LINKED) >said; then fail "it takes LINKED"; fi
    grep -q "LINKED is neither LINK nor LINK_STATIC" said
'

test_case "a Meson project has its flags from profile --cflags, as the manual says" '
    need meson
    cp "$top/samples/recursion.c" prog.c
    { printf "project(\047example\047, \047c\047)\n"; sed -n "/^cc = meson/,/^executable/p" "$top/man/profile.1"; } >meson.build
    PATH=$place/bin:$PATH meson setup built >log 2>&1 || fail "$(cat log)"
    PATH=$place/bin:$PATH meson compile -C built >>log 2>&1 || fail "$(cat log)"
    "$profile" -o out.prof built/prog >output
    "$stats" --csv out.prof | grep -q ",fibonacci," || fail "fibonacci was not recorded"
'

# --- completion

# completed WORD...: prints what bash offers for the last word, a line each, sorted. As in bash, = is a word.
completed() {
    bash --norc -c '
        . "$1/share/bash-completion/completions/$2"
        COMP_WORDS=("${@:2}")
        COMP_CWORD=$(($# - 2))
        "_complete_$2"
        printf "%s\n" "${COMPREPLY[@]}" | sort' bash "$place" "$@"
}

test_case "bash completes the options of both commands, except hidden ones" '
    need bash
    expect_equal "--raw
--restrict
--reverse" "$(completed stats --r)"
    expect_equal "--calibrate
--cc
--cflags
--clock" "$(completed profile --c)"
    "$place/bin/stats" --help | sed -n "s/^  [-a-zA-Z, ]\{4\}\(--[a-z-]*\).*/\1/p" | sort >options
    expect_equal "$(cat options)" "$(completed stats --)"
'

test_case "bash completes values: keys also behind a comma and an equals sign, names of files, and nothing else" '
    need bash
    expect_equal "tottime" "$(completed stats --sort tot)"
    expect_equal "calls,nfl" "$(completed stats -s calls,nf)"
    expect_equal "cumulative" "$(completed stats --sort = cumu)"
    expect_equal "callees
callers" "$(completed stats --tree =)"
    touch "a file.prof" another
    expect_equal "a file.prof
another" "$(completed stats --diff a)"
    expect_equal "a file.prof
another" "$(completed stats --tree a)"
    expect_equal "" "$(completed stats --limit a)"
    expect_equal "sampled" "$(completed profile --clock s)"
'

test_case "bash completes the first word of profile as a command, and as build and ctl" '
    need bash
    completed profile bui | grep -qx build || fail "build is not offered"
    completed profile ct | grep -qx ctl || fail "ctl is not offered"
    completed profile gc | grep -qx gcc || fail "gcc is not offered"
    touch a-file
    completed profile a-f | grep -qx a-file || fail "files are not offered"
'

test_case "bash does not complete words behind the program as options of profile" '
    need bash
    touch --  --sort.txt
    expect_equal "--sort.txt" "$(completed profile -n 5 --clock = every ./prog --so)"
    expect_equal "--sort" "$(completed profile -n 5 --so)"
    expect_equal "" "$(completed profile -- ./prog -o x --cl)"
'

# zsh_offers TYPED PATTERN: an interactive zsh shows text that matches PATTERN after TYPED and a tab.
zsh_offers() {
    zsh -f -c '
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell "PS1=; fpath=($1/share/zsh/site-functions \$fpath); autoload -U compinit; compinit -u -D; echo re\\ady"
        zpty -r shell seen "*ready*" || exit 1
        zpty -w -n shell "$2"$'\''\t'\''
        zpty -r shell seen "$3"
        shown=$?
        zpty -d shell
        exit $shown' zsh "$place" "$1" "$2" || fail "zsh does not offer $2"
}

test_case "zsh completes options, values and files" '
    need zsh
    zsh_offers "stats --rev" "*--reverse*"
    zsh_offers "stats --sort tott" "*--sort tottime*"
    zsh_offers "profile --clock=samp" "*--clock=sampled*"
    zsh_offers "profile buil" "*profile build*"
    touch only-file.prof
    zsh_offers "stats --diff only-f" "*only-file.prof*"
'

test_case "the shells and shellcheck find no fault in the scripts" '
    for command in profile stats; do
        if command -v zsh >/dev/null; then zsh -n "$place/share/zsh/site-functions/_$command"; fi
        if command -v shellcheck >/dev/null; then
            shellcheck -s bash "$place/share/bash-completion/completions/$command"
        fi
    done
    run "$stats" --completion fish
    expect_status 2
    expect_stderr_match "^stats: --completion: unknown shell .fish. \(use bash or zsh\)"
'

test_done
