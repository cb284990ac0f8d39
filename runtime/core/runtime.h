/*
 * runtime.h - the nouns of the runtime, and what its files ask of each other.
 *
 *     hooks.c     the fast path of the two hooks: everything that happens at nearly every event
 *     gate.c      events while nothing is to be recorded; pauses and resets
 *     account.h   what one call and one return do to the counters
 *     stack.c     the slow path: full, dead or missing frames
 *     strand.c    the slow path: which stack an event is on
 *     context.c   finding and making records
 *     points.c    functions at which recording starts and stops
 *     reset.c     makes nothing of a thread's figures
 *     retire.c    what becomes of the records of ended threads
 *     fork.c      what a forked child inherits
 *     exec.c      stands in for exec, posix_spawn and _exit
 *     thread.c    the beginning and end of a thread
 *     process.c   the beginning and end of the process, its settings
 *     profiles.c  the profiles that the program makes itself (profile.h)
 *     region.c    the regions that the program names
 *     dump.c      writes profiles to files while the program runs, and prints them
 *     api.c       what profile.h calls
 *     timer.c     what is measured of calls, where that is not the clock
 *     timer_load.c  loads a timer that the user has brought
 *     wait.c      a timer that finds out how long threads wait
 *     trust.c     whether the kernel trusts the processor's clock
 *     perf.c      a timer that counts events
 *     alloc.c     a timer that counts what malloc is asked for, in a library of its own
 *     filter.c    which functions are recorded, where not all are
 *     resolve.c   has the launcher find that out for a module
 *     sample.h    which calls read the timer, where not all do
 *     calibrate.c what the hooks cost
 *     space.c     the image file and private memory
 *     vdso.c      the kernel's clock
 *     modules.c   which executable or library an address belongs to
 *     unwind.c    stands in for longjmp and the unwinder
 *     unload.c    stands in for dlclose
 *     namespace.c stands in for dlmopen
 *     switch.c    stands in for swapcontext and its kin
 *     system.h    system calls
 *
 * The runtime depends on libc alone, and on as little of it as can be. It never prints, never exits, never
 * changes errno, and takes no lock on the fast path. All slow paths run with signals blocked and under
 * slow_enter(), so they are never entered twice in one thread.
 *
 * What must not survive a fork (all that says "this thread has an image") lies in memory that the kernel
 * wipes in the child (MADV_WIPEONFORK). So the child finds the same zeros as a new process, however it was
 * forked.
 */
#ifndef RUNTIME_CORE_RUNTIME_H
#define RUNTIME_CORE_RUNTIME_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/format/image.h"

#define COLD      __attribute__((noinline, cold))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define RARE(x)   __builtin_expect(!!(x), 0)

/* Bytes: how far below an event its stack is taken to reach, until it does. */
#define STACK_NEAR ((uint64_t)64 * 1024)

/* Addresses from low to high, both included. */
struct stack_bounds {
    uint64_t low, high;
};

/* What a function's own frame may lie below the stack pointer that it calls others with: the hook's return
 * address and saved frame pointer. A callee's lies below that, by its own return address at least. */
enum { HOOK_FRAME = 2 * sizeof(uint64_t) };

/* The stack pointer at an event, as a frame keeps it: that of the hook when it has a frame pointer
 * (HOOK_FRAME), whether it needs one or not. */
#define EVENT_SP() ((uint64_t)__builtin_dwarf_cfa() - HOOK_FRAME)

/* One entry of a thread's hash table, from (function, position) to a unit of the image; empty if unit is 0.
 */
struct slot {
    uint64_t function;
    uint32_t position;
    uint32_t unit;
};

/* What is kept of a timer that may do as it likes, or is to be had for each thread. */
struct thread_timer {
    uint64_t raw;  /* what it said last */
    uint64_t time; /* all that it has gone forwards */
    int has_raw;   /* it has said something */
    int is_busy;   /* it is being asked */

    /* of an event */
    const volatile struct perf_event_mmap_page *page; /* its counter's, or NULL */
    int descriptor;                                   /* if it has no page; 0: none */
    uint64_t event_id;                                /* what that leads to */
};

