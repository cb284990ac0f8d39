/*
 * compiler.h - what the runtime tells the compiler of its code: which is cold, what is likely, what is not
 * exported.
 */
#ifndef RUNTIME_CORE_COMPILER_H
#define RUNTIME_CORE_COMPILER_H

#define HIDDEN    __attribute__((visibility("hidden")))
#define EXPORTED  __attribute__((visibility("default"), used))
#define COLD      __attribute__((noinline, cold))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define RARE(x)   __builtin_expect(!!(x), 0)

/* Keeps the compiler from moving stores across this point: a signal handler of the same thread sees their
 * order. */
#define ORDER() __asm__ volatile("" ::: "memory")

#endif
