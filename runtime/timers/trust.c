/*
 * trust.c - whether the kernel trusts the processor's time-stamp counter.
 *
 * It watches that counter, and compares those of the processors. Once they disagree with each other or with
 * another clock, it lists the counter as a clock no more (kernel/time/clocksource.c). Whether it reads the
 * time from it says less: in a virtual machine it may prefer a clock of the host's that is made from it.
 */
#include "runtime/timers/trust.h"

#include "runtime/system/system.h"

#define LIST "/sys/devices/system/clocksource/clocksource0/available_clocksource"

int trust_lists(const char *list, const char *name)
{
    size_t length = strlen(name);

    while (*(list += strspn(list, " \n")) != '\0') {
        size_t size = strcspn(list, " \n");

        if (size == length && strncmp(list, name, size) == 0)
            return 1;
        list += size;
    }
    return 0;
}

/* Where the list cannot be read, as in a root of the program's own, the processor's word has to do. */
int trust_counter(void)
{
    char list[256];

    return system_read_file(LIST, list, sizeof list) <= 0 || trust_lists(list, "tsc");
}
