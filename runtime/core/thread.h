/*
 * thread.h - the private state of a thread, and the shadow stack as it lies in the image.
 *
 * A thread has one struct thread for each stack that it runs on: its own, which is called native, and one for
 * each coroutine's. All zeros is the state of a thread that has recorded nothing: a shadow stack that is both
 * empty and full. Its first event finds no free frame and takes the slow path. So the fast path never asks
 * whether the thread is initialised.
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

/* The stack pointer at an event, as frames hold it. It is that of a hook with a frame pointer (HOOK_FRAME),
 * whether the compiler gives the hook one or not. */
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
    int has_raw;   /* raw holds a reading */
    uint64_t busy; /* the stack pointer of the code that reads the timer; 0: none does */

    /* Of a timer that is a counter of events. */
    const volatile struct perf_event_mmap_page *page; /* the counter's page, or NULL */
    int descriptor;                                   /* the counter's, if it has no page; 0: none */
    uint64_t event_id;                                /* tells if descriptor is still the counter's */
};

/* How long a thread has waited. */
struct thread_wait {
    uint64_t event;  /* ticks of the last reading */
    uint64_t wall;   /* ticks when CPU time was last read; 0: never */
    uint64_t cpu;    /* nanoseconds of CPU time then */
    uint64_t hidden; /* ticks that reading CPU time took; the timer stood still meanwhile */
    uint64_t busy;   /* the stack pointer of the code that reads CPU time; 0: none does */
};

enum { SAMPLER_STUBS = 16, SPARE_DETAILS = 32 };

/* Nanoseconds for which a thread had a processor, and for which it waited for one. */
struct thread_run {
    uint64_t ran, waited;
};

/* How a thread was when the newest entry of its ring was made that was read. */
struct sampler_past {
    uint64_t time;    /* of the newest sample that was read, or of the start; 0: samples have no time */
    uint64_t cpu;     /* nanoseconds of CPU time at that sample */
    uint64_t away;    /* nanoseconds without a processor since then, as tallied */
    uint64_t left;    /* when the thread lost the processor, until that is tallied */
    int is_preempted; /* it could have run on then */
};

/* The ring of a thread's samples (timers/sampler.h). */
struct thread_sampler {
    char *ring; /* a page for the ring's head, and the entries (timers/sampler_ring.h); or NULL */
    struct sampler_past past;
    uint64_t stubs[SAMPLER_STUBS]; /* addresses of the stubs by which the program calls hooks */
    uint32_t stub_count, stub_next;
    uint64_t busy;            /* the stack pointer of the code that reads the ring; 0: none does */
    struct thread_run before; /* what the thread had when it began to record */
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
    uint64_t low;                         /* the lowest stack pointer known to be on this stack */
    const volatile uint64_t *ring_filled; /* bytes of samples that the kernel has written */
    uint64_t ring_seen;                   /* bytes of these that have been read */
    uint64_t paused;       /* ticks for which the stack was suspended: its frames' times leave them out */
    uint32_t sampled;      /* only some calls read the clock */
    float clock_price;     /* ticks that a call pays for reading the clock */
    float sample_share;    /* ticks of calls that one tick of that is worth (sample.h) */
    uint32_t sample_dear;  /* rounds of these that were too dear (sample_thrift()) */
    uint32_t sample_count; /* timed calls since the share was adjusted ... */
    uint64_t sample_start; /* ... at this time */
    uint64_t ignores;      /* the gate's condition in which this thread ignores its events; 0: none */
    uint32_t has_timer;    /* its timer is not the clock, clock_read() */
    uint64_t random;       /* the state of sample_random() */
    uint32_t deep;         /* the record of calls beyond --depth, or 0 */

    /* Read on slow paths. */
    uint64_t true_low;          /* the lowest stack pointer, even after thread_send() has changed low */
    uint64_t high;              /* the highest stack pointer on this stack */
    struct stack_bounds bounds; /* of this stack, even while a signal handler runs on another */
    uint32_t nested;            /* signal handlers that run on stacks of their own */
    uint64_t suspended;         /* ticks when the stack was suspended; 0: it runs */
    struct thread *native;      /* the state of the thread's own stack; may be this one */
    uint64_t idle;              /* ticks when a coroutine's stack became empty */
    struct image_thread *shared;
    struct table *table; /* owns slots (records.h) */
    uint64_t slots_used;
    uint32_t arena_next, arena_end; /* units */
    uint32_t spares[SPARE_DETAILS]; /* units for details that are needed at once; 0: an empty place */
    uint32_t arena_size;            /* bytes of the next block */
    uint64_t first_reading;         /* image_record.next of new records */
    uint32_t frame_block;           /* frames of the last block; the next has twice as many */
    uint32_t walk_debts;            /* samples to wait until the stack may be walked (timers/sampler.c) ... */
    uint64_t unseen, unseen_away; /* ... and nanoseconds for which it has still to be: of the program's time,
                                     and of waiting for a processor */
    uint32_t turn;                /* the newest turn that this thread has taken (gate.h) */
    uint32_t postponed;           /* events since it should have taken the next one */
    uint32_t generation;          /* the process.generation up to which it has forgotten modules */
    uint32_t starter;             /* the frame of the call that started the recording, or 0 */
    uint32_t overflow;            /* activations that share the last frame, for lack of memory */
    uint64_t (*own_timer)(void);  /* the timer of its profile, or NULL */
    struct thread_timer timer;    /* used by a native stack, and by a profile with a timer of its own */

    struct thread *next_spare; /* in a list of unused states */

