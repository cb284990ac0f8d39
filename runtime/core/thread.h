/*
 * thread.h - the private state of a thread, and the shadow stack as it lies in the image.
 *
 * A thread has one struct thread for each stack that it runs on: its own, which is called native, and one for
 * each coroutine's. All zeros is the state of a thread that has recorded nothing: a shadow stack that is both
 * empty and full. Its first event finds no free frame and takes the slow path, so the fast path never asks
 * whether it is initialised.
 *
 * All state that says "this thread has an image" lies in memory_private(), which the kernel wipes in a forked
 * child. The child finds zeros, however it was forked, and starts as a new process does.
 */
#ifndef RUNTIME_CORE_THREAD_H
#define RUNTIME_CORE_THREAD_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/core/compiler.h"
#include "runtime/format/image.h"

struct perf_event_mmap_page;

/* Addresses of a stack, from low to high, both included. */
struct stack_bounds {
    uint64_t low, high;
};

/* Bytes of a hook's own frame between its stack pointer at the event and those of its callees: its return
 * address and its saved frame pointer. */
enum { HOOK_FRAME = 2 * sizeof(uint64_t) };

/* The stack pointer at an event, as a frame keeps it: that of the hook with a frame pointer (HOOK_FRAME),
 * even where the compiler needs none. */
#define EVENT_SP() ((uint64_t)__builtin_dwarf_cfa() - HOOK_FRAME)

/* One entry of a thread's hash table (records.h), from (function, position) to a unit of the image. It is
 * empty if unit is 0. */
struct slot {
    uint64_t function;
    uint32_t position;
    uint32_t unit;
};

/* The readings of a timer that may step back, or that each thread opens for itself. */
struct thread_timer {
    uint64_t raw;  /* the last reading */
    uint64_t time; /* the sum of its steps forwards */
    int has_raw;   /* it has been read */
    int is_busy;   /* it is being read */

    /* a counter of events */
    const volatile struct perf_event_mmap_page *page; /* the counter's page, or NULL */
    int descriptor;                                   /* without a page; 0: none */
    uint64_t event_id; /* tells whether the descriptor still leads to the counter */
};

/* How long a thread has waited. */
struct thread_wait {
    uint64_t event;  /* ticks of the last reading */
    uint64_t wall;   /* ticks when CPU time was last read; 0: never */
    uint64_t cpu;    /* nanoseconds of CPU time then */
    uint64_t hidden; /* ticks that reading CPU time took, for which the timer stood still */
    int is_busy;     /* CPU time is being read */
};

enum { RECENT_CALLS = 2048 };

struct table;
struct profile;

struct thread {
    /* Read at every event. */
    struct image_frame *top; /* the innermost frame */
    char *base;              /* the image */
    struct slot *slots;
    uint64_t slot_mask;
    uint64_t low;       /* the lowest stack pointer known to be on this stack */
    uint64_t paused;    /* ticks for which the stack was suspended; its own timer is behind by them */
    uint32_t sampled;   /* only some calls read the clock */
    float clock_price;  /* ticks that a call pays for reading the clock */
    float clock_inside; /* the part of clock_price that the call measures itself */
    uint64_t ignores;   /* the gate's condition in which this thread ignores its events; 0: none */
    uint32_t has_timer; /* its timer is not what clock_read() reads */
    uint64_t random;    /* the state of a generator */
    uint32_t deep;      /* the record of calls beyond --depth, or 0 */

