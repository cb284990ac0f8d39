#!/bin/sh
# `profile cc`: a compiler that instruments what it compiles, and else behaves as it always does.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

export CCACHE_DIR="$test_work/ccache"

# sources: writes prog.c, which calls helper() of helper.c 3 times, and twice() is inlined.
sources() {
    cat >prog.c <<END
int helper(int x);
static inline int twice(int x) { return 2 * x; }
int main(int argc, char **argv)
{
    int sum = 0;
    (void)argv;
    for (int i = 0; i < 3; i++)
        sum += helper(twice(i) + argc);
    return sum == 0;
}
END
    cat >helper.c <<END
__attribute__((noinline)) int helper(int x) { return x ^ 5; }
END
}

# calls PROGRAM: prints the functions that PROGRAM calls, and how often, in one line.
calls() {
    "$profile" -o out.prof "$1" >/dev/null
    "$stats" out.prof --csv | awk -F , 'NR > 1 { print $7, $1 }' | sort | tr '\n' ' '
}

has_hooks() {
    nm "$1" | grep -q __cyg_profile_func_enter
}

has_debug_info() {
    readelf -S "$1" | grep -q "\.debug_info"
}

# each_compiler SENTENCE BODY: a test of gcc and one of clang, as $compiler.
each_compiler() {
    for compiler in gcc clang; do
        test_case "$compiler: $1" "command -v $compiler >/dev/null || skip 'there is no $compiler'; $2"
    done
}

# as_plain ARGUMENT...: runs the compiler with and without `profile`, each in a folder of its own, and expects no
# difference: not in status, output or files.
as_plain() {
    rm -rf plain wrapped
    cp -R files plain
    cp -R files wrapped
    (cd plain && run "$compiler" "$@" && echo "$status" >status.txt && cp "$stdout" out.txt && cp "$stderr" err.txt)
    (cd wrapped && run "$profile" "$compiler" "$@" && echo "$status" >status.txt && cp "$stdout" out.txt && cp "$stderr" err.txt)
    diff -r plain wrapped || fail "it is not as plain with: $*"
}

# without_plugin: makes the command bin/profile, which has no plugin for gcc.
without_plugin() {
    mkdir -p bin
    cp "$profile" bin/profile
}

each_compiler "the program is recorded, with inlined functions as part of their callers" '
    sources
    run "$profile" $compiler -O2 prog.c helper.c -o prog
    expect_status 0
    expect_no_stdout
    expect_no_stderr
    case $(calls ./prog) in
    "helper 3 main 1 ") ;;
    *) [ "$compiler" = gcc ] || fail "$(calls ./prog)"
       [ -f "$build/gcc-$(gcc -dumpversion)/profile_gcc.so" ] || skip "there is no plugin for this gcc"
       fail "$(calls ./prog)" ;;
    esac
    "$stats" out.prof --csv | grep -q "helper.c,1,helper," || fail "there is no line of debug information"
'

each_compiler "objects are compiled and linked apart, with -flto and without" '
    sources
    for flags in -O1 "-O2 -flto"; do
        for file in prog helper; do "$profile" $compiler $flags -c $file.c; done
        "$profile" $compiler $flags prog.o helper.o -o prog
        expect_equal "helper 3 main 1 " "$(calls ./prog | sed "s/twice [0-9]* //")"
    done
'

each_compiler "what only asks, preprocesses or assembles is as without profile" '
    mkdir files
    (cd files && sources && printf ".globl f\nf: ret\n" >asm.s && printf "#define F f\n.globl F\nF: ret\n" >pre.S)
    as_plain --version
    as_plain -dumpversion
    as_plain -dumpmachine
    as_plain -print-search-dirs
    as_plain -print-prog-name=ld
    as_plain --help
    as_plain -v
    as_plain -E prog.c
    as_plain -E -dM -x c /dev/null
    as_plain -M prog.c
    as_plain -MM -MF deps prog.c helper.c
    as_plain -fsyntax-only prog.c
    as_plain -c asm.s
    as_plain -c pre.S
'

