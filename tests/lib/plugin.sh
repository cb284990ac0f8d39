# Sourced by the tests of the plugin for gcc.
# shellcheck shell=sh disable=SC2016,SC2034,SC2154

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

# A program of C whose functions begin and end in unusual ways.
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
