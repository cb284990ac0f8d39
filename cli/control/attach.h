/*
 * attach.h - the image of a process that runs, to tell its gate something (runtime/gate/gate.h), or to read
 * it.
 */
#ifndef CLI_CONTROL_ATTACH_H
#define CLI_CONTROL_ATTACH_H

#include <limits.h>
#include <sys/types.h>

#include "cli/base/message.h"
#include "runtime/format/image.h"

struct live {
    pid_t pid; /* of the program, where that of its profile command was given */
    char path[PATH_MAX];
    struct image_gate *gate;
    uint32_t clock; /* enum image_clock */
};

/* Opens the image of process PID, or of the program that it runs if it is a profile command. -1 with a
 * message that says why it cannot be had. */
int live_open(struct live *live, pid_t pid, struct message *message);

/* Now, in ticks of the process's clock. */
uint64_t live_now(const struct live *live);

void live_close(struct live *live);

#endif
