/*
 * isolation.h - runs work on untrusted input in a forked child, and returns its answer to the parent.
 *
 * The child may crash, hang, or use too much memory. The parent then gets an error and goes on.
 */
#ifndef SYMBOLIZER_ISOLATION_H
#define SYMBOLIZER_ISOLATION_H

#include <stddef.h>
#include <stdint.h>

struct isolation_limits {
    unsigned cpu_seconds; /* of processor time, after which the child is killed */
    uint64_t memory;      /* bytes, beyond those that the parent had when it forked */
    size_t answer;        /* bytes; a longer answer is refused and not read */
};

/*
 * Does the work, in the child. Stores its answer, from malloc(), in *ANSWER, and the answer's bytes in *SIZE.
 * Returns 0, or -1 if it has no answer.
 */
typedef int isolation_work(void *argument, void **answer, size_t *size);

/*
 * Runs WORK with ARGUMENT in a child under LIMITS. Stores the answer in *ANSWER, which the caller frees with
 * free(), and its bytes in *SIZE. The answer is complete, but as little to be trusted as the input.
 *
 * Returns 0; 1 if the child failed and gave no complete answer; -1 if the child could not be started. *ANSWER
 * is NULL unless 0 is returned.
 */
int isolation_run(isolation_work *work, void *argument, const struct isolation_limits *limits, void **answer,
                  size_t *size);

/* Raises the child's limits by MEMORY bytes and CPU_SECONDS. The work calls it if it has more input than its
 * limits were made for. */
void isolation_allow(uint64_t memory, unsigned cpu_seconds);

#endif
