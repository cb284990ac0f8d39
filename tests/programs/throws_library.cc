/* throws_library.cc - the shared library of throws.cc. Exceptions pass through it or are caught in it. */
#include "throws_library.h"

#define NOINLINE __attribute__((noinline))

extern "C" {
NOINLINE void library_caught()
{
    __asm__ volatile("" ::: "memory");
}

void library_call(void (*function)())
{
    function();
    __asm__ volatile("" ::: "memory");
}

void library_catch(void (*function)())
{
    try {
        function();
    } catch (...) {
        library_caught();
    }
}
}
