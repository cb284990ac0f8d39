/*
 * image_reader.h - what the parts of the image loader share: image_load.c, which reads what is finished,
 * open_frames.c, which finishes what was open, and image_turns.c, which knows of pauses and resets.
 */
#ifndef CLI_FILES_IMAGE_READER_H
#define CLI_FILES_IMAGE_READER_H

#include "cli/files/load.h"
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

/* What has been found at a unit, and the profile's index for it. */
struct image_unit {
    uint8_t kind;
    uint32_t index;
};

/* What a thread would have done at its next event. */
struct missed {
    uint64_t pause;    /* ticks at which its open frames end; UINT64_MAX: at no pause */
    int is_reset;      /* its figures are nothing ... */
    uint64_t reset;    /* ... and its open frames begin at these ticks ... */
    int has_no_frames; /* ... or had already ended then */
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

/* The image's gate, or NULL. */
const struct image_gate *turns_gate(const struct image_reader *reader);

struct missed turns_missed(const struct image_reader *reader, const struct image_thread *thread);

/* Ticks between START and END that are not in the figures: before the last reset, or in pauses. */
uint64_t turns_unrecorded(const struct image_reader *reader, uint64_t start, uint64_t end);

#endif
