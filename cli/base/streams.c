/*
 * streams.c - the standard streams, which a supervisor may have closed. See streams.h.
 */
#include "cli/base/streams.h"

#include <fcntl.h>
#include <unistd.h>

/* open() returns the lowest number that is free, so each of the three is taken if all before it are. */
void streams_open(void)
{
    for (int wanted = STDIN_FILENO; wanted <= STDERR_FILENO; wanted++) {
        int mode = wanted == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        int descriptor = open("/dev/null", mode | O_CLOEXEC);

        if (descriptor > wanted)
            close(descriptor);
    }
}
