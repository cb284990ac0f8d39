#!/bin/sh
# The plugin for gcc: which functions get hooks, and that their calls are counted.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/edges.sh
. "$(dirname "$0")/../lib/edges.sh"

plugin=$build/gcc-$(gcc -dumpversion)/profile_gcc.so
HOOKS=-fplugin=$plugin

# plugin_case SENTENCE BODY: a test that is skipped where gcc has no plugin.
plugin_case() {
    if [ -f "$plugin" ]; then
        test_case "$1" "$2"
    else
        test_case "$1" 'skip "there is no profile_gcc.so for this gcc: install its gcc-VERSION-plugin-dev"'
    fi
}

# build FLAGS...: compiles standard input, C, with the plugin.
build() {
    gcc -g -fplugin="$plugin" "$@" -x c - -o program
}

# build_cxx FLAGS...: compiles standard input, C++, with the plugin.
build_cxx() {
    g++ -g -fplugin="$plugin" "$@" -x c++ - -o program
}

# calls: the functions that were called, and how often, a line each.
calls() {
    "$profile" -o out.prof ./program >/dev/null && "$stats" out.prof --csv | awk -F , 'NR > 1 { print $7, $1 }' | sort
}

shapes='
#include <stdio.h>
#include <stdlib.h>
static int square(int x) { return x * x; }
static __attribute__((noinline)) int sum(int x) { int s = 0; while (x > 0) s += square(x--); return s; }
__attribute__((noinline)) int tail(int x) { return sum(x + 1); }
__attribute__((noinline)) static int even(int x);
__attribute__((noinline)) static int odd(int x) { return x == 0 ? 0 : even(x - 1); }
__attribute__((noinline)) static int even(int x) { return x == 0 ? 1 : odd(x - 1); }
__attribute__((noinline, noreturn)) static void leave(int x) { printf("%d\n", x); exit(0); }
int main(int argc, char **argv)
{
    int s = 0;
    (void)argv;
    for (int i = 0; i < 10; i++)
        s += tail(i + argc);
    s += even(4);
    leave(s);
}
'

plugin_case "an inlined function is part of its caller, at every level of optimization" '
    for level in -O1 -O2 -O3 -Os -Og; do
        printf "%s" "$shapes" | build $level
        expect_equal "even 3
leave 1
main 1
odd 2
sum 10
tail 10" "$(calls | grep -v "^square ")" || fail "at $level"
    done
    for level in -O1 -O2 -O3; do
        printf "%s" "$shapes" | build $level
        ! calls | grep "^square " || fail "square is inlined at $level"
    done
'

plugin_case "without optimization every function is counted" '
    printf "%s" "$shapes" | build -O0
    expect_equal "square 65" "$(calls | grep "^square ")"
'

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

odd_shapes='
#include <alloca.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#define NOINLINE __attribute__((noinline))
NOINLINE int variadic(int n, ...) { va_list l; int s = 0; va_start(l, n); while (n--) s += va_arg(l, int); va_end(l); return s; }
NOINLINE int space(int n) { char *p = alloca((size_t)n); memset(p, n, (size_t)n); return p[n / 2]; }
NOINLINE int machine(const char *code)
{
    static void *const steps[] = {&&add, &&twice, &&end};
    int r = 1;
next: goto *steps[*code++ - 48];
add: r++; goto next;
twice: r *= 2; goto next;
end: return r;
}
static jmp_buf place;
NOINLINE void jump(int x) { longjmp(place, x); }
NOINLINE int lands(void) { int r = setjmp(place); if (r < 3) jump(r + 1); return r; }
NOINLINE int endless(int n) { do { if (n-- == 0) return 7; } while (1); }
NOINLINE int nested(int n) { NOINLINE int inner(int x) { return x + n; } return inner(1) + inner(2); }
__attribute__((noinline, no_instrument_function)) int unseen(int x) { return x * 3; }
__attribute__((naked)) int bare(void) { __asm__("mov $5, %eax; ret"); }
typedef struct { long a[9]; } large;
NOINLINE large by_value(large l) { l.a[3]++; return l; }
int main(void)
{
    large l = {{1}};
    int s = variadic(3, 1, 2, 3) + space(100) + machine("01012") + lands() + endless(9) + nested(4) + unseen(2) + bare();
    l = by_value(by_value(l));
    printf("%d %ld\n", s, l.a[3]);
    return 0;
}
'

plugin_case "variadic and nested functions, alloca, computed goto, setjmp, loops and large values work as without hooks" '
    for level in -O0 -O1 -O2 -O3 -Os; do
        printf "%s" "$odd_shapes" | gcc $level -x c - -o plain
        printf "%s" "$odd_shapes" | build $level
        ./plain >expected
        ./program >actual
        expect_same expected actual
        expect_equal "by_value 2
