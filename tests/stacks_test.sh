#!/bin/sh
# Programs that run on stacks other than their own: each call is counted, and has its right caller.
# The tests' bodies are text to shellcheck, and what they call seems never called.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/harness.sh
. "$(dirname "$0")/harness.sh"
# shellcheck source=tests/edges.sh
. "$(dirname "$0")/edges.sh"

for compiler in gcc clang; do
    for level in -O0 -O2; do
        test_case "C by $compiler $level: handlers on alternate stacks, jumps out of them, and contexts" "
            command -v $compiler >/dev/null || skip 'there is no $compiler'
            $compiler $level -g -finstrument-functions '$top/tests/programs/stacks.c' -o stacks -pthread
            run \"\$profile\" -o out.prof ./stacks
            expect_status 0
            expect_no_stderr
            expect_edges
        "
    done
done

for compiler in g++ clang++; do
    for level in -O0 -O2; do
        test_case "C++ by $compiler $level: the fibers of Boost.Context" "
            command -v $compiler >/dev/null || skip 'there is no $compiler'
            [ -e /usr/include/boost/context/fiber.hpp ] || skip 'there is no Boost.Context'
            $compiler $level -std=c++17 -g -finstrument-functions '$top/tests/programs/fibers.cc' -o fibers -lboost_context
            run \"\$profile\" -o out.prof ./fibers
            expect_status 0
            expect_no_stderr
            \"\$TEST_BIN/inspect\" out.prof >inspected
            while read -r edge; do
                grep -qxF -e \"\$edge\" inspected || fail \"there is no \$edge\"
            done <\"\$stdout\"
            ! grep insane inspected || fail 'there are times that cannot be'
        "
    done
done

test_case "C++20 coroutines: each resumption is a call by whom it was resumed" '
    cat >coroutines.cc <<END
#include <coroutine>
#include <cstdio>
struct generator {
    struct promise_type {
        int value;
        generator get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        std::suspend_always yield_value(int n) { value = n; return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
    std::coroutine_handle<promise_type> handle;
};
extern "C" __attribute__((noinline)) void leaf() { asm volatile(""); }
generator counter(int n) { for (int i = 0; i < n; i++) { leaf(); co_yield i; leaf(); } }
int main()
{
    generator numbers = counter(1000);
    long sum = 0;
    for (numbers.handle.resume(); !numbers.handle.done(); numbers.handle.resume())
        sum += numbers.handle.promise().value;
    return sum != 499500;
}
END
    for level in -O0 -O2; do
        g++ -std=c++20 $level -g -finstrument-functions coroutines.cc -o coroutines || skip "no coroutines in this g++"
        run "$profile" -o out.prof ./coroutines
        expect_status 0
        "$TEST_BIN/inspect" out.prof >inspected
        grep -qE "^edge .*counter.* leaf 2000$" inspected
        grep -qE "resume.* .*counter.*actor 1001$" inspected
        ! grep insane inspected || fail "there are times that cannot be"
    done
'

test_done
