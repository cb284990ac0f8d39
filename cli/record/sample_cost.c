/*
 * sample_cost.c - how long one of the kernel's samples stops a program. See sample_cost.h.
 *
 * An interrupt costs a microsecond on some machines and more than ten on virtual ones, so it has to be
 * measured. A loop reads the clock until samples have come: the longest steps of the clock are theirs. The
 * lower quartile of these leaves out what else has come between.
 */
#include "cli/record/sample_cost.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "runtime/system/perf_event.h"

enum {
    SAMPLES = 9,
    PERIOD = 50000,       /* nanoseconds between two samples */
    PATIENCE = 5000000,   /* nanoseconds after which samples are given up */
    RING_SIZE = 2 * 4096, /* bytes, with the page before it */
};

static uint64_t nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int compare(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;

    return (*a > *b) - (*a < *b);
}

/* Returns a ring of samples of this thread, as the runtime takes them, or MAP_FAILED. */
static const struct perf_event_mmap_page *ring_open(void)
{
    struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE,
                                         .size = sizeof attributes,
                                         .config = PERF_COUNT_SW_CPU_CLOCK,
                                         .sample_period = PERIOD,
                                         .sample_type =
                                             PERF_SAMPLE_IP | PERF_SAMPLE_TIME | PERF_SAMPLE_PERIOD,
                                         .exclude_kernel = 1,
                                         .exclude_hv = 1};
    long descriptor = SYSTEM_CALL(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC, 0);
    void *ring = MAP_FAILED;

    if (!system_is_error(descriptor)) {
        ring = mmap(NULL, RING_SIZE, PROT_READ, MAP_SHARED, (int)descriptor, 0);
        close((int)descriptor);
    }
    return ring;
}

uint32_t sample_cost(void)
{
    const struct perf_event_mmap_page *ring = ring_open();
    uint64_t start = nanoseconds(), last = start, seen = 0, steps[SAMPLES];
    size_t count = 0;

    if (ring == MAP_FAILED)
        return 0;
    while (count < SAMPLES && last - start < PATIENCE) {
        uint64_t filled = *(const volatile __u64 *)&ring->data_head, now = nanoseconds();

        if (filled != seen)
            steps[count++] = now - last;
        seen = filled;
        last = now;
    }
    munmap((void *)(uintptr_t)ring, RING_SIZE);
    qsort(steps, count, sizeof steps[0], compare);
    return count > 0 ? (uint32_t)steps[count / 4] : 0;
}
