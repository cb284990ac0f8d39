/*
 * sampler_ring.h - the ring of a thread's samples, and how it is read.
 *
 * The ring is a page for its head, which belongs to whoever fills the ring, and a page of entries. These have
 * the layout of perf_event_open(2). New entries overwrite old ones. A position is the number of bytes that
 * were written before it.
 */
#ifndef RUNTIME_TIMERS_SAMPLER_RING_H
#define RUNTIME_TIMERS_SAMPLER_RING_H

#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>

#include "arch.h"
#include "runtime/core/thread.h"

/* An entry of the ring, by its kind. */
struct ring_sample { /* PERF_RECORD_SAMPLE */
    struct perf_event_header header;
    uint64_t address, time;
    uint64_t period;      /* nanoseconds of CPU time since the last sample */
    uint64_t cpu;         /* ... and since the ring was opened */
    uint64_t has_program; /* 0: the last field is missing */
    uint64_t program;     /* address in the program, also while the kernel runs for it */
};
struct ring_change { /* PERF_RECORD_SWITCH: the thread has got or lost the processor */
    struct perf_event_header header;
    uint64_t time;
};

enum {
    RING_HEAD = 4096, /* bytes */
    RING_SIZE = 4096, /* bytes of entries */
    RING_MAP_SIZE = RING_HEAD + RING_SIZE,
};

/* The sums over the entries since the last event. */
struct tally {
    uint64_t samples, overhead;
    uint64_t time;               /* nanoseconds that they stand for */
    uint64_t blocked, preempted; /* nanoseconds */
};

/* Fills TALLY from the entries of THREAD's ring since its position ring_seen. Entries that are gone are taken
 * to be like those that are left: all of them belong to one activation. Returns the position up to which it
 * has read. */
uint64_t ring_read(struct tally *tally, struct thread *thread);

#endif
