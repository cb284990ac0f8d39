/*
 * process.c - the state of the process that all parts of the runtime share. See process.h.
 */
#include "runtime/core/process.h"

#include <time.h>

#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/system/anchor.h"
#include "runtime/system/system.h"

struct process *process_current;

static void lock(int *word)
{
    while (__atomic_exchange_n(word, 1, __ATOMIC_ACQUIRE) != 0)
        system_yield();
}

static void unlock(int *word)
{
    __atomic_store_n(word, 0, __ATOMIC_RELEASE);
}

void process_lock(struct process *process)
{
    lock(&process->lock);
}

void process_unlock(struct process *process)
{
    unlock(&process->lock);
}

void process_lock_retired(struct process *process)
{
    lock(&process->lock_retired);
}

void process_unlock_retired(struct process *process)
{
    unlock(&process->lock_retired);
}

struct image_anchor process_instant(const struct image_header *header)
{
    struct image_anchor now;

    if (thread_may_not_read())
        return header->last;
    now = anchor_take(system_clock);
    if (now.monotonic == 0)
        return header->last;
    if (header->clock == IMAGE_CLOCK_MONOTONIC)
        now.ticks = now.monotonic;
    return now;
}

void process_anchor(struct process *process)
{
    struct image_anchor last = process_instant(process->header);

    process_lock(process);
    process->header->last = last;
    process_unlock(process);
}

/* Returns the process if it is in STATE, else NULL. */
static struct process *process_in(int state)
{
    struct process *process = __atomic_load_n(&process_current, __ATOMIC_ACQUIRE);

    return process != NULL && __atomic_load_n(&process->state, __ATOMIC_ACQUIRE) == state ? process : NULL;
}

struct process *process_self(void)
{
    return process_in(PROCESS_READY);
}

void process_lose(void)
{
    struct process *process = process_self();

    if (process != NULL)
        __atomic_fetch_add(&process->header->lost, 1, __ATOMIC_RELAXED);
}

int process_is_ours(const struct process *process)
{
    uint32_t pid = system_pid();

    return pid == 0 || pid == process->header->pid;
}

/* A child made by vfork shares our memory. It may have closed its descriptors, while ours are still open: its
 * failure is not ours. */
void process_miss_timer(void)
{
    struct process *process = process_self();

    if (process != NULL && process_is_ours(process))
        process->header->timer_missing = IMAGE_MISSING_READINGS;
}

int process_is_off(void)
{
    return process_in(PROCESS_OFF) != NULL;
}
