/*
 * kernel.c - settings of the kernel that runs now. See kernel.h.
 */
#include "cli/base/kernel.h"

#include <stdio.h>

/* Documentation/admin-guide/sysctl/kernel.rst describes the levels. */
int kernel_perf_level(void)
{
    FILE *file = fopen("/proc/sys/kernel/perf_event_paranoid", "re");
    int level;

    if (file == NULL || fscanf(file, "%d", &level) != 1) /* NOLINT(cert-err34-c): the kernel's own number */
        level = -1;
    if (file != NULL)
        fclose(file);
    return level;
}
