/*
 * sandbox.c - keeps the program's filters of system calls, and runs them. See sandbox.h.
 *
 * The kernel lets a filter be a program of classic BPF with few instructions: loads of aligned words of
 * struct seccomp_data, arithmetic, and jumps forwards. Any other instruction, and any doubt, forbids the
 * call.
 */
#include "runtime/system/sandbox.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "arch.h"
#include "runtime/system/system.h"

#ifndef SECCOMP_RET_ACTION_FULL
#define SECCOMP_RET_ACTION_FULL 0xffff0000U
#endif

struct sandbox_filter {
    struct sandbox_filter *older;
    int is_dropped;
    uint32_t length; /* instructions */
    struct sock_filter code[];
};

/* Not in memory that a forked child finds wiped: the child is under its parent's filters. */
static struct sandbox_filter *newest;
static int closed; /* filters that allow nothing */

/* The registers of classic BPF. */
struct machine {
    const uint32_t *data; /* of struct seccomp_data */
    uint32_t a, x, memory[BPF_MEMWORDS];
};

enum { WORDS = sizeof(struct seccomp_data) / sizeof(uint32_t) };

/* Fills *VALUE with what INSTRUCTION loads. Returns 0, or -1 for an instruction that filters do not have. */
static int load(const struct machine *machine, const struct sock_filter *instruction, uint32_t *value)
{
    uint32_t k = instruction->k;

    switch (BPF_MODE(instruction->code)) {
    case BPF_IMM:
        *value = k;
        return 0;
    case BPF_LEN:
        *value = sizeof(struct seccomp_data);
        return 0;
    case BPF_MEM:
        *value = k < BPF_MEMWORDS ? machine->memory[k] : 0;
        return k < BPF_MEMWORDS ? 0 : -1;
    case BPF_ABS:
        if (k % sizeof(uint32_t) != 0 || k / sizeof(uint32_t) >= WORDS)
            return -1;
        *value = machine->data[k / sizeof(uint32_t)];
        return 0;
    default:
        return -1;
    }
}

/* Computes A with OPERAND. Returns 0, or -1 for an instruction that filters do not have. */
static int compute(struct machine *machine, uint32_t operation, uint32_t operand)
{
    switch (operation) {
    case BPF_ADD:
        machine->a += operand;
        return 0;
    case BPF_SUB:
        machine->a -= operand;
        return 0;
    case BPF_MUL:
        machine->a *= operand;
        return 0;
    case BPF_DIV:
        machine->a = operand != 0 ? machine->a / operand : 0;
        return operand != 0 ? 0 : -1;
    case BPF_OR:
        machine->a |= operand;
        return 0;
    case BPF_AND:
        machine->a &= operand;
        return 0;
    case BPF_XOR:
        machine->a ^= operand;
        return 0;
    case BPF_LSH:
        machine->a <<= operand % 32;
        return 0;
    case BPF_RSH:
        machine->a >>= operand % 32;
        return 0;
    case BPF_NEG:
        machine->a = -machine->a;
        return 0;
    default:
        return -1;
    }
}

/* Returns how many instructions a jump skips. */
static uint32_t jump(const struct machine *machine, const struct sock_filter *instruction, uint32_t operand)
{
    int is_true = 0;

    switch (BPF_OP(instruction->code)) {
    case BPF_JA:
        return instruction->k;
    case BPF_JEQ:
        is_true = machine->a == operand;
        break;
    case BPF_JGT:
        is_true = machine->a > operand;
        break;
    case BPF_JGE:
        is_true = machine->a >= operand;
        break;
    case BPF_JSET:
        is_true = (machine->a & operand) != 0;
        break;
    default:
        return UINT32_MAX;
    }
    return is_true ? instruction->jt : instruction->jf;
}

