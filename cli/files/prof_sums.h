/*
 * prof_sums.h - the sums of a file's records by function, which spare a reader of sums all records.
 *
 * They are only in files with many records of each function. Elsewhere they would be a large part of the file
 * and save nothing.
 */
#ifndef CLI_FILES_PROF_SUMS_H
#define CLI_FILES_PROF_SUMS_H

#include "cli/base/bytes.h"
#include "cli/model/threads.h"

/* Writes the sums of PROFILE, whose records are in memory, or nothing. OUT fails without memory. */
void prof_sums_write(struct byte_writer *out, const struct profile *profile);

/* Fills in the figures and totals of SOURCE, if IN has any; the profile has FUNCTION_COUNT functions. Fails
 * IN if they make no sense. Returns 0, or -1 without memory. The caller frees source->figures. */
int prof_sums_read(struct byte_reader *in, size_t function_count, struct profile_source *source);

#endif