endless 1
inner.0 2
jump 3
lands 1
machine 1
main 1
nested 1
space 1
variadic 1" "$(calls)" || fail "at $level"
    done
'

plugin_case "no_instrument_function, and the lists of functions and files to exclude, are honoured" '
    printf "%s" "$odd_shapes" | build -O2 -finstrument-functions-exclude-function-list=ump,nested
    expect_equal "by_value 2
endless 1
inner.0 2
lands 1
machine 1
main 1
space 1
variadic 1" "$(calls)"
    printf "static inline __attribute__((noinline)) int h(int x) { return x + 1; }\n" >library.h
    printf "#include \"library.h\"\nint main(int c, char **v) { return h(c) + (v == 0); }\n" >program.c
    gcc -O1 -g -fplugin="$plugin" -finstrument-functions-exclude-file-list=library program.c -o program
    "$profile" -o out.prof ./program || :
    "$stats" out.prof >table
    grep -q "main" table
    ! grep "(h)" table || fail "h was not excluded"
'

plugin_case "exclude= takes whole names, patterns and files, and can be repeated" '
    printf "namespace a { struct S { __attribute__((noinline)) int get(int x) { return x; } }; }
__attribute__((noinline)) int get(int x) { return x + 1; }
__attribute__((noinline)) int getter(int x) { return x + 2; }
int main(int c, char **) { a::S s; return s.get(c) + get(c) + getter(c) - 6; }
" >program.cc
    for case in "get=getter main" "get*=main" "a::S::*=get getter main" "_Z3geti=a::S::get getter main" "*/program.cc="; do
        g++ -O1 -g -fplugin="$plugin" -fplugin-arg-profile_gcc-exclude="${case%%=*}" "$PWD/program.cc" -o program
        "$profile" -o out.prof ./program 2>/dev/null || :
        expect_equal "${case#*=}" "$("$stats" out.prof --csv 2>/dev/null | awk -F , "NR > 1 { print \$7 }" | sort | xargs)" || fail "exclude=$case"
        rm -f out.prof
    done
    g++ -O1 -g -fplugin="$plugin" -fplugin-arg-profile_gcc-exclude=getter -fplugin-arg-profile_gcc-exclude=main program.cc -o program
    "$profile" -o out.prof ./program || :
    expect_equal "a::S::get get" "$("$stats" out.prof --csv | awk -F , "NR > 1 { print \$7 }" | sort | xargs)"
'

named='
#define NOINLINE __attribute__((noinline))
#define BODY(result) { __asm__ volatile("" : "+r"(i)); return result; }
static NOINLINE int same(int i) BODY(i + 1)
int other(int i);
namespace ns
{
template <typename T> struct set { NOINLINE int get(T i) BODY(int(i)) NOINLINE int operator[](int i) BODY(i + 2) };
NOINLINE int sum(int i) BODY(i + 3)
NOINLINE int sum(long i, int) BODY(int(i))
}
struct base { virtual ~base() {} };
struct made : virtual base
{
    NOINLINE explicit made(int i) { __asm__ volatile("" :: "r"(i)); }
    NOINLINE explicit made(long) { __asm__ volatile("#"); }
};
NOINLINE int labelled(int i) __asm__("my_label");
NOINLINE int labelled(int i) BODY(i + 4)
int main()
{
    ns::set<int> a;
    ns::set<long> b;
    made one(1), two(2L);
    return same(1) + other(1) + a.get(1) + b.get(1) + a[1] + ns::sum(1) + ns::sum(1, 1) + labelled(1) == 0;
}
'

plugin_case "exclude= takes names as stats prints them and as the linker knows them, of one file, and several with commas" '
    mkdir src
    printf "%s" "$named" >src/one.cc
    printf "static __attribute__((noinline)) int same(int i) { return i + 5; } int other(int i) { return same(i); }\n" >src/two.cc
    functions="made::made:15 made::made:16 main my_label ns::set<int>::get ns::set<int>::operator[] ns::set<long>::get ns::sum:10 ns::sum:9 other same:1 same:4"
    while read -r pattern gone; do
        g++ -O1 -fno-inline -g -fplugin="$plugin" "-fplugin-arg-profile_gcc-exclude=$pattern" src/../src/one.cc "$PWD/src/two.cc" -o program
        "$profile" -o out.prof ./program
        "$stats" out.prof --csv | python3 -c "
