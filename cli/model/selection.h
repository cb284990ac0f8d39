/*
 * selection.h - the threads and processes of a profile that the user wants to see.
 *
 * A thread is wanted if its process is wanted, and its name or ID is. A selection that names no processes
 * wants all processes; one that names no threads wants all threads.
 */
#ifndef CLI_MODEL_SELECTION_H
#define CLI_MODEL_SELECTION_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/message.h"
#include "cli/model/model.h"

/* A zeroed struct wants all. */
struct selection {
    const char *
        *threads; /* names, patterns as a shell has them, or thread IDs; the caller owns the strings */
    size_t thread_count;
    uint64_t *processes; /* process IDs */
    size_t process_count;
    int has_matched; /* a thread was wanted in some profile */
};

/* Adds the threads with the name, pattern or ID TEXT. Returns 0, or -1 and fills MESSAGE. */
int selection_add_thread(struct selection *selection, const char *text, struct message *message);
/* Adds the process whose ID is TEXT. Returns 0, or -1 and fills MESSAGE. */
int selection_add_process(struct selection *selection, const char *text, struct message *message);

/* Returns 1 if the selection names a thread or a process. */
int selection_is_active(const struct selection *selection);

/* Fills MESSAGE for a selection that matched nothing: names its threads and processes. Returns -1. */
int selection_say_missing(const struct selection *selection, struct message *message);

/* Removes the threads that are not wanted, and their records, from PROFILE. */
void selection_apply(struct selection *selection, struct profile *profile);

/* Frees what SELECTION holds, and zeroes it. */
void selection_free(struct selection *selection);

#endif
