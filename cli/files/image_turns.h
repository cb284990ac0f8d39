/*
 * image_turns.h - the pauses and resets that an image tells of, and what they leave of a thread.
 */
#ifndef CLI_FILES_IMAGE_TURNS_H
#define CLI_FILES_IMAGE_TURNS_H

#include <stdint.h>

struct image_gate;
struct image_reader;
struct image_thread;

/* The turns that a thread has missed: it would have taken them at its next event. */
struct missed {
    uint64_t pause;    /* ticks at which its open frames end; UINT64_MAX: at no pause */
    int is_reset;      /* its figures are dropped */
    uint64_t reset;    /* if IS_RESET: ticks at which its open frames begin anew */
    int has_no_frames; /* if IS_RESET: its frames ended before that */
};

/* Returns the image's gate, or NULL if it has none. */
const struct image_gate *turns_gate(const struct image_reader *reader);

/* Returns the turns that THREAD has missed. */
struct missed turns_missed(const struct image_reader *reader, const struct image_thread *thread);

/* Returns the ticks between START and END that are not in the figures: before the last reset, or in pauses.
 */
uint64_t turns_unrecorded(const struct image_reader *reader, uint64_t start, uint64_t end);

#endif
