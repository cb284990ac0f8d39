#!/bin/sh
# The plugin for gcc: programs of many shapes, built with many flags, work as without hooks, and their calls are counted.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/edges.sh
. "$(dirname "$0")/../lib/edges.sh"
# shellcheck source=tests/lib/plugin.sh
. "$(dirname "$0")/../lib/plugin.sh"

# The programs count their own calls, so nothing may be inlined in them.
for level in -O0 -O1 -O2 '-O2 -fno-omit-frame-pointer' -O3; do
    plugin_case "exits.c at $level: all calls are counted, whatever way a function is left" "
        profile_built gcc '$level -fno-inline -Dalways_inline=noinline -w -D_GNU_SOURCE' exits.c -pthread -lm
        expect_edges
    "
    plugin_case "throws.cc at $level: all calls are counted, without an exit from functions that an exception leaves" "
        g++ $level -fno-inline -g -fplugin=$plugin -shared -fPIC '$top/tests/programs/throws_library.cc' -o libthrows.so
        profile_built g++ '$level -fno-inline -Dalways_inline=noinline' throws.cc ./libthrows.so
        expect_edges
    "
done

plugin_case "handlers, alternate stacks and coroutines are counted" '
    profile_built gcc "-O2 -fno-inline -D_GNU_SOURCE" stacks.c -pthread
    expect_edges
    profile_built g++ "-O2 -fno-inline" fibers.cc -lboost_context
    expect_edges
'

# expect_as_plain COMPILER FLAG...: builds odd.c or odd.cc without hooks and with them, and fails unless both print the
# same, under profile too. gcc checks its own work after each pass (-fchecking=2).
expect_as_plain() {
    compiler=$1
    shift
    case $compiler in
    gcc) source=odd.c ;;
    g++) source="-std=c++20 odd.cc" ;;
    esac
    # shellcheck disable=SC2086
    "$compiler" -w "$@" $source -o plain || fail "$source does not compile with $*"
    # shellcheck disable=SC2086
    "$compiler" -w -g -fchecking=2 -fplugin="$plugin" "$@" $source -o program || fail "$source does not compile with hooks and $*"
    ./plain >expected || fail "the plain program fails with $*"
    ./program >alone || fail "the program fails with $*"
    "$profile" -o out.prof ./program >actual || fail "the program fails under profile with $*"
    expect_same expected alone
    expect_same expected actual
}

# counts: the functions in out.prof but those of the library, and how often they were called, a line each.
counts() {
    "$stats" out.prof --csv | awk -F , 'NR > 1 && !/std::/ { print $7, $1 }' | sort
}

plugin_case "variadic and nested functions, alloca, computed goto, setjmp, loops and large values work as without hooks" '
    printf "%s" "$odd_shapes" >odd.c
    for level in -O0 -Og -O1 -O2 -O3 -Os -Ofast; do
        expect_as_plain gcc $level
        expect_equal "by_value 2
endless 1
inner 2
jump 3
lands 1
machine 1
main 1
nested 1
space 1
variadic 1" "$(counts)" || fail "at $level"
    done
'

