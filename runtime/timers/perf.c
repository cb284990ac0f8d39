/*
 * perf.c - a timer that counts events of the processor or the kernel (perf_event_open(2)), for each thread.
 *
 * A counter of the processor is read without a system call: the kernel keeps a page for it, and
 * linux/perf_event.h has the protocol. The mapping keeps the event alive. So its descriptor is closed at
 * once, and the program's descriptors are as they were. Other events have only a descriptor, which gets a
 * high number. It is checked before each reading: the program may have closed it and opened something else.
 *
 * After a reading that fails, the timer has stood still, and process_miss_timer() notes it in the image.
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
    PAGE_SIZE = 4096, /* bytes */
    HIGH = 512,       /* descriptor: few programs have as many, and the default limit of 1024 allows it */
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

/* Fills COUNT with the count of the event that TIMER has a descriptor of. Returns -1 if the descriptor leads
 * elsewhere or cannot be read. */
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
        timer->time = count + 1; /* readings are never 0: image_thread.suspended */
    return timer->time;
}

/* Maps the page of the event of DESCRIPTOR. Returns it, or NULL if this process may not read the counter. */
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

/* Moves DESCRIPTOR to the first free number from HIGH on, if there is one. Returns its number. */
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
