/*
 * prof_file.h - the finished profile as a file, out.prof: written by the launcher, read by stats. prof(5)
 * describes it.
 *
 *     front     the dictionary that Python's pstats reads (marshal_write.h)
 *     section   magic, then numbers and strings, see prof_file.c
 *     trailer   at the very end of the file: where the section starts, its length, version and checksum
 *
 * The front is for other programs, and derived from the section. Readers of the section skip it.
 */
#ifndef CLI_FILES_PROF_FILE_H
#define CLI_FILES_PROF_FILE_H

#include <stddef.h>

#include "cli/base/bytes.h"
#include "cli/base/message.h"
#include "cli/model/model.h"

/* Writes PROFILE as a whole file to OUT, which is empty. Returns 0, or -1 and fills MESSAGE. The caller frees
 * out->bytes in either case. */
int prof_write(struct byte_writer *out, const struct profile *profile, struct message *message);

/* Is this a finished profile, whole or not? */
int prof_recognise(const unsigned char *data, size_t size);

/* Fills the zeroed PROFILE from the SIZE bytes at DATA; PATH is for messages. -1 with a message; whatever has
 * been filled is then model_free()'s. */
int prof_read(struct profile *profile, const unsigned char *data, size_t size, const char *path,
              struct message *message);

#endif
