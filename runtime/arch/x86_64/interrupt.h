/*
 * interrupt.h, x86-64 - a signal handler that is set up without libc, and where it interrupts the program.
 *
 * libc's sigaction() may be the program's own, or be replaced by a library.
 */
#ifndef RUNTIME_ARCH_X86_64_INTERRUPT_H
#define RUNTIME_ARCH_X86_64_INTERRUPT_H

#include <signal.h>
#include <stdint.h>
#include <ucontext.h>

/* 1: the functions below work. Timers of CPU time then interrupt no system call from Linux 5.10 on
 * (CONFIG_POSIX_CPU_TIMERS_TASK_WORK). */
#define INTERRUPT_IS_KNOWN 1

/* The action of a signal, as the kernel has it. */
struct interrupt_action {
    void (*handler)(int signal, siginfo_t *info, void *context);
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask;
};

/* The handler returns here. Unwinders know this code by its bytes, which are those of glibc. */
__asm__(".pushsection .text\n"
        "nop\n"
        "interrupt_return:\n"
        "movq $15, %rax\n" /* SYS_rt_sigreturn */
        "syscall\n"
        ".popsection");
extern void interrupt_return(void) __attribute__((visibility("hidden")));

/* Returns the action by which HANDLER runs with all signals blocked. FLAGS are those of sigaction(). */
static inline struct interrupt_action
interrupt_by(void (*handler)(int signal, siginfo_t *info, void *context), unsigned long flags)
{
    return (struct interrupt_action){handler, flags | SA_SIGINFO | 0x04000000 /* SA_RESTORER */,
                                     interrupt_return, ~(uint64_t)0};
}

/* Returns the address at which the handler that has got CONTEXT interrupted the program. */
static inline uint64_t interrupt_address(const void *context)
{
    return (uint64_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
}

#endif
