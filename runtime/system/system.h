/*
 * system.h - the system calls that the runtime makes, without libc: runtime/arch/x86_64/arch.h says why.
 *
 * Each returns its result, or a negated error number, and leaves errno alone.
 */
#ifndef RUNTIME_SYSTEM_SYSTEM_H
#define RUNTIME_SYSTEM_SYSTEM_H

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "arch.h"

#define SYSTEM_CALL(number, a, b, c, d, e, f)                                                                \
    arch_syscall(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

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

static inline uint32_t system_pid(void)
{
    return (uint32_t)SYSTEM_CALL(SYS_getpid, 0, 0, 0, 0, 0, 0);
}

static inline uint32_t system_parent_pid(void)
{
    return (uint32_t)SYSTEM_CALL(SYS_getppid, 0, 0, 0, 0, 0, 0);
}

static inline uint32_t system_tid(void)
{
    return (uint32_t)SYSTEM_CALL(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

static inline void system_yield(void)
{
    SYSTEM_CALL(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
}

/* The kernel's own clock_gettime, once vdso_find() has found it; libc's before. */
extern
    __attribute__((visibility("hidden"))) int (*system_clock_gettime)(clockid_t clock, struct timespec *time);

/* Returns the nanoseconds of CLOCK. Only clocks of CPU time take a system call. */
static inline uint64_t system_clock(clockid_t clock)
{
    struct timespec now = {0, 0};

    system_clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
