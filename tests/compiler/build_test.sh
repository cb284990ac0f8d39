#!/bin/sh
# `profile build`: a build that is not edited has its compilers instrument what they compile.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# Builds have places of their own for what they keep, and for what they must remove.
export CCACHE_DIR="$test_work/ccache" XDG_CACHE_HOME="$test_work/cache" TMPDIR="$test_work/tmp"
mkdir "$TMPDIR"
PATH=$build:$PATH
unset CC CXX MAKEFLAGS MFLAGS MAKELEVEL

# project: writes a program of two files with a makefile.
project() {
    printf "int helper(int x);\nint main(int argc, char **argv)\n{\n    (void)argv;\n    return helper(argc) == 0;\n}\n" >prog.c
    printf "__attribute__((noinline)) int helper(int x) { return x ^ 5; }\n" >helper.c
    printf "prog: prog.o helper.o\n\t\$(CC) \$(LDFLAGS) prog.o helper.o -o prog\nclean:\n\trm -f prog *.o\n" >Makefile
}

# expect_recorded PROGRAM: fails unless helper() of PROGRAM is recorded.
expect_recorded() {
    "$profile" -o out.prof "$1" >/dev/null || fail "$1 is not recorded"
    "$stats" out.prof --csv | grep -q ",helper," || fail "helper is not recorded"
}

expect_no_folder() {
    [ -z "$(ls "$TMPDIR")" ] || fail "a folder is left: $(ls "$TMPDIR")"
}

test_case "make is run with its output and status, and says how many compilations were instrumented" '
    project
    make >plain 2>&1
    make clean >/dev/null
    run "$profile" build make
    expect_status 0
    expect_same plain "$stdout"
    expect_one_line "$stderr"
    expect_stderr_line "profile: 2 compilations instrumented"
    expect_recorded ./prog
    expect_no_folder
'

test_case "many jobs at once are all counted" '
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do echo "int f$i(void) { return $i; }" >f$i.c; done
    printf "all: \$(patsubst %%.c,%%.o,\$(wildcard *.c))\n" >Makefile
    run "$profile" build make -j4
    expect_status 0
    expect_stderr_line "profile: 20 compilations instrumented"
    for object in *.o; do nm "$object" | grep -q __cyg_profile || fail "$object has no hooks"; done
'

test_case "a build that fails has its own words and status" '
    project
    echo "int wrong" >>helper.c
    (run make && echo "$status" >plain_status && cp "$stderr" plain)
    run "$profile" build make
    expect_status "$(cat plain_status)"
    grep -v "^profile: " "$stderr" >wrapped
    expect_same plain wrapped
'

test_case "a build that calls compilers by their paths, or nothing, is told so in one line" '
    project
    run "$profile" build make CC="$(command -v gcc)"
    expect_status 0
    expect_one_line "$stderr"
    expect_stderr_match "^profile: no compilation was instrumented: .* set CC=.profile cc. and CXX=.profile c\+\+."
    run "$profile" build true
    expect_stderr_match "^profile: no compilation was instrumented: "
    make clean >/dev/null
    PROFILE_BUILD=off run "$profile" build make
    expect_one_line "$stderr"
    expect_stderr_line "profile: no compilation was instrumented, for PROFILE_BUILD is off"
'

test_case "a signal that ends the build ends profile, and one that profile gets reaches the build" '
    run "$profile" build sh -c "kill -TERM \$\$"
    expect_status 143
    expect_no_folder
    mkfifo started
    "$profile" build sh -c "trap \"echo caught >log; exit 3\" TERM; echo >started; while :; do sleep 0.1; done" 2>said &
    job=$!
    read -r line <started
    kill -TERM $job
    status=0
    wait $job || status=$?
    expect_status 3
    grep -q caught log
    expect_no_folder
'

test_case "wrong usage and a missing command are told in one line" '
    run "$profile" build
    expect_status 2
    expect_stderr_line "profile: no COMMAND given; see profile build --help"
    run "$profile" build ./nothing
    expect_status 127
    expect_one_line "$stderr"
    expect_stderr_line "profile: cannot run ./nothing: No such file or directory"
    expect_no_folder
    run "$profile" build --help
    expect_status 0
    expect_stdout_line "Usage: profile build COMMAND [ARGUMENT...]"
'

# logging_gcc: makes tools/gcc, which logs its arguments.
logging_gcc() {
    mkdir tools
    printf "#!/bin/sh\ncase \" \$* \" in *\" -c \"*) echo \"\$*\" >>%s/log ;; esac\nexec %s \"\$@\"\n" "$PWD" "$(command -v gcc)" >tools/gcc
    chmod +x tools/gcc
}

test_case "hooks are added once, also by builds in builds and by CC=profile cc in a build" '
    project
    logging_gcc
    PATH=$PWD/tools:$PATH run "$profile" build "$profile" build make CC="profile gcc" helper.o
    expect_status 0
    expect_equal 2 "$(grep -c "1 compilation instrumented" "$stderr")"
    grep -v "/dev/null" log >compiled
    expect_one_line compiled
    expect_equal 1 "$(grep -o -e "-fplugin=" -e "-finstrument-functions " log | sort | uniq -c | awk "{ print \$1 }" | sort -n | head -n 1)"
    expect_equal 1 "$(tr " " "\n" <compiled | grep -c -x -e -g)"
