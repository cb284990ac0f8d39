#!/bin/sh
# Tests programs that run on other stacks than their threads' own: each call is counted under its true caller.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/edges.sh
. "$(dirname "$0")/../lib/edges.sh"

for compiler in gcc clang; do
    for level in -O0 -O2; do
        test_case "C by $compiler $level: handlers on alternate stacks, jumps out of them, and contexts" "
            profile_built $compiler $level stacks.c -pthread
            expect_status 0
            expect_edges
        "
    done
done

for compiler in g++ clang++; do
    for flags in -O0 -O2 "-O0 -fno-omit-frame-pointer" "-O2 -fno-omit-frame-pointer" "-O0 -fno-plt" "-O2 -fno-plt"; do
        test_case "C++ by $compiler $flags: the fibers of Boost.Context" "
            [ -e /usr/include/boost/context/fiber.hpp ] || skip 'there is no Boost.Context'
            profile_built $compiler '$flags -std=c++17' fibers.cc -lboost_context
            expect_status 0
            \"\$TEST_BIN/inspect\" out.prof >inspected
            while read -r edge; do
                grep -qxF -e \"\$edge\" inspected || fail \"there is no \$edge\"
            done <\"\$stdout\"
            ! grep insane inspected || fail 'there are impossible times'
        "
    done
done

for compiler in gcc clang; do
    for level in -O0 -O2; do
        test_case "C by $compiler $level: coroutines that are resumed on other threads keep their counts" "
            profile_built $compiler $level migrants.c -pthread
            expect_status 0
            \"\$TEST_BIN/inspect\" out.prof >inspected
            awk '\$1 == \"edge\" { calls[\$3] += \$4 } END { for (name in calls) print \"calls\", name, calls[name] }' inspected |
                sort >actual
            expect_same \"\$stdout\" actual
            ! grep insane inspected || fail 'there are impossible times'
        "
    done
done

# calls CALLER CALLEE: prints the calls of CALLEE by CALLER, over all threads and contexts. Both are patterns for
# linkage names.
calls() {
    awk -v pattern="^edge [^ ]*$1[^ ]* [^ ]*$2 " '$0 ~ pattern { calls += $4 } END { print calls + 0 }' inspected
}

test_case "C++20 coroutines: each resumption is a call by the function that resumes, on any thread" '
    cat >coroutines.cc <<END
#include <coroutine>
#include <thread>
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
int main(int argc, char **)
{
    generator numbers = counter(1000);
    long sum = 0;
    auto next = [&] { numbers.handle.resume(); };
    for (int i = 0;; i++) {
        if (argc > 1 && i % 100 == 0)
            std::thread(next).join();
        else
            next();
        if (numbers.handle.done())
            break;
        sum += numbers.handle.promise().value;
    }
    return sum != 499500;
}
END
    for flags in -O0 -O2 "-O0 -fno-omit-frame-pointer" "-O2 -fno-omit-frame-pointer" "-O0 -fno-plt" "-O2 -fno-plt"; do
        g++ -std=c++20 $flags -g -finstrument-functions coroutines.cc -o coroutines -pthread ||
            skip "no coroutines in this g++"
        for threads in "" threads; do
            # shellcheck disable=SC2086
            run "$profile" -o out.prof ./coroutines $threads
            expect_status 0
            "$TEST_BIN/inspect" out.prof >inspected
            expect_equal 2000 "$(calls "counter.*" "leaf")"
            expect_equal 1001 "$(calls "resume.*" "counter.*")"
            ! grep insane inspected || fail "there are impossible times"
        done
    done
'

test_case "small stacks are enough for the first call into a library, also with filters and points" '
    cat >library.c <<END
static void leaf(void) { }
void handler(int number) { (void)number; leaf(); }
END
    cat >program.c <<END
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
void handler(int number);
static ucontext_t here, there;
static void coroutine(void) { handler(0); }
/* Returns a stack that ends at a page without access. */
static char *stack_of(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), whole = (size + page - 1) / page * page;
    char *memory = mmap(NULL, page + whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    mprotect(memory, page, PROT_NONE);
    return memory + page;
}
int main(int argc, char **argv)
{
    size_t size = argc > 1 ? 4096 : (size_t)sysconf(_SC_MINSIGSTKSZ) + 2048;
    stack_t stack = {.ss_sp = stack_of(size), .ss_size = size};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};

    (void)argv;
    if (argc > 1) {
        getcontext(&there);
        there.uc_stack = stack;
        there.uc_link = &here;
        makecontext(&there, coroutine, 0);
        return swapcontext(&here, &there);
    }
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    return raise(SIGUSR1);
}
END
    # the loader itself takes much of the stack where it looks for a function at the first call
    ${CC:-cc} -g -finstrument-functions -shared -fPIC library.c -o liblibrary.so -Wl,-z,now
    ${CC:-cc} -g -finstrument-functions program.c -D_GNU_SOURCE -o program -L. -llibrary -Wl,-rpath,"$PWD" -Wl,-z,now
    for word in "" coroutine; do
        for flags in "" "--exclude leaf" "--start-at handler"; do
            # shellcheck disable=SC2086
            run "$profile" $flags -o out.prof ./program $word
            expect_status 0
            "$stats" --csv out.prof | grep -q ",handler," || fail "the handler is missing"
        done
    done
'

test_done
