/*
 * timer_events.c - the events, and whether the kernel counts them. See timer_events.h.
 */
#include "cli/record/timer_events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/kernel.h"
#include "runtime/system/perf_event.h"

#define HARDWARE(event) PERF_TYPE_HARDWARE, PERF_COUNT_HW_##event
#define SOFTWARE(event) PERF_TYPE_SOFTWARE, PERF_COUNT_SW_##event
#define CACHE(cache, operation, result)                                                                      \
    PERF_TYPE_HW_CACHE, PERF_COUNT_HW_CACHE_##cache | PERF_COUNT_HW_CACHE_OP_##operation << 8 |              \
                            PERF_COUNT_HW_CACHE_RESULT_##result << 16

/* A unit's name has up to IMAGE_UNIT_NAME_MAX - 1 bytes. */
static const struct {
    const char *name;
    uint32_t type;
    uint64_t config;
    const char *unit;
} events[] = {
    {"instructions", HARDWARE(INSTRUCTIONS), "instructions"},
    {"cycles", HARDWARE(CPU_CYCLES), "cycles"},
    {"cpu-cycles", HARDWARE(CPU_CYCLES), "cycles"},
    {"ref-cycles", HARDWARE(REF_CPU_CYCLES), "ref cycles"},
    {"bus-cycles", HARDWARE(BUS_CYCLES), "bus cycles"},
    {"cache-references", HARDWARE(CACHE_REFERENCES), "cache accesses"},
    {"cache-misses", HARDWARE(CACHE_MISSES), "cache misses"},
    {"branches", HARDWARE(BRANCH_INSTRUCTIONS), "branches"},
    {"branch-instructions", HARDWARE(BRANCH_INSTRUCTIONS), "branches"},
    {"branch-misses", HARDWARE(BRANCH_MISSES), "branch misses"},
    {"stalled-cycles-frontend", HARDWARE(STALLED_CYCLES_FRONTEND), "stalled cycles"},
    {"stalled-cycles-backend", HARDWARE(STALLED_CYCLES_BACKEND), "stalled cycles"},
    {"L1-dcache-loads", CACHE(L1D, READ, ACCESS), "L1d loads"},
    {"L1-dcache-load-misses", CACHE(L1D, READ, MISS), "L1d load misses"},
    {"L1-dcache-stores", CACHE(L1D, WRITE, ACCESS), "L1d stores"},
    {"L1-icache-load-misses", CACHE(L1I, READ, MISS), "L1i load misses"},
    {"LLC-loads", CACHE(LL, READ, ACCESS), "LLC loads"},
    {"LLC-load-misses", CACHE(LL, READ, MISS), "LLC load misses"},
    {"LLC-stores", CACHE(LL, WRITE, ACCESS), "LLC stores"},
    {"LLC-store-misses", CACHE(LL, WRITE, MISS), "LLC st. misses"},
    {"dTLB-loads", CACHE(DTLB, READ, ACCESS), "dTLB loads"},
    {"dTLB-load-misses", CACHE(DTLB, READ, MISS), "dTLB ld. misses"},
    {"dTLB-stores", CACHE(DTLB, WRITE, ACCESS), "dTLB stores"},
    {"dTLB-store-misses", CACHE(DTLB, WRITE, MISS), "dTLB st. misses"},
    {"iTLB-load-misses", CACHE(ITLB, READ, MISS), "iTLB ld. misses"},
    {"context-switches", SOFTWARE(CONTEXT_SWITCHES), "switches"},
    {"cs", SOFTWARE(CONTEXT_SWITCHES), "switches"},
    {"cpu-migrations", SOFTWARE(CPU_MIGRATIONS), "migrations"},
    {"migrations", SOFTWARE(CPU_MIGRATIONS), "migrations"},
    {"minor-faults", SOFTWARE(PAGE_FAULTS_MIN), "minor faults"},
    {"major-faults", SOFTWARE(PAGE_FAULTS_MAJ), "major faults"},
    {"alignment-faults", SOFTWARE(ALIGNMENT_FAULTS), "align. faults"},
    {"emulation-faults", SOFTWARE(EMULATION_FAULTS), "emul. faults"},
};

/* Fills EVENT with rNNN, where NNN is the number in the processor's manual, in hexadecimal. */
static int find_raw(const char *name, struct event *event)
{
    size_t digits = name[0] == 'r' ? strspn(name + 1, "0123456789abcdefABCDEF") : 0;

    if (digits == 0 || digits > 16 || name[1 + digits] != '\0')
        return -1;
    *event = (struct event){PERF_TYPE_RAW, strtoull(name + 1, NULL, 16), "events"};
    return 0;
}

int event_find(const char *name, struct event *event)
{
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        if (strcmp(name, events[i].name) == 0) {
            *event = (struct event){events[i].type, events[i].config, events[i].unit};
            return 0;
        }
    return find_raw(name, event);
}

static int say_forbidden(const char *name, int highest, int error, struct message *message)
{
    int level = kernel_perf_level();

    if (level <= highest)
        return message_set(message,
                           "cannot count %s: %s: a security module or a container's filter forbids "
                           "perf_event_open: run it without",
                           name, strerror(error));
    return message_set(
        message,
        "cannot count %s: kernel.perf_event_paranoid is %d, which leaves it to root: run as root "
        "sysctl kernel.perf_event_paranoid=%d",
        name, level, highest);
}

static int say_refused(const char *name, struct perf_event event, int error, struct message *message)
{
    switch (error) {
    case EACCES:
    case EPERM:
        return say_forbidden(name, perf_is_kernels(event) ? 1 : 2, error, message);
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
        return message_set(message,
                           "cannot count %s: this machine has no counter for it, which is common in virtual "
                           "machines: use another machine or another timer",
                           name);
    case ENOSYS:
        return message_set(message,
                           "cannot count %s: this kernel, or a filter, does not allow perf_event_open: use "
                           "another machine or another timer",
                           name);
    default:
        return message_set(message, "cannot count %s: %s", name, strerror(error));
    }
}

/* A pinned counter that the kernel cannot keep on the processor reads as the end of a file. */
int event_check(const char *name, const struct event *event, struct message *message)
{
    struct perf_event wanted = {event->type, event->config};
    long descriptor = perf_open(wanted);
    uint64_t count;
    ssize_t size;

    if (descriptor < 0)
        return say_refused(name, wanted, (int)-descriptor, message);
    size = read((int)descriptor, &count, sizeof count);
    close((int)descriptor);
    if (size != sizeof count)
        return message_set(
            message,
            "cannot count %s: others use all of the processor's counters for it: stop them (as "
            "the NMI watchdog, by sysctl kernel.nmi_watchdog=0)",
            name);
    return 0;
}
