/*
 * image_reader.h - what the two halves of the image loader share: image_load.c, which reads what is finished,
 * and open_frames.c, which finishes what was open.
 */
#ifndef IMAGE_READER_H
#define IMAGE_READER_H

#include "load.h"
#include "runtime/image.h"

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

/* What has been found at a unit, and the profile's index for it. */
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
    int end_is_guessed;            /* nothing tells when the process ended, but what it did last */
    int thread_lost_functions;     /* one of its functions has calls without records */
    const char *path;
    struct message *message;
};

/* The profile's index of the KIND of thing at UNIT, or PROFILE_NONE if there is none. */
uint32_t reader_index(const struct image_reader *reader, uint32_t unit, enum unit_kind kind);

/* When the last call that any thread's frames still tell of began, in ticks; 0 if there is none. */
uint64_t open_frames_latest(const struct image_reader *reader);

/*
 * Closes the activations that THREAD, which reader->thread was made from, had not ended, as cProfile's
 * disable() does: their times go to their records up to the thread's end, or the process's. -1 with a
 * message.
 */
int open_frames_close(struct image_reader *reader, const struct image_thread *thread);

#endif