# Shapes of C++ that gcc makes functions for that are not in the source, or that end in unusual ways.
odd_classes='
#include <coroutine>
#include <cstdio>
#include <functional>
#include <stdexcept>
#include <utility>
#define NOINLINE __attribute__((noinline))
struct A { virtual NOINLINE int fa(int x) { return x + 1; } virtual ~A() {} long a = 1; };
struct B { virtual NOINLINE int fb(int x) { return x + 2; } virtual NOINLINE B *copy() { return this; } virtual ~B() {} long b = 2; };
struct V { virtual NOINLINE int fv(int x) { return x + 3; } virtual ~V() {} long v = 3; };
struct C : A, B, virtual V {
    NOINLINE C() { puts("C"); }
    NOINLINE ~C() override { puts("~C"); }
    NOINLINE int fb(int x) override { return x + 20; }
    NOINLINE C *copy() override { return this; }
    NOINLINE int fv(int x) override { return x + 30; }
};
struct D : C { NOINLINE D() {} NOINLINE ~D() override { puts("~D"); } };
struct generator {
    struct promise_type {
        int value;
        generator get_return_object() { return generator{std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(int x) { value = x; return {}; }
        void return_void() {}
        void unhandled_exception() { throw; }
    };
    std::coroutine_handle<promise_type> handle;
    bool next() { handle.resume(); return !handle.done(); }
    ~generator() { handle.destroy(); }
};
NOINLINE generator count(int n) { for (int i = 0; i < n; i++) co_yield i; }
NOINLINE generator bad(int n) { co_yield n; throw std::runtime_error("bad"); }
struct T { int x; NOINLINE T(int y) : x(y) { if (y < 2) throw y; } };
NOINLINE int once(int y) { static T t(y); return t.x; }
struct F { T t; NOINLINE F(int y) try : t(y) { puts("F"); } catch (int e) { printf("F caught %d\n", e); } };
NOINLINE int try_body(int x) try { if (x) throw 3; return 1; } catch (int e) { return e; }
NOINLINE int quiet(int x) noexcept { return x + 1; }
[[noreturn]] NOINLINE void die(int x) { throw x; }
NOINLINE int catches() { try { die(4); } catch (int x) { return x; } }
NOINLINE int tail(int x) { return quiet(x + 1); }
__attribute__((target_clones("avx2", "default"))) int versions(int x) { int s = 0; for (int i = 0; i < x; i++) s += i * x; return s; }
static NOINLINE int chosen(int x) { return x * 5; }
extern "C" { static int (*resolver())(int) { return chosen; } int indirect(int) __attribute__((ifunc("resolver"))); }
__attribute__((constructor)) static void early() { puts("early"); }
__attribute__((destructor)) static void late() { puts("late"); }
struct G { NOINLINE ~G() { puts("~G"); } };
NOINLINE int leaves(int x) { G g; if (x > 1) throw x; return quiet(x); }
NOINLINE int apply(std::function<int(int)> f) { return f(3); }
int main(int argc, char **)
{
    C *c = new D;
    B *b = c;
    V *v = c;
    A *a = c;
    printf("%d %d %d %d\n", a->fa(1), b->fb(1), v->fv(1), b->copy() == b);
    delete b;
    { generator g = count(3); while (g.next()) printf("%d\n", g.handle.promise().value); }
    try { generator g = bad(1); while (g.next()) ; } catch (std::exception &e) { puts(e.what()); }
    for (int i = 0; i < 4; i++) try { printf("once %d\n", once(i)); } catch (int e) { printf("thrown %d\n", e); }
    try { F f(1); } catch (int e) { printf("again %d\n", e); }
    F f(5);
    printf("%d %d %d %d %d %d\n", try_body(0), try_body(1), catches(), tail(1), versions(argc + 5), indirect(2));
    for (int i = 0; i < 3; i++) try { printf("leaves %d\n", leaves(i)); } catch (int e) { printf("thrown %d\n", e); }
    auto lambda = [&argc](int x) NOINLINE { return x + argc; };
    printf("%d %d\n", lambda(3), apply(lambda));
    return 0;
}
'

plugin_case "thunks, coroutines, lambdas, and constructors, initialisers and bodies that throw work as without hooks" '
    printf "%s" "$odd_classes" >odd.cc
    for level in -O0 -Og -O1 -O2 -O3 -Os -Ofast; do
        expect_as_plain g++ $level
        counts >counted
        # With -Os, constructors and destructors call one of their own name.
        for function in "A::fa 1" "C::C [12]" "C::copy 1" "C::fb 1" "C::fv 1" "C::~C [12]" "D::D [12]" "F::F 2" "G::~G 3" "T::T 5" "apply 1" \
            "catches 1" "chosen 1" "die 1" "early 1" "late 1" "leaves 3" "main 1" "main::{lambda(int)#1}::operator() 2" \
            "once 4" "quiet 3" "tail 1" "try_body 2" "versions 1"; do
            grep -qx "$function" counted || fail "at $level: no $function in $(cat counted)"
        done
        awk "/^thread/ && (\$(NF - 1) != 0 || \$NF != 0)" >lost <<EOF
$("$TEST_BIN/inspect" out.prof)
EOF
        [ ! -s lost ] || fail "at $level there are exits without an entry, or lost calls: $(cat lost)"
    done
'

plugin_case "thunks and the resolvers of ifuncs have no hooks" '
    printf "%s" "$odd_classes" >odd.cc
    for level in -O0 -O2; do
        expect_as_plain g++ $level
        ! counts | grep "thunk\|resolver" || fail "at $level"
        [ "$(counts | grep -c "^versions ")" -eq 1 ] || fail "at $level the resolver of versions is counted"
    done
'

plugin_case "a static program can have resolvers, which run before its thread has storage for the hooks" '
    printf "%s\n" "__attribute__((target_clones(\"avx2\", \"default\"))) int f(int x) { int s = 0; while (x-- > 0) s += x * 3; return s; }" \
        "static __attribute__((noinline)) int chosen(int x) { return x + 1; }" "static int (*resolver(void))(int) { return chosen; }" \
        "int g(int) __attribute__((ifunc(\"resolver\")));" "int main(int c, char **v) { (void)v; return f(c) + g(c) - 2; }" >program.c
    gcc -O2 -g -fplugin="$plugin" -static program.c "$build/libprofile.a" -o program
    expect_equal "chosen 1
f 1
main 1" "$(calls)"
'

plugin_case "the body of a coroutine has its name, and each time that it is resumed is a call" '
    printf "%s" "$odd_classes" >odd.cc
    expect_as_plain g++ -O2
    # The start, 4 resumptions and the end, which is a call of the body too unless gcc inlines that.
    counts >counted
    grep -qx "count [67]" counted || fail "count is counted otherwise: $(cat counted)"
    grep -qx "bad [45]" counted || fail "bad is counted otherwise: $(cat counted)"
'

# Flags that change how functions begin or end, what is put into them besides, or what of them is kept.
plugin_case "programs work with flags that change the beginning and the end of functions" '
    printf "%s" "$odd_shapes" >odd.c
    printf "%s" "$odd_classes" >odd.cc
    expect_as_plain gcc -O2
    counts >expected_counts
    for flags in "-ffunction-sections -fdata-sections -Wl,--gc-sections -fPIC -fvisibility=hidden -mno-red-zone" \
        "-fcf-protection=full -fstack-protector-all -fstack-clash-protection -fpatchable-function-entry=8" "-pg" "-pg -mfentry" \
        "-fprofile-generate" "-fsanitize=undefined -fnon-call-exceptions -fexceptions" "-fsplit-stack" "-flto -fwhole-program" \
        "-fopenmp -fno-plt -fomit-frame-pointer -fno-optimize-sibling-calls -ftrapv -fipa-icf" "-gsplit-dwarf -gdwarf-4" \
        "-fno-exceptions --coverage"; do
        expect_as_plain gcc -O2 $flags
        counts >actual_counts
        expect_same expected_counts actual_counts || fail "with $flags"
        case $flags in
        -fno-exceptions* | *generate) ;;
        *) expect_as_plain g++ -O2 $flags ;;
        esac
    done
