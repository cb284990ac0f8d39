/*
 * arch.h, x86-64 - additions to counters, system calls, the thread pointer and saved registers.
 *
 * System calls do not go through libc: a profiled program may replace libc's functions by instrumented ones
 * of its own. Also, libc's functions change errno.
 */
#ifndef RUNTIME_ARCH_X86_64_ARCH_H
#define RUNTIME_ARCH_X86_64_ARCH_H

#include <asm/prctl.h>
#include <linux/audit.h>
#include <stdint.h>
#include <sys/syscall.h>

/* Adds AMOUNT to COUNTER in one instruction. So a signal handler may add to the same counter at any time, and
 * neither addition is lost. Only one thread at a time writes to a counter. */
static inline void arch_add(uint64_t *counter, uint64_t amount)
{
    __asm__("addq %1, %0" : "+m"(*counter) : "er"(amount) : "cc");
}

/* Returns the address of the thread's control block. */
static inline uint64_t arch_thread_pointer(void)
{
    uint64_t pointer;

    __asm__("movq %%fs:0, %0" : "=r"(pointer));
    return pointer;
}

/* Returns 1 if the words at WORD, on a signal handler's stack, may be saved registers of code in [LOW, HIGH).
 * They are its instruction pointer, the flags and the code segment. Bit 1 of the flags is always set,
 * and bits from 22 on never are. The code segment of user space is 0x33. */
static inline int arch_is_interrupt_in(const uint64_t *word, uint64_t low, uint64_t high)
{
    return word[0] >= low && word[0] < high && (word[1] & 2) != 0 && word[1] >> 22 == 0 &&
           (word[2] & 0xffff) == 0x33;
}

/* Returns CODE plus the 32-bit distance that stands before it. */
static inline const uint8_t *arch_follow(const uint8_t *code)
{
    int32_t distance;

    __builtin_memcpy(&distance, code - sizeof distance, sizeof distance);
    return code + distance;
}

/* Returns the address of the stub in a procedure linkage table that the call before the return address CALLER
 * leads to, and fills TARGET with the address where the stub leads. Returns 0 if that is no such call:
 * `call stub`, where there is `[endbr64] [bnd] jmp *slot(%rip)`. */
static inline uint64_t arch_called_stub(uint64_t caller, uint64_t *target)
{
    const uint8_t *code = (const uint8_t *)caller;
    uint64_t stub;

    if (code[-5] != 0xe8)
        return 0;
    code = arch_follow(code);
    stub = (uint64_t)code;
    if (code[0] == 0xf3 && code[1] == 0x0f && code[2] == 0x1e && code[3] == 0xfa)
        code += 4;
    code += code[0] == 0xf2;
    if (code[0] != 0xff || code[1] != 0x25)
        return 0;
    __builtin_memcpy(target, arch_follow(code + 6), sizeof *target);
    return stub;
}

/* The registers that a sample of the kernel has of the program: its instruction pointer (PERF_REG_X86_IP). */
#define ARCH_SAMPLE_REGISTERS ((uint64_t)1 << 8)

/* The machine, as filters of system calls know it. */
#define ARCH_AUDIT AUDIT_ARCH_X86_64

/* Makes a system call. Returns its result, or the negated error number. */
static inline long arch_syscall(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* Returns 1 if thread-local variables exist. In a static program the C library calls ifunc resolvers before
 * it makes them. */
static inline int arch_has_thread_locals(void)
{
    uint64_t base = 0;

    return arch_syscall(SYS_arch_prctl, ARCH_GET_FS, (long)&base, 0, 0, 0, 0) != 0 || base != 0;
}

#endif
