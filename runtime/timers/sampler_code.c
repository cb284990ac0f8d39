/*
 * sampler_code.c - tells the code of the hooks from that of the program. See sampler_code.h.
 */
#include "runtime/timers/sampler_code.h"

#include <link.h>
#include <stddef.h>

#include "arch.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/system/vdso.h"
#include "runtime/timers/timer.h"

enum { STUB_SIZE = 16 }; /* bytes of a stub in a procedure linkage table */

/* The functions of hooks.c (its section). */
extern HIDDEN const char hooks_code_start[], hooks_code_end[];

/* The library's first byte, its ELF header: the linker defines this. */
extern HIDDEN const ElfW(Ehdr) library_header __asm__("__ehdr_start");

static uint64_t library_end; /* address behind its code; 0: not a shared library */

/* In a shared library, which alone has interpose/timer_load.c, all code is the runtime's. Else the linker has
 * put the program's beside it. */
void code_find(void)
{
    const char *start = (const char *)&library_header;
    const ElfW(Phdr) *segment = (const ElfW(Phdr) *)(start + library_header.e_phoff);

    if (timer_load == NULL)
        return;
    for (int i = 0; i < library_header.e_phnum; i++)
        if (segment[i].p_type == PT_LOAD && (segment[i].p_flags & PF_X) != 0)
            library_end = (uint64_t)start + segment[i].p_vaddr + segment[i].p_memsz;
}

static int is_in_hooks(uint64_t address)
{
    return address >= (uint64_t)hooks_code_start && address < (uint64_t)hooks_code_end;
}

static int is_in_runtime(uint64_t address)
{
    return is_in_hooks(address) || (address >= (uint64_t)&library_header && address < library_end);
}

static int is_in_stub(const struct thread_sampler *sampler, uint64_t address)
{
    for (uint32_t i = 0; i < sampler->stub_count; i++)
        if (address - sampler->stubs[i] < STUB_SIZE)
            return 1;
    return 0;
}

void code_learn_stub(struct thread_sampler *sampler, uint64_t caller)
{
    uint64_t target = 0, stub = caller != 0 ? arch_called_stub(caller, &target) : 0;

    if (stub == 0 || !is_in_hooks(target) || is_in_stub(sampler, stub))
        return;
    sampler->stubs[sampler->stub_next++ % SAMPLER_STUBS] = stub;
    if (sampler->stub_count < SAMPLER_STUBS)
        sampler->stub_count++;
}

/* A timer that is not the machine's counter is read through the kernel's code. */
int code_is_ours(const struct thread *thread, uint64_t address)
{
    return is_in_runtime(address) || is_in_stub(&thread->native->sampler, address) ||
           (thread->has_timer && vdso_holds(address));
}