    /* Read on slow paths. */
    uint64_t true_low;          /* low, also while low sends all events to the slow path */
    uint64_t high;              /* the highest stack pointer on this stack */
    struct stack_bounds bounds; /* of the stack, also while a signal handler runs on a stack of its own */
    uint32_t nested;            /* signal handlers that run on stacks of their own */
    uint64_t suspended;         /* ticks when the stack was suspended; 0: it runs */
    struct thread *native;      /* the thread's own stack: this one, perhaps */
    uint64_t idle;              /* ticks since when a coroutine's stack has been empty ... */
    uint64_t idle_callees;      /* ... if its bottom frame still has so many ticks of callees */
    struct image_thread *shared;
    struct table *table; /* owns slots */
    uint64_t slots_used;
    uint32_t arena_next, arena_end; /* units */
    uint32_t arena_size;            /* bytes of the next block */
    uint64_t first_reading;         /* image_record.next of new records */
    uint32_t frame_block;           /* frames of the last block; the next has twice as many */
    uint32_t turn;                  /* the newest turn that this thread has taken (gate.h) */
    uint32_t postponed;             /* events since it should have taken the next one */
    uint32_t generation;            /* of process.generation, as far as this thread has forgotten modules */
    uint32_t starter;               /* the frame of the call that started the recording, or 0 */
    uint32_t overflow;              /* activations beyond the last frame for which there was memory */
    uint64_t (*own_timer)(void);    /* the timer of its profile, or NULL */
    struct thread_timer timer;      /* of a native stack, and of a stack with a timer of its own */

    struct thread *next_spare; /* in a list of states that are not in use */

    /* Of the native stack alone. */
    uint64_t first_sp;       /* a stack pointer that was certainly on this stack */
    struct thread **strands; /* the states of its coroutines, ordered by bounds */
    size_t strand_count, strand_capacity;
    struct thread *spare_strands;
    uint32_t destructor_rounds;
    struct thread_wait wait;
    struct thread *profiled; /* the state that the native stack has while PROFILE is enabled */
    struct profile *profile;
    struct thread *current;                  /* the state of the stack that the thread is on */
    struct thread *live_before, *live_after; /* in the list of running threads */

    /* The record that the last call of a function from a call site had. The root stands for none: no call has
     * it. */
    uint32_t recent[RECENT_CALLS];
};

/* A thread that has recorded nothing. */
extern HIDDEN struct thread thread_none;

/* Zero in a new thread, else the distance from thread_none to the thread's state. So a new thread finds
 * zeros. */
extern HIDDEN __thread intptr_t thread_offset __attribute__((tls_model("initial-exec")));

/* Returns the state of the stack that this thread is on. */
static inline struct thread *thread_self(void)
{
    return (struct thread *)((char *)&thread_none + thread_offset);
}

/* Makes THREAD the state of the stack that this thread is on. */
static inline void thread_become(const struct thread *thread)
{
    thread_offset = (const char *)thread - (const char *)&thread_none;
}

static inline void *image_at(char *base, uint32_t unit)
{
    return base + (uint64_t)unit * IMAGE_UNIT;
}

static inline uint32_t image_unit(const char *base, const void *thing)
{
    return (uint32_t)(((const char *)thing - base) / IMAGE_UNIT);
}

/* Returns the place for calls to FUNCTION from CALL_SITE in thread.recent. Other calls may share it. */
static inline uint32_t *thread_recent(struct thread *thread, uint64_t function, uint64_t call_site)
{
    return &thread->recent[(function + call_site) % RECENT_CALLS];
}

/* Sets the lowest address of the stack. Where another thread has just called thread_send(), that stays in
 * force. */
static inline void thread_set_low(struct thread *thread, uint64_t low)
{
    uint64_t before = thread->true_low;

    thread->true_low = low;
    __atomic_compare_exchange_n(&thread->low, &before, low, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Sends THREAD to the slow path at its next event on this stack. */
static inline void thread_send(struct thread *thread)
{
    __atomic_store_n(&thread->low, UINT64_MAX, __ATOMIC_SEQ_CST);
}

static inline uint64_t thread_low(const struct thread *thread)
{
    return __atomic_load_n(&thread->low, __ATOMIC_RELAXED);
}

static inline void thread_set_turn(struct thread *thread, uint32_t turn)
{
    thread->turn = turn;
    thread->shared->turn = turn & (UINT32_MAX >> 1);
}

static inline struct image_frame *frame_below(const struct thread *thread, const struct image_frame *frame)
{
    return image_at(thread->base, frame->below & ~FRAME_APART);
}

static inline struct image_frame *frame_above(const struct thread *thread, const struct image_frame *frame)
{
    return image_at(thread->base, frame->above & ~FRAME_APART);
}

#endif
