/*
 * attach.h - opens the image of a running process, to control its recording or to read its profile.
 */
#ifndef CLI_CONTROL_ATTACH_H
#define CLI_CONTROL_ATTACH_H

#include <limits.h>
#include <sys/types.h>

#include "cli/base/message.h"
#include "runtime/format/image.h"

struct live {
    pid_t pid;               /* of the program, also if its profile command was named */
    char path[PATH_MAX];     /* of the image */
    struct image_gate *gate; /* mapped, shared with the process */
    uint32_t clock;          /* enum image_clock */
};

/* Opens the image of process PID; if that is a profile command, of the program that it runs. Otherwise fills
 * MESSAGE, and returns -1 if there is no image, as after the end of the process, or 1 if it cannot be used.
 */
int live_open(struct live *live, pid_t pid, struct message *message);

/* Returns the present time in ticks of the process's clock. */
uint64_t live_now(const struct live *live);

/* Unmaps the gate; a zeroed struct is fine. */
void live_close(struct live *live);

#endif
