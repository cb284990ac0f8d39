/*
 * image.h - the image: the file in which a running program keeps its profile.
 *
 * The runtime maps the file shared and writes to it, cli/files/image_load.c reads it, prof(5) introduces it.
 * The runtime dumps nothing at the end: the kernel keeps the pages, however the process ends. At any instant
 * the file holds every finished call and every open frame.
 *
 * Words, each with one meaning in the runtime and in this file:
 *
 *     unit         64 bytes at a multiple of 64 in the file. Everything but the header lies in units.
 *     reference    the index of a unit, in a uint32_t. 0 (the header) means "none".
 *     clock        counts the time of the process, in ticks: starts, ends and turns are its readings.
 *     timer        counts what is measured of calls, in ticks of its own. It is the clock by default.
 *     call         one entry to a function.
 *     activation   a call from its entry to its exit. It is open until then. A return ends it, or it is
 *                  unwound: by longjmp, by an exception, or at the end of the thread.
 *     callees      the calls that an activation makes.
 *     inclusive    of an activation: all that the timer counts from entry to exit.
 *     self         of a timed activation: its inclusive, less the inclusive of the nearest timed activations
 *                  inside it. So it holds the time of calls that were not timed.
 *     stack        a chain of frames above a bottom frame: one for each open activation, innermost last.
 *     strand       the stack of a coroutine. Strands and threads have one structure.
 *     function     a function, or a region.
 *     region       a part of the program that the program has named.
 *     active       of a function: it has an open activation. The first of these is the outermost.
 *     nested       of a call: its function is active already.
 *     edge         the calls from one function to another.
 *     record       a calling context with the figures of its calls.
 *     path         the functions of the records from the root record down to a record.
 *     timed        of a call or its activation: it reads the timer, at entry and at exit.
 *     sampled      of a record: only some of its calls are timed.
 *     gate         the page by which recording is paused, resumed or reset.
 *     turn         one pause, one reset or one end of a pause.
 *     profile      the calls made while a profile of the program's own (profile.h) is enabled.
 *
 * References lead to everything from the header:
 *
 *     header -> gate
 *            -> modules (list, newest first)
 *            -> throttled functions (list, newest first)
 *            -> threads (list, newest first) -> root record -> first_child, next_sibling -> ...
 *                                            -> bottom frame -> above -> ...
 *     record -> function -> module or region
 *            -> edge
 *            -> details
 *
 * Invariants:
 *
 *     - Only a thread itself writes to what hangs below it.
 *     - A thing is complete before anything refers to it. So a reader that follows references sees no
 *       half-made thing. It must still check each reference.
 *     - New space reads as zeros. A unit, once in use, never moves and never becomes another kind of thing.
 *     - Numbers are in the byte order of the machine.
 */
#ifndef RUNTIME_FORMAT_IMAGE_H
#define RUNTIME_FORMAT_IMAGE_H

#include <stdint.h>

#define IMAGE_MAGIC   "\211PRFIMG\n" /* 8 bytes; the first one occurs in no text */
#define IMAGE_VERSION 5

enum {
    IMAGE_UNIT = 64,          /* bytes */
    IMAGE_HEADER_SIZE = 4096, /* bytes */
    IMAGE_COMMAND_MAX = 3072, /* bytes */
    IMAGE_BUILD_ID_MAX = 64,  /* bytes */
    IMAGE_REGION_MAX = 252,   /* bytes of a region's name */
    IMAGE_PROFILES = 1 << 30, /* numbers of profiles are from 1 to less than this */
};

enum image_clock {
    IMAGE_CLOCK_MONOTONIC = 1, /* a tick is a nanosecond of CLOCK_MONOTONIC */
    IMAGE_CLOCK_TSC = 2,       /* a tick is one of the x86 time-stamp counter, which starts at its reset */
    IMAGE_CLOCK_SETTABLE = 3,  /* of the unit tests: a tick is a nanosecond */
};

