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
    rebuilt_with "$1" "$2" -finstrument-functions "^'\{0,1\}-finstrument"
}

# rebuilt_with COMPILER SOURCE HOOKS PATTERN: rebuilt, with the flags HOOKS, and those of the lines that match PATTERN.
rebuilt_with() {
    eval "$1 -O1 -fno-inline -g $3 $2 -o all"
    record out.prof ./all
    "$stats" out.prof --suggest-exclude --cc gcc >suggested
    eval "$1 -O1 -fno-inline -g $3 $(sed -n "/$4/p" suggested | tr '\n' ' ') $2 -o less"
    record less.prof ./less
}

# counted FILE: the functions of a profile, a line each.
counted() {
    "$stats" "$1" --csv | sed -n '2,$s/^[0-9]*,.*[0-9],\("*[^0-9].*\),[^,]*$/\1/p' | sort
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
    grep -q "^-finstrument-functions-exclude-function-list=tiny$" suggested || fail "$(cat suggested)"
    # An item that would leave out get_long too is not a flag.
    grep -q "^__attribute__((no_instrument_function)) .*(get)$" suggested || fail "$(cat suggested)"
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
    grep -q "^.-finstrument-functions-exclude-function-list=.*::hidden" suggested || fail "$(cat suggested)"
    grep -q "^.-finstrument-functions-exclude-function-list=.*>::operator\[\]" suggested || fail "$(cat suggested)"
    grep -q "^.-finstrument-functions-exclude-function-list=.*>::as<" suggested || fail "$(cat suggested)"
    grep -q "^.-finstrument-functions-exclude-file-list=.*small.,header.h" suggested || fail "$(cat suggested)"
    grep -q "^.-finstrument-functions-exclude-file-list=.*/usr/include/" suggested || fail "$(cat suggested)"
    expect_as_predicted
'

test_case "a program that is rebuilt with the plugin lacks exactly the functions that were suggested" '
    plugin=$build/gcc-$(gcc -dumpversion)/profile_gcc.so
    [ -f "$plugin" ] || skip "there is no profile_gcc.so for this gcc: install its gcc-VERSION-plugin-dev"
    need g++
    mkdir "other folder"
    cat >"other folder/prog.cc" <<END
static int step(int i) { for (volatile int j = 0; j < 20000; j++) i += j; return i; }
int other_step(int i) { return step(i); }
END
    cat >prog.cc <<END
#include <map>
#include <string>
#define TINY(result) { __asm__ volatile("" : "+r"(i)); return result; }
int other_step(int i);
static int step(int i) TINY(i)
namespace
{
int hidden(int i) TINY(i + 1)
}
template <typename T, typename U> struct Pair
{
    int get(int i) TINY(i + 2)
    int operator()(int i) TINY(i + 3)
};
struct Base { int b; explicit Base(int i) : b(i) {} };
struct Made : virtual Base
{
    explicit Made(int i) : Base(i) {}
    explicit Made(long i) : Base(int(i)) { for (volatile int j = 0; j < 20000; j++) b += j; }
    ~Made() { __asm__ volatile(""); }
};
int get(int i) { for (volatile int j = 0; j < 20000; j++) i += j; return i; }
int get(long i, int) TINY(int(i))
int main()
{
    std::map<std::string, int> words;
    Pair<int, unsigned long> pair;
    int sum = 0;
    for (int i = 0; i < 100000; i++) {
        Made made(i);
        sum += step(i) + hidden(i) + pair.get(i) + pair(i) + get(long(i), 1) + made.b;
    }
    for (int i = 0; i < 1000; i++) {
        sum += get(i) + other_step(i) + Made(long(i)).b;
        words[std::to_string(i % 10)]++;
    }
    return sum == 1;
}
END
    rebuilt_with g++ "prog.cc \"other folder/prog.cc\"" "-fplugin=$plugin -fplugin-arg-profile_gcc-no-system-headers" "^-fplugin-arg"
    counted less.prof >less.txt
    expect_as_predicted
    expect_equal "Made::Made
get
main
other_step
step" "$(cat less.txt)" || fail "$(cat suggested)"
'

test_case "functions of the C++ library, also those with an address in libstdc++.so, are never named" '
    need g++
    cat >prog.cc <<END
#include <map>
#include <sstream>
#include <string>
int main()
{
    std::map<std::string, int> words;
    for (int i = 0; i < 3000; i++) {
        std::istringstream in("the quick brown fox jumps over the lazy dog " + std::to_string(i % 10));
        for (std::string word; in >> word;)
            words[word + "s"]++;
    }
    return words.size() == 1;
}
END
    for flags in "-O2 -g" -O2 "-O0 -g"; do
        # shellcheck disable=SC2086
        g++ $flags -finstrument-functions prog.cc -o all
        record out.prof ./all
        "$stats" out.prof --suggest-exclude --cc gcc >suggested
        grep -q "headers of the system ([0-9]* functions)$" suggested || fail "$(cat suggested)"
        ! grep "std::\|\.so" suggested || fail "a function of the library is named"
        # shellcheck disable=SC2046,SC2086
        g++ $flags -finstrument-functions $(grep "^-finstrument" suggested) prog.cc -o less
        record less.prof ./less
        expect_equal main "$(counted less.prof)" || fail "$(cat suggested)"
        "$stats" out.prof --suggest-exclude --cc clang | grep -v "^profile --exclude" >suggested
        ! grep "std::\|\.so" suggested || fail "a function of the library is named"
    done
'

test_case "a program of clang whose functions are marked as suggested lacks exactly those" '
    need clang
    cat >prog.c <<END
MARK_tiny static int tiny(int i) { __asm__ volatile("" : "+r"(i)); return i; }
MARK_get static int get(int i) { return tiny(i) + 1; }
MARK_get_long static int get_long(int i) { for (volatile int j = 0; j < 20000; j++) i += j; return i; }
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
    clang -O1 -g -finstrument-functions -DMARK_tiny= -DMARK_get= -DMARK_get_long= prog.c -o all
    record out.prof ./all
    "$stats" out.prof --suggest-exclude --cc clang >suggested
    mark=$(sed -n "s/.* Mark them with \(.*\)\.$/\1/p" suggested)
    set -- -DMARK_tiny= -DMARK_get= -DMARK_get_long=
    for name in $(sed -n "s/^.*prog.c:[0-9]*(\(.*\))$/\1/p" suggested); do
        set -- "$@" -U"MARK_$name" "-DMARK_$name=$mark"
    done
    clang -O1 -g -finstrument-functions "$@" prog.c -o less
    record less.prof ./less
    expect_as_predicted
    expect_equal "get_long
main" "$(counted less.prof)"
'

test_case "a program with nearly all of its calls in headers is told so, and each compiler can leave them out" '
    cat >prog.cc <<END
#include <algorithm>
#include <map>
#include <string>
#include <vector>
int main()
{
    std::map<std::string, std::vector<int>> lists;
    long sum = 0;
    for (int i = 0; i < 4000; i++)
        lists["list" + std::to_string(i % 100)].push_back(i);
    for (auto &list : lists) {
        std::sort(list.second.begin(), list.second.end());
        for (int i : list.second)
            sum += i;
    }
    return sum == 1;
}
END
    for compiler in g++ clang++; do
        command -v $compiler >/dev/null || continue
        $compiler -O1 -g -finstrument-functions prog.cc -o all
        record out.prof ./all
        "$stats" out.prof --suggest-exclude --cc $compiler >suggested
        gone=$(sed -n "s/.*% *\([0-9]*\)  headers of the system ([0-9]* functions)$/\1/p" suggested)
        [ "$gone" -gt $(($(calls out.prof) * 99 / 100)) ] || fail "$(cat suggested)"
        grep -q "^The time of what is left out will be its callers.\.$" suggested || fail "$(cat suggested)"
        flags=$(sed -n "s/^\(-finstrument-functions-[^ ]*\).*/\1/p" suggested)
        $compiler -O1 -g -finstrument-functions $flags prog.cc -o less
        record less.prof ./less
        [ "$(calls less.prof)" -lt $(($(calls out.prof) / 10)) ] || fail "$(cat suggested)"
        excluded=$(sed -n "s/^profile \(--exclude.*\)/\1/p" suggested)
        [ -z "$excluded" ] || eval "\$profile $excluded -o less.prof ./all"
        expect_equal main "$(counted less.prof)" || fail "$(cat suggested)"
    done
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
    expect_stdout_match "^ +[0-9.]+ +[0-9.]+% +100000  .*:1\(tiny\)$"
    expect_stdout_match "^Clang has no flag that leaves out functions. Mark them with __attribute__"
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
    for option in --csv --tree --percent --raw --strip-dirs "--sort calls" --callers; do
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
