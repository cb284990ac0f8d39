/*
 * sampler_ring.c - reads the ring of a thread's samples. See sampler_ring.h.
 *
 * A thread without an event for long has more entries than fit. All of them are of one activation: so the
 * lost ones are taken to be like the newest, which are still there. How much of the time the thread had a
 * processor is known exactly, from the samples before and after the lost ones.
 */
#include "runtime/timers/sampler_ring.h"

#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/timers/sampler_code.h"

#ifndef PERF_RECORD_MISC_SWITCH_OUT_PREEMPT
#define PERF_RECORD_MISC_SWITCH_OUT_PREEMPT (1 << 14)
#endif

enum {
    ENTRY_STEP = 8,  /* bytes: an entry's size is a multiple of this */
    ENTRY_MOST = 64, /* bytes, more than any entry that we ask for */
    ROOM = 256,      /* bytes of the oldest entries that new ones may overwrite while we read */
};

/* Copies SIZE bytes of the ring from position FROM on. */
static void ring_copy(const struct thread_sampler *sampler, uint64_t from, void *entry, size_t size)
{
    const char *data = sampler->ring + RING_HEAD;

    for (size_t i = 0; i < size; i++)
        ((char *)entry)[i] = data[(from + i) % RING_SIZE];
}

static void tally_sample(struct tally *tally, struct thread *thread, const struct ring_sample *sample)
{
    struct sampler_past *past = &thread->native->sampler.past;
    uint64_t address = ARCH_SAMPLE_REGISTERS != 0 && sample->has_program ? sample->program : sample->address;

    tally->time += sample->period;
    past->time = sample->time;
    past->cpu = sample->cpu;
    past->away = 0;
    if (code_is_ours(thread, address))
        tally->overhead++;
    else
        tally->samples++;
}

static void tally_change(struct tally *tally, struct sampler_past *past, const struct ring_change *change)
{
    if (change->header.misc & PERF_RECORD_MISC_SWITCH_OUT) {
        past->left = change->time;
        past->is_preempted = (change->header.misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT) != 0;
    } else if (past->left != 0 && change->time > past->left) {
        *(past->is_preempted ? &tally->preempted : &tally->blocked) += change->time - past->left;
        past->away += change->time - past->left;
        past->left = 0;
    }
}

/* Adds the entries from FROM, where one begins, to END. */
static void tally_entries(struct tally *tally, struct thread *thread, uint64_t from, uint64_t end)
{
    struct thread_sampler *sampler = &thread->native->sampler;
    union {
        struct perf_event_header header;
        struct ring_sample sample;
        struct ring_change change;
    } entry;

    while (from < end) {
        ring_copy(sampler, from, &entry.header, sizeof entry.header);
        if (entry.header.size < sizeof entry.header)
            return;
        ring_copy(sampler, from, &entry, entry.header.size < sizeof entry ? entry.header.size : sizeof entry);
        if (entry.header.type == PERF_RECORD_SAMPLE)
            tally_sample(tally, thread, &entry.sample);
        else if (entry.header.type == PERF_RECORD_SWITCH)
            tally_change(tally, &sampler->past, &entry.change);
        from += entry.header.size;
    }
}

/* Returns 1 if HEADER can be that of an entry. */
static int is_header(const struct perf_event_header *header)
{
    return (header->type == PERF_RECORD_SAMPLE || header->type == PERF_RECORD_SWITCH ||
            header->type == PERF_RECORD_LOST || header->type == PERF_RECORD_THROTTLE ||
            header->type == PERF_RECORD_UNTHROTTLE) &&
           header->size >= sizeof *header && header->size <= ENTRY_MOST && header->size % ENTRY_STEP == 0;
}

/* Returns 1 if an entry begins at FROM: others follow it, one behind the other, up to END. */
static int begins_at(const struct thread_sampler *sampler, uint64_t from, uint64_t end)
{
    struct perf_event_header header;

    for (; from < end; from += header.size) {
        ring_copy(sampler, from, &header, sizeof header);
        if (!is_header(&header))
            return 0;
    }
    return from == end;
}

static uint64_t scale(uint64_t number, double by)
{
    return (uint64_t)((double)number * by + 0.5);
}

/* Corrects TALLY, which tells of overwritten entries too, by what the samples before and after these say of
 * the time between them. BEFORE is how things were at the first one. */
static void tally_between(struct tally *tally, const struct sampler_past *past,
                          const struct sampler_past *before)
{
    uint64_t cpu = past->cpu - before->cpu, all = past->time - before->time, away, blocked;

    if (before->time == 0 || past->time == before->time || all < cpu + before->away)
        return;
    away = all - cpu - before->away + past->away; /* the last is from after the newest sample */
    blocked = tally->blocked + tally->preempted > 0
                  ? scale(away, (double)tally->blocked / (double)(tally->blocked + tally->preempted))
                  : 0;
    tally->time = cpu;
    tally->blocked = blocked;
    tally->preempted = away - blocked;
}

/* Adds what the entries from FROM to END, of which only the newest are left, must have been. There was no
 * event for so long that the hooks have no part in it. */
static void tally_overwritten(struct tally *tally, struct thread *thread, uint64_t from, uint64_t end)
{
    struct thread_sampler *sampler = &thread->native->sampler;
    uint64_t oldest = end - RING_SIZE + ROOM;
    const struct sampler_past before = sampler->past;
    struct tally left = {0};
    double by;

    while (oldest < end && !begins_at(sampler, oldest, end))
        oldest += ENTRY_STEP;
    if (oldest >= end)
        return;
    sampler->past.left = 0; /* it has got the processor since then */
    tally_entries(&left, thread, oldest, end);
    by = (double)(end - from) / (double)(end - oldest);
    tally->samples += scale(left.samples + left.overhead, by);
    tally->time += scale(left.time, by);
    tally->blocked += scale(left.blocked, by);
    tally->preempted += scale(left.preempted, by);
    tally_between(tally, &sampler->past, &before);
}

static uint64_t filled_of(const struct thread *thread)
{
    return __atomic_load_n(thread->ring_filled, __ATOMIC_ACQUIRE);
}

/* If a signal handler came in between for long, new entries may have overwritten those that were being read.
 */
uint64_t ring_read(struct tally *tally, struct thread *thread)
{
    struct sampler_past *past = &thread->native->sampler.past;
    const struct sampler_past before = *past;
    uint64_t from = thread->ring_seen, end;

    do {
        *past = before;
        *tally = (struct tally){0};
        end = filled_of(thread);
        if (end - from > RING_SIZE - ROOM)
            tally_overwritten(tally, thread, from, end);
        else
            tally_entries(tally, thread, from, end);
    } while (RARE(filled_of(thread) - end > ROOM));
    return end;
}
