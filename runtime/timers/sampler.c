/*
 * sampler.c - where a thread spends its time, by samples that the kernel takes. See sampler.h.
 *
 * The ring is mapped read-only: so the kernel overwrites old entries and never stops for want of space. A
 * thread without an event for long has more samples than fit. They belong to one activation, so it is enough
 * to know how many bytes they took.
 *
 * The descriptor is closed at once, for the mapping keeps the event alive: the program's descriptors are as
 * they were. A forked child does not inherit the mapping.
 */
#include "runtime/timers/sampler.h"

#include <errno.h>
#include <link.h>
#include <linux/perf_event.h>
#include <stddef.h>
#include <sys/mman.h>
#include <time.h>

#include "arch.h"
#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/records/records.h"
#include "runtime/system/system.h"
#include "runtime/system/vdso.h"
#include "runtime/timers/timer.h"

const uint64_t sampler_none = 0;

/* An entry of the ring, by its kind. */
struct sample {
    struct perf_event_header header;
    uint64_t address, time;
    uint64_t period;      /* nanoseconds of CPU time since the last sample */
    uint64_t has_program; /* 0: the last field is missing */
    uint64_t program;     /* address in the program, also while the kernel runs for it */
};
struct change { /* the thread has got or lost the processor */
    struct perf_event_header header;
    uint64_t time;
};

enum {
    PAGE_SIZE = 4096,      /* bytes */
    RING_SIZE = PAGE_SIZE, /* bytes of entries */
    MAP_SIZE = PAGE_SIZE + RING_SIZE,
    /* Bytes of an entry that is a sample. */
    SAMPLE_SIZE = ARCH_SAMPLE_REGISTERS != 0 ? sizeof(struct sample) : offsetof(struct sample, has_program),
    LEAST_FREQUENCY = 100, /* samples a second */
    STUB_SIZE = 16,        /* bytes of a stub in a procedure linkage table */
    WALK_FRAMES = 1000,    /* frames of a stack that are walked for each sample, in the mean */
};

/* The sums over the entries since the last event. */
struct tally {
    uint64_t samples, overhead;
    uint64_t time;               /* nanoseconds that they stand for */
    uint64_t blocked, preempted; /* nanoseconds */
};

/* The functions of hooks.c (its section). */
extern HIDDEN const char hooks_code_start[], hooks_code_end[];

/* The library's first byte, its ELF header: the linker defines this. */
extern HIDDEN const ElfW(Ehdr) library_header __asm__("__ehdr_start");

static uint64_t library_end; /* address behind its code; 0: not a shared library */

#ifndef PERF_RECORD_MISC_SWITCH_OUT_PREEMPT
#define PERF_RECORD_MISC_SWITCH_OUT_PREEMPT (1 << 14)
#endif

/* In a shared library, which alone has interpose/timer_load.c, all code is the runtime's. Else the linker has
 * put the program's beside it. */
static void library_find(void)
{
    const char *start = (const char *)&library_header;
    const ElfW(Phdr) *segment = (const ElfW(Phdr) *)(start + library_header.e_phoff);

    if (timer_load == NULL)
        return;
    for (int i = 0; i < library_header.e_phnum; i++)
        if (segment[i].p_type == PT_LOAD && (segment[i].p_flags & PF_X) != 0)
            library_end = (uint64_t)start + segment[i].p_vaddr + segment[i].p_memsz;
}

static long ring_open(uint32_t frequency, int with_kernel)
{
    struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE,
                                         .size = sizeof attributes,
                                         .config = PERF_COUNT_SW_CPU_CLOCK,
                                         .sample_freq = frequency,
                                         .freq = 1,
                                         .sample_type =
                                             PERF_SAMPLE_IP | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD |
                                             (ARCH_SAMPLE_REGISTERS != 0 ? PERF_SAMPLE_REGS_USER : 0),
                                         .sample_regs_user = ARCH_SAMPLE_REGISTERS,
                                         .exclude_kernel = !with_kernel,
                                         .exclude_hv = 1,
                                         .context_switch = 1,
                                         .sample_id_all = 1,
                                         .use_clockid = 1,
                                         .clockid = CLOCK_MONOTONIC};

    return SYSTEM_CALL(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC, 0);
}

/* Returns samples a second: between 7/8 and 9/8 of the mean, another number for each thread. The kernel makes
 * up for its own delays by changing the period after each sample (freq of perf_event_open(2)). Both keep a
 * program that does the same all the time from falling in step with its samples. */