import csv, sys
rows = [row for row in csv.DictReader(sys.stdin) if \"base\" not in row[\"function\"]]
print(*sorted(row[\"function\"] + (\":\" + row[\"line\"] if row[\"function\"] in (\"made::made\", \"ns::sum\", \"same\") else \"\") for row in rows), sep=\"\n\")" >left
        printf "%s\n" $functions | grep -vxF "$(printf "%s\n" $gone)" >expected
        expect_same expected left || fail "exclude=$pattern"
    done <<END
ns::set<int>::get ns::set<int>::get
ns::set<int>::get(int) ns::set<int>::get
ns::set<int>::operator\[] ns::set<int>::operator[]
ns::sum(long\\,*) ns::sum:10
_ZN2ns3sumEi,same ns::sum:9 same:1 same:4
made::made(int) made::made:15
my_label,labelled my_label
two.cc:same same:1
src/one.cc:same same:4
$PWD/src/one.cc:ns::sum ns::sum:9 ns::sum:10
src/two.cc,get other same:1 ns::set<int>::get ns::set<long>::get
rc/two.cc,wo.cc:same,*/src/tw?.cc:other other
END
'

plugin_case "exclude= leaves out a function by the name of one that gcc has folded into it" '
    printf "static __attribute__((noinline)) int first(int i) { __asm__ volatile(\"\" : \"+r\"(i)); return i; }
__attribute__((noinline)) int second(int i) { __asm__ volatile(\"\" : \"+r\"(i)); return i; }
int main(int c, char **v) { return first(c) - second(c) + (v == 0); }\n" >program.c
    for name in first second; do
        gcc -O2 -fipa-icf -g -fplugin="$plugin" -fplugin-arg-profile_gcc-exclude=$name program.c -o program
        expect_equal "main 1" "$(calls)" || fail "exclude=$name"
    done
'

plugin_case "functions of fewer than min-statements= statements have no hooks" '
    printf "%s" "$shapes" | build -O2 -fplugin-arg-profile_gcc-min-statements=5
    calls >counted
    grep -qx "sum 10" counted
    ! grep "^tail" counted || fail "tail has two statements"
'

plugin_case "no-system-headers leaves out what headers of the system define" '
    printf "#include <map>\n#include <string>\nint main() { std::map<int, std::string> m; for (int i = 0; i < 99; i++) m[i %% 7] += char(i); return m.size() - 7; }\n" >program.cc
    g++ -O0 -g -fplugin="$plugin" -fplugin-arg-profile_gcc-no-system-headers program.cc -o program
    "$profile" -o out.prof ./program
    expect_equal "main" "$("$stats" out.prof --csv | awk -F , "NR > 1 { print \$7 }" | xargs)"
'

plugin_case "a clone has the name of its origin" '
    printf "static __attribute__((noinline)) int f(int x, int y) { int r = 0; for (int i = 0; i < x; i++) r += i * y; return r; }
static __attribute__((noinline)) int g(int *p, int unused) { (void)unused; return ++*p; }
int main(int c, char **v) { int s = 0; (void)v; for (int i = 0; i < 20; i++) s += f(i + c, 7) + g(&c, i); return s & 1; }
" | build -O2
    nm program | grep -q "f.constprop" || skip "gcc has made no clone"
    expect_equal "f 20
g 20
main 1" "$(calls)"
'

plugin_case "with -finstrument-functions the plugin adds nothing" '
    printf "%s" "$shapes" | build -O0 -finstrument-functions
    expect_equal "square 65" "$(calls | grep "^square ")"
'

plugin_case "with -flto the plugin works when the linker has it too" '
    printf "%s" "$shapes" | build -O2 -flto
    expect_equal "sum 10
tail 10" "$(calls | grep -E "^(sum|tail) ")"
'

plugin_case "an argument that is wrong is said in one line" '
    for argument in exclude min-statements=x min-statements=-1 no-system-headers=1 bogus bogus=1; do
        ! printf "int main(void) { return 0; }" | LC_ALL=C build "-fplugin-arg-profile_gcc-$argument" 2>error || fail "$argument is taken"
        grep -qF "fatal error: invalid argument '\''-fplugin-arg-profile_gcc-$argument'\''" error || {
            cat error
            fail "nothing is said of $argument"
        }
    done
'

plugin_case "programs of Fortran and Ada get the hooks too" '
    command -v gfortran >/dev/null || skip "there is no gfortran"
    gfortran -O2 -g -fplugin="$plugin" "$top/samples/shapes.f90" -o program
    calls | grep -q "^area\|^MAIN__\|shapes" || fail "no function of Fortran is counted"
    command -v gnatmake >/dev/null || skip "there is no gnatmake"
    gnatmake -q -O2 -g "$top/samples/queues.adb" -o program -cargs -fplugin="$plugin"
    calls | grep -q "queues" || fail "no function of Ada is counted"
'

test_done