/* What is kept of a thread to find out how long it waits. */
struct thread_wait {
    uint64_t event;     /* ticks: when the timer was last asked */
    uint64_t wall, cpu; /* when CPU time was last read, and what it was; wall is 0 before */
    uint64_t hidden;    /* ticks that reading it has taken, for which the timer stood still */
    int is_busy;        /* it is being read */
};

enum { RECENT_CALLS = 2048 };

/*
 * The private state of a thread on one stack: its own, the native one, or a coroutine's. All zeros, it is the
 * state of a thread that has recorded nothing yet: a stack that is empty and full, so that its first event
 * takes the slow path and the fast path has no test of its own for it.
 */
struct thread {
    /* read at every event */
    struct image_frame *top; /* the innermost frame */
    char *base;              /* the image */
    struct slot *slots;
    uint64_t slot_mask;
    uint64_t low;       /* the lowest stack pointer that is known to be on this stack */
    uint64_t paused;    /* ticks for which the stack was suspended: its timer is behind by them */
    uint32_t sampled;   /* only some calls read the clock */
    float clock_price;  /* ticks that one which reads it costs ... */
    float clock_inside; /* ... and the part of them that it measures itself */
    uint64_t ignores;   /* the gate's condition in which its events are ignored; 0: none */
    uint32_t has_timer; /* its timer is not what clock_read() reads */
    uint64_t random;    /* the state of a generator */
    uint32_t deep;      /* the record of calls beyond the depth that is wanted, or 0 */

    /* read on slow paths */
    uint64_t true_low;          /* low, but while that sends all events to the slow path */
    uint64_t high;              /* the highest one */
    struct stack_bounds bounds; /* low and high, but while a signal handler is on a stack of its own */
    uint32_t nested;            /* such handlers */
    uint64_t suspended;         /* ticks since when it is suspended, or 0 */
    struct thread *native;      /* the thread's own stack: this one, perhaps */
    uint64_t idle;              /* ticks since when a coroutine's stack has been empty ... */
    uint64_t idle_callees;      /* ... if this is still what its bottom has */
    struct image_thread *shared;
    struct table *table; /* owns slots */
    uint64_t slots_used;
    uint32_t arena_next, arena_end; /* units */
    uint32_t arena_size;            /* bytes of the next block */
    uint64_t first_reading;         /* image_record.next of new records */
    uint32_t frame_block;           /* frames that were made last; the next time, twice as many */
    uint32_t turn;                  /* the newest that it has taken (gate.h) */
    uint32_t postponed;             /* events since it should have */
    uint32_t generation;            /* of modules that have gone, as far as the thread has forgotten them */
    uint32_t starter;               /* the frame of the call that started the recording, or 0 */
    uint32_t overflow;              /* activations beyond the last frame that memory allowed */
    uint64_t (*own_timer)(void);    /* that of its profile, if it has one */
    struct thread_timer timer;      /* of the native one, and of those that have a timer of their own */

    struct thread *next_spare; /* in one of the lists of those that are not in use */

    /* of the native one alone */
    uint64_t first_sp;       /* a stack pointer that was certainly on this stack */
    struct thread **strands; /* its coroutines' stacks, by bounds */
    size_t strand_count, strand_capacity;
    struct thread *spare_strands;
    uint32_t destructor_rounds;
    struct thread_wait wait;
    struct thread *profiled; /* what the native stack has instead, while PROFILE is enabled */
    struct profile *profile;
    struct thread *current;                  /* the one of the stack that it is on */
    struct thread *live_before, *live_after; /* in the list of threads that run */

    /* By function and call site: the record that the last such call had. The root stands for none: it is that
     * of no call. */
    uint32_t recent[RECENT_CALLS];
};

/* The place in THREAD of calls to FUNCTION from CALL_SITE. Others may share it. */
static inline uint32_t *thread_recent(struct thread *thread, uint64_t function, uint64_t call_site)
{
    return &thread->recent[(function + call_site) % RECENT_CALLS];
}

