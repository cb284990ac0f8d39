/*
 * perf.c - a timer that counts events of the processor or the kernel (perf_event_open(2)), for each thread by
 * itself.
 *
 * A counter of the processor's is read without a system call, by the protocol of linux/perf_event.h, from the
 * page that the kernel keeps for it. That page holds the event too, so its descriptor is closed at once: the
 * program's are as they were. Other events have only a descriptor. It gets a high number, and is looked at
 * before each reading, for the program may have closed it and opened something else.
 *
 * What cannot be read stands still, and that is noted (process_miss_timer()).
 */
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "counter.h"
#include "runtime/core/compiler.h"
#include "runtime/core/process.h"
#include "runtime/core/thread.h"
#include "runtime/records/account.h"
#include "runtime/system/perf_event.h"
#include "runtime/system/system.h"
#include "runtime/timers/now.h"
#include "runtime/timers/perf.h"

enum {
    PAGE_SIZE = 4096,
    HIGH = 512, /* few programs have that many descriptors, and none need have room for more */
};

int perf_page_read(const volatile struct perf_event_mmap_page *page, uint64_t *count)
{
    uint32_t sequence, index;

    do {
        sequence = page->lock;
        ORDER();
        index = page->cap_user_rdpmc ? page->index : 0;
        *count = (uint64_t)page->offset;
        if (index != 0) {
            uint32_t unused = 64u - page->pmc_width;

            *count += (uint64_t)((int64_t)(counter_read(index - 1) << unused) >> unused);
        }
        ORDER();
    } while (page->lock != sequence);
    return index != 0 ? 0 : -1;
}

static int descriptor_read(const struct thread_timer *timer, uint64_t *count)
{
    uint64_t id = 0;

    return timer->descriptor != 0 &&
                   SYSTEM_CALL(SYS_ioctl, timer->descriptor, PERF_EVENT_IOC_ID, &id, 0, 0, 0) == 0 &&
                   id == timer->event_id &&
                   system_read(timer->descriptor, count, sizeof *count) == sizeof *count
               ? 0
               : -1;
}

uint64_t perf_read(struct thread *thread)
{
    struct thread_timer *timer = &thread->native->timer;
    uint64_t count = 0;

    if ((timer->page != NULL ? perf_page_read(timer->page, &count) : descriptor_read(timer, &count)) != 0)
        process_miss_timer();
    else if (count >= timer->time)
        timer->time = count + 1; /* 0 is never: see thread_new() */
    return timer->time;
}

/* The page of an event whose counter this process may read, or NULL. */
static const volatile struct perf_event_mmap_page *page_open(int descriptor)
{
    const volatile struct perf_event_mmap_page *page;
    long memory;

    if (!COUNTER_IS_READABLE)
        return NULL;
    memory = system_map(PAGE_SIZE, PROT_READ, MAP_SHARED, descriptor);
    if (system_is_error(memory))
        return NULL;
    page = (const volatile struct perf_event_mmap_page *)memory;
    if (page->cap_user_rdpmc && page->index != 0)
        return page;
    system_unmap((void *)memory, PAGE_SIZE);
    return NULL;
}

static int move_up(int descriptor)
{
    long high = SYSTEM_CALL(SYS_fcntl, descriptor, F_DUPFD_CLOEXEC, HIGH, 0, 0, 0);

    if (high < 0)
        return descriptor;
    system_close(descriptor);
    return (int)high;
}

void perf_begin(struct thread *thread, struct perf_event event)
{
    struct thread_timer *timer = &thread->timer;
    long descriptor = perf_open(event);

    if (descriptor < 0)
        return;
    if ((timer->page = page_open((int)descriptor)) != NULL) {
        system_close((int)descriptor);
        return;
    }
    timer->descriptor = move_up((int)descriptor);
    SYSTEM_CALL(SYS_ioctl, timer->descriptor, PERF_EVENT_IOC_ID, &timer->event_id, 0, 0, 0);
}

void perf_end(struct thread *thread)
{
    struct thread_timer *timer = &thread->timer;
    uint64_t count = 0;

    if (timer->page != NULL)
        system_unmap((void *)(uintptr_t)timer->page, PAGE_SIZE);
    else if (descriptor_read(timer, &count) == 0)
        system_close(timer->descriptor);
    timer->page = NULL;
    timer->descriptor = 0;
}