    /* Only in the state of a native stack. */
    uint64_t first_sp;       /* a stack pointer that is known to lie on this stack */
    struct thread **strands; /* the states of its coroutines, ordered by bounds */
    size_t strand_count, strand_capacity;
    struct thread *spare_strands;
    uint32_t destructor_rounds;
    uint32_t may_not_read; /* reading the clock would kill the thread */
    struct thread_wait wait;
    struct thread_sampler sampler;
    struct thread *profiled; /* the state that replaces this one while profile is enabled, or NULL */
    struct profile *profile; /* the profile that is enabled in the thread, or NULL */
    struct thread *current;  /* the state of the stack that the thread is on */
    struct thread *live_before, *live_after; /* in the list of running threads */

    /* The call-site cache: the record of the latest call of a function from a call site (thread_recent()).
     * The root marks an empty place: no call has it. The record's successor is the one that came here after
     * it, when that had to be looked up last. */
    uint32_t recent[RECENT_CALLS];
};

/* A thread that has recorded nothing. */
extern HIDDEN struct thread thread_none;

/* The distance in bytes from thread_none to the state of the stack that this thread is on. A new thread has
 * 0, and so the state of a thread that has recorded nothing. */
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

/* Returns the address of UNIT in the image at BASE. */
static inline void *image_at(char *base, uint32_t unit)
{
    return base + (uint64_t)unit * IMAGE_UNIT;
}

/* Returns the unit of THING, which lies in the image at BASE. */
static inline uint32_t image_unit(const char *base, const void *thing)
{
    return (uint32_t)(((const char *)thing - base) / IMAGE_UNIT);
}

/* Returns the place in THREAD->recent of calls to FUNCTION from CALL_SITE. Other calls may share it. */
static inline uint32_t *thread_recent(struct thread *thread, uint64_t function, uint64_t call_site)
{
    return &thread->recent[(function + call_site) % RECENT_CALLS];
}

/* Sets the lowest stack pointer of THREAD's stack. If another thread has just called thread_send(), that
 * stays in force. */
static inline void thread_set_low(struct thread *thread, uint64_t low)
{
    uint64_t before = thread->true_low;

    thread->true_low = low;
    __atomic_compare_exchange_n(&thread->low, &before, low, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Returns 1 if the thread has forbidden itself to read the clock (timer_hold()). */
static inline int thread_may_not_read(void)
{
    const struct thread *native = thread_self()->native;

    return native != NULL && native->may_not_read;
}

/* Sends THREAD to the slow path at its next event on this stack. */
static inline void thread_send(struct thread *thread)
{
    __atomic_store_n(&thread->low, UINT64_MAX, __ATOMIC_SEQ_CST);
}

/* Stands for the lowest stack pointer while a slow path of the thread is exposed to signal handlers (slow.h).
 * It sends the events of these to slow paths, as thread_send() would. */
#define THREAD_HELD (UINT64_MAX - 1)

/* Begins that for THREAD, the calling one. */
static inline void thread_hold(struct thread *thread)
{
    uint64_t low = thread->true_low;

    if (thread->top != NULL)
        __atomic_compare_exchange_n(&thread->low, &low, THREAD_HELD, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Ends that for THREAD, the calling one. If it has been sent to the slow path meanwhile, that stays in force.
 */
static inline void thread_release(struct thread *thread)
{
    uint64_t held = THREAD_HELD;

    if (thread->top != NULL)
        __atomic_compare_exchange_n(&thread->low, &held, thread->true_low, 0, __ATOMIC_SEQ_CST,
                                    __ATOMIC_SEQ_CST);
}

/* Returns 1 if an outer call is at BUSY, a stack pointer, while code of THREAD runs at SP. If BUSY lies below
 * SP on this stack, that call was left without a return. BUSY may be 0: there is no call. */
static inline int thread_is_busy(const struct thread *thread, uint64_t busy, uint64_t sp)
{
    return busy != 0 && (busy >= sp || busy < thread->true_low || sp > thread->high);
}

static inline uint64_t thread_low(const struct thread *thread)
{
    return __atomic_load_n(&thread->low, __ATOMIC_RELAXED);
}

/* Returns 1 if the kernel has taken samples of THREAD since its last event. */
static inline int thread_has_samples(const struct thread *thread)
{
    return *thread->ring_filled != thread->ring_seen;
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

/* Returns the record of the innermost activation of THREAD, or its root if there is none. A call that is just
 * beginning has no sp yet. Below the calls of a signal handler are those that it has interrupted. */
static inline struct image_record *thread_innermost(const struct thread *thread)
{
    const struct image_frame *frame = thread->top;

    while (frame->below != 0 && (frame->sp == 0 || frame->record == 0))
        frame = frame_below(thread, frame);
    return (struct image_record *)image_at(thread->base,
                                           frame->record != 0 ? frame->record : thread->shared->root);
}

static inline struct image_frame *frame_above(const struct thread *thread, const struct image_frame *frame)
{
    return image_at(thread->base, frame->above & ~FRAME_APART);
}

/* Begins to watch whether a call begins above FRAME. */
static inline void frame_watch(const struct thread *thread, const struct image_frame *frame)
{
    if (LIKELY(frame->above != 0))
        frame_above(thread, frame)->call_site = 0;
}

/* Returns 1 if it is known that none has begun since frame_watch(). */
static inline int frame_is_leaf(const struct thread *thread, const struct image_frame *frame)
{
    return LIKELY(frame->above != 0) && frame_above(thread, frame)->call_site == 0;
}

#endif