/* The process's private state. */
struct process {
    int state; /* enum process_state */
    int lock;
    int lock_retired; /* of the next three; taken before the other one */
    uint32_t retired;
    struct thread *collectors;    /* of threads that have ended */
    struct thread *spare_threads; /* for those that start */
    struct thread *live;          /* those that run; also under lock_retired */
    char *base;                   /* the image */
    uint64_t reserved;            /* bytes of address space it has */
    uint64_t allocated;           /* bytes of the file that can be touched */
    uint64_t length;              /* of the file, if the rest of it is a hole; or 0 */
    struct image_header *header;
    char path[PATH_MAX];
    int is_hidden;               /* nobody is to see the image */
    int no_follow;               /* O_NOFOLLOW, if the path must lead through no link */
    uint64_t contexts;           /* records that there are, beside folded ones ... */
    uint64_t aliases;            /* ... and slots that lead from a path to a folded one */
    struct module_range *ranges; /* known modules */
    size_t range_count, range_capacity;
    uint32_t generation; /* how often modules have gone */
    uint64_t ignores;    /* as thread.ignores, for threads that have recorded nothing */
    int lock_filter;     /* of the next two */
    struct filter_table *filters;
    struct filter_module *filter_modules;
    uint32_t profiles; /* that the program has made */
    uint32_t *regions; /* a hash table of image_regions, or NULL */
    uint32_t region_count;
};

enum process_state { PROCESS_NEW, PROCESS_STARTING, PROCESS_READY, PROCESS_OFF };

#define HIDDEN __attribute__((visibility("hidden")))

/* hooks.c. Zero in a new thread; else the distance from thread_none to the thread's struct, so that a thread
 * that has recorded nothing finds its zeros there. */
extern HIDDEN __thread intptr_t thread_offset __attribute__((tls_model("initial-exec")));
extern HIDDEN struct thread thread_none;
extern HIDDEN uint64_t hooks_too_early; /* calls before the library could record any */

/* The ends of the code of hooks.c, which does its work with signals unblocked. */
extern HIDDEN const char hooks_code_start[], hooks_code_end[];

/* What programs and their libraries call. */
struct hooks {
    void (*enter)(void *function, void *call_site);
    void (*exit)(void *function, void *call_site);
    const struct profile_functions *(*functions)(void); /* profile.h */
};
extern HIDDEN struct hooks hooks_elsewhere; /* those of another copy of this library, or NULLs */

void __cyg_profile_func_enter(void *function, void *call_site);
void __cyg_profile_func_exit(void *function, void *call_site);
const struct profile_functions *profile_functions_1(void);
/* Sends all events to those of another copy of this library, from now on. */
void hooks_forward(struct hooks first);

static inline struct thread *thread_self(void)
{
    return (struct thread *)((char *)&thread_none + thread_offset);
}

static inline void *image_at(char *base, uint32_t unit)
{
    return base + (uint64_t)unit * IMAGE_UNIT;
}

static inline uint32_t image_unit(const char *base, const void *thing)
{
    return (uint32_t)(((const char *)thing - base) / IMAGE_UNIT);
}

/* The lowest address of the stack, from the next event on; unless another thread has just sent that to the
 * slow path. */
