/*
 * prof_records.h - the records and edges of a thread in a file: columns of numbers, one for each figure.
 *
 * Equal figures of many records lie side by side, so that they pack well. Times with callees are written less
 * the sums that follow from the tree, as that is nearly always all of them.
 */
#ifndef CLI_FILES_PROF_RECORDS_H
#define CLI_FILES_PROF_RECORDS_H

#include "cli/base/bytes.h"
#include "cli/files/prof_contexts.h"
#include "cli/model/model.h"

/* The least bytes of a record and of an edge. So no count in a file makes the reader take much more memory
 * than the file has. */
enum { PROF_LEAST_RECORD = 1, PROF_LEAST_EDGE = 6 };

/* Returns 1 if the edge has figures. An edge that was never nested has none, and is not written. It may have
 * a time, if its process was killed while it counted, or its file is damaged. */
int prof_edge_is_used(const struct profile_edge *edge);

/* Writes the records and edges of THREAD. IDS are the contexts of its records. */
void prof_records_write(struct byte_writer *out, const struct profile *profile,
                        const struct profile_thread *thread, const uint32_t *ids);

/* A reader of the records of a profile's threads, one thread after another. */
struct prof_records {
    struct prof_contexts contexts;
    uint32_t *places;         /* by context: the record that had it last */
    uint32_t *ids;            /* by record: its context */
    uint32_t first_count;     /* records whose context has their own number, at the start of the thread */
    struct prof_below *below; /* by record: the sums below it */
};

/* Makes room for threads with RECORD_COUNT records at most. Returns 0, or -1 without memory. */
int prof_records_open(struct prof_records *reader, uint32_t record_count);

/* Fills the records and edges of THREAD, whose first ones are those of PROFILE. Fails IN if they make no
 * sense. */
void prof_records_read(struct prof_records *reader, struct byte_reader *in, const struct profile *profile,
                       const struct profile_thread *thread);

/* Frees what READER holds, and zeroes it; a zeroed struct is fine. */
void prof_records_close(struct prof_records *reader);

#endif
