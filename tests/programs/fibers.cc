/*
 * fibers.cc - runs two fibers of Boost.Context. Prints the calls that a profile must have: "edge CALLER
 * CALLEE CALLS".
 */
#include <boost/context/fiber.hpp>
#include <cstdio>

namespace context = boost::context;

enum { ROUNDS = 1000 };

static context::fiber *other;

extern "C" {
__attribute__((noinline)) void leaf()
{
    __asm__ volatile("" ::: "memory");
}

__attribute__((noinline)) void yield()
{
    leaf();
    *other = std::move(*other).resume();
    leaf();
}

__attribute__((noinline)) void body(int rounds)
{
    for (int i = 0; i < rounds; i++)
        yield();
}

__attribute__((noinline)) void resume(context::fiber *fiber)
{
    leaf();
    *fiber = std::move(*fiber).resume();
    leaf();
}
}

static context::fiber run(context::fiber &&from)
{
    context::fiber back = std::move(from);

    other = &back;
    for (int i = 0; i < ROUNDS; i++) {
        body(1);
        other = &back;
    }
    return back;
}

int main()
{
    context::fiber fiber{run};

    for (int i = 0; i <= ROUNDS; i++)
        resume(&fiber);
    printf("edge - main 1\nedge main resume %d\nedge resume leaf %d\n", ROUNDS + 1, 2 * (ROUNDS + 1));
    printf("edge body yield %d\nedge yield leaf %d\n", ROUNDS, 2 * ROUNDS);
    return 0;
}