enum image_timer {
    IMAGE_TIMER_CLOCK = 0,  /* the clock */
    IMAGE_TIMER_CPU = 1,    /* CPU time of the thread */
    IMAGE_TIMER_FAULTS = 2, /* page faults of the thread */
    IMAGE_TIMER_CUSTOM = 3, /* the result of a function of the user's, or a count of perf events */
};
#define IMAGE_UNIT_NAME_MAX 16 /* bytes, with the NUL */

/* Failures of the timer. */
enum image_missing {
    IMAGE_MISSING_TIMER = 1,    /* it could not be set up: no call reads it */
    IMAGE_MISSING_READINGS = 2, /* some readings failed: it stood still there */
};

/* The calls that read the timer, at entry and at exit. */
enum image_reads {
    IMAGE_READS_EVERY = 1,   /* all */
    IMAGE_READS_SAMPLED = 2, /* all calls of a record until it proves hot and short; then random ones */
    IMAGE_READS_NONE = 3,    /* none: calls are only counted */
};

/* The sources of samples. */
enum image_sampler {
    IMAGE_SAMPLER_NONE = 0,
    IMAGE_SAMPLER_PERF = 1,  /* the kernel, by perf_event_open(2) */
    IMAGE_SAMPLER_TIMER = 2, /* a timer of each thread's CPU time */
};

/* Cost of the hooks for one call, in 1/IMAGE_COST_UNIT of a tick of the timer. Measured as the process
 * starts. */
struct image_costs {
    uint32_t inside;    /* of a call that reads the timer: the part between its two readings */
    uint32_t sampled;   /* that part in a sampled record, where the processor mispredicts readings */
    uint32_t outside;   /* of a call that reads the timer: the part not between its readings */
    uint32_t unclocked; /* of a call that does not read the timer: all */
};
#define IMAGE_COST_UNIT 256

/* One instant on three clocks. Two anchors that lie apart give the length of a tick. */
struct image_anchor {
    uint64_t ticks;     /* of the clock */
    uint64_t monotonic; /* nanoseconds of CLOCK_MONOTONIC */
    uint64_t boottime;  /* nanoseconds of CLOCK_BOOTTIME, which also runs while the machine sleeps */
};

struct image_header {
    char magic[8]; /* IMAGE_MAGIC, written when the rest of the header is complete */
    uint32_t version;
    uint32_t clock; /* enum image_clock */
    uint32_t pid;
    uint32_t parent_pid;
    uint64_t used;    /* bytes of the file that are in use */
    uint32_t modules; /* the newest struct image_module, or 0 */
    uint32_t threads; /* the newest struct image_thread, or 0 */
    struct image_anchor start;
    struct image_anchor last; /* taken again when a thread starts or takes space, and at the end */
    int64_t start_time;       /* nanoseconds since the epoch */
    uint64_t ended;           /* ticks of the clock when the process began to exit; 0 if it has not */
    uint64_t lost;            /* calls that no thread could record */
    uint64_t cpu_start;       /* nanoseconds of CPU time of the process at its start; 0: unknown */
    uint64_t cpu_ended;       /* nanoseconds of CPU time of the process when it ended; 0: unknown */
    uint32_t command_size;    /* bytes of command: the words of the command line, each with its NUL */
    uint32_t children_lost;   /* forked descendants with calls that could not make an image of their own */
    uint32_t reads;           /* enum image_reads */
    struct image_costs costs;
    uint32_t timer;                 /* enum image_timer */
    uint32_t timer_missing;         /* enum image_missing, or 0 */
    uint32_t gate;                  /* struct image_gate, or 0 */
    uint32_t throttled;             /* the newest struct image_throttled, or 0 */
    double timer_tick;              /* nanoseconds, or UNITs, in a tick of the timer; 0: as of the clock */
    char unit[IMAGE_UNIT_NAME_MAX]; /* what the timer counts, ended by a NUL; "": time */
    double rate;          /* nanoseconds in a tick of the clock, measured over a moment at the start; or 0 */
    uint32_t waits;       /* 1: the time that calls wait is measured (image_details.waited) */
    uint32_t period;      /* nanoseconds of CPU time between two samples of a thread; 0: none are taken */
    uint32_t sampler;     /* enum image_sampler */
    uint32_t sample_cost; /* nanoseconds for which a sample of the kernel stops a thread; 0: unknown */
    uint32_t samples_kernel;   /* 1: samples also find the kernel at work for the program */
    uint32_t samplers_missing; /* threads that could not be sampled */
    uint32_t profile; /* the file is about the threads with this image_thread.profile; 0: about all threads */
    char command[IMAGE_COMMAND_MAX];
};

