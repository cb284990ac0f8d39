/*
 * image.h - the file that a running program keeps its profile in, mapped shared.
 *
 * The runtime writes it, cli/files/image_load.c reads it, and prof(5) describes it. There is no dump at the
 * end: the kernel keeps the pages however the process ends, and at any instant the file holds every finished
 * call and every open frame.
 *
 * The file is an array of units of 64 bytes, and a reference is the index of a unit; 0, which is the header,
 * means "none". Everything is reached from the header by references:
 *
 *     header -> modules (list)
 *            -> throttled functions (list)
 *            -> threads (list) -> root record -> first_child, next_sibling -> ...
 *                              -> stack (chain of frames)
 *     record -> function, edge, details
 *
 * Each thread is the only writer of what hangs below it. A thing is filled in before anything refers to it,
 * so a reader that follows references sees no half-made thing; it must still check every one of them. Numbers
 * are in the byte order of the machine. New space reads as zeros.
 */
#ifndef RUNTIME_FORMAT_IMAGE_H
#define RUNTIME_FORMAT_IMAGE_H

#include <stdint.h>

#define IMAGE_MAGIC   "\211PRFIMG\n" /* 8 bytes; begins with a byte that no text has */
#define IMAGE_VERSION 3

enum {
    IMAGE_UNIT = 64, /* bytes */
    IMAGE_HEADER_SIZE = 4096,
    IMAGE_COMMAND_MAX = 3072,
    IMAGE_BUILD_ID_MAX = 64,
    IMAGE_REGION_MAX = 252, /* bytes of a region's name */
    IMAGE_PROFILES = 1 << 30,
};

enum image_clock {
    IMAGE_CLOCK_MONOTONIC = 1, /* ticks are nanoseconds of CLOCK_MONOTONIC */
    IMAGE_CLOCK_TSC = 2,       /* ticks of the x86 time-stamp counter, since its reset */
    IMAGE_CLOCK_SETTABLE = 3,  /* the tests' own: a tick is a nanosecond */
};

/* What is measured of calls. */
enum image_timer {
    IMAGE_TIMER_CLOCK = 0,  /* the clock */
    IMAGE_TIMER_CPU = 1,    /* CPU time of the thread */
    IMAGE_TIMER_FAULTS = 2, /* page faults of the thread */
    IMAGE_TIMER_CUSTOM = 3, /* what a function says that the user has brought, or events */
};
#define IMAGE_UNIT_NAME_MAX 16

enum image_missing {
    IMAGE_MISSING_TIMER = 1,    /* it could not be had: no call reads it */
    IMAGE_MISSING_READINGS = 2, /* some found that it could not be read: it stood still */
};

/* Which calls read the timer, at both of their ends. */
enum image_reads {
    IMAGE_READS_EVERY = 1,   /* all */
    IMAGE_READS_SAMPLED = 2, /* all of a record, until it has proved hot and short; then some, at random */
    IMAGE_READS_NONE = 3,    /* none: calls are counted only */
};

/* What the hooks cost a call, in IMAGE_COST_UNITs of a tick, as measured when the process started. */
struct image_costs {
    uint32_t inside;    /* of a call that reads the clock: between its two readings ... */
    uint32_t sampled;   /* ... if most of its record's do not, so that the processor has not foreseen it */
    uint32_t outside;   /* the rest of it */
    uint32_t unclocked; /* of a call that does not read the clock: all of it */
};
#define IMAGE_COST_UNIT 256

/* The same instant on three clocks. Two anchors, some time apart, give the length of a tick. */
struct image_anchor {
    uint64_t ticks;
    uint64_t monotonic; /* nanoseconds of CLOCK_MONOTONIC */
    uint64_t boottime;  /* of CLOCK_BOOTTIME, which goes on while the machine sleeps */
};

