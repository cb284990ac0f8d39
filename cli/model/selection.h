/*
 * selection.h - which threads and processes of a profile the user wants to see.
 *
 * A thread is wanted if it is of a wanted process and has a wanted name or ID; where none are named, all are.
 */
#ifndef CLI_MODEL_SELECTION_H
#define CLI_MODEL_SELECTION_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/message.h"
#include "cli/model/model.h"

/* A zeroed selection wants all. */
struct selection {
    const char **threads; /* names, patterns as a shell's, or thread IDs; the caller's strings */
    size_t thread_count;
    uint64_t *processes; /* process IDs */
    size_t process_count;
    int has_matched; /* a thread was wanted in some profile */
};

/* Adds to what is wanted. -1 with a message. */
int selection_add_thread(struct selection *selection, const char *text, struct message *message);
int selection_add_process(struct selection *selection, const char *text, struct message *message);

/* Is anything left out? */
int selection_is_active(const struct selection *selection);

/* Takes the threads that are not wanted, and their records, out of the profile. */
void selection_apply(struct selection *selection, struct profile *profile);

void selection_free(struct selection *selection);

#endif
