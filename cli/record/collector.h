/*
 * collector.h - the process that saves the profile where the profile command itself becomes the program.
 *
 *     profile command ---> the program, with the ID, the parent and the exit status of this process
 *          `- - - - - - -> collector, a process of its own: waits for the end of the program
 *
 * The program has no child that it does not know: the collector's parent ends at once, and the process that
 * adopts orphans adopts the collector. The collector has a session of its own, and keeps none of the
 * program's descriptors but standard error.
 */
#ifndef CLI_RECORD_COLLECTOR_H
#define CLI_RECORD_COLLECTOR_H

#include "cli/base/message.h"
#include "runtime/format/image.h"

struct collector {
    int socket;  /* to the other one of the two processes; the exec closes it */
    int program; /* in the collector: a descriptor of the program's process */
};

enum collector_role { COLLECTOR_IS_PROGRAM, COLLECTOR_IS_COLLECTOR };

/* Makes the collector, which keeps the descriptor KEPT. Returns which one of the two processes this is, an
 * enum collector_role, or -1 and fills MESSAGE. */
int collector_make(struct collector *collector, int kept, struct message *message);

/* In the collector: lets the program begin, when all is ready to record it, and waits for its end. Fills END
 * with an instant after it. Returns -1 if the program could not be run. */
int collector_wait(struct collector *collector, struct image_anchor *end);

/* In the other process: waits until the collector is ready. Returns 0, or -1 and fills MESSAGE. */
int collector_await(const struct collector *collector, struct message *message);

/* Tells the collector that the program cannot be run. */
void collector_cancel(const struct collector *collector);

#endif