each_compiler "without arguments, and where the compiler finds fault, its words and status are its own" '
    mkdir files
    (cd files && sources && echo "int main(void) { return x; }" >wrong.c && echo "int f(void) { int unused; }" >warns.c)
    as_plain
    as_plain wrong.c -o wrong
    as_plain -Wall -Werror -c warns.c
    as_plain missing.c
    as_plain prog.c -o
    as_plain prog.c -x
    as_plain -c prog.c -fno-such-option
    as_plain -Lnowhere -lno-such-library prog.c helper.c
'

each_compiler "linking with -Werror warns of no flag of profile" '
    sources
    for file in prog helper; do "$profile" $compiler -Wall -Wextra -Werror -c $file.c; done
    run "$profile" $compiler -Wall -Wextra -Werror prog.o helper.o -o prog
    expect_status 0
    expect_no_stderr
'

each_compiler "dependency files are those of the compiler" '
    sources
    echo "#include \"prog.c\"" >user.c
    $compiler -MMD -MP -c user.c
    mv user.d plain.d
    "$profile" $compiler -MMD -MP -c user.c
    expect_same plain.d user.d
'

each_compiler "the source may come from standard input, by -x, and arguments from files" '
    sources
    "$profile" $compiler -x c - -c -o prog.o <prog.c
    has_hooks prog.o || fail "from standard input there are no hooks"
    cp prog.c prog.text
    "$profile" $compiler -xc prog.text -c -o prog.o
    has_hooks prog.o || fail "by -x there are no hooks"
    echo "-c prog.c @more" >arguments
    echo "-o \"with space.o\"" >more
    "$profile" $compiler @arguments
    has_hooks "with space.o" || fail "by @FILE there are no hooks"
    if [ $compiler = clang ]; then
        "$profile" clang -c -o behind.o -- prog.c
        has_hooks behind.o || fail "with -- there are no hooks"
    fi
    echo "-E prog.c" >arguments
    "$profile" $compiler @arguments >wrapped
    $compiler @arguments >plain
    expect_same plain wrapped
'

each_compiler "-g is added only where the user says nothing of debug information" '
    sources
    "$profile" $compiler -c helper.c
    has_debug_info helper.o || fail "there is no debug information"
    "$profile" $compiler -g0 -c helper.c
    ! has_debug_info helper.o || fail "-g0 is not heeded"
    $compiler -gdwarf-4 -g1 -c helper.c -o plain.o
    "$profile" $compiler -gdwarf-4 -g1 -c helper.c
    expect_equal "$(readelf --debug-dump=info plain.o | grep -c DW_TAG)" "$(readelf --debug-dump=info helper.o | grep -c DW_TAG)"
'

each_compiler "code for a place without a C library has no hooks" '
    sources
    echo "void _start(void) { for (;;) ; }" >start.c
    "$profile" $compiler -ffreestanding -c helper.c
    ! has_hooks helper.o || fail "with -ffreestanding there are hooks"
    run "$profile" $compiler -nostdlib -static start.c -o start
    expect_status 0
    "$profile" $compiler -shared -fPIC -nostartfiles helper.c -o libhelper.so
    has_hooks libhelper.so || fail "a library without start files has no hooks"
'

each_compiler "with PROFILE_BUILD=off the compiler runs as it is" '
    sources
    $compiler -O2 -c prog.c -o plain.o
    PROFILE_BUILD=off "$profile" $compiler -O2 -c prog.c -o wrapped.o
    expect_same plain.o wrapped.o
'

each_compiler "a precompiled header is used by files that profile compiles" '
    echo "static inline int in_header(int x) { return x + 1; }" >header.h
    "$profile" $compiler -O1 -x c-header header.h -o header.h.pch
    [ $compiler = clang ] || mv header.h.pch header.h.gch
    mkdir empty
    mv header.h empty
    echo "int main(void) { return in_header(-1); }" >prog.c
    if [ $compiler = clang ]; then
        mv empty/header.h .
        "$profile" clang -O1 -include-pch header.h.pch prog.c -o prog
    else
        "$profile" gcc -O1 -Winvalid-pch -Werror -include ./header.h prog.c -o prog
    fi
    ./prog
'

each_compiler "C++ programs link in each standard, with strings and extern templates" '
    cxx=$([ $compiler = gcc ] && echo g++ || echo clang++)
    command -v $cxx >/dev/null || skip "there is no $cxx"
    cat >strings.cc <<END
