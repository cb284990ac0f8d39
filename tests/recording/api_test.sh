#!/bin/sh
# Tests profile.h in programs in C and C++ by either compiler, with the runtime linked, preloaded or missing. Tests also
# how stats reads their profiles. tests/runtime/api_test.c tests the figures.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# If stats is built with AddressSanitizer, a program that starts it preloads the library before the sanitizer's.
export ASAN_OPTIONS="verify_asan_link_order=0:${ASAN_OPTIONS:-}"

warnings='-Wall -Wextra -Wpedantic -Wshadow -Werror'

# build COMPILER SOURCE [FLAG...]: compiles SOURCE as ./program, with the folder of profile.h. Warnings are errors.
build() {
    compiler=$1
    source=$2
    shift 2
    # shellcheck disable=SC2086
    "$compiler" $warnings -g -I"$top/runtime/api" -finstrument-functions "$source" -o program "$@"
}

linked="-L$build -lprofile -Wl,-rpath,$build"

# rows NAME: prints the ncalls of NAME in the table on stdout.
rows() {
    awk -v name="$1" '$NF ~ name { print $1 }' "$stdout"
}

# expect_sections: fails unless stdout has the table of samples/sections.c, without the functions that it does not
# profile.
expect_sections() {
    expect_status 0
    expect_no_stderr
    expect_stdout_line 'smallest 0, largest 999'
    expect_equal 1 "$(rows '^{runs}$')"
    expect_equal 2048 "$(rows '[(]insert_all[)]$')"
    expect_equal 1 "$(rows '^{merges}$')"
    expect_equal 2047 "$(rows '[(]merge[)]$')"
    expect_equal "" "$(rows '[(]make_input[)]$')$(rows '[(]main[)]$')"
}

# expect_scope: fails unless stdout has the table of samples/scope.cc, without the function that it does not profile.
expect_scope() {
    expect_status 0
    expect_no_stderr
    expect_stdout_line 'sum 221555889'
    expect_equal 1000 "$(rows '[(]evaluate[)]$')"
    expect_equal "" "$(rows '[(]main[)]$')"
}

# expect_nothing: fails unless the program ran without the runtime: it printed no table and left no file.
expect_nothing() {
    expect_status 0
    expect_no_stderr
    expect_one_line "$stdout"
    expect_equal program "$(ls)"
}