'

plugin_case "programs work with the sanitizers of addresses and threads" '
    printf "%s" "$odd_shapes" >odd.c
    for sanitizer in address thread; do
        printf "int main(void) { return 0; }" | gcc -fsanitize=$sanitizer -x c - -o one && ./one || skip "-fsanitize=$sanitizer does not work here"
        gcc -w -O1 -g -fchecking=2 -fsanitize=$sanitizer -fplugin="$plugin" odd.c -o program
        gcc -w -O1 odd.c -o plain
        ./plain >expected
        ./program >actual
        expect_same expected actual
    done
'

plugin_case "code for 32 bits compiles" '
    printf "int f(int x) { return x + 1; }\nint g(int x) { return f(x) * f(x + 1); }\n" >program.c
    gcc -m32 -O2 -g -fchecking=2 -fplugin="$plugin" -c program.c
    nm program.o | grep -q __cyg_profile_func_exit
'

plugin_case "precompiled headers and modules of C++ work" '
    printf "inline __attribute__((noinline)) int h(int x) { return x + 1; }\n" >header.h
    printf "#include \"header.h\"\nint main(int c, char **) { return h(c) - 2; }\n" >program.cc
    g++ -O1 -g -fplugin="$plugin" header.h -o header.h.gch
    g++ -O1 -g -Winvalid-pch -Werror -fplugin="$plugin" program.cc -o program
    expect_equal "h 1
main 1" "$(calls | grep -v _GLOBAL)"
    printf "export module m;\nexport __attribute__((noinline)) int h(int x) { return x + 1; }\n" >m.cc
    printf "import m;\nint main(int c, char **) { return h(c) - 2; }\n" >program.cc
    g++ -O1 -g -std=c++20 -fmodules-ts -fplugin="$plugin" m.cc program.cc -o program
    expect_equal "h@m 1
main 1" "$(calls | grep "^h\|^main")"
'

test_done
