/*
 * alloc.c - a timer that counts the bytes that each thread asks malloc for. Stands in for malloc, the other
 * functions that allocate memory, and C++'s operator new. Each stand-in calls the next function of its name.
 *
 * This file is in libprofile-alloc.so alone. The launcher preloads that in place of libprofile.so for this
 * timer, so other programs do not pay for it. A program with a malloc of its own keeps that, uncounted.
 *
 * glibc before 2.34 may call calloc while it searches for a symbol, and copes with NULL. So a search within a
 * search finds nothing.
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>

#include "runtime/core/compiler.h"
#include "runtime/interpose/next.h"

/* Bytes that this thread has asked for. */
static __thread uint64_t asked __attribute__((tls_model("initial-exec")));
/* This thread is searching for a next function. */
static __thread volatile intptr_t is_searching __attribute__((tls_model("initial-exec")));

/* Reads the timer. The runtime finds it by its name, as it finds a timer of the user's. */
EXPORTED uint64_t __profile_allocated(void);
EXPORTED uint64_t __profile_allocated(void)
{
    return asked;
}

/* Returns the next function NAME, kept in *KEPT, or NULL if this thread is searching for one already. */
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

/* Defines the stand-in for NAME, which has PARAMETERS and passes on ARGUMENTS. A call asks for SIZE bytes. It
 * returns FAILED if there is no next function. Calls that NAME itself makes to others of these are not
 * counted again. */
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

/* Returns COUNT * SIZE, or 0 if that overflows: calloc then fails. */
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

/* The eight forms of C++'s operator new. Most call malloc, but those of another malloc library may not. */
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