#include <string>
template <typename T> struct wrapped { [[gnu::always_inline]] T twice(T a) { return a + a; } };
extern template class wrapped<std::string>;
int main(int argc, char **argv)
{
    std::string text = wrapped<std::string>().twice(argv[argc - 1]);
    std::u16string wide(text.begin(), text.end());
    return wide.size() != text.size();
}
END
    for standard in c++17 c++20; do
        for level in -O0 -O2; do
            "$profile" $cxx -std=$standard $level strings.cc -o strings || fail "$standard, $level"
            "$profile" -o out.prof ./strings
        done
    done
'

test_case "functions that PROFILE_BUILD_EXCLUDE names have no hooks" '
    [ -f "$build/gcc-$(gcc -dumpversion)/profile_gcc.so" ] || skip "there is no plugin for this gcc"
    sources
    PROFILE_BUILD_EXCLUDE="help*,other" "$profile" gcc -O1 prog.c helper.c -o prog
    expect_equal "main 1 " "$(calls ./prog)"
    PROFILE_BUILD_EXCLUDE="*/prog.c" "$profile" gcc -O1 "$PWD/prog.c" helper.c -o prog
    expect_equal "helper 3 " "$(calls ./prog)"
    printf "template <typename A, typename B> __attribute__((noinline)) int pair(A a, B b) { return a * b; }\n%s\n" \
        "int main(int argc, char **) { return pair<int, long>(argc, 0) + pair<int, int>(argc, 0); }" >pair.cc
    PROFILE_BUILD_EXCLUDE="pair<int\, long>,pair<char>" "$profile" g++ -O1 pair.cc -o pair
    "$profile" -o out.prof ./pair
    "$stats" out.prof --csv >table
    expect_equal "1 0" "$(grep -c "pair<int, int>" table) $(grep -c "pair<int, long>" table)"
'

# on_screen COMMAND: runs it with a terminal for its output, which goes to the file `screen`.
on_screen() {
    command -v script >/dev/null || skip "there is no script(1)"
    script -qec "$1" /dev/null </dev/null | tr -d "\r" >screen
}

test_case "without the plugin, gcc leaves out the names that contain a text, and the screen shows what it cannot" '
    sources
    without_plugin
    PROFILE_BUILD_EXCLUDE="help*" run bin/profile gcc -O1 prog.c helper.c -o prog
    expect_status 0
    expect_no_stderr
    expect_equal "main 1 twice 3 " "$(calls ./prog)"
    on_screen "bin/profile gcc -O1 prog.c helper.c -o prog"
    expect_one_line screen
    grep -q "^profile: there is no plugin for gcc, so hooks come before inlining" screen
    on_screen "PROFILE_BUILD_EXCLUDE=h?lper bin/profile gcc -O1 prog.c helper.c -o prog"
    grep -q "gcc can leave out .h?lper. only with profile.s plugin" screen
    on_screen "bin/profile gcc -O1 -c prog.c"
    [ ! -s screen ] || fail "a file that is not linked says it too"
'

test_case "clang cannot leave out functions, and the screen says so" '
    command -v clang >/dev/null || skip "there is no clang"
    sources
    on_screen "PROFILE_BUILD_EXCLUDE=helper \"$profile\" clang -O1 prog.c helper.c -o prog"
    expect_one_line screen
    grep -q "^profile: PROFILE_BUILD_EXCLUDE: clang cannot leave out functions by name" screen
    expect_equal "helper 3 main 1 " "$(calls ./prog)"
'

test_case "a gcc that refuses plugins gets the flags that need none" '
    sources
    mkdir fake
    cat >fake/gcc <<END
#!/bin/sh
case " \$* " in *" -fplugin="*)
    echo "cc1: error: plugin support is disabled; configure with --enable-plugin" >&2
    exit 1 ;;
esac
exec $(command -v gcc) "\$@"
END
    chmod +x fake/gcc
    PATH=$PWD/fake:$PATH run "$profile" gcc -O2 prog.c helper.c -o prog
    expect_status 0
    expect_no_stderr
    expect_equal "helper 3 main 1 twice 3 " "$(calls ./prog)"
'