struct image_header {
    char magic[8];
    uint32_t version;
    uint32_t clock; /* enum image_clock */
    uint32_t pid;
    uint32_t parent_pid;
    uint64_t used;    /* bytes of the file that have been given out */
    uint32_t modules; /* the newest struct image_module */
    uint32_t threads; /* the newest struct image_thread */
    struct image_anchor start;
    struct image_anchor last; /* taken anew at every thread start, growth, and at the end */
    int64_t start_time;       /* nanoseconds since the epoch */
    uint64_t ended;           /* ticks when the process began to exit; 0 if it has not */
    uint64_t lost;            /* calls that no thread could record */
    uint32_t
        command_size; /* bytes of command, which holds the words of the command line, each with its NUL */
    uint32_t
        children_lost; /* forked descendants that called functions and could make no image of their own */
    uint32_t reads;    /* enum image_reads */
    struct image_costs costs;
    uint32_t timer;                 /* enum image_timer */
    uint32_t timer_missing;         /* enum image_missing */
    uint32_t gate;                  /* struct image_gate, or 0 */
    uint32_t throttled;             /* the newest struct image_throttled */
    double timer_tick;              /* nanoseconds, or units, a tick of it; 0: as of the clock */
    char unit[IMAGE_UNIT_NAME_MAX]; /* what it counts, ended by a NUL; "": time */
    double rate;      /* nanoseconds a tick of the clock, as measured in a moment at the start, or 0 */
    uint32_t waits;   /* what threads wait is known */
    uint32_t profile; /* image_thread.profile of the threads that the file is about; 0: it is about all */
    char command[IMAGE_COMMAND_MAX];
};

/* A pause of the recording ends all open calls at its instant; a reset makes all figures nothing, and open
 * calls begin anew. Each thread takes turns at its next event: until then its figures are as before, and a
 * reader must do it. */
enum image_turn_kind {
    IMAGE_TURN_PAUSE = 1,
    IMAGE_TURN_RESET = 2,
    IMAGE_TURN_RESUME = 3 /* no thread has anything to do */
};

struct image_turn {
    uint64_t ticks; /* of the clock */
    uint32_t kind;  /* enum image_turn_kind */
    uint32_t reserved;
};

enum {
    IMAGE_GATE_SIZE = 4096, /* bytes, at a multiple of that in the file: it is mapped by itself */
    IMAGE_TURNS = 128,      /* that are remembered */
};

enum image_gate_state {
    IMAGE_GATE_RUNNING = 1,
    IMAGE_GATE_PAUSED = 2,
    IMAGE_GATE_RESUMING = 3, /* paused, until the next event */
    IMAGE_GATE_ELSEWHERE = 4 /* never in a file: another copy of the runtime records */
};

/* What others may write in, to have the program pause, go on, or begin anew. */
struct image_gate {
    uint64_t open;   /* 0: events are not just recorded. Others only ever shut it */
    uint64_t opened; /* what it is when open */
    union {
        struct {
            uint32_t state; /* enum image_gate_state */
            uint32_t turn;  /* number of the newest turn; 0: there was none */
        };
        uint64_t condition; /* both */
    };
    uint32_t obeyed; /* of the newest that all threads have been told of */
    uint32_t pauses; /* turns of these kinds */
    uint32_t resets;
    uint32_t claimed;                     /* number of the newest turn that somebody is writing */
    struct image_turn turns[IMAGE_TURNS]; /* at their numbers, modulo their count */
    uint8_t pad[IMAGE_GATE_SIZE - 40 - IMAGE_TURNS * sizeof(struct image_turn)];
};

/* A loaded executable or shared object. */
struct image_module {
    uint32_t next;
    uint32_t path_size; /* bytes of path, without a NUL */
    uint64_t base;      /* what was added to the addresses in the file */
    uint64_t start;     /* its executable code lies from here ... */
    uint64_t end;       /* ... up to here */
    uint64_t file_size; /* of the file, in bytes; 0 if unknown */
    int64_t file_mtime; /* nanoseconds since the epoch */
    uint32_t build_id_size;
    uint32_t unfiltered; /* filters were wanted, and nobody could say what they mean here */
    uint8_t build_id[IMAGE_BUILD_ID_MAX];
    char path[]; /* goes on for as many units as it takes */
};

