/*
 * prof_section.h - the section of a finished profile: numbers and strings that hold all of the profile.
 */
#ifndef CLI_FILES_PROF_SECTION_H
#define CLI_FILES_PROF_SECTION_H

#include <stddef.h>

#include "cli/base/bytes.h"
#include "cli/base/message.h"
#include "cli/model/model.h"

enum { PROF_MAGIC_SIZE = 8 };

/* The first bytes of a section, in the manner of PNG: they show if a text transfer has changed the file. */
#define PROF_SECTION_MAGIC "\211PROF\r\n\032"

/* Writes PROFILE, whose records are in memory, to OUT, which sticks at its first failure. */
void prof_section_write(struct byte_writer *out, const struct profile *profile);

/* A section that adds up, but has contents that nobody writes; %s is its path. */
#define PROF_DAMAGED "%s is damaged: its contents make no sense"

/* Fills the zeroed PROFILE from the SIZE bytes at DATA, which begin with the magic; PATH is for messages. The
 * records and edges of its threads stay in DATA, which must outlive PROFILE, until they are loaded
 * (cli/model/threads.h). Returns 0, or -1 and fills MESSAGE. The caller calls model_free() in either case. */
int prof_section_open(struct profile *profile, const unsigned char *data, size_t size, const char *path,
                      struct message *message);

#endif
