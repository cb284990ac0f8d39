/*
 * filter.h - tells for every event whether its function is recorded.
 *
 * One table for the process leads from a function's address to its state. It is read without a lock: a state
 * changes by a single store, and a table that a larger one has replaced is never freed. A function enters the
 * table at its first event (filter.c).
 *
 * An excluded function has no frames. Its time counts as its caller's, and its calls as made by its caller.
 */
#ifndef RUNTIME_GATE_FILTER_H
#define RUNTIME_GATE_FILTER_H

#include "runtime/core/compiler.h"
#include "runtime/core/process.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/records/records.h"

/* The upper two bits of filter_entry.word. The lower 62 bits are the function's address. */
enum filter_state {
    FILTER_UNKNOWN,
    FILTER_RECORDED,
    FILTER_EXCLUDED,
    FILTER_THROTTLED, /* excluded, except in a stack where an activation of it is open */
};
enum { FILTER_STATE_SHIFT = 62 };

struct filter_entry {
    uint64_t word;  /* address and state; 0: the entry is empty */
    uint64_t calls; /* calls since the last judgement: timed ones, and those before them that were not */
    uint64_t self;  /* ticks of these calls without callees */
    uint64_t all;   /* calls of all earlier judgements */
};

/* All zeros is a table of one empty entry. A forked child finds that. */
struct filter_table {
    uint64_t mask; /* number of entries - 1 */
    uint64_t used; /* entries that are not empty */
    struct filter_entry entries[];
};

extern HIDDEN struct filter_table *filter_table; /* NULL: there are no filters */
extern HIDDEN uint32_t filter_depth;             /* most frames of a stack with records of their own */
extern HIDDEN int filter_throttles;              /* short functions are throttled */

/* Returns the word of FUNCTION, or 0 if it has no entry. Sets ENTRY to its entry, or to the empty one that it
 * would get. */
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

/* Returns the entry of FUNCTION in TABLE, or the empty one that it would get. */
static inline struct filter_entry *filter_find(struct filter_table *table, uint64_t function)
{
    struct filter_entry *entry;

    filter_probe(table, function, &entry);
    return entry;
}

/* Returns the state of FUNCTION; FILTER_UNKNOWN if it has no entry. */
static inline enum filter_state filter_look(uint64_t function)
{
    struct filter_table *table = __atomic_load_n(&filter_table, __ATOMIC_ACQUIRE);
    struct filter_entry *entry;

    return (enum filter_state)(filter_probe(table, function, &entry) >> FILTER_STATE_SHIFT);
}

/* Returns 1 if a recorded activation of FUNCTION is open on THREAD's stack. */
static inline int filter_is_open(const struct thread *thread, uint64_t function)
{
    uint32_t unit = slot_find(thread, function, 0)->unit;

    return unit != 0 && ((const struct image_function *)image_at(thread->base, unit))->outermost != 0;
}

/* Returns the position of calls from FRAME, whose own is POSITION. All calls beyond the depth share one
 * record, which takes no time: their time counts for the deepest recorded call. */
static inline uint32_t filter_position(const struct thread *thread, const struct image_frame *frame,
                                       uint32_t position)
{
    return RARE(frame->depth >= filter_depth) ? thread->deep : position;
}

struct filter_settings {
    int has_patterns;        /* the launcher's resolver has patterns */
    uint32_t depth;          /* most recorded calls on a stack; 0: no limit */
    uint64_t throttle_calls; /* calls after which a function is judged; 0: never */
    uint64_t throttle_ns;    /* nanoseconds a call, below which it is throttled; 0: what recording costs */
};

/* Sends all events through the filters, if SETTINGS has any. Called once, before anything is recorded. */
void filter_choose(const struct filter_settings *settings);

/* Prepares the filters for PROCESS, before its first event is recorded. */
void filter_start(struct process *process);

/* Returns 1 if a pattern excludes FUNCTION. Decides that at its first event. Signals must be blocked. */
int filter_excludes(uint64_t function);

/* Returns 1 if FUNCTION is throttled and no activation of it is open on THREAD's stack. */
int filter_leaves_out(const struct thread *thread, uint64_t function);

/* Sets the state of FUNCTION. Does nothing without filters or without memory. */
void filter_set(struct process *process, uint64_t function, enum filter_state state);

/* Reads the filters of all listed modules: later that may not be possible. */
void filter_read_all(struct process *process);

/* Forgets the functions from START to before END, whose module has gone: others may come there. */
void filter_forget(uint64_t start, uint64_t end);

/* Notes that the last of CALLS calls of FUNCTION took SELF ticks without timed callees. After enough
 * calls, throttles FUNCTION if it is too short. */
COLD void filter_judge(struct thread *thread, uint64_t function, uint32_t calls, uint64_t self);

/* Runs the launcher's resolver (resolve.c), which writes the filter_file of the module at PATH. Signals must
 * be blocked. */
void resolver_run(const char *path);

#endif
