/*
 * model.h - a profile in memory: loaded and checked, before anything is summed or printed.
 *
 * The loaders fill it (files/load.h), symbolize.h names its functions, files/prof_file.h writes it,
 * table/add.h sums it up. The code that fills it checks the indexes between its arrays, so its readers need
 * not. PROFILE_NONE stands for "no index".
 *
 * Starts and ends are in ticks of the process's clock, which profile_process.tick_ns converts. The times of
 * records and edges are in ticks of the process's timer. profile_tick() converts those: to nanoseconds if the
 * timer measures time, or else to what it counts.
 *
 * The records of a thread form a calling-context tree in which recursion is folded. See Ammons, Ball and
 * Larus, "Exploiting Hardware Performance Counters with Flow and Context Sensitive Profiling" (PLDI 1997). A
 * call to a function that is already on the path is a record whose target is that ancestor. Its callees are
 * found below the target. So the function and the caller of every call are exact, and a path names no
 * function twice.
 *
 * The figures that cProfile would show follow from them (sums over all threads; r: records, e: edges):
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
 * The loader of an image fills in times as they were measured, and ledger.h solves them: then none is
 * negative, the inclusive times are sums of self times, and the cost of the hooks is in them and also kept
 * beside them.
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
    struct symbolizer_module file; /* its path, and what tells its builds apart */
    int symbolized;                /* its functions have been looked up, with or without success */
};

/* How a function stands in the records of a file. */
enum profile_use { PROFILE_USE_NONE, PROFILE_USE_UNCALLED, PROFILE_USE_CALLED };

struct profile_function {
    uint64_t
        offset; /* run-time address less the module's load address; without a module, the address itself */
    uint32_t module;  /* index, or PROFILE_NONE */
    uint32_t line;    /* of its definition; 0 if unknown */
    const char *name; /* linkage name, or NULL */
    const char *file; /* path, or NULL */
    enum symbolizer_language language;
    enum profile_use use; /* if the profile has a source */
};

/* A calling context: a function, called from the context PARENT. Parents stand before their children. */
struct profile_record {
    uint32_t function; /* index; PROFILE_NONE in a thread's root and nowhere else */
    uint32_t parent;   /* index; PROFILE_NONE in a thread's root */
    uint32_t target;   /* itself, or the ancestor that this recursive call leads back to */
    uint64_t calls;
    int64_t self;      /* ticks, without callees; as measured, with those of calls that were not timed */
    int64_t inclusive; /* ticks of the activations that were their function's outermost, with callees */
    int64_t overhead;  /* ticks of self that the hooks took */
    int64_t inclusive_overhead; /* ticks of inclusive that the hooks took */
    double variance;            /* of self without overhead, in ticks squared */
    uint64_t clocked;           /* calls that read the clock */
    uint64_t unwound;      /* activations left without a return: by longjmp, an exception, the thread's end */
    uint64_t waited;       /* nanoseconds of self without a processor, if the process waits */
    uint64_t samples;      /* that found the own code of its calls */
    uint64_t hook_samples; /* that found the hooks at work for them */
    uint64_t blocked;   /* nanoseconds of self that the thread waited for something else than a processor */
    uint64_t preempted; /* nanoseconds of self that it waited for a processor */

    /* Only of an image, until its times are solved. */
    uint64_t leaf_calls; /* calls for which timed ones stand in which no other call began ... */
    uint64_t leaf_ticks; /* ... and the ticks that these would take */
};

/* The nested calls from CALLER to CALLEE in one thread. Only pairs that were ever nested have an edge. */
struct profile_edge {
    uint32_t caller;           /* function, or PROFILE_NONE for a thread's start */
    uint32_t callee;           /* function */
    uint64_t nested;           /* calls made while CALLEE was already active */
    uint64_t nested_outermost; /* of nested, the ones made while no call from CALLER was active */
    int64_t nested_inclusive;  /* ticks of nested_outermost, with callees */
    int64_t nested_overhead;   /* ticks of nested_inclusive that the hooks took */
};

