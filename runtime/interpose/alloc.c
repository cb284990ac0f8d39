/*
 * alloc.c - counts the bytes that each thread asks malloc for, for a timer: stands in for malloc and its kin
 * and for C++'s operator new, and goes on to the next ones, whoever's they are.
 *
 * Only libprofile-alloc.so has it, which the launcher preloads in the place of libprofile.so where that timer
 * is wanted: other programs do not pay for it. A program that brings its own malloc keeps it, uncounted.
 *
 * glibc before 2.34 may call calloc to find a symbol, and does without if it gets nothing.
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "runtime/core/compiler.h"
#include "runtime/interpose/next.h"

static __thread uint64_t asked __attribute__((tls_model("initial-exec")));
static __thread volatile intptr_t is_searching __attribute__((tls_model("initial-exec")));

EXPORTED uint64_t __profile_allocated(void);
EXPORTED uint64_t __profile_allocated(void)
{
    return asked;
}

static any_function *find(any_function **kept, const char *name)
{
    any_function *function = __atomic_load_n(kept, __ATOMIC_RELAXED);

    if (function == NULL && !is_searching) {
        is_searching = 1;
        function = next_kept(kept, name, CALLER);
        is_searching = 0;
    }
    return function;
}

/* NAME, whose PARAMETERS are passed on as ARGUMENTS, is asked for SIZE bytes; what it asks others for on
 * their behalf is not counted again. */
#define STAND_IN(type, name, parameters, arguments, size, failed)                                            \
    EXPORTED type name parameters;                                                                           \
    EXPORTED type name parameters                                                                            \
    {                                                                                                        \
        static any_function *kept = NULL;                                                                    \
        __typeof__(name) *real = (__typeof__(name) *)find(&kept, #name);                                     \
        uint64_t before = asked;                                                                             \
        type result;                                                                                         \
                                                                                                             \
        if (real == NULL) {                                                                                  \
            errno = ENOMEM;                                                                                  \
            return failed;                                                                                   \
        }                                                                                                    \
        result = real arguments;                                                                             \
        asked = before + (size);                                                                             \
        return result;                                                                                       \
    }

/* What cannot be multiplied is not to be had. */
static size_t product(size_t count, size_t size)
{
    size_t result;

    return __builtin_mul_overflow(count, size, &result) ? 0 : result;
}

STAND_IN(void *, malloc, (size_t size), (size), size, NULL)
STAND_IN(void *, calloc, (size_t count, size_t size), (count, size), product(count, size), NULL)
STAND_IN(void *, realloc, (void *memory, size_t size), (memory, size), size, NULL)
STAND_IN(void *, aligned_alloc, (size_t alignment, size_t size), (alignment, size), size, NULL)
STAND_IN(void *, memalign, (size_t alignment, size_t size), (alignment, size), size, NULL)
STAND_IN(void *, valloc, (size_t size), (size), size, NULL)
STAND_IN(void *, pvalloc, (size_t size), (size), size, NULL)
STAND_IN(int, posix_memalign, (void **memory, size_t alignment, size_t size), (memory, alignment, size), size,
         ENOMEM)

/* operator new of C++, in its eight forms: most go on to malloc, but not all that come with another one. */
STAND_IN(void *, _Znwm, (size_t size), (size), size, NULL)
STAND_IN(void *, _Znam, (size_t size), (size), size, NULL)
STAND_IN(void *, _ZnwmRKSt9nothrow_t, (size_t size, const void *tag), (size, tag), size, NULL)
STAND_IN(void *, _ZnamRKSt9nothrow_t, (size_t size, const void *tag), (size, tag), size, NULL)
STAND_IN(void *, _ZnwmSt11align_val_t, (size_t size, size_t alignment), (size, alignment), size, NULL)
STAND_IN(void *, _ZnamSt11align_val_t, (size_t size, size_t alignment), (size, alignment), size, NULL)
STAND_IN(void *, _ZnwmSt11align_val_tRKSt9nothrow_t, (size_t size, size_t alignment, const void *tag),
         (size, alignment, tag), size, NULL)
STAND_IN(void *, _ZnamSt11align_val_tRKSt9nothrow_t, (size_t size, size_t alignment, const void *tag),
         (size, alignment, tag), size, NULL)
