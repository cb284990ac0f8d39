/*
 * prof_file.h - writes and reads the file of a finished profile, out.prof. prof(5) describes it.
 *
 *     front     the dictionary that Python's pstats reads (marshal_write.h)
 *     section   all of the profile (prof_section.h)
 *     trailer   at the very end of the file: where the section starts, its length, version and checksum
 *
 * The front is for other programs. It is derived from the section, and readers of the section skip it.
 */
#ifndef CLI_FILES_PROF_FILE_H
#define CLI_FILES_PROF_FILE_H

#include <stddef.h>

#include "cli/base/bytes.h"
#include "cli/base/message.h"
#include "cli/model/model.h"

/* Writes PROFILE, whose records are in memory, as a whole file to OUT, which is empty. Returns 0, or -1 and
 * fills MESSAGE. The caller frees out->bytes in either case. */
int prof_write(struct byte_writer *out, const struct profile *profile, struct message *message);

/* Returns 1 if the data are a finished profile, whole or cut short. */
int prof_recognise(const unsigned char *data, size_t size);

/* Fills the zeroed PROFILE from the SIZE bytes at DATA; PATH is for messages. The records and edges of its
 * threads stay in DATA, which must outlive PROFILE, until they are loaded (cli/model/threads.h). Returns 0,
 * or -1 and fills MESSAGE. The caller calls model_free() in either case. */
int prof_open(struct profile *profile, const unsigned char *data, size_t size, const char *path,
              struct message *message);

/* Fills the zeroed PROFILE from the SIZE bytes at DATA, with all records; PATH is for messages. Returns 0, or
 * -1 and fills MESSAGE. The caller calls model_free() in either case. */
int prof_read(struct profile *profile, const unsigned char *data, size_t size, const char *path,
              struct message *message);

#endif
