/*
 * floor.c - the two-clock floor, as a library to preload. Its hooks only read the clock at both ends of each
 * call and store it.
 *
 * No profiler that reads the clock at both ends can cost less. So the benchmark prints our cost as a ratio to
 * the floor's, measured in the same run. Compiled without -finstrument-functions.
 */
#include <stdint.h>

#if defined(__x86_64__)
#include <x86intrin.h>
static inline uint64_t clock_ticks(void)
{
    return __rdtsc();
}
#elif defined(__aarch64__)
static inline uint64_t clock_ticks(void)
{
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}
#else
#include <time.h>
static inline uint64_t clock_ticks(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
#endif

/* Thread-local, as a profiler would need it, and volatile, so that the compiler keeps the stores. */
static __thread volatile uint64_t last_ticks __attribute__((tls_model("initial-exec")));

void __cyg_profile_func_enter(void *function, void *call_site);
void __cyg_profile_func_exit(void *function, void *call_site);

void __cyg_profile_func_enter(void *function, void *call_site)
{
    (void)function;
    (void)call_site;
    last_ticks = clock_ticks();
}

void __cyg_profile_func_exit(void *function, void *call_site)
{
    (void)function;
    (void)call_site;
    last_ticks = clock_ticks();
}
