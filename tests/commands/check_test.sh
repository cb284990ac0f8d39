#!/bin/sh
# Tests stats --check, which finds times that contradict each other.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

compile_program() {
    compile program -O1 <<'END'
static volatile int sink;
static int even(int n);
static int odd(int n) { sink++; return n == 0 ? 0 : even(n - 1); }
static int even(int n) { sink++; return n == 0 ? 1 : odd(n - 1); }
static void walk(int n) { if (n > 0) { walk(n - 1); walk(n - 1); } }
static void once(void) { sink = even(1000); walk(10); }
int main(void)
{
    for (int i = 0; i < 20; i++)
        once();
    return 0;
}
END
}

for clock in every sampled none; do
    test_case "the times of a recursive program agree with --clock=$clock, also raw, without directories and in sums" "
        compile_program
        \"\$profile\" --clock=$clock -o out.prof ./program
        for options in '' --raw --strip-dirs out.prof; do
            run \"\$stats\" --check \$options out.prof
            expect_status 0
            expect_no_stdout
            expect_no_stderr
        done
    "
done

test_case "times agree when contexts are folded" '
    compile_program
    for most in 0 1 2 3; do
        "$profile" --max-contexts "$most" -o out.prof ./program
        run "$stats" --check out.prof
        expect_status 0
        expect_no_stdout
    done
'

# build_copies FOLDER FOLDER: a library and a program, each with a copy of the static function of a header, which is in
# a FOLDER. They call each other through it.
build_copies() {
    mkdir a b
    echo "typedef void step(int); __attribute__((noinline)) static void call(step *f, int n) { f(n); }" >a/copies.h
    cp a/copies.h b
    compile libtwo.so -I"$1" -O2 -fPIC -shared <<'END'
#include "copies.h"
void one(int);
void two(int n) { if (n > 0) call(one, n - 1); }
END
    compile copies -I"$2" -O2 -rdynamic -x none ./libtwo.so <<'END'
#include "copies.h"
void two(int);
void one(int n) { for (volatile int i = 0; i < 100000; i++) {} if (n > 0) call(two, n - 1); }
int main(void) { call(one, 4); return 0; }
END
}

test_case "copies of a function that call each other take no longer than their caller" '
    build_copies a b
    "$profile" -o out.prof ./copies
    for options in "" --strip-dirs --raw out.prof; do
        run "$stats" --check $options out.prof
        expect_status 0
        expect_no_stdout
    done
    "$stats" --strip-dirs --csv out.prof >csv
    awk -F, "/,main,/ { most = \$4 } /,call,/ { rows++; calls = \$2; time = \$4 }
        END { exit !(rows == 1 && calls == 1 && time > 0 && time <= most) }" csv || fail "$(cat csv)"
'

test_case "copies of a function are one to pstats, and their cumulative time counts once" '
    build_copies a a
    "$profile" -o out.prof ./copies
    "$stats" --pstats --restrict "call|main" out.prof >report
    grep -E "^ +5/1 .* [^ ]*copies.h:1\(call\)$" report || fail "$(cat report)"
    awk "/\(main\)/ { most = \$4 } /\(call\)/ { time = \$4 } END { exit !(time <= most) }" report ||
        fail "$(cat report)"
'

test_case "a file of Python is refused" '
    command -v python3 >/dev/null || skip "there is no python3"
    echo pass >program.py
    python3 -m cProfile -o python.prof program.py
    run "$stats" --check python.prof
    expect_status 1
    expect_one_line "$stderr"
'

test_done
