/*
 * model.h - a profile in memory: what was loaded and checked, before anything is summed or printed.
 *
 * The loaders (load.h) fill it, symbolize.h names its functions, prof_file.h writes it, table.h sums it up.
 * Indexes between its arrays have been checked by whoever filled it, so its readers need not. Starts and ends
 * are in ticks of the process's clock, which profile_process.tick_ns converts. What records and edges have
 * are ticks of its timer, which profile_tick() converts: to nanoseconds, if that measures time, or else to
 * what it counts. PROFILE_NONE stands for "no index".
 *
 * The records of a thread form a calling-context tree in which recursion is folded (Ammons, Ball and Larus,
 * "Exploiting Hardware Performance Counters with Flow and Context Sensitive Profiling", PLDI 1997): a call to
 * a function that is already on the path is a record whose target is that ancestor, and its callees are found
 * below the target. So the function and the caller of every call are exact, and a path names no function
 * twice.
 *
 * From them, what cProfile would show (sums over all threads; r: records, e: edges):
 *
 *     function f       ncalls  = sum r.calls                    over the records of f
 *                      pcalls  = ncalls - sum e.nested          over the edges into f
 *                      tottime = sum r.self - r.overhead
 *                      cumtime = sum r.inclusive - r.inclusive_overhead
 *     edge p -> f      ncalls  = sum r.calls                    over the records of f whose parent is one
 *                                                               of p
 *                      pcalls  = ncalls - e.nested + e.nested_outermost
 *                      tottime = sum r.self - r.overhead
 *                      cumtime = sum r.inclusive - r.inclusive_overhead
 *                                + e.nested_inclusive - e.nested_overhead
 *
 * Times are as they were measured, with what the hooks cost in them; that is kept beside them (compensate.h).
 */
#ifndef CLI_MODEL_MODEL_H
#define CLI_MODEL_MODEL_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/blocks.h"
#include "cli/base/message.h"
#include "cli/base/ticks.h"
#include "symbolizer/symbolizer.h"

#define PROFILE_NONE UINT32_MAX

struct profile_module {
    struct symbolizer_module file; /* its path, and how to know it again */
    int symbolized;                /* its functions have been looked up, whatever was found */
};

struct profile_function {
    uint64_t offset; /* run-time address less the module's load address; the plain address without a module */
    uint32_t module; /* index, or PROFILE_NONE */
    uint32_t line;   /* of its definition; 0 if unknown */
    const char *name; /* linkage name, or NULL */
    const char *file; /* path, or NULL */
    enum symbolizer_language language;
};

/* A calling context: a function, called from the context PARENT. Parents stand before their children. */
struct profile_record {
    uint32_t function; /* index; PROFILE_NONE in a thread's root and nowhere else */
    uint32_t parent;   /* index; PROFILE_NONE in a thread's root */
    uint32_t target;   /* itself, or the ancestor that this recursive call leads back to */
    uint64_t calls;
    int64_t self;      /* ticks, without callees; an estimate may be less than nothing */
    int64_t inclusive; /* ticks of the activations that were their function's outermost, with callees */
    int64_t overhead;  /* ticks of self that are not the program's but the hooks'; may be negative too */
    int64_t inclusive_overhead; /* the same of inclusive */
    double variance;            /* of self, in ticks squared: 0 where every call was timed */
    uint64_t clocked;           /* calls that read the clock */
    uint64_t unwound; /* activations left without a return: by longjmp, an exception, the thread's end */
    uint64_t waited;  /* nanoseconds of self without a processor, if the process waits */
};

/* What recursion adds to the calls from CALLER to CALLEE in one thread: only pairs that were ever nested. */
struct profile_edge {
    uint32_t caller;           /* function, or PROFILE_NONE for a thread's start */
    uint32_t callee;           /* function */
    uint64_t nested;           /* calls made while CALLEE was already active */
    uint64_t nested_outermost; /* of these, the ones made while no call from CALLER was active */
    int64_t nested_inclusive;  /* ticks of those, with callees */
    int64_t nested_overhead;   /* of these, the hooks' */
};

struct profile_thread {
    uint32_t process; /* index */
    uint64_t tid;
    const char *name;    /* as the system knew it, or "" */
    uint64_t count;      /* threads that it stands for: many short ones of one kind are summed up */
    int is_strand;       /* it is a coroutine's stack, which the thread ran on */
    uint64_t start, end; /* ticks, as far apart as it was recorded */
    uint32_t root;       /* index of its first record; its others follow it */
    uint32_t record_count;
    uint32_t first_edge, edge_count;
    uint64_t unwound;   /* activations that were left without a return: longjmp, exceptions, thread exit */
    uint64_t unmatched; /* returns from activations whose beginning was not seen */
    uint64_t open;      /* activations that had not ended when the thread did */
    uint64_t lost;      /* calls that could not be attributed to a context for want of space */
    uint64_t folded;    /* calls that have their caller for a path, to keep to the bound of contexts */
    uint64_t backwards; /* how often its timer has stepped back; or in how many records its clock has */
};