'

test_case "the build sees no new variable, and finds the compilers that there are, and no others" '
    env -u _ >before
    run "$profile" build env -u _
    grep -v "^PATH=" before | sort >plain
    grep -v "^PATH=" "$stdout" | sort >wrapped
    expect_same plain wrapped
    mkdir tools
    for name in gcc-7.2 x86_64-linux-gnu-gcc "$(uname -m)-linux-gnu-g++-7" other-os-gcc gcc-ar; do
        ln -sf "$(command -v gcc)" tools/$name
    done
    PATH=$PWD/tools:$PATH run "$profile" build sh -c "command -v gcc-7.2; command -v $(uname -m)-linux-gnu-g++-7; command -v other-os-gcc; command -v gcc-ar; command -v gcc-6.66"
    expect_equal 2 "$(grep -c "/compilers-" "$stdout")"
    expect_equal 4 "$(wc -l <"$stdout" | tr -d " ")"
'

test_case "without a folder for what is kept, the build works with links of its own" '
    project
    : >file
    XDG_CACHE_HOME=$PWD/file run "$profile" build make
    expect_status 0
    expect_stderr_line "profile: 2 compilations instrumented"
    expect_no_folder
'

test_case "a compiler that cannot add hooks compiles all the same, and one line says so at the end" '
    project
    mkdir other
    printf "#!/bin/sh\n[ \"\$1\" != --version ] || exit 0\nexec %s \"\$@\"\n" "$(command -v gcc)" >other/cc
    chmod +x other/cc
    PATH=$PWD/other:$PATH run "$profile" build make
    expect_status 0
    expect_file prog
    expect_stderr_line "profile: cc is neither gcc nor clang, so it cannot add hooks"
'

test_case "ccache before the compiler and in its place is no obstacle" '
    command -v ccache >/dev/null || skip "there is no ccache"
    project
    run "$profile" build make CC="ccache gcc"
    expect_status 0
    expect_recorded ./prog
    make clean >/dev/null
    mkdir masquerade
    ln -s "$(command -v ccache)" masquerade/cc
    PATH=$PWD/masquerade:$PATH run "$profile" build make
    expect_status 0
    expect_stderr_line "profile: 2 compilations instrumented"
    expect_recorded ./prog
'

# cmake_project: writes a CMakeLists.txt for the project.
cmake_project() {
    command -v cmake >/dev/null || skip "there is no cmake"
    project
    rm Makefile
    printf "cmake_minimum_required(VERSION 3.13)\nproject(example C CXX)\nadd_executable(prog prog.c helper.c)\n" >CMakeLists.txt
}

test_case "a CMake project is built by profile build, in one command or in two" '
    cmake_project
    run "$profile" build sh -c "cmake -S . -B one && cmake --build one"
    expect_status 0
    expect_recorded one/prog
    run "$profile" build cmake -S . -B two
    expect_status 0
    run "$profile" build cmake --build two
    expect_status 0
    expect_stderr_line "profile: 2 compilations instrumented"
    expect_recorded two/prog
'

test_case "a CMake project takes profile-cc as its compiler or as a launcher" '
    cmake_project
    cmake -S . -B compiler -DCMAKE_C_COMPILER=profile-cc -DCMAKE_CXX_COMPILER=profile-c++ >log
    cmake --build compiler >>log
    expect_recorded compiler/prog
    cmake -S . -B launcher -DCMAKE_C_COMPILER_LAUNCHER=profile-cc >log
    cmake --build launcher >>log
    expect_recorded launcher/prog
    cmake -S . -B both -DCMAKE_C_COMPILER_LAUNCHER="profile;cc" >log
    cmake --build both >>log
    expect_recorded both/prog
'

test_case "a Meson project is built by profile build, and with CC" '
    command -v meson >/dev/null || skip "there is no meson"
    project
    printf "project(\047example\047, \047c\047)\nexecutable(\047prog\047, \047prog.c\047, \047helper.c\047)\n" >meson.build
    run "$profile" build sh -c "meson setup built && ninja -C built"
    expect_status 0
    expect_recorded built/prog
    for cc in profile-cc "profile cc"; do
        rm -rf built
        CC=$cc meson setup built >log && ninja -C built >>log || fail "$(cat log)"
        expect_recorded built/prog
    done
'

test_case "a configure script that counts warnings of the compiler is not disturbed by CC=profile cc" '
    project
    cat >configure <<END
#!/bin/sh
echo "int main(void) { return 0; }" >conftest.c
\$CC -Werror -Wall conftest.c -o conftest 2>conftest.err || exit 1
[ ! -s conftest.err ] || exit 2
./conftest || exit 3
\$CC -print-prog-name=ld >ld && \$CC -E conftest.c >conftest.i && [ ! -s conftest.err ]
END
    CC="profile cc" sh ./configure
    make CC="profile cc" >log
    expect_recorded ./prog
'

test_done
