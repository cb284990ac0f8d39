#!/bin/sh
# Tests stats --suggest-exclude, whose flags rebuild a program without the functions that cost most to record.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

need() {
    command -v "$1" >/dev/null || skip "there is no $1 (see make deps test)"
}

# calls FILE: prints the number of calls of all functions.
calls() {
    "$stats" "$1" | sed -n 's/^ *\([0-9]*\) function calls.*/\1/p'
}

# record FILE PROGRAM: runs PROGRAM and times every call with a timer that other programs do not disturb, so that
# the tiny functions do not depend on the machine.
record() {
    "$profile" --timer cpu --clock=every -o "$1" "$2" >output
}

# rebuilt COMPILER SOURCE: compiles and runs SOURCE, and again with the suggested flags. Leaves the flags in
# `suggested`, and the profiles in out.prof and less.prof.
rebuilt() {
    $1 -O1 -g -finstrument-functions "$2" -o all
    record out.prof ./all
    "$stats" out.prof --suggest-exclude --cc gcc >suggested
    eval "$1 -O1 -g -finstrument-functions $(sed -n "/^'\{0,1\}-finstrument/p" suggested | tr '\n' ' ') $2 -o less"
    record less.prof ./less
}

# expect_as_predicted: as many calls are gone as stats predicted.
expect_as_predicted() {
    gone=$(sed -n 's/.*% *\([0-9]*\)  together$/\1/p' suggested)
    expect_equal "$gone" "$(($(calls out.prof) - $(calls less.prof)))"
}

test_case "a C program that is rebuilt with the flags lacks exactly the calls that were predicted" '
    need gcc
    cat >prog.c <<END
static int tiny(int i) { __asm__ volatile("" : "+r"(i)); return i; }
static int get(int i) { return tiny(i) + 1; }
static int get_long(int i) { for (volatile int j = 0; j < 20000; j++) i += j; return i; }
int main(void)
{
    int sum = 0;
    for (int i = 0; i < 200000; i++)
        sum += get(i);
    for (int i = 0; i < 1000; i++)
        sum += get_long(i);
    return sum == 1;
}
END
    rebuilt gcc prog.c
    grep -q "  -finstrument-functions-exclude-function-list=tiny$" suggested || fail "$(cat suggested)"
    # An item that would leave out get_long too is not a flag.
    grep -q "  __attribute__((no_instrument_function)) .*(get)$" suggested || fail "$(cat suggested)"
    expect_equal "$((400000 + 1001)) $((200000 + 1001))" "$(calls out.prof) $(calls less.prof)"
'

test_case "templates, operators, anonymous namespaces and a file are left out of a C++ program as predicted" '
    need g++
    cat >small,header.h <<END
static inline int first(int i) { __asm__ volatile("" : "+r"(i)); return i; }
static inline int second(int i) { __asm__ volatile("" : "+r"(i)); return i; }
END
    cat >prog.cc <<END
#include "small,header.h"
#include <vector>
namespace { int hidden(int i) { __asm__ volatile("" : "+r"(i)); return i; } }
template <typename T, typename U> struct Pair
{
    T a; U b;
    U operator[](int i) const { return i ? b : a; }
    template <typename V> V as(V v) { __asm__ volatile("" : "+r"(v)); return v; }
};
int main()
{
    Pair<int, unsigned long> pair{1, 2};
    std::vector<int> numbers(10);
    int sum = 0;
    for (int i = 0; i < 100000; i++)
        sum += hidden(i) + first(i) + second(i) + pair[i & 1] + pair.as<long>(i) + numbers[i % 10];
    return sum == 1;
}
END
    rebuilt g++ prog.cc
    for flag in "function-list=::hidden$" "file-list=small.,header.h.$" "function-list=>::operator\[\].$" \
        "function-list=>::as<.$" "file-list=/usr/include/$"; do
        grep -q "  .\{0,1\}-finstrument-functions-exclude-$flag" suggested || fail "no $flag: $(cat suggested)"
    done
    expect_as_predicted
'

test_case "for clang, functions to mark in the source are printed, at most as many as -n says" '
    compile prog -O1 <<END
static void tiny(void) { }
int main(void) { for (int i = 0; i < 100000; i++) tiny(); return 0; }
END
    record out.prof ./prog
    run "$stats" out.prof --suggest-exclude --cc clang -n 1
    expect_status 0
    expect_no_stderr
    expect_stdout_match "^ +[0-9.]+ +[0-9.]+% +100000  __attribute__\(\(no_instrument_function\)\) .*:1\(tiny\)$"
    expect_stdout_match "^-finstrument-functions-after-inlining "
'

test_case "several profiles are summed up" '
    compile prog -O1 <<END
static void tiny(void) { }
int main(void) { for (int i = 0; i < 100000; i++) tiny(); return 0; }
END
    record one.prof ./prog
    record two.prof ./prog
    run "$stats" one.prof two.prof --suggest-exclude --cc gcc
    expect_stdout_match "^ +[0-9.]+ +[0-9.]+% +200000  together$"
'

# --- bad input

test_case "a profile without calling contexts is refused in one line, and so are options of other reports" '
    python3 -c "import cProfile; cProfile.run(\"sum(map(abs, range(10)))\", \"python.prof\")" ||
        skip "there is no python3"
    run "$stats" python.prof --suggest-exclude --cc gcc
    expect_status 1
    expect_one_line "$stderr"
    expect_stderr_match "do not tell what recording costs"
    for option in --csv --tree --percent --raw "--sort calls" --callers; do
        # shellcheck disable=SC2086
        run "$stats" python.prof --suggest-exclude $option
        expect_status 2
        expect_stderr_line "stats: --suggest-exclude and ${option%% *} exclude each other; see stats --help"
    done
    run "$stats" python.prof --suggest-exclude --cc no-such-compiler
    expect_status 1
    expect_stderr_line "stats: cannot run no-such-compiler --version: name gcc or clang with --cc"
    expect_no_stdout
'

test_done