static uint32_t frequency_of(struct thread *thread, uint32_t period)
{
    uint32_t mean = 1000000000 / period;

    return mean - mean / 8 + (uint32_t)(thread->random >> 32) % (mean / 4 + 1);
}

/* Opens the event with the highest frequency that the kernel allows, up to FREQUENCY: its limit
 * (perf_event_max_sample_rate) may be low, and it lowers it itself when it is busy. */
static long ring_open_below(uint32_t frequency, int with_kernel)
{
    long descriptor = ring_open(frequency, with_kernel);

    for (; descriptor == -EINVAL && frequency > LEAST_FREQUENCY; frequency /= 2)
        descriptor = ring_open(frequency / 2, with_kernel);
    return descriptor;
}

void sampler_open(struct thread *thread)
{
    struct image_header *header = (struct image_header *)thread->base;
    long descriptor, memory;
    uint32_t frequency;

    if (header->period == 0)
        return;
    library_find();
    frequency = frequency_of(thread, header->period);
    descriptor = ring_open_below(frequency, 1);
    header->samples_kernel |= !system_is_error(descriptor);
    if (system_is_error(descriptor))
        descriptor = ring_open_below(frequency, 0);
    memory = system_is_error(descriptor) ? descriptor
                                         : system_map(MAP_SIZE, PROT_READ, MAP_SHARED, (int)descriptor);
    if (!system_is_error(descriptor))
        system_close((int)descriptor);
    if (system_is_error(memory)) {
        __atomic_fetch_add(&header->samplers_missing, 1, __ATOMIC_RELAXED);
        return;
    }
    thread->sampler.page = (struct perf_event_mmap_page *)memory;
    thread->ring_filled = (const volatile uint64_t *)&thread->sampler.page->data_head;
    thread->ring_seen = *thread->ring_filled;
}

void sampler_close(struct thread *thread)
{
    if (thread->sampler.page != NULL)
        system_unmap((void *)(uintptr_t)thread->sampler.page, MAP_SIZE);
    thread->sampler = (struct thread_sampler){0};
    thread->ring_filled = &sampler_none;
    thread->ring_seen = 0;
}

void sampler_hand_over(struct thread *from, struct thread *to)
{
    to->ring_filled = from->ring_filled;
    to->ring_seen = from->ring_seen;
}

/* ---- where an address is ---- */

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

/* Remembers the stub by which the code before the return address CALLER calls a hook, if it does so. */
static void learn_stub(struct thread_sampler *sampler, uint64_t caller)
{
    uint64_t target = 0, stub = caller != 0 ? arch_called_stub(caller, &target) : 0;

    if (stub == 0 || !is_in_hooks(target) || is_in_stub(sampler, stub))
        return;
    sampler->stubs[sampler->stub_next++ % SAMPLER_STUBS] = stub;
    if (sampler->stub_count < SAMPLER_STUBS)
        sampler->stub_count++;
}

static void tally_sample(struct tally *tally, const struct thread *thread, const struct sample *sample)
{
    uint64_t address = ARCH_SAMPLE_REGISTERS != 0 && sample->has_program ? sample->program : sample->address;

    tally->time += sample->period;
    /* A timer that is not the machine's counter is read through the kernel's code. */
    if (is_in_runtime(address) || is_in_stub(&thread->native->sampler, address) ||
        (thread->has_timer && vdso_holds(address)))
        tally->overhead++;
    else
        tally->samples++;
}

/* ---- the ring ---- */

/* Copies SIZE bytes of the ring from position FROM on. */
static void ring_copy(const struct thread_sampler *sampler, uint64_t from, void *entry, size_t size)
{
    const char *data = (const char *)sampler->page + PAGE_SIZE;

    for (size_t i = 0; i < size; i++)
        ((char *)entry)[i] = data[(from + i) % RING_SIZE];
}

static void tally_change(struct tally *tally, struct thread_sampler *sampler, const struct change *change)
{
    if (change->header.misc & PERF_RECORD_MISC_SWITCH_OUT) {
        sampler->left = change->time;
        sampler->is_preempted = (change->header.misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT) != 0;
    } else if (sampler->left != 0 && change->time > sampler->left) {
        *(sampler->is_preempted ? &tally->preempted : &tally->blocked) += change->time - sampler->left;
        sampler->left = 0;
    }
}

