/*
 * system.h - the system calls that the runtime makes, without libc: runtime/arch/x86_64/arch.h says why.
 *
 * Each returns its result, or a negated error number, and leaves errno alone. None makes a call that the
 * program has forbidden itself.
 */
#ifndef RUNTIME_SYSTEM_SYSTEM_H
#define RUNTIME_SYSTEM_SYSTEM_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "arch.h"

enum { SYSTEM_ARGUMENTS = 6 };

/* Returns 1 unless a filter that the program has set for itself forbids the call NUMBER with its ARGUMENTS
 * (sandbox.h). It is NULL in the launcher, which sets none. */
extern __attribute__((visibility("hidden"), weak)) int sandbox_allows(long number, const long *arguments);

/* Returns 1 unless a filter that the program has set for itself forbids the call NUMBER with the first
 * argument A, the others being 0. */
static inline int system_allows(long number, long a)
{
    const long arguments[SYSTEM_ARGUMENTS] = {a};

    return sandbox_allows == NULL || sandbox_allows(number, arguments);
}

static inline long system_call(long number, long a, long b, long c, long d, long e, long f)
{
    const long arguments[SYSTEM_ARGUMENTS] = {a, b, c, d, e, f};

    if (sandbox_allows != NULL && !sandbox_allows(number, arguments))
        return -EPERM;
    return arch_syscall(number, a, b, c, d, e, f);
}

#define SYSTEM_CALL(number, a, b, c, d, e, f)                                                                \
    system_call(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

/* Returns 1 if RESULT is a negated error number. These lie from -4095 to -1. The address of a mapping may be
 * negative too. */
static inline int system_is_error(long result)
{
    return result < 0 && result > -4096;
}

static inline long system_open(const char *path, int flags, int mode)
{
    return SYSTEM_CALL(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, mode, 0, 0);
}

static inline long system_change_mode(int descriptor, int mode)
{
    return SYSTEM_CALL(SYS_fchmod, descriptor, mode, 0, 0, 0, 0);
}

static inline long system_close(int descriptor)
{
    return SYSTEM_CALL(SYS_close, descriptor, 0, 0, 0, 0, 0);
}

static inline long system_read(int descriptor, void *buffer, size_t size)
{
    return SYSTEM_CALL(SYS_read, descriptor, buffer, size, 0, 0, 0);
}

/* Reads SIZE bytes, or fewer at the end of the file. Returns the number of bytes read, or a negated error
 * number if there are none. */
static inline long system_read_all(int descriptor, void *buffer, size_t size)
{
    size_t used = 0;
    long got = 0;

    while (used < size && (got = system_read(descriptor, (char *)buffer + used, size - used)) > 0)
        used += (size_t)got;
    return used == 0 && got < 0 ? got : (long)used;
}

/* Reads the file PATH into TEXT, a buffer of SIZE bytes, as far as it fits, and appends a NUL. Returns the
 * number of bytes read, or a negated error number if there are none. */
static inline long system_read_file(const char *path, char *text, size_t size)
{
    long descriptor = system_open(path, O_RDONLY, 0), got = descriptor;

    if (descriptor >= 0) {
        got = system_read_all((int)descriptor, text, size - 1);
        system_close((int)descriptor);
    }
    text[got > 0 ? got : 0] = '\0';
    return got;
}

static inline long system_readlink(const char *path, char *buffer, size_t size)
{
    return SYSTEM_CALL(SYS_readlinkat, AT_FDCWD, path, buffer, size, 0, 0);
}

static inline long system_getcwd(char *buffer, size_t size)
{
    return SYSTEM_CALL(SYS_getcwd, buffer, size, 0, 0, 0, 0);
}

static inline long system_allocate(int descriptor, uint64_t offset, uint64_t size)
{
    return SYSTEM_CALL(SYS_fallocate, descriptor, 0, offset, size, 0, 0);
}

static inline long system_truncate(int descriptor, uint64_t size)
{
    return SYSTEM_CALL(SYS_ftruncate, descriptor, size, 0, 0, 0, 0);
}

static inline long system_write_at(int descriptor, const void *data, size_t size, uint64_t offset)
{
    return SYSTEM_CALL(SYS_pwrite64, descriptor, data, size, offset, 0, 0);
}

static inline long system_map(uint64_t size, int protection, int flags, int descriptor)
{
    return SYSTEM_CALL(SYS_mmap, 0, size, protection, flags, descriptor, 0);
}

static inline long system_unmap(void *memory, uint64_t size)
{
    return SYSTEM_CALL(SYS_munmap, memory, size, 0, 0, 0, 0);
}

static inline long system_advise(void *memory, uint64_t size, int advice)
{
    return SYSTEM_CALL(SYS_madvise, memory, size, advice, 0, 0, 0);
}

/* Returns 1 if a seccomp filter confines the process: it may kill the program for our system calls. */
static inline int system_is_confined(void)
{
    return SYSTEM_CALL(SYS_prctl, PR_GET_SECCOMP, 0, 0, 0, 0, 0) != 0;
}

static inline long system_signal_mask(int how, const uint64_t *set, uint64_t *old)
{
    return SYSTEM_CALL(SYS_rt_sigprocmask, how, set, old, sizeof *set, 0, 0);
}

/* Returns the number that the call NUMBER gives, or 0 if the program has forbidden itself the call. */
static inline uint32_t system_number(long number)
{
    long result = SYSTEM_CALL(number, 0, 0, 0, 0, 0, 0);

    return result > 0 ? (uint32_t)result : 0;
}

static inline uint32_t system_pid(void)
{
    return system_number(SYS_getpid);
}

static inline uint32_t system_parent_pid(void)
{
    return system_number(SYS_getppid);
}

static inline uint32_t system_tid(void)
{
    return system_number(SYS_gettid);
}

static inline void system_yield(void)
{
    SYSTEM_CALL(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
}

/* The kernel's own clock_gettime, once vdso_find() has found it; libc's before. */
extern
    __attribute__((visibility("hidden"))) int (*system_clock_gettime)(clockid_t clock, struct timespec *time);

/* 1: system_clock_gettime makes a system call for each clock. 0: only for clocks of CPU time. */
extern __attribute__((visibility("hidden"))) int system_clock_is_call;

/* Returns the nanoseconds of CLOCK; 0 if that takes a system call that the program has forbidden itself. */
static inline uint64_t system_clock(clockid_t clock)
{
    struct timespec now = {0, 0};

    if ((system_clock_is_call || clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID) &&
        !system_allows(SYS_clock_gettime, clock))
        return 0;
    system_clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
