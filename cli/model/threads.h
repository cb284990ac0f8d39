/*
 * threads.h - the records and edges of threads, which may come from a file one thread after another.
 *
 * The program's processes may have millions of contexts together. A sum over them needs those of one thread
 * at a time. A profile with a source shares the memory of its records and edges among all its threads:
 *
 *     for (size_t i = 0; i < profile->thread_count; i++) {
 *         const struct profile_thread *thread = &profile->threads[i];
 *         if (profile_load_thread(profile, thread) != 0)
 *             return -1;
 *         ... thread's records, which begin at profile->records + thread->root ...
 *     }
 *
 * In a profile without a source all records are in memory.
 */
#ifndef CLI_MODEL_THREADS_H
#define CLI_MODEL_THREADS_H

#include "cli/model/model.h"

/* The sums of a function's records, in all threads. Times are in ns, or the unit in which the timer counts.
 */
struct profile_figures {
    uint64_t ncalls, unwound;
    uint64_t outermost; /* calls made while the function was not active */
    double tottime, cumtime;
    double variance, cumvariance; /* of these, squared */
    double waittime, cumwait;     /* ns */
    double recording;             /* that it took to record the calls; not in files */
};

/* Sums over all records. */
struct profile_totals {
    double measured;    /* time with the cost of the hooks */
    double variance;    /* of the time without it, squared */
    uint64_t samples;   /* that the times rest on */
    int is_compensated; /* some hooks had a cost */
};

/* The file of a profile. The code that opens it allocates it as a part of a struct of its own. */
struct profile_source {
    /* Fills the records and edges of THREAD. Returns 0, or -1: the file is damaged, or memory is short. */
    int (*load)(struct profile_source *source, const struct profile *profile,
                const struct profile_thread *thread);
    void (*close)(struct profile_source *source); /* frees the source */
    uint32_t loaded;                              /* number of the thread that was loaded last */
    int is_part;                                  /* the profile has lost threads that the file has */
    int is_damaged;                               /* a thread could not be loaded */
    struct profile_figures *figures;              /* by function, as the file tells them; or NULL */
    struct profile_totals totals;                 /* if FIGURES are there */
};

/* Makes the records and edges of THREAD available, until another thread of the profile is loaded. Returns 0,
 * or -1: the file is damaged, or there is not enough memory. */
int profile_load_thread(const struct profile *profile, const struct profile_thread *thread);

/* Loads all threads, and closes the source. Returns 0, or -1 as profile_load_thread() does. */
int profile_load_all(struct profile *profile);

/* Returns 1 if a thread could not be loaded because the file is damaged. */
int profile_is_damaged(const struct profile *profile);

/* Sums over the records of a thread. */
struct profile_sums profile_sums(const struct profile *profile, const struct profile_thread *thread);

#endif