/* Reads the entries from FROM to END. */
static void ring_read(struct tally *tally, struct thread *thread, uint64_t from, uint64_t end)
{
    struct thread_sampler *sampler = &thread->native->sampler;
    uint32_t period = ((const struct image_header *)thread->base)->period;
    union {
        struct perf_event_header header;
        struct sample sample;
        struct change change;
    } entry;

    if (end - from > RING_SIZE) { /* the first ones are gone, and all are of one activation */
        tally->samples += (end - from) / SAMPLE_SIZE;
        tally->time += (end - from) / SAMPLE_SIZE * period;
        return;
    }
    while (from < end) {
        ring_copy(sampler, from, &entry.header, sizeof entry.header);
        if (entry.header.size < sizeof entry.header)
            return;
        ring_copy(sampler, from, &entry, entry.header.size < sizeof entry ? entry.header.size : sizeof entry);
        if (entry.header.type == PERF_RECORD_SAMPLE)
            tally_sample(tally, thread, &entry.sample);
        else if (entry.header.type == PERF_RECORD_SWITCH)
            tally_change(tally, sampler, &entry.change);
        from += entry.header.size;
    }
}

/* Returns the record of the innermost activation, or the root. A call that is just beginning has no sp yet.
 */
static struct image_record *innermost(const struct thread *thread)
{
    const struct image_frame *frame = thread->top;

    while (frame->below != 0 && (frame->sp == 0 || frame->record == 0))
        frame = frame_below(thread, frame);
    return image_at(thread->base, frame->record != 0 ? frame->record : thread->shared->root);
}

/* ---- times with callees, where the tree of contexts does not tell them ---- */

/* Returns the counter to which the open activation FRAME adds its sampled time with callees; NULL if it has
 * none: it is timed, or another activation contains it (account.h). */
static uint64_t *inclusive_of(struct thread *thread, const struct image_frame *frame)
{
    struct image_record *record = image_at(thread->base, frame->record);
    const struct image_function *function = image_at(thread->base, record->function);
    struct image_edge *edge = image_at(thread->base, record->edge);
    struct image_details *details;

    if (frame->sp == 0 || frame->record == 0 || frame->weight != 0)
        return NULL;
    if (function->outermost == image_unit(thread->base, frame))
        return (details = context_spare_details(thread, record)) != NULL ? &details->inclusive_sampled : NULL;
    return edge->outermost == image_unit(thread->base, frame) ? &edge->nested_sampled : NULL;
}

/* Adds the time of TALLY to the open activations that contain it. Below a recursive call the tree of contexts
 * does not tell all of them. A walk over a deep stack stands for the samples of a while. */
static void walk(struct thread *thread, const struct tally *tally)
{
    struct thread_sampler *sampler = &thread->native->sampler;
    uint32_t depth = 0;

    sampler->unseen += tally->time + tally->blocked + tally->preempted;
    if (sampler->walk_debts > 0) {
        sampler->walk_debts--;
        return;
    }
    for (const struct image_frame *frame = thread->top; frame->below != 0;
         frame = frame_below(thread, frame)) {
        uint64_t *sum = inclusive_of(thread, frame);

        if (sum != NULL)
            arch_add(sum, sampler->unseen);
        depth++;
    }
    sampler->unseen = 0;
    sampler->walk_debts = depth / WALK_FRAMES;
}

/* Adds TALLY to the innermost record of THREAD. Returns 0 without space. */
static int add(struct thread *thread, const struct tally *tally)
{
    struct image_details *details = context_spare_details(thread, innermost(thread));

    if (details == NULL)
        return 0;
    thread->native->shared->sample_time += tally->time;
    arch_add(&details->samples, tally->samples);
    arch_add(&details->overhead, tally->overhead);
    arch_add(&details->blocked, tally->blocked);
    arch_add(&details->preempted, tally->preempted);
    if (thread->has_loops)
        walk(thread, tally);
    return 1;
}

int sampler_take(struct thread *thread, uint64_t caller)
{
    struct thread_sampler *sampler = &thread->native->sampler;
    uint64_t filled = __atomic_load_n(thread->ring_filled, __ATOMIC_ACQUIRE), left = sampler->left;
    struct tally tally = {0};
    int result;

    if (filled == thread->ring_seen)
        return 1;
    if (sampler->is_busy)
        return 0;
    sampler->is_busy = 1;
    ORDER();
    learn_stub(sampler, caller);
    ring_read(&tally, thread, thread->ring_seen, filled);
    result = add(thread, &tally);
    if (result)
        thread->ring_seen = filled;
    else
        sampler->left = left; /* they are read again */
    ORDER();
    sampler->is_busy = 0;
    return result;
}
