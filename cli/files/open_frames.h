/*
 * open_frames.h - finishes the activations that were open when an image was taken.
 */
#ifndef CLI_FILES_OPEN_FRAMES_H
#define CLI_FILES_OPEN_FRAMES_H

#include <stdint.h>

struct image_reader;
struct image_thread;

/* Returns the ticks at which the last call began that any thread's frames still tell of; 0 if there is none.
 */
uint64_t open_frames_latest(const struct image_reader *reader);

/*
 * Closes the activations that THREAD, which reader->thread was made from, had not ended, as cProfile's
 * disable() does. Their times go to their records, up to the end of the thread or of the process. Returns 0,
 * or -1 and fills the reader's message.
 */
int open_frames_close(struct image_reader *reader, const struct image_thread *thread);

#endif