/*
 * A pause ends all open activations at its instant, as returns. A reset sets all figures to zero, and open
 * activations begin again at its instant. Each thread takes a turn at its next event. Until then its figures
 * are as before the turn, and a reader must apply the turn to them.
 */
enum image_turn_kind {
    IMAGE_TURN_PAUSE = 1,
    IMAGE_TURN_RESET = 2,
    IMAGE_TURN_RESUME = 3 /* changes nothing in any thread */
};

struct image_turn {
    uint64_t ticks; /* of the clock: its instant */
    uint32_t kind;  /* enum image_turn_kind */
    uint32_t reserved;
};

enum {
    IMAGE_GATE_SIZE = 4096, /* bytes, and the gate's alignment in the file: a page, to be mapped by itself */
    IMAGE_TURNS = 128,      /* turns that are kept: the newest */
};

enum image_gate_state {
    IMAGE_GATE_RUNNING = 1,
    IMAGE_GATE_PAUSED = 2,
    IMAGE_GATE_RESUMING = 3, /* paused until the next event */
    IMAGE_GATE_ELSEWHERE = 4 /* never in a file: another copy of the runtime in this process records */
};

/*
 * The part of the image that other processes write to, in order to pause, resume or reset recording.
 *
 * Turns have numbers from 1. Invariants:
 *
 *     open == 0 or open == opened     other processes only ever store 0
 *     turn <= claimed
 *     turn N is turns[N % IMAGE_TURNS], for turn - IMAGE_TURNS < N <= turn
 */
struct image_gate {
    uint64_t open;   /* 0: the gate is shut: events look at state and turn first (gate.h) */
    uint64_t opened; /* the value of open while events need not look */
    union {
        struct {
            uint32_t state; /* enum image_gate_state */
            uint32_t turn;  /* number of the newest turn; 0: none yet */
        };
        uint64_t condition; /* both in one word */
    };
    uint32_t obeyed;  /* number of the newest turn that all threads have been sent to take */
    uint32_t pauses;  /* turns of kind IMAGE_TURN_PAUSE */
    uint32_t resets;  /* turns of kind IMAGE_TURN_RESET */
    uint32_t claimed; /* number of the newest turn that is written or being written */
    struct image_turn turns[IMAGE_TURNS];
    uint8_t pad[IMAGE_GATE_SIZE - 40 - IMAGE_TURNS * sizeof(struct image_turn)];
};

/* A loaded executable or shared object. */
struct image_module {
    uint32_t next;
    uint32_t path_size;     /* bytes of path, without a NUL */
    uint64_t base;          /* address in memory = address in the file + base */
    uint64_t start;         /* address in memory of the first byte of its executable code ... */
    uint64_t end;           /* ... and of the first byte after that code */
    uint64_t file_size;     /* bytes; 0 if unknown */
    int64_t file_mtime;     /* nanoseconds since the epoch */
    uint32_t build_id_size; /* bytes */
    uint32_t unfiltered;    /* 1: the user's filters could not be looked up for it, so none apply */
    uint8_t build_id[IMAGE_BUILD_ID_MAX];
    char path[]; /* takes as many more units as it needs */
};

