/*
 * runs.h - how long the runs behind a profile took, and how many processes and threads they had.
 *
 * Processes and threads without calls are left out. Stacks of coroutines belong to the thread that ran them.
 */
#ifndef CLI_MODEL_RUNS_H
#define CLI_MODEL_RUNS_H

#include <stdint.h>

#include "cli/model/model.h"

/* A zeroed struct is the sum of no runs. */
struct runs {
    uint64_t count, processes, threads;
    double wall;    /* ns from the first start of a process to the last end of one, added up over the runs */
    double cpu;     /* ns of CPU time of all processes; if LACKS_CPU, of some of them */
    int lacks_cpu;  /* the CPU time of a process is unknown */
    int is_unknown; /* one of the runs is known by the figures of its functions alone */
};

/* Adds the run that PROFILE is of, or the runs that it is the sum of. Returns 0, or -1 without memory. */
int runs_add(struct runs *runs, const struct profile *profile);

#endif