/* Sums over the records of a thread. */
struct profile_sums {
    uint64_t calls;
    int64_t self;    /* ticks without the cost of the hooks */
    double variance; /* of self, in ticks squared (inclusive_variances()) */
};

struct profile_thread {
    uint32_t process;         /* index */
    uint32_t number;          /* of the thread in the profile's source */
    struct profile_sums sums; /* if the profile has a source */
    uint64_t tid;
    const char *name;    /* as the system knew it, or "" */
    uint64_t count;      /* threads that it stands for: many short threads of one kind are summed up */
    int is_strand;       /* it is a coroutine's stack, which the thread ran on */
    uint64_t start, end; /* ticks; the difference is the time for which it was recorded */
    int64_t outside;     /* ticks that are in no record's self time, as measured */
    int is_unsampled;    /* it was not sampled */
    uint32_t root;       /* index of its first record; its others follow it */
    uint32_t record_count;
    uint32_t first_edge, edge_count;
    uint64_t unwound;   /* activations that were left without a return: longjmp, exceptions, thread exit */
    uint64_t unmatched; /* returns from activations whose beginning was not seen */
    uint64_t open;      /* activations that had not ended when the thread did */
    uint64_t lost;      /* calls that could not be attributed to a context, for lack of space */
    uint64_t folded;    /* calls kept by caller alone, beyond the bound of contexts */
    uint64_t
        backwards; /* how often its timer stepped back; if that is the clock, in how many records it did */
};

/* The timers that measure calls. */
enum profile_timer {
    PROFILE_TIMER_UNKNOWN, /* some clock */
    PROFILE_TIMER_TSC,
    PROFILE_TIMER_MONOTONIC,
    PROFILE_TIMER_CPU,
    PROFILE_TIMER_FAULTS,
    PROFILE_TIMER_CUSTOM, /* a function of the user, or an event */
};

/* The calls that read the timer. */
enum profile_reads { PROFILE_READS_UNKNOWN, PROFILE_READS_EVERY, PROFILE_READS_SAMPLED, PROFILE_READS_NONE };

/* The cost of the hooks for a call, in ticks. */
struct profile_costs {
    double inside;    /* between the two readings of a call that reads the clock */
    double sampled;   /* as inside, if most calls of its record do not read it: the processor has not foreseen
                         it */
    double outside;   /* the rest of the cost of a call that reads the clock */
    double unclocked; /* all of the cost of a call that does not */
};

/* Stands for the filters of a sum whose parts had different ones. */
#define PROFILE_FILTERS_DIFFER "not the same for all"

/* A function that the runtime stopped to record, because it is short and called often. */
struct profile_throttled {
    uint32_t process;  /* index */
    uint32_t function; /* index */
    uint64_t calls;    /* before that */
    double after;      /* nanoseconds from the start of its process until then */
};

enum profile_exit { PROFILE_EXIT_UNKNOWN, PROFILE_EXIT_STATUS, PROFILE_EXIT_SIGNAL };

/* The sources of the samples of a process. */
enum profile_sampler { PROFILE_SAMPLER_NONE, PROFILE_SAMPLER_PERF, PROFILE_SAMPLER_TIMER };

struct profile_process {
    uint64_t pid, parent;
    uint64_t count, runs; /* processes and runs that it is the sum of; 0: it is no sum */
    const char *command;  /* its words, quoted for a shell */
    double tick_ns;       /* nanoseconds a tick of the clock */
    enum profile_timer timer;
    const char *unit;    /* of what the timer counts; NULL or "": time */
    double tick;         /* nanoseconds, or units, a tick of the timer; 0: those of the clock */
    uint64_t start, end; /* ticks */
    int64_t start_time;  /* nanoseconds since the epoch */
    double cpu;          /* nanoseconds of CPU time from its start to its end; 0: unknown */
    enum profile_exit exit;
    uint32_t exit_value;    /* exit status or signal number */
    uint64_t children_lost; /* child processes that could not be recorded */
    enum profile_reads reads;
    struct profile_costs costs;
    enum profile_sampler sampler; /* NONE also if the kernel refused */
    double period;                /* nanoseconds of CPU time between two samples; 0: there are none */
    uint64_t unsampled;           /* threads that could not be sampled */
    int samples_kernel;           /* samples also find the kernel at work for the program */
    double sample_cost; /* nanoseconds for which one stopped a thread, until that is taken out; or 0 */
    int waits;          /* the time that its threads waited is known */
    double asleep;      /* nanoseconds for which the machine slept meanwhile; 0 if too few to tell */
    double astray; /* nanoseconds by which its clock went further than the kernel's, or less far; 0 if few */
    int is_paused; /* nothing was recorded for a part of the run */
    int is_reset;  /* the figures of a part of the run were dropped */
};

