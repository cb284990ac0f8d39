/*
 * sampler_perf.c - has the kernel sample a thread (perf_event_open(2)). See sampler_perf.h.
 *
 * The ring is mapped read-only: so the kernel overwrites old entries and never stops for want of space. The
 * descriptor is closed at once, for the mapping keeps the event alive: the program's descriptors are as they
 * were. A forked child does not inherit the mapping.
 */
#include "runtime/timers/sampler_perf.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/mman.h>
#include <time.h>

#include "arch.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/system/system.h"
#include "runtime/timers/sampler_ring.h"

enum { LEAST_FREQUENCY = 100 }; /* samples a second */

static long ring_open(uint32_t frequency, int with_kernel)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof attributes,
        .config = PERF_COUNT_SW_CPU_CLOCK,
        .sample_freq = frequency,
        .freq = 1,
        .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD | PERF_SAMPLE_READ |
                       (ARCH_SAMPLE_REGISTERS != 0 ? PERF_SAMPLE_REGS_USER : 0),
        .sample_regs_user = ARCH_SAMPLE_REGISTERS,
        .exclude_kernel = !with_kernel,
        .exclude_hv = 1,
        .context_switch = 1,
        .sample_id_all = 1,
        .use_clockid = 1,
        .clockid = CLOCK_MONOTONIC};

    return SYSTEM_CALL(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC, 0);
}

/* Opens the event with the highest frequency that the kernel allows, up to FREQUENCY: its limit
 * (perf_event_max_sample_rate) may be low, and it lowers it itself when it is busy. */
static long ring_open_below(uint32_t frequency, int with_kernel)
{
    long descriptor = ring_open(frequency, with_kernel);

    for (; descriptor == -EINVAL && frequency > LEAST_FREQUENCY; frequency /= 2)
        descriptor = ring_open(frequency / 2, with_kernel);
    return descriptor;
}

int sampler_perf_open(struct thread *thread, uint32_t frequency)
{
    struct image_header *header = (struct image_header *)thread->base;
    long descriptor = ring_open_below(frequency, 1), memory;

    header->samples_kernel |= !system_is_error(descriptor);
    if (system_is_error(descriptor))
        descriptor = ring_open_below(frequency, 0);
    if (system_is_error(descriptor))
        return -1;
    memory = system_map(RING_MAP_SIZE, PROT_READ, MAP_SHARED, (int)descriptor);
    system_close((int)descriptor);
    if (system_is_error(memory))
        return -1;
    thread->sampler.ring = (char *)memory;
    thread->sampler.past.time = system_clock(CLOCK_MONOTONIC);
    thread->ring_filled =
        (const volatile uint64_t *)&((const struct perf_event_mmap_page *)memory)->data_head;
    return 0;
}