for pair in gcc:g++ clang:clang++; do
    cc=${pair%:*} cxx=${pair#*:}
    for level in -O0 -O2; do
        test_case "$cc $level: a C11 program that is linked with the library prints its profile and leaves no file" "
            build $cc \$top/samples/sections.c -std=c11 $level $linked
            run ./program
            expect_sections
            expect_equal program \"\$(ls)\"
        "
        test_case "$cxx $level: a C++17 program that is linked with the library prints its profile and leaves no file" "
            build $cxx \$top/samples/scope.cc -std=c++17 $level $linked
            run ./program
            expect_scope
            expect_equal program \"\$(ls)\"
        "
        for pie in -pie -no-pie; do
            test_case "$cc $level $pie: a C program runs with the library preloaded and without it" "
                build $cc \$top/samples/sections.c -std=c11 $level -f\${pie#-} $pie
                run ./program
                expect_nothing
                run \$profile -o out.prof ./program
                expect_sections
                \$stats out.prof | grep -q '(make_input)'
            "
            test_case "$cxx $level $pie: a C++ program runs with the library preloaded and without it" "
                build $cxx \$top/samples/scope.cc -std=c++17 $level $pie -f\${pie#-}
                run ./program
                expect_nothing
                run \$profile -o out.prof ./program
                expect_scope
            "
        done
    done
    test_case "$cc: a program runs with the static library, as a static program, and as one without the library" "
        build $cc \$top/samples/sections.c -std=c11 -O2 \$build/libprofile.a
        PATH=\$build:\$PATH run ./program
        expect_sections
        build $cc \$top/samples/sections.c -std=c11 -O2 -static \$build/libprofile.a
        PATH=\$build:\$PATH run ./program
        expect_sections
        build $cc \$top/samples/sections.c -std=c11 -O2 -static
        run ./program
        expect_nothing
    "
    for standard in c11 c17 c2x gnu11; do
        test_case "$cc -std=$standard compiles the header, also with -Wconversion" "
            printf '#include <profile.h>\nint main(void) { return profile_end(); }\n' >main.c
            build $cc main.c -std=$standard -Wconversion -Wstrict-prototypes -Wmissing-prototypes
            ./program
        "
    done
    for standard in c++17 c++20 gnu++17; do
        test_case "$cxx -std=$standard compiles the header, also with -Wconversion and -Wold-style-cast" "
            printf '#include <profile.h>\nint main() { return profile_end(); }\n' >main.cc
            build $cxx main.cc -std=$standard -Wconversion -isystem \$top/runtime/api -Wold-style-cast
            ./program
        "
    done
done

test_case "PROFILE_SCOPE of a text is an error of compilation, and of a profile is none" '
    for compiler in "gcc -x c" "clang -x c" "g++ -x c++" "clang++ -x c++"; do
        for handle in "\"name\"" text; do
            printf "#include <profile.h>\nint main(void) { const char *text = \"\"; (void)text; PROFILE_SCOPE(%s); }\n" \
                "$handle" >main.c
            # shellcheck disable=SC2086
            ! $compiler -w -I"$top/runtime/api" -c main.c -o main.o 2>errors || fail "$compiler takes $handle"
        done
        printf "#include <profile.h>\nvoid f(struct profile *p);\nvoid f(struct profile *p) { PROFILE_SCOPE(p); }\n" >main.c
        # shellcheck disable=SC2086
        $compiler -Wall -Wextra -Wpedantic -Werror -I"$top/runtime/api" -c main.c -o main.o
    done
'

test_case "the macros work in C++ beside types of their names from a used namespace" '
    cat >main.cc <<END
#include <profile.h>
namespace app { struct profile {}; struct profile_scope {}; }
using namespace app;
static void work() {}
int main()
{
    auto *handle = profile_new(nullptr, 0);
    {
        PROFILE_SCOPE(handle);
        work();
    }
    profile_free(handle);
    return PROFILE_RUN(work());
}
END
    for compiler in g++ clang++; do
        # shellcheck disable=SC2086
        build $compiler main.cc -std=c++17 $linked
        run ./program
        expect_status 0
        expect_equal 1 "$(rows "work")"
    done
'

test_case "the header works in C++ behind a used namespace, and its type can have another name" '
    cat >behind.cc <<END
namespace app { struct profile { void work() {} }; struct profile_scope {}; }
using namespace app;
#include <profile.h>
int main() { app::profile own; return PROFILE_RUN(own.work()); }
END
    cat >tag.cc <<END
#define PROFILE_TAG profile_handle
#include <profile.h>
namespace app { struct profile { void work() {} }; }
using namespace app;
int main()
{
    profile own;
    profile_handle *handle = profile_new(nullptr, 0);
    PROFILE_SCOPE(handle);
    return PROFILE_RUN(own.work()) == 0; /* one is enabled already */
}
END
    for compiler in g++ clang++; do
        for source in behind.cc tag.cc; do
            # shellcheck disable=SC2086
            build $compiler $source -std=c++17 -Wall -Werror $linked
            run ./program
            expect_status 0
            expect_no_stderr
        done
    done
'

test_case "a program that records for profile.h alone says nothing of PROFILE_OUT" '
    cat >main.c <<END
#include <profile.h>
PROFILE_ONLY_API;
static void work(void) { }
int main(void) { work(); return 0; }
END
    # shellcheck disable=SC2086
    build gcc main.c $linked
    [ "$(id -u)" -eq 0 ] || skip "only root can take away /dev/shm and /tmp"
    run unshare -m sh -c "mount -t tmpfs -o ro none /dev/shm && PROFILE_OUT=. TMPDIR=/none ./program"
    expect_status 0
    expect_no_stderr
'

test_case "a linker with --as-needed keeps the library, because the program needs the hooks" '
    build gcc "$top/samples/sections.c" -Wl,--as-needed $linked
    run ./program
    expect_sections
'

test_case "a program without instrumented functions has its regions if it is linked with the library" '
    cat >main.c <<END
#include <profile.h>
int main(void)
{
    for (int i = 0; i < 3; i++) {
        profile_begin("round");
        profile_end();
    }
    return profile_snapshot("all.prof");
}
END
    gcc -I"$top/runtime/api" main.c -o program -Wl,--no-as-needed $linked
    PROFILE_OUT=image ./program
    run "$stats" all.prof
    expect_equal 3 "$(rows "^{round}\$")"
    gcc -I"$top/runtime/api" main.c -o program -u profile_functions_1 "$build/libprofile.a"
    PROFILE_OUT=image PROFILE_STATS=$stats ./program
    run "$stats" all.prof
    expect_equal 3 "$(rows "^{round}\$")"
'

# build_dumper: builds a program that saves its profile as dump.prof and prints errors.
build_dumper() {
    cat >main.c <<'END'
#include <profile.h>
#include <errno.h>
#include <stdlib.h>
PROFILE_ONLY_API;
static void leaf(void) {}
int main(int argc, char **argv)
{
    struct profile *profile = profile_new(NULL, 0);

    profile_enable(profile);
    for (int i = 0; i < 10; i++) {
        profile_begin("pass");
        leaf();
        profile_end();
    }
    profile_disable(profile);
    if (profile_dump_stats(profile, "dump.prof") != 0)
        printf("dump: %s, errno %d\n", profile_error(), errno);
    if (argc > 1 && profile_print_stats(profile, stdout, argv[1]) != 0)
        printf("print: %s, errno %d\n", profile_error(), errno);
    if (argc > 2)
        abort();
    return 0;
}
END
    # shellcheck disable=SC2086
    build gcc main.c $linked
}

test_case "Python reads a saved profile, if the program found the command stats" '
    build_dumper
    ./program
    rm program
    python3 -m pstats dump.prof >text <<END
stats
END
    grep -q "^       10 .*main.c:[0-9]*(leaf)$" text
    grep -q "^       10 .*{pass}$" text
    expect_equal "dump.prof main.c text" "$(echo *)"
'

test_case "without the command stats, a saved profile is an image that stats reads, and printing is refused" '
    build_dumper
    PROFILE_STATS=/nonexistent/stats run ./program cumulative
    expect_status 0
    expect_stdout_line "print: the command stats was not found: set PROFILE_STATS to its path, errno 2"
    head -c 8 dump.prof | grep -qa PRFIMG
    run "$stats" dump.prof
    expect_equal 10 "$(rows leaf)"
    expect_equal 10 "$(rows "^{pass}\$")"
'

test_case "stats is found by PROFILE_STATS, else beside the library or in ../bin from there, else by PATH" '
    build_dumper
    mkdir -p place/lib place/bin path
    cp "$build/libprofile.so" place/lib
    for where in bin/here path/path given; do
        mkdir -p "$(dirname "$where")"
        printf "#!/bin/sh\necho title\necho\necho by %s\n" "$where" >"$where"
        chmod +x "$where"
    done
    export LD_LIBRARY_PATH="$PWD/place/lib"
    gcc -I"$top/runtime/api" -finstrument-functions main.c -o program "$PWD/place/lib/libprofile.so"
    mv path/path path/stats
    PATH=$PWD/path:$PATH run ./program time
    expect_stdout_line "by path/path"
    mv bin/here place/bin/stats
    PATH=$PWD/path:$PATH run ./program time
    expect_stdout_line "by bin/here"
    PROFILE_STATS=./given PATH=$PWD/path:$PATH run ./program time
    expect_stdout_line "by given"
'

test_case "a sort key that stats does not know is an error with a text, nothing is printed, and the profile is kept" '
    build_dumper
    run ./program beauty
    expect_status 0
    expect_no_stderr
    expect_stdout_line "print: unknown sort key, errno 22"
    expect_file dump.prof
'

test_case "what stats says while it prints a profile goes to standard error" '
    build_dumper
    mkdir said
    printf "#!/bin/sh\necho said by stats >&2\n" >said/stats
    chmod +x said/stats
    PROFILE_STATS=$PWD/said/stats run ./program time
    expect_status 0
    expect_stderr_line "said by stats"
'

test_case "a program that has closed its standard descriptors prints a profile, whatever stats says meanwhile" '
    cat >main.c <<END
#include <profile.h>
#include <unistd.h>
PROFILE_ONLY_API;
static void leaf(void) {}
int main(void)
{
    struct profile *profile = profile_new(NULL, 0);
    FILE *stream = fopen("report", "w");

    profile_enable(profile);
    leaf();
    profile_disable(profile);
    for (int i = 0; i < 3; i++)
        close(i);
    return profile_print_stats(profile, stream, "time") != 0 || fclose(stream) != 0;
}
END
    # shellcheck disable=SC2086
    build gcc main.c $linked
    printf "#!/bin/sh\necho said >&2\nexec %s \"\$@\"\n" "$stats" >said
    chmod +x said
    PROFILE_STATS=$PWD/said run timeout 60 ./program
    expect_status 0
    grep -q "(leaf)$" report || fail "the report has no row"
'

# expect_no_image PID: fails if there is an image of the process PID.
expect_no_image() {
    expect_equal "" "$(find /dev/shm /tmp "$PWD" -maxdepth 1 -name "profile.$1.*" 2>/dev/null)"
}

test_case "a full disk leaves the file as it was" '
    build_dumper
    echo before >dump.prof
    (ulimit -f 1 && trap "" XFSZ && PROFILE_STATS=/nonexistent exec ./program) >output &
    wait $!
    expect_equal before "$(cat dump.prof)"
    expect_no_image $!
    expect_equal "dump.prof main.c output program" "$(echo *)"
'

test_case "a program with PROFILE_ONLY_API leaves only its own profiles, however it ends" '
    build_dumper
    ./program &
    wait $!
    expect_no_image $!
    ulimit -c 0
    ./program time abort >output &
    wait $! || status=$?
    expect_status 134
    expect_no_image $!
    expect_equal "dump.prof main.c output program" "$(echo *)"
    sed "/^PROFILE_ONLY_API/d" main.c >other.c
    build gcc other.c $linked
    ./program
    expect_equal 1 "$(ls profile.*.prof | wc -l)"
'

test_case "an exception or a longjmp closes the regions and scopes that it leaves" '
    cat >main.cc <<END
#include <csetjmp>
#include <profile.h>
PROFILE_ONLY_API;
static std::jmp_buf jump;
static void thrower(int n) { profile_begin("thrown"); if (n > 0) thrower(n - 1); else throw 1; profile_end(); }
static void jumper(int n) { if (n < 0) return; profile_begin("jumped"); if (n > 0) jumper(n - 1); else std::longjmp(jump, 1); profile_end(); }
static void *call(void *) { thrower(2); return nullptr; }
static void after() {}
int main()
{
    struct profile *profile = profile_new(nullptr, 0);
    try { profile_runcall(profile, call, nullptr); } catch (int) {}
    try { PROFILE_SCOPE(profile); thrower(1); } catch (int) {}
    if (profile_disable(profile) == 0) return 1;
    profile_enable(profile);
    if (setjmp(jump) == 0) jumper(3);
    after();
    profile_disable(profile);
    profile_dump_stats(profile, "dump.prof");
}
END
    for cxx in g++ clang++; do
        for level in -O0 -O2; do
            build $cxx main.cc $level $linked
            ./program
            run "$stats" dump.prof --unwound
            expect_stdout_match "^ +5/2 .* 5 [{]thrown[}]$"
            expect_stdout_match "^ +5/2 .* 5 .*[(]thrower[)]$"
            expect_stdout_match "^ +4/1 .* 4 [{]jumped[}]$"
            run "$stats" dump.prof --callers=after
            expect_stdout_match "[(]after[)] +<- *$"
        done
    done
'

test_case "under profile, the whole run has each call once, and a warning tells that it leaves out own timers" '
    cat >main.c <<END
#include <profile.h>
static uint64_t ticks;
static uint64_t timer(void) { return ticks; }
static void leaf(void) { ticks += 5; }
int main(void)
{
    struct profile *profile = profile_new(NULL, 0), *other = profile_new(timer, 0);
    profile_enable(profile);
    leaf();
    profile_disable(profile);
    leaf();
    profile_enable(other);
    leaf();
    profile_disable(other);
    profile_dump_stats(other, "other.prof");
    return 0;
}
END
    build gcc main.c
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_stderr_match "timers of their own"
    run "$stats" out.prof
    expect_equal 2 "$(rows leaf)"
    run "$stats" other.prof
    expect_stdout_match "^ +1 +5 .*[(]leaf[)]$"
'

test_case "a library in another linker namespace has its regions and profiles too" '
    cat >plugin.c <<END
#include <profile.h>
static void leaf(void) {}
void work(void)
{
    struct profile *profile = profile_new(NULL, 0);
    profile_begin("outside");
    leaf();
    profile_end();
    profile_enable(profile);
    leaf();
    profile_disable(profile);
    profile_dump_stats(profile, "plugin.prof");
}
END
    cat >main.c <<END
#include <dlfcn.h>
int main(void)
{
    void *plugin = dlmopen(LM_ID_NEWLM, "./plugin.so", RTLD_NOW);
    ((void (*)(void))dlsym(plugin, "work"))();
    return 0;
}
END
    gcc -g -I"$top/runtime/api" -finstrument-functions -shared -fPIC plugin.c -o plugin.so
    gcc -D_GNU_SOURCE -finstrument-functions main.c -o program
    "$profile" -o out.prof ./program
    run "$stats" out.prof
    expect_equal 2 "$(rows "[(]leaf[)]\$")"
    expect_equal 1 "$(rows "^{outside}\$")"
    run "$stats" plugin.prof
    expect_equal 1 "$(rows "[(]leaf[)]\$")"
'

# examples: writes each example of the manual page to the file that its first line names. Lists the files on stderr.
examples() {
    awk '/^\.Ed/ { file = "" }
        file == "" && taken { file = $2; taken = 0; print "example", file >"/dev/stderr" }
        file != "" { gsub(/\\e/, "\\"); print >file }
        /^\.Bd -literal/ { taken = 1 }' "$top/man/profile.3"
}

# example NAME COMPILER...: compiles and runs the example NAME with each COMPILER.
example() {
    name=$1
    shift
    for compiler in "$@"; do
        # shellcheck disable=SC2086
        build "$compiler" "$name" -O2 $linked
        PROFILE_OUT=image run ./program
        expect_status 0
        expect_no_stderr
    done
}

test_case "the manual page has the five examples that are tested here" '
    examples 2>list
    printf "example %s\n" part.c run.c regions.c bytes.c scope.cc >expected
    expect_same expected list
'

test_case "the example of the manual page that profiles a part of a program in pieces works" '
    examples 2>list
    example part.c gcc clang
    expect_equal 999 "$(rows collatz)"
    run "$stats" part.prof
    expect_equal 999 "$(rows collatz)"
'

test_case "the example of the manual page that profiles an expression and a call works" '
    examples 2>list
    example run.c gcc clang
    expect_equal 21891/1 "$(rows fibonacci)"
    run "$stats" run.prof
    expect_equal 1973/1 "$(rows fibonacci)"
    expect_equal 1 "$(rows work)"
'

test_case "the example of the manual page that names regions and a thread works" '
    examples 2>list
    example regions.c gcc clang
    expect_stdout_line 6
    run "$stats" regions.prof --by thread
    expect_stdout_match counter
    run "$stats" regions.prof
    expect_equal 1 "$(rows "^{split}\$")"
'

test_case "the example of the manual page that counts bytes works" '
    examples 2>list
    example bytes.c gcc clang
    expect_stdout_match "^ +57 +5.700k .*[(]allocate[)]$"
    expect_stdout_match "^ +2 +0 .* 5.700k .*[(]load[)]$"
'

test_case "the example of the manual page that leaves a scope by an exception works" '
    examples 2>list
    example scope.cc g++ clang++
    expect_equal 4/1 "$(rows fail)"
'

test_done
