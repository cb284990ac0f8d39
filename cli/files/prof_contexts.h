/*
 * prof_contexts.h - the calling contexts of all threads of a file, each of them once.
 *
 * Processes of one program have nearly the same contexts. So a file has one list of them for all threads, and
 * a thread's records name their places in the list. Context 0 is the root of each thread. Parents and targets
 * stand before the contexts that name them, as they do among the records of a thread.
 */
#ifndef CLI_FILES_PROF_CONTEXTS_H
#define CLI_FILES_PROF_CONTEXTS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/bytes.h"
#include "cli/base/hash.h"
#include "cli/model/model.h"

/* Two contexts are one if they are equal but for a target that is the context itself. */
struct prof_context {
    uint32_t function; /* index; PROFILE_NONE in the root */
    uint32_t parent;   /* index; PROFILE_NONE in the root */
    uint32_t target;   /* index: itself, or as in struct profile_record */
};

struct prof_contexts {
    struct prof_context *items;
    size_t count;
};

/* The list while it is made. Zeroed but for FUNCTIONS, it is empty. */
struct prof_contexts_maker {
    struct prof_contexts list;
    struct hash index; /* by context */
    uint32_t *threads; /* by context: the thread that has it, counted from 1; the last, if several have it */
    uint32_t *followers; /* by context: the one that came after it in the last thread; 0: none did */
    size_t thread_count, follower_count;
};

/* Adds the contexts of the next THREAD of PROFILE. Fills IDS with the context of each of its records; no two
 * have one. Returns 0, or -1 without memory. */
int prof_contexts_add(struct prof_contexts_maker *maker, const struct profile *profile,
                      const struct profile_thread *thread, uint32_t *ids);

/* Frees what MAKER holds. */
void prof_contexts_maker_free(struct prof_contexts_maker *maker);

/* Writes LIST. */
void prof_contexts_write(struct byte_writer *out, const struct prof_contexts *list);

/* Fills the zeroed LIST of a profile with FUNCTION_COUNT functions. Fails the reader if it makes no sense.
 * Returns 0, or -1 without memory. The caller frees list->items. */
int prof_contexts_read(struct byte_reader *in, size_t function_count, struct prof_contexts *list);

#endif