test_case "a compiler that profile knows is run once, to compile" '
    sources
    mkdir -p bin/gcc-7 tools
    cp "$profile" bin/profile
    : >bin/gcc-7/profile_gcc.so
    printf "#!/bin/sh\necho \"\$*\" >>%s/log\n" "$PWD" >tools/gcc
    chmod +x tools/gcc
    stat -c "%s %Y %n" "$PWD/tools/gcc" >bin/gcc-7/programs
    PATH=$PWD/tools:$PATH bin/profile gcc -c prog.c
    expect_one_line log
    grep -q -- "-c prog.c -g -fplugin=$PWD/bin/gcc-7/profile_gcc.so" log
'

test_case "a compiler that is missing is reported in one line, and the exit status is 127" '
    run "$profile" gcc-99 -c prog.c
    expect_status 127
    expect_no_stdout
    expect_one_line "$stderr"
    expect_stderr_line "profile: cannot run gcc-99: No such file or directory"
'

test_case "a compiler that is neither gcc nor clang is refused in one line when it compiles, and else runs" '
    sources
    mkdir other
    printf "#!/bin/sh\necho other 1.0\n" >other/cc
    chmod +x other/cc
    PATH=$PWD/other:$PATH run "$profile" cc -c prog.c
    expect_status 1
    expect_no_stdout
    expect_one_line "$stderr"
    expect_stderr_line "profile: cc is neither gcc nor clang, so it cannot add hooks"
    PATH=$PWD/other:$PATH run "$profile" cc --version
    expect_status 0
    expect_stdout_line "other 1.0"
'

test_case "a program with the name of a compiler is recorded when its path is given, or behind --" '
    sources
    "$profile" gcc -O1 prog.c helper.c -o gcc
    run "$profile" ./gcc
    expect_status 0
    expect_stderr_match "helper.c:1\(helper\)"
    PATH=$PWD:$PATH run "$profile" -- gcc
    expect_stderr_match "helper.c:1\(helper\)"
'

test_case "profile-cc and profile-c++ run cc and c++, PROFILE_CC and PROFILE_CXX, or the compiler in their first argument" '
    sources
    "$build/profile-cc" -c prog.c
    has_hooks prog.o || fail "profile-cc adds no hooks"
    run "$build/profile-c++" -x c++ - -o user <<END
#include <string>
int main(int argc, char **argv) { return std::string(argv[argc - 1]).empty(); }
END
    expect_status 0
    has_hooks user || fail "profile-c++ adds no hooks"
    mkdir tools
    printf "#!/bin/sh\necho \"\$0 \$*\"\nexec %s \"\$@\"\n" "$(command -v gcc)" >tools/gcc-7.1
    chmod +x tools/gcc-7.1
    PROFILE_CC=$PWD/tools/gcc-7.1 run "$build/profile-cc" -c helper.c
    expect_stdout_match "tools/gcc-7.1 -c helper.c -g -f"
    PROFILE_CXX="$PWD/tools/gcc-7.1 -DSECOND" run "$build/profile-c++" -c helper.c
    expect_stdout_match "tools/gcc-7.1 -DSECOND -c helper.c -g -f"
    run "$build/profile-cc" "$PWD/tools/gcc-7.1" -c helper.c
    expect_stdout_match "tools/gcc-7.1 -c helper.c -g -f"
    run "$profile" cc "$PWD/tools/gcc-7.1" -c helper.c
    expect_stdout_match "tools/gcc-7.1 -c helper.c -g -f"
'

test_case "ccache may stand behind profile, before it, or be the compiler" '
    command -v ccache >/dev/null || skip "there is no ccache"
    sources
    for round in 1 2; do
        "$profile" ccache gcc -c prog.c -o behind.o
        has_hooks behind.o || fail "profile ccache gcc: no hooks, round $round"
        ccache "$build/profile-cc" -c prog.c -o before.o
        has_hooks before.o || fail "ccache profile-cc: no hooks, round $round"
        mkdir -p masquerade
        ln -sf "$(command -v ccache)" masquerade/gcc
        PATH=$PWD/masquerade:$PATH "$profile" gcc -c prog.c -o as.o
        has_hooks as.o || fail "gcc that is ccache: no hooks, round $round"
    done
'

test_done