/* A function that proved so short and hot that it was recorded no more. */
struct image_throttled {
    uint32_t next;
    uint32_t module;   /* struct image_module, or 0 */
    uint64_t function; /* address */
    uint64_t calls;    /* by which it was judged */
    uint64_t ticks;    /* of the clock, when that was */
    uint8_t reserved[32];
};

/* A thread, or one of several stacks that a thread runs on by turns. */
struct image_thread {
    uint32_t next;
    uint32_t root;  /* struct image_record of the thread's start: no function, no calls */
    uint32_t stack; /* the bottom of its struct image_frames */
    uint32_t spare; /* the record of calls that could not get one: no function that is known */
    uint64_t tid;
    uint64_t start, end; /* ticks; end is 0 while it runs */
    char name[16];       /* as the kernel has it, ended by a NUL */
    uint64_t unwound;    /* frames closed because their stack was gone: longjmp, exceptions, thread exit */
    uint64_t unmatched;  /* exits that belonged to no frame */
    uint64_t lost;       /* calls to functions it does not know that could not get a record or a frame */
    uint64_t paused;     /* ticks for which its stack was suspended: its frames' times leave them out */
    uint64_t suspended;  /* ticks since when it is suspended, or 0; both of its timer */
    uint32_t is_strand;  /* it is not a thread's own stack but a coroutine's, which ran on TID first */
    uint32_t count; /* threads that it stands for: one, or several that have ended; 0: it is between two */
    uint64_t start_function; /* address of the first function that it called */
    uint32_t overflow;       /* the frame that is kept for when there are no more */
    uint32_t backwards;      /* how often its timer has stepped back */
    uint64_t timer_end;      /* ticks of its timer, if that is not the clock, when the process ended; or 0 */
    uint32_t turn;           /* the newest turn that it has taken */
    uint32_t profile;   /* the number of the profile that the program made (profile.h), or 0: what was called
                           while that was enabled in the thread */
    uint32_t has_timer; /* of its own: its figures do not go with those of other threads */
    uint8_t pad[52];
};

/* A function as one thread knows it. */
struct image_function {
    uint64_t address;
    uint32_t module;    /* struct image_module that held the address, or 0 */
    uint32_t outermost; /* the frame of its outermost activation that is open, or 0 */
    uint32_t region;    /* struct image_region, if it is no function but one of the program's regions */
    uint32_t reserved;
    uint64_t lost; /* calls, beside those of its records, that could not get a record or a frame */
    uint8_t pad[32];
};

/* A part of the program that it has named itself; its address stands for it as a function's does. */
struct image_region {
    uint32_t name_size; /* bytes of name, without a NUL */
    char name[];
};

/* The calls from one function to another in one thread: what cannot be told from the records when they nest.
 */
struct image_edge {
    uint32_t caller; /* struct image_function, or 0 for the thread's start */
    uint32_t callee;
    uint32_t outermost; /* the frame of the outermost nested activation that is open; 0: none, or the
                           function's own outermost one was called along this edge */
    uint32_t reserved;
    uint64_t nested;           /* calls made while the callee was active */
    uint64_t nested_outermost; /* of those, the ones made while no call along this edge was active */
    uint64_t nested_inclusive; /* ticks of those, with callees */
    uint8_t pad[24];
};

/*
 * A calling context. A call to a function that is not on the path has a record of its own, whose target is
 * itself; a call to one that is, has a record whose target is that ancestor, and what it calls is found below
 * the target.
 *
 * When a process has as many as it may have, further calls are folded: a record stands for all calls from one
 * function to another, whatever the path, below the record of the caller that hangs from the thread's root.
 * So there are no more than one for each edge, and the caller of every call is exact. The target of a folded
 * record is IMAGE_FOLDED and its function.
 *
 * Times are ticks of the process's timer, which is the clock unless the user wants another. Where only some
 * calls read it, they are estimates of what all calls took (sample.h).
 */