/* What is measured of calls. */
enum profile_timer {
    PROFILE_TIMER_UNKNOWN, /* time by a clock */
    PROFILE_TIMER_TSC,
    PROFILE_TIMER_MONOTONIC,
    PROFILE_TIMER_CPU,
    PROFILE_TIMER_FAULTS,
    PROFILE_TIMER_CUSTOM, /* a function of the user's */
};

/* Which calls read the timer. */
enum profile_reads { PROFILE_READS_UNKNOWN, PROFILE_READS_EVERY, PROFILE_READS_SAMPLED, PROFILE_READS_NONE };

/* What the hooks cost a call, in ticks. */
struct profile_costs {
    double inside;    /* of a call that reads the clock: between its two readings ... */
    double sampled;   /* ... if most of its record's do not, so that the processor has not foreseen it */
    double outside;   /* the rest of it */
    double unclocked; /* of a call that does not read the clock: all of it */
};

/* Stands for the filters of what is added up, if they are not the same. */
#define PROFILE_FILTERS_DIFFER "not the same for all"

/* A function that proved so short and hot that it was recorded no more. */
struct profile_throttled {
    uint32_t process;  /* index */
    uint32_t function; /* index */
    uint64_t calls;    /* by which it was judged */
    double after;      /* nanoseconds from the start of its process until then */
};

enum profile_exit { PROFILE_EXIT_UNKNOWN, PROFILE_EXIT_STATUS, PROFILE_EXIT_SIGNAL };

struct profile_process {
    uint64_t pid, parent;
    const char *command; /* its words, as a shell would take them */
    double tick_ns;      /* nanoseconds a tick of the clock */
    enum profile_timer timer;
    const char *unit;    /* what that counts; NULL or "": time */
    double tick;         /* nanoseconds, or units, a tick of it; 0: as of the clock */
    uint64_t start, end; /* ticks */
    int64_t start_time;  /* nanoseconds since the epoch */
    enum profile_exit exit;
    uint32_t exit_value;    /* exit status or signal number */
    uint32_t children_lost; /* that could not be recorded */
    enum profile_reads reads;
    struct profile_costs costs;
    int waits;     /* what its threads waited is known */
    double asleep; /* nanoseconds for which the machine slept meanwhile; 0 if that is too short to tell */
    double astray; /* ... by which the clock went further than the kernel's, or less far, if that is much */
    int is_paused; /* nothing was recorded for a part of the run ... */
    int is_reset;  /* ... or what was has been forgotten */
};

struct profile {
    struct profile_process *processes; /* the first is the program itself */
    size_t process_count;
    struct profile_thread *threads;
    size_t thread_count;
    struct profile_module *modules;
    size_t module_count;
    struct profile_function *functions;
    size_t function_count;
    struct profile_record *records;
    size_t record_count;
    struct profile_edge *edges;
    size_t edge_count;
    struct profile_throttled *throttled; /* in the order in which they were */
    size_t throttled_count;
    const char *filters; /* what was left out, as options; or PROFILE_FILTERS_DIFFER; NULL: nothing */
    const char *
        *warnings; /* lines fit for a user, of what could not be had while loading; not kept in files */
    size_t warning_count;
    struct blocks strings; /* owns every string above */
};

/* A copy of LENGTH bytes of TEXT that lives as long as the profile, or NULL without memory. */
const char *profile_string(struct profile *profile, const char *text, size_t length);

/* Adds a warning; one that there is no memory for is lost. */
void profile_warn(struct profile *profile, const char *text);

/* Nanoseconds, or units, a tick of the process's timer; 0 if the file says nothing sensible, so that no sum
 * becomes a NaN, which can't be sorted. */
double profile_tick(const struct profile_process *process);
/* May a tick be so long, or 0, if nothing is said? A file with a longer one than all of a clock is damaged,
 * and its times might add up to no number. */
int profile_is_tick(double length);

/* Does the process's timer count something else than time? */
int profile_counts(const struct profile_process *process);

/* What the process's timer measures, in words. What has different ones cannot be added up. */
const char *profile_measure(const struct profile_process *process);
#define PROFILE_MEASURE_TIME "time"

/* Do all processes measure the same? Only such a profile can be summed up. */
int profile_is_of_one_measure(const struct profile *profile);

/* Ticks without what the hooks cost. */
static inline int64_t profile_self(const struct profile_record *record)
{
    return ticks_subtract(record->self, record->overhead);
}

static inline int64_t profile_inclusive(const struct profile_record *record)
{
    return ticks_subtract(record->inclusive, record->inclusive_overhead);
}

/* Takes the times as they were measured. */
void profile_forget_overhead(struct profile *profile);

/* The filters of what has been added up with those of MORE: they are given for the first time if IS_FIRST. */
const char *profile_add_filters(const char *filters, const char *more, int is_first);

/* Frees what the profile holds; a zeroed profile is fine. */
void model_free(struct profile *profile);

#endif