static inline void thread_set_low(struct thread *thread, uint64_t low)
{
    uint64_t before = thread->true_low;

    thread->true_low = low;
    __atomic_compare_exchange_n(&thread->low, &before, low, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* Sends a thread, on the stack that THREAD is for, to the slow path at its next event. */
static inline void thread_send(struct thread *thread)
{
    __atomic_store_n(&thread->low, UINT64_MAX, __ATOMIC_SEQ_CST);
}

static inline void thread_set_turn(struct thread *thread, uint32_t turn)
{
    thread->turn = turn;
    thread->shared->turn = turn & (UINT32_MAX >> 1);
}

static inline uint64_t thread_low(const struct thread *thread)
{
    return __atomic_load_n(&thread->low, __ATOMIC_RELAXED);
}

static inline struct image_frame *frame_below(const struct thread *thread, const struct image_frame *frame)
{
    return image_at(thread->base, frame->below & ~FRAME_APART);
}

static inline struct image_frame *frame_above(const struct thread *thread, const struct image_frame *frame)
{
    return image_at(thread->base, frame->above & ~FRAME_APART);
}

/* context.c */
/* Set in slot.position where the slot leads to an edge, from its caller. */
#define POSITION_EDGE ((uint32_t)1 << 31)

static inline uint64_t slot_hash(uint64_t function, uint32_t position)
{
    return (function * 0x9E3779B97F4A7C15u + position * 0xC2B2AE3D27D4EB4Fu) >> 32;
}

/* The slot of FUNCTION at POSITION, or the empty one that it would get. */
static inline struct slot *slot_find(const struct thread *thread, uint64_t function, uint32_t position)
{
    uint64_t index = slot_hash(function, position);

    for (;; index++) {
        struct slot *slot = &thread->slots[index & thread->slot_mask];

        if (slot->unit == 0 || (slot->function == function && slot->position == position))
            return slot;
    }
}

/* The record of FUNCTION called from POSITION, made if need be; 0 if there is no space for it. */
uint32_t context_record(struct thread *thread, uint32_t position, uint64_t function);
/* Counts a call to FUNCTION that has no record: by function if the thread knows it, else by thread. */
void context_lose(struct thread *thread, uint64_t function);
/* The same, but if it has to be made, it leads back to TARGET, or to itself, or to where its path says. */
#define CONTEXT_SELF    0
#define CONTEXT_ON_PATH UINT32_MAX
uint32_t context_record_to(struct thread *thread, uint32_t position, uint64_t function, uint32_t target);

/* The details of RECORD, made if need be; NULL without space. With signals blocked. */
struct image_details *context_details(struct thread *thread, struct image_record *record);

/* Has no call be recent. */
void context_forget_recent(struct thread *thread);
/* Forgets the functions of modules that have gone since the thread last did. */
void context_forget(struct thread *thread);

/* The record after UNIT in the tree, parents before children; 0 after the last. */
uint32_t context_next(char *base, uint32_t unit);

/* reset.c: has the thread's figures begin anew; open calls go on from NOW, on the stack's own timer. */
void thread_reset(struct thread *thread, uint64_t now);
/* Sets the thread's figures to zero; it has no frames. */
void thread_empty(struct thread *thread);

/* stack.c: the slow paths. SP is the stack pointer at the event. */
COLD void stack_enter(uint64_t function, uint64_t call_site, uint64_t sp);
/* The call of FUNCTION that has just been entered started the recording. */
void stack_mark_starter(uint64_t function);
/* TAIL_JUMP: the function has given up its stack and jumped to the hook. */
COLD void stack_exit(uint64_t function, uint64_t sp, int tail_jump);
/* Makes a chain of the COUNT frames at FIRST, and the first of them the bottom of the thread's stack. */
void stack_start(struct thread *thread, uint32_t first, uint32_t count);
/* Puts the stack, which is empty, at BOUNDS. */
void stack_place(struct thread *thread, struct stack_bounds bounds);
int stack_is_empty(const struct thread *thread);
/* That of the innermost function. */
uint64_t stack_pointer(const struct thread *thread);
/* A signal handler has a stack of its own at BOUNDS, and goes on from what it interrupted. -1 without space.
 */
int stack_nest(struct thread *thread, struct stack_bounds bounds);
/* Code runs below the handlers' stacks again: closes what they have left, as of NOW. */
void stack_unnest(struct thread *thread, uint64_t now);
/* Pushes the frame of a call that began, and was counted, in another process. -1 without space. */
int stack_resume(struct thread *thread, uint64_t function, uint64_t call_site, uint64_t sp);
/* Closes the frames of this thread that lie below SP, now. With LANDING, the one that is then on top has been
 * entered by an exception: leaving it is unwinding, unless stack_caught() comes before. */
void stack_unwind_to(uint64_t sp, int landing);
void stack_caught(void);
/* Closes all frames of the thread, as of NOW on its own timer. */
void stack_unwind_all(struct thread *thread, uint64_t now);
/* The same, but as if all functions returned then; one that began later has taken no time. No hook of the
 * thread may be at work: it would go on with a frame that is closed. */
void stack_close_all(struct thread *thread, uint64_t now);
/* Has all frames begin anew, as of NOW: their calls are counted once more. No function is active. */
void stack_restart(struct thread *thread, uint64_t now);
/* That of the outermost function; 0 without any. */
uint64_t stack_outermost(const struct thread *thread);
/* Closes them as returns are, when the code at SP runs, as of NOW; and has TO go on with these calls, which
 * are not counted again. */
void stack_hand_over(struct thread *thread, uint64_t sp, uint64_t now, struct thread *to);
/* The innermost activation of this thread ends if it is a region's. -1 if it is none. */
int stack_leave_region(uint64_t sp);

/* sample.c: has the record sampled from now on, if it has proved short. */
COLD void sample_consider(struct thread *thread, struct image_record *record);

/* timer.c. A timer is read like the clock: a number of ticks that does not get less. */
extern HIDDEN uint64_t (*timer_read)(struct thread *thread);
void timer_choose(char *specification);     /* once, before all else; keeps what it is given */
void timer_use(uint64_t (*function)(void)); /* the function that a custom timer reads */
void timer_open(struct thread *thread);     /* before a thread, which is the calling one, first reads it */
void timer_close(struct thread *thread);    /* after it last does */
int timer_is_counter(void);                 /* the machine's own, that clock_read() reads */
uint64_t timer_clock(void);                 /* what the clock says, for starts and ends */
int timer_counts(void);                     /* something else than time */
int timer_waits(void);                      /* the clock, and what threads wait */
void timer_bring(struct thread *thread, uint64_t (*function)(void)); /* this thread reads FUNCTION alone */
int timer_counts(void);                                              /* something else than time */
void timer_describe(struct image_header *header);
/* A custom one must be loaded, which never happens within a hook: until then it says 0. */
int timer_is_waiting(void);
void timer_find(void);

/* wait.c */
void wait_begin(double nanoseconds); /* a tick has so many; 0: that is not known */
int wait_is_known(void);
uint64_t wait_read(struct thread *thread);

/* trust.c */
int trust_counter(void);
int trust_lists(const char *list, const char *name); /* words with blanks between them */

/* timer_load.c, if there is a loader: FUNCTION of LIBRARY, or if that is "", of what has been loaded; or
 * NULL.
 */
__attribute__((weak)) uint64_t (*timer_load(const char *library, const char *function))(void);

/* perf.c */
struct perf_event;
void perf_begin(struct thread *thread, struct perf_event event);
void perf_end(struct thread *thread);
uint64_t perf_read(struct thread *thread);
/* What the counter of PAGE says; -1 if it does not count. */
int perf_page_read(const volatile struct perf_event_mmap_page *page, uint64_t *count);

/* calibrate.c. With signals blocked. */
struct image_costs calibrate(enum image_reads reads);

/* strand.c. NOW is what the thread's timer says, on all of its stacks alike that have no timer of their own.
 */
/* The state of this thread for the stack that SP is on; time passes on it from now on. *NOW becomes what its
 * timer says. */
struct thread *strand_select(struct thread *thread, uint64_t sp, uint64_t *now);
/* From here on, time passes for TO and not for FROM. */
struct thread *strand_switch(struct thread *from, struct thread *to, uint64_t now);
/* The same, before anything happens there, by who switches stacks, and may know its bounds (else NULL). -1 if
 * that is the stack that we are on. */
int strand_switch_to(uint64_t sp, const struct stack_bounds *known);
/* Remembers the bounds of a stack that may be used later. */
void strand_announce(struct stack_bounds bounds);
/* What a stack's own timer says: less the time for which it was suspended. */
uint64_t strand_time(const struct thread *strand, uint64_t now);
/* Does the stack, from SP upwards, look as if a signal handler had interrupted a hook? */
int strand_holds_hook(struct thread *thread, uint64_t sp);
/* Ends the strands of a thread, when the clock says END. */
void strands_end(struct thread *native, uint64_t now, uint64_t end);

/* thread.c */
struct thread *thread_start(uint64_t sp); /* NULL if nothing can be recorded */
/* For another stack of a thread, or for its own in PROFILE, a number; NULL likewise. */
struct thread *thread_new(struct thread *native, uint32_t profile);
void thread_set_reads(struct thread *thread); /* which of its calls read the clock, and which that is */
void thread_free(struct thread *thread);
void thread_end_hook_create(void); /* once per process */
/* Reads the names of the threads that run: they may have been set at any time. */
void threads_read_names(struct process *process);
/* Notes what this thread's timer says at the end, for the calls that have not returned. */
void thread_note_timer(void);

void thread_read_name(struct thread *thread);

/* retire.c */
/* Empties it, which has no frames, and keeps it for threads that start. */
void thread_drop(struct process *process, struct thread *thread);
/* Adds it to an earlier one of its kind, if there is one. */
void thread_collect(struct process *process, struct thread *thread);
/* Takes what is left of a thread, or of a strand, whose frames have all been closed. */
void thread_retire(struct thread *thread);
/* One that was emptied, or NULL. */
struct thread *thread_reuse(struct process *process);

/* vdso.c: has system_clock() go to the kernel's own function. */
void vdso_find(void);

/* fork.c */
void fork_hook_create(void); /* once per process and its children */
/* Gives the first thread of a forked child, at SP, the calls that it is in. */
void fork_inherit(struct thread *thread, uint64_t sp);

/* process.c */
extern HIDDEN struct process *process_current; /* or NULL; its memory is wiped in a forked child */
struct process *process_self(void);            /* started if need be; NULL if nothing can be recorded */
void process_lose(void);                       /* counts a call that no thread could record */
void process_miss_timer(void);                 /* notes that the timer could not be read */
int process_is_off(void);
int process_is_on(void);
void process_lock(struct process *process);
void process_unlock(struct process *process);
void process_lock_retired(struct process *process);
void process_unlock_retired(struct process *process);
void process_anchor(struct process *process);
/* The settings by which a launcher has this process profiled; "" if there is none. */
const char *process_spool(void);
const char *process_preload(void);
const char *process_options(void);
uint64_t process_max_contexts(void);
/* The process is about to end, or to become another program; or it has failed to. */
void process_exec(int begins);

/* space.c */
struct table {
    struct table *older; /* kept until the thread ends: an interrupted hook may still be reading it */
    size_t size;         /* bytes, this head included */
    struct slot slots[];
};

/* Zeroed private memory that a forked child finds zeroed again, or NULL. */
void *space_private(size_t size);
void space_private_free(void *memory, size_t size);
/* Makes the file PATH (with open(2) FLAGS beside O_CREAT and O_RDWR) and maps it. 0, or a negated error
 * number. */
int space_open(struct process *process, const char *path, int flags);
/* Takes SIZE bytes of the image, a multiple of IMAGE_UNIT, for good. Their first unit, or 0. */
uint32_t space_allocate(struct process *process, size_t size);

/* modules.c */
struct dl_phdr_info;
typedef int modules_visitor(struct dl_phdr_info *info, size_t size, void *argument);
typedef int modules_function(modules_visitor *visit, void *argument);

/* Those who show the modules of other namespaces. */
enum { MODULES_ELSEWHERE = 16 }; /* more than glibc has */
extern HIDDEN struct modules_source {
    modules_function *modules; /* NULL: there is none */
    int users;                 /* that may be calling it */
} modules_elsewhere[MODULES_ELSEWHERE];

/* As dl_iterate_phdr(), over all namespaces. */
modules_function modules_visit;

struct module_range {
    uint64_t start, end;
    uint32_t module;
    uint32_t generation; /* in which it went */
    int is_dead;         /* it has gone */
};

/* The path of a module that the loader knows by NAME. Its length. */
size_t module_path(const struct dl_phdr_info *info, char *path, size_t size);
/* The image_module that holds ADDRESS; newly loaded ones are looked for. 0 if there is none. */
uint32_t module_find(struct process *process, uint64_t address);
/* No fork begins while modules are visited, and the other way round. */
void modules_before_fork(void);
void modules_after_fork_in_parent(void);
void modules_after_fork_in_child(void);

/* namespace.c: closes our copies in namespaces that the program has done with. */
void namespaces_tidy(void);

/* profiles.c: ends the profile that is enabled in a thread that ends. */
void profiles_end_thread(struct thread *native);

/* region.c. A region's address stands for it: where its struct image_region is. */
/* That of the region NAME, of SIZE bytes; 0 if there can be no more. */
uint64_t region_find(struct process *process, const char *name, size_t size);
/* What a forked child has for the region at ADDRESS of its parent. */
uint64_t region_inherit(uint64_t address);

/* The unit of the region at ADDRESS; 0 if it is a function's. */
static inline uint32_t region_unit(const struct process *process, uint64_t address)
{
    uint64_t distance = address - (uint64_t)process->base;

    return distance < process->reserved ? (uint32_t)(distance / IMAGE_UNIT) : 0;
}

/* Entering and leaving a slow path: blocks signals, keeps errno. 0 if this thread is in one already. */
struct slow {
    uint64_t mask;
    int saved_errno;
};
int slow_enter(struct slow *slow);
void slow_leave(const struct slow *slow);

#endif
