/*
 * trust.c - asks the kernel whether it trusts the processor's time-stamp counter.
 *
 * The kernel compares the counters of all processors with each other and with another clock. Once they
 * disagree, it no longer lists the counter as an available clock (kernel/time/clocksource.c). The current
 * clock tells less: in a virtual machine the kernel may prefer a clock of the host that is made from the
 * counter.
 */
#include "runtime/timers/trust.h"

#include "runtime/system/system.h"

#define FOLDER  "/sys/devices/system/clocksource/clocksource0/"
#define LIST    FOLDER "available_clocksource"
#define CURRENT FOLDER "current_clocksource"

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

/* Without the list, as after a chroot, the processor's own word (clock_is_steady()) decides. */
int trust_counter(void)
{
    char list[256];

    return system_read_file(LIST, list, sizeof list) <= 0 || trust_lists(list, "tsc");
}

/* These are the clocks that the code of the vDSO can read itself. With any other it makes a system call. */
int trust_clocks(void)
{
    static const char quick[] = "tsc kvm-clock hyperv_clocksource_tsc_page arch_sys_counter";
    char current[64];

    if (system_read_file(CURRENT, current, sizeof current) <= 0)
        return 0;
    current[strcspn(current, "\n")] = '\0';
    return trust_lists(quick, current);
}