struct profile_source;

struct profile {
    struct profile_source *source; /* of the threads' records and edges (threads.h); NULL: they are here */
    struct profile_process *processes; /* the first is the program itself */
    size_t process_count;
    struct profile_thread *threads;
    size_t thread_count;
    struct profile_module *modules;
    size_t module_count;
    struct profile_function *functions;
    size_t function_count;
    struct profile_record *records;      /* with a source, those of one thread at a time: its root is 0 */
    size_t record_count;                 /* with a source, the most of one thread */
    struct profile_edge *edges;          /* with a source, those of one thread at a time: its first is 0 */
    size_t edge_count;                   /* with a source, the most of one thread */
    struct profile_throttled *throttled; /* in order of time */
    size_t throttled_count;
    const char *filters;   /* the filters, as options; or PROFILE_FILTERS_DIFFER; NULL: none */
    const char **warnings; /* lines for the user about things that could not be loaded; not kept in files */
    size_t warning_count;
    struct blocks strings; /* owns every string above */
};

/* Returns a copy of LENGTH bytes of TEXT that lives as long as the profile, or NULL without memory. */
const char *profile_string(struct profile *profile, const char *text, size_t length);

/* Adds the warning TEXT, or loses it without memory. */
void profile_warn(struct profile *profile, const char *text);

/* Returns the nanoseconds, or units, of a tick of the process's timer. Returns 0 if they make no sense, so
 * that no sum becomes a NaN, which cannot be sorted. */
double profile_tick(const struct profile_process *process);

/* Returns 1 if a tick may have LENGTH, or if that is 0 because it is unknown. A file with longer or shorter
 * ones is damaged, and its times might add up to a NaN, or lose their digits. */
int profile_is_tick(double length);

/* Returns 1 if the process's timer counts something else than time. */
int profile_counts(const struct profile_process *process);

/* Returns in words what the process's timer measures. Profiles of different measures cannot be added up. */
const char *profile_measure(const struct profile_process *process);
#define PROFILE_MEASURE_TIME "time"

/* Returns 1 if all processes measure one thing. Only such a profile can be summed up. */
int profile_is_of_one_measure(const struct profile *profile);

/* Returns 1 if RECORD has no calls and no times. */
static inline int profile_is_empty(const struct profile_record *record)
{
    return record->calls == 0 && record->self == 0 && record->inclusive == 0;
}

/* Returns the ticks from START to END; 0 if that is before it. */
static inline uint64_t profile_elapsed(uint64_t start, uint64_t end)
{
    return end > start ? end - start : 0;
}

/* Returns the ticks of self without the cost of the hooks. */
static inline int64_t profile_self(const struct profile_record *record)
{
    return ticks_subtract(record->self, record->overhead);
}

/* Returns the ticks of inclusive without the cost of the hooks. */
static inline int64_t profile_inclusive(const struct profile_record *record)
{
    return ticks_subtract(record->inclusive, record->inclusive_overhead);
}

/* Sets all overheads to 0, so that times count as they were measured. */
void profile_forget_overhead(struct profile *profile);

/* Returns the filters of a sum that has FILTERS when a part with the filters MORE is added. IS_FIRST: the sum
 * was empty. */
const char *profile_add_filters(const char *filters, const char *more, int is_first);

/* Frees what the profile holds, and zeroes it. A zeroed profile is fine. */
void model_free(struct profile *profile);

#endif
