#!/bin/sh
# The plugin for gcc: which functions get hooks, and that their calls are counted.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/plugin.sh
. "$(dirname "$0")/../lib/plugin.sh"

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

plugin_case "a debugger shows the hooks at the line of the function and at its end" '
    printf "%s\n" "static volatile int sink;" "__attribute__((noinline)) int" "function(int x)" "{" "    if (x > 1)" "        return sink;" \
        "    return x + 1;" "}" "int main(void) { return function(2); }" >program.c
    for level in -O0 -O2; do
        gcc $level -g -fplugin="$plugin" -c program.c
        objdump -dlr --no-show-raw-insn program.o | awk "/>:\$/ { in_function = /<function>/ }
            /program.c:/ { line = \$1; sub(/.*:/, \"\", line) } in_function && /__cyg/ { print substr(\$3, 20, 4), line }" | sort -u >lines
        expect_equal "ente 4
exit 8" "$(cat lines)" || fail "at $level"
    done
'

plugin_case "no_instrument_function, and the lists of functions and files to exclude, are honoured" '
    printf "%s" "$odd_shapes" | build -O2 -finstrument-functions-exclude-function-list=ump,nested
    expect_equal "by_value 2
endless 1
inner 2
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

twins='
#include <stdio.h>
#define STEP(n) if (s & n) printf("step %d\n", s);
#define STEPS STEP(1) STEP(2) STEP(4) STEP(8) STEP(16) STEP(32) STEP(64) STEP(128)
#define BODY { int s = 0; for (int i = 0; i < x; i++) { s += i * x; STEPS } for (int i = 0; i < x; i++) { s += i; STEPS } return s; }
int one(int x) BODY
int other(int x) BODY
static int third(int x) BODY
static int fourth(int x) BODY
int (*volatile first)(int) = one, (*volatile second)(int) = other;
int main(int c, char **v)
{
    int s = 0;
    (void)v;
    for (int i = 0; i < 3; i++)
        s += one(i + c) + first(i) + third(i) + fourth(i);
    for (int i = 0; i < 2; i++)
        s += fourth(i + c) + third(i) + other(i) + second(i + c);
    return s == 12345;
}
'

plugin_case "a part that gcc splits off a function has its name, and counts the calls that reach it" '
    printf "%s\n" "#include <stdio.h>" "#define STEP(n) if (s & n) printf(\"step %d\n\", s);" \
        "int f(int x)" "{" "    if (x < 10)" "        return x;" "    int s = 0;" \
        "    for (int i = 0; i < x; i++) { s += i * x; STEP(1) STEP(2) STEP(4) STEP(8) STEP(16) STEP(32) STEP(64) }" \
        "    if (s == 77)" "        __builtin_abort();" "    return s;" "}" \
        "int main(int c, char **v) { int s = 0; (void)v; for (int i = 0; i < 20; i++) s += f(i) + f(i + c); return s == 12345; }" |
        build -O2
    nm program | grep -q "f.part" || skip "gcc has split nothing off"
    expect_equal "f 21
main 1" "$(calls)"
'

plugin_case "functions of equal code keep their names, also with -flto" '
    for flags in "-O2" "-Os" "-O2 -flto"; do
        printf "%s" "$twins" | build $flags
        expect_equal "fourth 5
main 1
one 6
other 4
third 5" "$(calls)" || fail "with $flags"
    done
'

plugin_case "with -fipa-icf the function that is left counts the calls of its twins" '
    printf "%s" "$twins" | build -O2 -fipa-icf
    expect_equal "main 1
one 20" "$(calls)"
'

plugin_case "a parallel region of OpenMP has the name of its function, at the line of its pragma" '
    for language in c c++; do
        printf "%s\n" "int sum(int n) {" "    int s = 0;" "#pragma omp parallel for reduction(+:s) num_threads(3)" "    for (int i = 0; i < n; i++)" \
            "        s += i;" "    return s;" "}" "int main(void) { return sum(10) + sum(20) - 235; }" |
            gcc -O2 -g -fopenmp -fplugin="$plugin" -x $language - -o program
        "$profile" -o out.prof ./program
        expect_equal "1 sum 2
3 sum 6
8 main 1" "$("$stats" out.prof --csv | awk -F , "NR > 1 { print \$6, \$7, \$1 }" | sort)"
    done
'

plugin_case "another gcc refuses the plugin in one line" '
    headers=$(gcc -print-file-name=plugin)/include
    mkdir other
    sed "s/basever\[\] = .*/basever[] = \"1.2.3\";/" "$headers/plugin-version.h" >other/plugin-version.h
    g++ -std=gnu++11 -O0 -fno-rtti -fPIC -shared -Iother -isystem "$headers" "$top/cli/build/gcc_plugin.cc" -o profile_gcc.so
    ! printf "int main(void) { return 0; }" | LC_ALL=C gcc -fplugin="$PWD/profile_gcc.so" -x c - -o program 2>error || fail "it is taken"
    [ ! -e program ] || fail "a program is made"
    expect_one_line error
    grep -qF "profile_gcc.so was built for another gcc, 1.2.3, and this is $(gcc -dumpfullversion): build profile again with this gcc" error
'

plugin_case "each gcc that is installed has its plugin, and refuses that of another one in one line" '
    other=
    for folder in "$build"/gcc-*; do
        [ "$folder" = "$build/gcc-$(gcc -dumpversion)" ] || other=$folder
    done
    [ -n "$other" ] || skip "there is one gcc with a plugin"
    printf "int f(int x) { return x; }\n" >program.c
    gcc-"${other##*/gcc-}" -fplugin="$other/profile_gcc.so" -c program.c
    nm program.o | grep -q __cyg_profile_func_enter
    ! gcc -fplugin="$other/profile_gcc.so" -c program.c 2>error || fail "gcc takes the plugin of another version"
    expect_one_line error
    ! gcc-"${other##*/gcc-}" -fplugin="$plugin" -c program.c 2>error || fail "the other gcc takes the plugin"
    expect_one_line error
    grep -q "was built for another gcc" error
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
        expect_one_line error
        grep -qF "error: invalid argument '\''-fplugin-arg-profile_gcc-$argument'\''" error || {
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
