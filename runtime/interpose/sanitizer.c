/*
 * sanitizer.c - stands in for dl_iterate_phdr, for the runtime of AddressSanitizer.
 *
 * That runtime is a shared library with gcc. It ends the program if any other library was loaded before it,
 * and a preloaded library always was. So it sees this library behind all others. Where this library lies does
 * not matter to it: each of our stand-ins calls the next function of its name, as the runtime's own do.
 */
#include <dlfcn.h>
#include <link.h>
#include <stdint.h>

#include "runtime/core/compiler.h"
#include "runtime/interpose/next.h"

typedef int visitor(struct dl_phdr_info *info, size_t size, void *argument);

/* Of AddressSanitizer; NULL if the process does not have it. */
extern void __asan_init(void) __attribute__((weak));

/* Where the loader has put this library. */
extern const char own_base __asm__("__ehdr_start") __attribute__((visibility("hidden")));

/* A visit of all modules, of which this library is the last. */
struct visit {
    visitor *callback;
    void *argument;
    struct dl_phdr_info self; /* of this library */
    size_t size;              /* of what the loader tells of it; 0 before it was visited */
};

static int visit_other(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct visit *visit = argument;

    if (info->dlpi_addr != (uint64_t)&own_base)
        return visit->callback(info, size, visit->argument);
    visit->size = size < sizeof visit->self ? size : sizeof visit->self;
    memcpy(&visit->self, info, visit->size);
    return 0;
}

/* Returns 1 if CALLER lies in the runtime of AddressSanitizer. */
static int is_sanitizer(const void *caller)
{
    void (*init)(void) = __asan_init;
    const void *address;
    Dl_info of_caller, of_runtime;

    memcpy(&address, &init, sizeof address);
    return dladdr(caller, &of_caller) != 0 && dladdr(address, &of_runtime) != 0 &&
           of_caller.dli_fbase == of_runtime.dli_fbase;
}

static any_function *kept;

/* The slow path of the hooks calls the stand-in too, and must not search for a symbol (core/modules.c). */
__attribute__((constructor)) static void find(void)
{
    next_kept(&kept, "dl_iterate_phdr", CALLER);
}

static __attribute__((noinline)) int visit_self_last(__typeof__(dl_iterate_phdr) *real, visitor *callback,
                                                     void *argument)
{
    struct visit visit = {.callback = callback, .argument = argument};
    int result = real(visit_other, &visit);

    return result == 0 && visit.size != 0 ? callback(&visit.self, visit.size, argument) : result;
}

/* The loader shows the modules of the namespace that the return address lies in. So this ends in a jump. */
EXPORTED int dl_iterate_phdr(visitor *callback, void *argument);
EXPORTED int dl_iterate_phdr(visitor *callback, void *argument)
{
    __typeof__(dl_iterate_phdr) *real =
        (__typeof__(dl_iterate_phdr) *)next_kept(&kept, "dl_iterate_phdr", CALLER);

    if (RARE(__asan_init != NULL) && is_sanitizer(CALLER))
        return visit_self_last(real, callback, argument);
    return real(callback, argument);
}