/* A function that is recorded no more, because it proved short and hot (profile --throttle). */
struct image_throttled {
    uint32_t next;
    uint32_t module;   /* struct image_module, or 0 */
    uint64_t function; /* address */
    uint64_t calls;    /* by which it was judged */
    uint64_t ticks;    /* of the clock, when it was judged */
    uint8_t reserved[32];
};

/*
 * A stack, with all that was recorded on it. It is the stack of a thread, or that of a coroutine (a strand).
 * A thread has another one of these for each profile of the program's own: it is used while that is enabled.
 *
 * Time does not pass for a stack while it is suspended, nor on the runtime's slow paths. NOW being a reading
 * of the thread's timer, the time of its stack is
 *
 *     (suspended != 0 ? suspended : NOW) - paused
 */
struct image_thread {
    uint32_t next;
    uint32_t root;  /* struct image_record of the thread's start: no function, no calls */
    uint32_t stack; /* struct image_frame: the bottom */
    uint32_t spare; /* struct image_record of calls that could not get one of their own; its function is 0 */
    uint64_t tid;
    uint64_t start, end; /* ticks of the clock; end is 0 while it runs */
    char name[16];       /* that the kernel has for the thread, ended by a NUL */
    uint64_t unwound;    /* activations that were unwound */
    uint64_t unmatched;  /* exits that belonged to no frame */
    uint64_t lost;       /* calls without a record, of functions without a struct image_function here */
    uint64_t paused;     /* ticks of the timer that count for no activation: see above */
    uint64_t accounted;  /* ticks of the timer: the sum of self of all timed activations that have ended */
    uint64_t suspended;  /* reading of the timer when the stack was suspended; 0: it is not suspended */
    uint32_t is_strand;  /* 1: the stack of a coroutine, which first ran on thread TID */
    uint32_t count;      /* threads it stands for: 1; more, if ended ones were added; 0: it waits for reuse */
    uint64_t start_function; /* address of the first function that it called */
    uint32_t overflow;       /* struct image_frame that stands for all further ones when memory is short */
    uint32_t backwards;      /* times that its timer has stepped back */
    uint64_t timer_end;  /* reading of its timer when the process ended; 0: none, or the timer is the clock */
    uint32_t turn;       /* number of the newest turn that it has taken */
    uint32_t profile;    /* number of the profile that the program made, or 0 */
    uint32_t has_timer;  /* 1: a timer of its own; its figures are not comparable with other threads' */
    uint32_t is_sampled; /* 1: samples of the thread are taken */
    uint64_t sample_time; /* nanoseconds of CPU time that its samples stand for */
    uint64_t ran, waited; /* nanoseconds that it had a processor, and waited for one; 0 if its samples tell
                             that, or nobody does */
    uint8_t pad[16];
};

/*
 * A function as one thread knows it.
 *
 *     calls of the function in the thread = sum of calls over its records + lost
 */
struct image_function {
    uint64_t address;
    uint32_t module;    /* struct image_module that held the address, or 0 */
    uint32_t outermost; /* struct image_frame of its outermost activation; 0: the function is not active */
    uint32_t region;    /* struct image_region; 0: a function proper */
    uint32_t reserved;
    uint64_t lost; /* calls for which there was no record */
    uint8_t pad[32];
};

/* A region. The address in memory of this struct serves as the address of the function. */
struct image_region {
    uint32_t name_size; /* bytes of name, without a NUL */
    char name[];
};

/*
 * An edge: the figures of its nested calls, which the records do not hold. While the callee is not active, no
 * call along the edge is.
 */
struct image_edge {
    uint32_t caller;    /* struct image_function; 0: the thread's start */
    uint32_t callee;    /* struct image_function */
    uint32_t outermost; /* struct image_frame of the outermost nested activation along the edge; 0: there is
                           none, or the callee's own outermost activation was called along this edge */
    uint32_t reserved;
    uint64_t nested;           /* nested calls */
    uint64_t nested_outermost; /* those made while no call along this edge was active */
    uint64_t nested_inclusive; /* ticks of the timer: inclusive of the timed ones of those */
    uint64_t nested_sampled;   /* nanoseconds: inclusive of the others, by samples (sampler.h); less what the
                                  timed ones waited for a processor. The bits of an int64_t */
    uint8_t pad[16];
};