struct image_record {
    uint64_t calls;
    uint64_t next;      /* the clock is read from this call on, again: 0: at every call; UINT64_MAX: never. In
                           a thread that has ended: the record that has taken over the figures */
    uint64_t self;      /* ticks without callees; signed, in two's complement */
    uint64_t inclusive; /* ticks with callees, of the activations that were their function's outermost */
    uint32_t function;
    uint32_t parent;
    uint32_t first_child;
    uint32_t next_sibling;
    uint32_t target;
    uint32_t edge;
    uint32_t details; /* struct image_details, or 0 */
    int32_t typical;  /* ticks that a call which does not read the clock is taken to have, without callees */
};

/* What only some records need: the sampled ones, those that waited, and those of functions that were left by
 * unwinding. */
struct image_details {
    uint64_t unwound;   /* activations that were left other than by a return */
    uint64_t last;      /* the newest call that read the clock */
    uint64_t unclocked; /* calls before it that did not */
    double variance;    /* of self, for it is an estimate; ticks squared */
    uint32_t stride; /* calls of the block that the next reading stands for; 0: the record is not sampled */
    uint32_t rest;   /* calls of that block after the one that reads */
    float mean;      /* ticks of self time, of late, but for long waits ... */
    float square;    /* ... and of its square */
    float all;       /* ticks of self time, of late, with long waits */
    float longest;   /* ticks of self time that one call took not long ago */
    uint64_t waited; /* nanoseconds for which its calls had no processor, themselves; if that is known */
};

/*
 * An activation. A shadow stack is a chain of frames, made in blocks and never taken apart: those up to the
 * innermost are in use, and a frame whose sp is 0 is free, or claimed by an event that is just being
 * recorded. One with an sp and no record is not an activation but the bottom of a stack: the thread's own, or
 * a signal handler's.
 */
struct image_frame {
    uint64_t function; /* address, with FRAME_MARKS; in a handler's bottom, the lowest address of the stack
                          below */
    uint64_t entry;   /* ticks, if it reads the clock; in a handler's bottom, the highest address of the stack
                         below */
    uint64_t callees; /* ticks that callees have taken */
    uint64_t sp;      /* stack pointer at the event; in a bottom, the highest address of the stack */
    uint64_t call_site;
    uint32_t record;
    uint32_t
        position; /* the record's target: callees' records hang below it; 0 until the call has been counted */
    uint32_t above;  /* the next frame, inwards, with FRAME_APART; 0: none has been made yet */
    uint32_t below;  /* the one before, likewise; 0 in a thread's bottom */
    uint32_t weight; /* the calls that this one stands for; 0: it does not read the clock */
    uint32_t depth;  /* frames up to this one, if that is of interest: a free frame may have it too */
};

/* In image_frame.above and below: of another block. Without it, it is what comes next in the file. */
#define FRAME_APART ((uint32_t)1 << 31)

/* Marks in image_frame.function, which no address of a program has: they send the exit to the slow path. */
#define FRAME_UNWINDING ((uint64_t)1 << 63) /* an exception passes through it */
#define FRAME_OUTERMOST ((uint64_t)1 << 62) /* on the stack of a signal handler or a coroutine */
#define FRAME_MARKS     (FRAME_UNWINDING | FRAME_OUTERMOST)

/* Marks the target of a folded record; no unit has it, for an image has less than 2^30. */
#define IMAGE_FOLDED ((uint32_t)1 << 30)

_Static_assert(sizeof(struct image_header) <= IMAGE_HEADER_SIZE, "the header fits its page");
_Static_assert(sizeof(struct image_gate) == IMAGE_GATE_SIZE, "a gate is a page");
_Static_assert(sizeof(struct image_throttled) == IMAGE_UNIT, "a throttled function is a unit");
_Static_assert(sizeof(struct image_thread) / IMAGE_UNIT == 3, "a thread is three units");
_Static_assert(sizeof(struct image_function) == IMAGE_UNIT, "a function is a unit");
_Static_assert(sizeof(struct image_edge) == IMAGE_UNIT, "an edge is a unit");
_Static_assert(sizeof(struct image_record) == IMAGE_UNIT, "a record is a unit");
_Static_assert(sizeof(struct image_details) == IMAGE_UNIT, "a record's details are a unit");
_Static_assert(sizeof(struct image_frame) == IMAGE_UNIT, "a frame is a unit");

#endif
