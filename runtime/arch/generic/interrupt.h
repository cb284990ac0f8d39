/*
 * interrupt.h, any machine - a signal handler that is set up without libc: not known here.
 */
#ifndef RUNTIME_ARCH_GENERIC_INTERRUPT_H
#define RUNTIME_ARCH_GENERIC_INTERRUPT_H

#include <signal.h>
#include <stdint.h>

/* 0: the functions below do nothing of use. */
#define INTERRUPT_IS_KNOWN 0

struct interrupt_action {
    void (*handler)(int signal, siginfo_t *info, void *context);
};

static inline struct interrupt_action
interrupt_by(void (*handler)(int signal, siginfo_t *info, void *context), unsigned long flags)
{
    (void)flags;
    return (struct interrupt_action){handler};
}

static inline uint64_t interrupt_address(const void *context)
{
    (void)context;
    return 0;
}

#endif