/*
 * A record: a calling context.
 *
 * There are three kinds of records. U is the record's own reference, F its function:
 *
 *     target == U                     no other record on the path is of F
 *     target is an ancestor, of F     a recursive call back to that ancestor
 *     target == F | IMAGE_FOLDED      folded
 *
 * The records of an activation's callees hang below the target of its own record. So a path names each
 * function at most once, at any depth of recursion. A folded record stands for all calls from one function to
 * another, whatever the path: it hangs below the caller's record that is a child of the root. Records are
 * folded when the process has as many as it may have. Then at most one more is made for each edge, and the
 * caller of every call stays exact.
 *
 *     next_sibling.parent == parent
 *     edge.callee == function, edge.caller == parent.function
 *     target.function == function             unless it is folded
 *
 * At the exit of a timed activation, where INCLUSIVE and SELF are its own:
 *
 *     record.self += SELF
 *     record.inclusive += INCLUSIVE           if it is the outermost of its function
 *     edge.nested_inclusive += INCLUSIVE      if not, but it is the outermost along its edge
 *     thread.accounted += SELF
 *
 * A call that is not timed adds nothing: its time is in the self of the timed activation around it. So the
 * sum of self is exact, and the reader divides it (cli/model/ledger.h).
 */
struct image_record {
    uint64_t calls;
    uint64_t next; /* calls read the timer from this number on; a reading in a sampled record moves it. 0: all
                      calls do; UINT64_MAX: none does. In a thread that is being added to another (retire.c):
                      the record that has taken over the figures */
    uint64_t self; /* ticks of the timer */
    uint64_t inclusive; /* ticks of the timer; only of the activations that were their function's outermost */
    uint32_t function;  /* struct image_function; 0 in the root */
    uint32_t parent;    /* struct image_record; 0 in the root */
    uint32_t first_child;  /* struct image_record: the newest child, or 0 */
    uint32_t next_sibling; /* struct image_record: the child of parent made before this one, or 0 */
    uint32_t target;       /* struct image_record, or a function with IMAGE_FOLDED: see above */
    uint32_t edge;         /* struct image_edge; 0 in the root */
    uint32_t details;      /* struct image_details, or 0 */
    uint32_t successor;    /* struct image_record: a guess at the next one from this one's call site; the root
                              if there is none. For the runtime alone */
};

/*
 * Further figures of a record, for those that need them: records that are sampled, have waited, were unwound,
 * or were found by the kernel's samples.
 *
 * The calls that have read the timer are
 *
 *     min(record.calls, last) - unclocked
 */
struct image_details {
    uint64_t unwound;    /* activations that were unwound */
    uint64_t last;       /* number of the newest timed call; only counts where is_sampled */
    uint64_t unclocked;  /* calls before that one that were not timed */
    uint64_t leaf_calls; /* calls for which timed ones stand, by their weights, in which no other began ... */
    uint64_t leaf_ticks; /* ... and the ticks that these would take */
    float typical;       /* ticks: inclusive of a timed call, as a mean in which the newest weigh most */
    uint32_t is_sampled; /* 1: only some of the record's calls are timed */
    uint64_t waited;     /* nanoseconds that the record's calls themselves had no processor; see waits */

    /* Samples of the kernel, taken while an activation of this record was the innermost (sampler.h). */
    uint64_t samples;   /* that found the program, or the kernel on its behalf */
    uint64_t overhead;  /* that found the hooks */
    uint64_t blocked;   /* nanoseconds that the thread waited for something else than a processor */
    uint64_t preempted; /* nanoseconds that it waited for a processor */

