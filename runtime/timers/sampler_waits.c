/*
 * sampler_waits.c - how long a thread has run and has waited for a processor. See sampler_waits.h.
 */
#include "runtime/timers/sampler_waits.h"

#include <stddef.h>

#include "runtime/format/text.h"
#include "runtime/system/system.h"

/* The file has three numbers: the nanoseconds that the thread has run, those that it has waited, and how
 * often it has got a processor. */
struct thread_run waits_read(uint64_t tid)
{
    char path[64], text[128];
    const char *place = text;
    struct thread_run run = {0, 0};
    size_t length = append(path, sizeof path, 0, "/proc/self/task/");

    length = append_number(path, sizeof path, length, tid);
    append(path, sizeof path, length, "/schedstat");
    if (system_read_file(path, text, sizeof text) > 0) {
        run.ran = take_number(&place);
        place += *place == ' ';
        run.waited = take_number(&place);
    }
    return run;
}
