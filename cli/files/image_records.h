/*
 * image_records.h - the calling contexts of a thread's image, and its edges, added to a profile.
 */
#ifndef CLI_FILES_IMAGE_RECORDS_H
#define CLI_FILES_IMAGE_RECORDS_H

#include <stdint.h>

#include "cli/files/image_reader.h"

/* Adds the tree below the record at unit ROOT to reader->thread, parents before children. Returns 0, or -1
 * and fills the reader's message. */
int image_records_load(struct image_reader *reader, uint32_t root);

/* Adds the calls that were counted by function, for want of a record: each function gets a record below the
 * thread's root. Returns 0, or -1 and fills the reader's message. */
int image_records_load_lost(struct image_reader *reader);

/* Raises the times of THREAD, the last one of PROFILE, that are negative because the clock has stepped back.
 */
void image_records_forget_steps_back(struct profile *profile, struct profile_thread *thread);

#endif
