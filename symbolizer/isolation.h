/*
 * isolation.h - runs a piece of work on untrusted input in a forked child and brings its answer back.
 *
 * For the symbolizer alone. The child may crash, hang, or use too much memory: its parent gets -1 and lives
 * on.
 */
#ifndef SYMBOLIZER_ISOLATION_H
#define SYMBOLIZER_ISOLATION_H

#include <stddef.h>
#include <stdint.h>

struct isolation_limits {
    unsigned cpu_seconds; /* of processor time; then the child is killed */
    uint64_t memory;      /* bytes, over what the parent had when it forked */
    size_t answer;        /* bytes; a longer answer is refused unread */
};

/*
 * The work: runs in the child, and leaves its answer (malloc'd) in *ANSWER and *SIZE. Returns 0, or -1 if it
 * has none.
 */
typedef int isolation_work(void *argument, void **answer, size_t *size);

/*
 * Forks, runs WORK(ARGUMENT) in the child under LIMITS, and reads its answer into *ANSWER (to be freed) and
 * *SIZE. Returns 0; 1 if the child came to grief (no answer, or not a whole one); -1 if it could not be made
 * at all. The answer is whole, but its content is as untrusted as the input was.
 */
int isolation_run(isolation_work *work, void *argument, const struct isolation_limits *limits, void **answer,
                  size_t *size);

/* In the child: raises the limits, because the work has turned out to be larger than it seemed. */
void isolation_allow(uint64_t memory, unsigned cpu_seconds);

#endif