/* Executes INSTRUCTION, which is no jump and no return. Returns 0, or -1 if filters do not have it. */
static int step(struct machine *machine, const struct sock_filter *instruction, uint32_t operand)
{
    switch (BPF_CLASS(instruction->code)) {
    case BPF_LD:
        return load(machine, instruction, &machine->a);
    case BPF_LDX:
        return load(machine, instruction, &machine->x);
    case BPF_ST:
    case BPF_STX:
        if (instruction->k >= BPF_MEMWORDS)
            return -1;
        machine->memory[instruction->k] = BPF_CLASS(instruction->code) == BPF_ST ? machine->a : machine->x;
        return 0;
    case BPF_ALU:
        return compute(machine, BPF_OP(instruction->code), operand);
    case BPF_MISC:
        if (BPF_MISCOP(instruction->code) == BPF_TAX)
            machine->x = machine->a;
        else
            machine->a = machine->x;
        return 0;
    default:
        return -1;
    }
}

/* Returns what FILTER says of the call that DATA tells of: an action with its data. */
static uint32_t run(const struct sandbox_filter *filter, const struct seccomp_data *data)
{
    uint32_t words[WORDS];
    struct machine machine = {.data = words};

    memcpy(words, data, sizeof words);
    for (uint64_t next = 0; next < filter->length; next++) {
        const struct sock_filter *instruction = &filter->code[next];
        uint32_t operand = BPF_SRC(instruction->code) == BPF_X ? machine.x : instruction->k;

        if (BPF_CLASS(instruction->code) == BPF_RET)
            return BPF_RVAL(instruction->code) == BPF_A ? machine.a : instruction->k;
        if (BPF_CLASS(instruction->code) == BPF_JMP)
            next += jump(&machine, instruction, operand);
        else if (step(&machine, instruction, operand) != 0)
            break;
    }
    return 0; /* SECCOMP_RET_KILL_THREAD */
}

int sandbox_filter_allows(const struct sandbox_filter *filter, long number, const long *arguments)
{
    struct seccomp_data data = {.nr = (int)number, .arch = ARCH_AUDIT};

    for (int i = 0; i < SYSTEM_ARGUMENTS; i++)
        data.args[i] = (uint64_t)arguments[i];
    return filter != NULL && (run(filter, &data) & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ALLOW;
}

int sandbox_allows(long number, const long *arguments)
{
    const struct sandbox_filter *filter = __atomic_load_n(&newest, __ATOMIC_ACQUIRE);

    if (__atomic_load_n(&closed, __ATOMIC_SEQ_CST) != 0)
        return 0;
    for (; filter != NULL; filter = filter->older)
        if (!__atomic_load_n(&filter->is_dropped, __ATOMIC_RELAXED) &&
            !sandbox_filter_allows(filter, number, arguments))
            return 0;
    return 1;
}

/* Copies SIZE bytes from the address FROM, which may be anything that the program has passed. Returns 0, or
 * -1 if they cannot be read. */
static int copy(void *to, const void *from, size_t size)
{
    struct iovec local = {to, size}, remote = {(void *)(uintptr_t)from, size};

    return SYSTEM_CALL(SYS_process_vm_readv, system_pid(), &local, 1, &remote, 1, 0) == (long)size ? 0 : -1;
}

struct sandbox_filter *sandbox_read(const void *program)
{
    struct sock_fprog source = {0, NULL};
    struct sandbox_filter *filter;
    size_t size;
    long memory;

    if (program == NULL || copy(&source, program, sizeof source) != 0)
        return NULL;
    size = sizeof *filter + source.len * sizeof *filter->code;
    memory = system_map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    if (system_is_error(memory))
        return NULL;
    filter = (struct sandbox_filter *)memory;
    filter->length = source.len;
    if (copy(filter->code, source.filter, source.len * sizeof *filter->code) == 0)
        return filter;
    system_unmap(filter, size);
    return NULL;
}

void sandbox_add(struct sandbox_filter *filter)
{
    if (filter == NULL) {
        __atomic_add_fetch(&closed, 1, __ATOMIC_SEQ_CST);
        return;
    }
    filter->older = __atomic_load_n(&newest, __ATOMIC_RELAXED);
    while (
        !__atomic_compare_exchange_n(&newest, &filter->older, filter, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
        ;
}

void sandbox_drop(struct sandbox_filter *filter)
{
    if (filter == NULL)
        __atomic_sub_fetch(&closed, 1, __ATOMIC_SEQ_CST);
    else
        __atomic_store_n(&filter->is_dropped, 1, __ATOMIC_SEQ_CST);
}
