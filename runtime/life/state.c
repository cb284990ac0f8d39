/*
 * state.c - makes and frees the state of a thread. See state.h.
 */
#include "runtime/life/state.h"

#include <sys/prctl.h>

#include "runtime/core/process.h"
#include "runtime/core/space.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/gate/filter.h"
#include "runtime/records/records.h"
#include "runtime/records/sample.h"
#include "runtime/stack/frames.h"
#include "runtime/system/memory.h"
#include "runtime/system/system.h"
#include "runtime/timers/sampler.h"
#include "runtime/timers/timer.h"

enum {
    SHARED_SIZE = 16 * 1024, /* bytes of the image that a thread begins with */
    FIRST_FRAMES = 64,       /* of these, 64 bytes each */
    FIRST_SLOTS = 512,
    PRIVATE_SIZE = 12 * 1024,
};

_Static_assert(sizeof(struct thread) <= PRIVATE_SIZE - sizeof(struct table),
               "a thread and its table's head fit");

/* Returns memory for a state and its first table, in one piece; NULL without. Fills SIZE with its bytes. */
static struct thread *thread_allocate(size_t *size)
{
    *size = PRIVATE_SIZE + FIRST_SLOTS * sizeof(struct slot);
    return memory_private(*size);
}

static uint32_t take(struct thread *thread, uint32_t units)
{
    uint32_t unit = thread->arena_next;

    thread->arena_next += units;
    return unit;
}

/* Makes a record for calls that have none of their own, with a function and an edge as all records have. NEXT
 * is the first call that reads the clock. */
static uint32_t record_aside(struct thread *thread, uint64_t next)
{
    uint32_t unit = take(thread, 1);
    struct image_record *record = image_at(thread->base, unit);

    record->target = unit;
    record->successor = thread->shared->root;
    record->function = take(thread, 1);
    record->edge = take(thread, 1);
    record->next = next;
    return unit;
}

static void shared_start(struct thread *thread, struct process *process, uint32_t first)
{
    struct image_thread *shared = image_at(thread->base, first);

    thread->shared = shared;
    thread->arena_next = first;
    thread->arena_end = first + SHARED_SIZE / IMAGE_UNIT;
    take(thread, sizeof *shared / IMAGE_UNIT);
    shared->root = take(thread, 1);
    ((struct image_record *)image_at(thread->base, shared->root))->target = shared->root;
    context_forget_order(thread);
    shared->spare = record_aside(thread, thread->first_reading);
    if (filter_depth != UINT32_MAX)
        thread->deep = record_aside(thread, UINT64_MAX);
    shared->overflow = take(thread, 1);
    shared->stack = take(thread, FIRST_FRAMES);
    stack_start(thread, shared->stack, FIRST_FRAMES);
    process_lock(process);
    shared->next = process->header->threads;
    __atomic_store_n(&process->header->threads, first, __ATOMIC_RELEASE);
    process_unlock(process);
}

void thread_set_reads(struct thread *thread)
{
    const struct image_header *header = (const struct image_header *)thread->base;
    enum image_reads reads = (enum image_reads)header->reads;
    const struct image_costs *costs = &header->costs;

    thread->own_timer = NULL;
    thread->sampled = reads == IMAGE_READS_SAMPLED;
    thread->has_timer = !timer_is_counter();
    thread->first_reading = reads == IMAGE_READS_NONE ? UINT64_MAX : 0;
    thread->clock_price = (float)(costs->outside + costs->sampled) / IMAGE_COST_UNIT;
    thread->sample_share = SAMPLE_SHARE;
    thread->sample_dear = 0;
    thread->sample_count = 0;
    thread->random = timer_clock();
}

struct thread *thread_make(struct process *process)
{
    struct thread *thread;
    uint32_t first;
    size_t size;

    if ((thread = thread_allocate(&size)) == NULL)
        return NULL;
    if ((first = space_allocate(process, SHARED_SIZE)) == 0) {
        memory_private_free(thread, size);
        return NULL;
    }
    thread->base = process->base;
    thread->table = (struct table *)((char *)thread + PRIVATE_SIZE - sizeof *thread->table);
    thread->table->size = size;
    thread->slots = thread->table->slots;
    thread->slot_mask = FIRST_SLOTS - 1;
    thread->ring_filled = &sampler_none;
    thread->generation = __atomic_load_n(&process->generation, __ATOMIC_RELAXED);
    thread_set_reads(thread);
    shared_start(thread, process, first);
    return thread;
}

void thread_read_name(struct thread *thread)
{
    SYSTEM_CALL(SYS_prctl, PR_GET_NAME, thread->shared->name, 0, 0, 0, 0);
}

void thread_free(struct thread *thread)
{
    struct table *table = thread->table;

    while (table->older != NULL) {
        struct table *older = table->older;

        memory_private_free(table, table->size);
        table = older;
    }
    memory_private_free(thread, table->size); /* the oldest table, which lies in one piece with the thread */
}
