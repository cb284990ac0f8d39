/*
 * image_reader.h - an image that is being read: its units, and which of them have been visited.
 *
 * The parts of the loader share it (image_load.c).
 */
#ifndef CLI_FILES_IMAGE_READER_H
#define CLI_FILES_IMAGE_READER_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/message.h"
#include "cli/files/image_load.h"
#include "cli/files/image_turns.h"
#include "cli/model/model.h"
#include "runtime/format/image.h"

enum unit_kind {
    UNIT_NONE,
    UNIT_MODULE,
    UNIT_THREAD,
    UNIT_FUNCTION,
    UNIT_EDGE,
    UNIT_RECORD,
    UNIT_FRAME,
    UNIT_DONE
};

/* The kind of thing at a unit, and its index in the profile. */
struct image_unit {
    uint8_t kind;
    uint32_t index;
};

struct image_reader {
    struct image_loader *loader;
    const unsigned char *data;
    size_t size;
    const struct image_header *header;
    struct image_unit *units;
    uint32_t unit_count;
    struct profile_thread *thread; /* being loaded */
    struct missed missed;          /* by that thread */
    double sample_time;            /* nanoseconds that the samples of all threads stand for */
    int end_is_guessed;            /* the end of the process is that of the last thing it did */
    int thread_lost_functions;     /* one of the thread's functions has calls without records */
    const char *path;
    struct message *message;
};

/* Fills the reader's message: there is not enough memory. Returns -1. */
int reader_no_memory(struct image_reader *reader);

/* Fills the reader's message: the image is damaged, as WHAT says. Returns -1. */
int reader_damaged(struct image_reader *reader, const char *what);

/* Returns the SIZE bytes of the thing at UNIT, or NULL if they are not all there. */
const void *reader_at(const struct image_reader *reader, uint32_t unit, size_t size);

/* Marks UNIT as being of KIND and having INDEX. Returns -1 if it has been marked before. */
int reader_claim(struct image_reader *reader, uint32_t unit, enum unit_kind kind, uint32_t index);

/* Returns the profile's index of the thing at UNIT, or PROFILE_NONE if it is not one of KIND.
 */
uint32_t reader_index(const struct image_reader *reader, uint32_t unit, enum unit_kind kind);

#endif
