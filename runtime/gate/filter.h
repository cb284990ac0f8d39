/*
 * filter.h - which functions are recorded, as far as every event asks.
 *
 * One table for the process leads from the addresses of functions to what becomes of their events. It is read
 * without a lock: entries are words that change at once, and a table that has become too small is left as it
 * is when a larger one takes its place. A function gets into it at its first event (filter.c).
 *
 * An excluded function has no frames: so its time is its caller's, and what it calls its caller calls.
 */
#ifndef RUNTIME_GATE_FILTER_H
#define RUNTIME_GATE_FILTER_H

#include "runtime/core/compiler.h"
#include "runtime/core/process.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/records/records.h"

/* The upper two bits of an entry's word; the others are the function's address. */
enum filter_state {
    FILTER_UNKNOWN,
    FILTER_RECORDED,
    FILTER_EXCLUDED,
    FILTER_THROTTLED, /* excluded from now on, but where an activation of it has a frame */
};
enum { FILTER_STATE_SHIFT = 62 };

struct filter_entry {
    uint64_t word;
    uint64_t calls, self; /* of those that have been timed, and for which they stand, since it was judged */
    uint64_t all;         /* calls that it has been judged by before */
};

/* All zeros, as a forked child finds it, it knows nothing. */
struct filter_table {
    uint64_t mask;
    uint64_t used;
    struct filter_entry entries[];
};

extern HIDDEN struct filter_table *filter_table; /* NULL: there are no filters */
extern HIDDEN uint32_t filter_depth;             /* frames of a stack beyond which there are no records */
extern HIDDEN int filter_throttles;

/* The word of FUNCTION, 0 if it has none, and its entry, or the one that it would get. */
static inline uint64_t filter_probe(struct filter_table *table, uint64_t function,
                                    struct filter_entry **entry)
{
    uint64_t index = (function * 0x9E3779B97F4A7C15u) >> 32;

    for (;; index++) {
        uint64_t word;

        *entry = &table->entries[index & table->mask];
        word = __atomic_load_n(&(*entry)->word, __ATOMIC_RELAXED);
        if (word << 2 == function << 2 || word == 0)
            return word;
    }
}

static inline struct filter_entry *filter_find(struct filter_table *table, uint64_t function)
{
    struct filter_entry *entry;

    filter_probe(table, function, &entry);
    return entry;
}

static inline enum filter_state filter_look(uint64_t function)
{
    struct filter_table *table = __atomic_load_n(&filter_table, __ATOMIC_ACQUIRE);
    struct filter_entry *entry;

    return (enum filter_state)(filter_probe(table, function, &entry) >> FILTER_STATE_SHIFT);
}

/* Has the thread, on this stack, an activation of FUNCTION that is recorded? */
static inline int filter_is_open(const struct thread *thread, uint64_t function)
{
    uint32_t unit = slot_find(thread, function, 0)->unit;

    return unit != 0 && ((const struct image_function *)image_at(thread->base, unit))->outermost != 0;
}

/* Where the records of calls from FRAME, at POSITION, hang: beyond the depth wanted there is one for all,
 * which takes no time, so that all of it is the time of the deepest that is recorded. */
static inline uint32_t filter_position(const struct thread *thread, const struct image_frame *frame,
                                       uint32_t position)
{
    return RARE(frame->depth >= filter_depth) ? thread->deep : position;
}

/* filter.c */
struct filter_settings {
    int has_patterns;        /* the launcher's resolver knows them */
    uint32_t depth;          /* 0: any */
    uint64_t throttle_calls; /* after so many a function is judged; 0: none is */
    uint64_t throttle_ns;    /* it is throttled if it takes less, a call; 0: than recording it does */
};

/* Sends all events through the filters, if there are any. Once, before anything is recorded. */
void filter_choose(const struct filter_settings *settings);
/* Before the first event is recorded in PROCESS. */
void filter_start(struct process *process);
/* Is FUNCTION excluded for good? Finds it out at its first event. With signals blocked. */
int filter_excludes(uint64_t function);
/* Is FUNCTION throttled, and has THREAD no activation of it open? */
int filter_leaves_out(const struct thread *thread, uint64_t function);
/* Puts FUNCTION into the table. Does nothing without filters, or without memory. */
void filter_set(struct process *process, uint64_t function, enum filter_state state);
/* What lay from START to END has gone: others may come there. */
void filter_forget(uint64_t start, uint64_t end);
/* A call of FUNCTION that stands for CALLS has taken SELF ticks. */
COLD void filter_judge(struct thread *thread, uint64_t function, uint32_t calls, uint64_t self);

/* resolve.c: has the launcher's resolver make the filter_file of the module at PATH. With signals blocked. */
void resolver_run(const char *path);

#endif
