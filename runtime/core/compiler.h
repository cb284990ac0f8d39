/*
 * compiler.h - attributes and hints for the compiler: cold code, likely branches, exported symbols.
 */
#ifndef RUNTIME_CORE_COMPILER_H
#define RUNTIME_CORE_COMPILER_H

#define HIDDEN    __attribute__((visibility("hidden")))
#define EXPORTED  __attribute__((visibility("default"), used))
#define COLD      __attribute__((noinline, cold))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define RARE(x)   __builtin_expect(!!(x), 0)

/* Keeps the compiler from moving loads and stores across this point. So a signal handler of this thread sees
 * them in order. */
#define ORDER() __asm__ volatile("" ::: "memory")

#endif