    uint64_t inclusive_sampled; /* nanoseconds: inclusive of outermost activations that were not timed, by
                                   samples; less what the timed ones waited for a processor. The bits of an
                                   int64_t */
    uint8_t pad[32];
};

/*
 * A frame: an activation, on a stack. Frames are made in blocks and never taken apart. Frames from the
 * bottom up to the innermost are in use.
 *
 *     sp == 0                               free, or claimed by an event that is being recorded
 *     sp != 0, record != 0                  an activation
 *     sp != 0, record == 0, below == 0      the bottom of a thread's or strand's stack
 *     sp != 0, record == 0, below != 0      the bottom of the stack of a signal handler: it goes on from the
 *                                           stack that the handler has interrupted, here called HOST
 *
 * At the exit of a timed activation when the time of the stack is NOW:
 *
 *     inclusive = NOW - entry
 *     self = inclusive - (thread.accounted - frame.accounted)
 */
struct image_frame {
    uint64_t function;  /* address, with FRAME_MARKS; in a handler's bottom, the lowest address of HOST */
    uint64_t entry;     /* time of the stack at entry, if the call reads the timer; in a handler's bottom, the
                           highest address of HOST */
    uint64_t accounted; /* thread.accounted at entry, if the call reads the timer; while the frame is claimed,
                           the sp that it will have */
    uint64_t sp;        /* stack pointer at entry; in a bottom, the highest address of its stack */
    uint64_t call_site; /* address: where the call returns to. 0 in a free frame: no call has used it since
                           that was written (frame_watch()) */
    uint32_t record;    /* struct image_record */
    uint32_t position;  /* the record's target, below which callees' records hang; 0: not counted yet. For the
                           thread's spare record, the position of the frame below */
    uint32_t above;     /* struct image_frame: the next one inwards, with FRAME_APART; 0: none is made yet */
    uint32_t below;     /* struct image_frame: the next one outwards, with FRAME_APART */
    uint32_t weight; /* calls of the record since its last timed one, with this; 0: this one is not timed */
    uint32_t depth;  /* frames from the bottom to this one; only kept under filters, also of free frames */
};

/* In image_frame.above and below: the frame lies in another block. Without it, it is the adjacent unit. */
#define FRAME_APART ((uint32_t)1 << 31)

/* Marks in image_frame.function, in bits that no address of a program has. They send the exit to the slow
 * path. A starter is a call that has started recording (event_mark_starter()). */
#define FRAME_UNWINDING ((uint64_t)1 << 63) /* an exception passes through the frame */
#define FRAME_OUTERMOST ((uint64_t)1 << 62) /* outermost on a handler's stack or a strand, or a starter */
#define FRAME_MARKS     (FRAME_UNWINDING | FRAME_OUTERMOST)

/* Marks the target of a folded record. No reference has this bit: an image has fewer than 2^30 units. */
#define IMAGE_FOLDED ((uint32_t)1 << 30)

_Static_assert(sizeof(struct image_header) <= IMAGE_HEADER_SIZE, "the header fits its page");
_Static_assert(sizeof(struct image_gate) == IMAGE_GATE_SIZE, "a gate is a page");
_Static_assert(sizeof(struct image_throttled) == IMAGE_UNIT, "a throttled function is a unit");
_Static_assert(sizeof(struct image_thread) / IMAGE_UNIT == 3, "a thread is three units");
_Static_assert(sizeof(struct image_function) == IMAGE_UNIT, "a function is a unit");
_Static_assert(sizeof(struct image_edge) == IMAGE_UNIT, "an edge is a unit");
_Static_assert(sizeof(struct image_record) == IMAGE_UNIT, "a record is a unit");
_Static_assert(sizeof(struct image_details) / IMAGE_UNIT == 2, "a record's details are two units");
_Static_assert(sizeof(struct image_frame) == IMAGE_UNIT, "a frame is a unit");

#endif
