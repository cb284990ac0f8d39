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

test_case "a file of Python is refused" '
    command -v python3 >/dev/null || skip "there is no python3"
    echo pass >program.py
    python3 -m cProfile -o python.prof program.py
    run "$stats" --check python.prof
    expect_status 1
    expect_one_line "$stderr"
'

test_done
