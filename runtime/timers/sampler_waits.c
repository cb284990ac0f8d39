/*
 * sampler_waits.c - how long a thread has waited for a processor. See sampler_waits.h.
 */
#include "runtime/timers/sampler_waits.h"

#include <stddef.h>

#include "runtime/format/text.h"
#include "runtime/system/system.h"

/* The file has three numbers: the nanoseconds that the thread has run, those that it has waited, and how
 * often it has got a processor. */
uint64_t waits_read(uint64_t tid)
{
    char path[64], text[128];
    const char *digit = text;
    uint64_t number = 0;
    size_t length = append(path, sizeof path, 0, "/proc/self/task/");

    length = append_number(path, sizeof path, length, tid);
    append(path, sizeof path, length, "/schedstat");
    if (system_read_file(path, text, sizeof text) <= 0)
        return 0;
    while (*digit >= '0' && *digit <= '9')
        digit++;
    for (digit += *digit == ' '; *digit >= '0' && *digit <= '9'; digit++)
        number = 10 * number + (uint64_t)(*digit - '0');
    return number;
}
