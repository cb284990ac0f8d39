/*
 * records.c - makes a thread's records, functions and edges. Slow paths only. See records.h.
 */

#include "runtime/records/records.h"

#include "runtime/core/compiler.h"
#include "runtime/core/modules.h"
#include "runtime/core/process.h"
#include "runtime/core/settings.h"
#include "runtime/core/slow.h"
#include "runtime/core/space.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/records/regions.h"
#include "runtime/system/memory.h"
#include "runtime/system/system.h"

enum { ARENA_FIRST = 32 * 1024, ARENA_LARGEST = 1024 * 1024 };

/* Makes room in the table for one more entry. The table doubles when it is half full, so that the fast path
 * needs few probes. Returns 0, or -1 without memory. */
static int slots_reserve(struct thread *thread)
{
    uint64_t count = thread->slot_mask + 1;
    size_t size = sizeof(struct table) + 2 * count * sizeof(struct slot);
    const struct slot *old = thread->slots;
    struct table *table;

    if (thread->slots_used < count / 2)
        return 0;
    table = memory_private(size);
    if (table == NULL)
        return -1;
    table->older = thread->table;
    table->size = size;
    thread->table = table;
    thread->slots = table->slots;
    thread->slot_mask = 2 * count - 1;
    for (uint64_t i = 0; i < count; i++)
        if (old[i].unit != 0)
            *slot_find(thread, old[i].function, old[i].position) = old[i];
    return 0;
}

static void slot_fill(struct thread *thread, uint64_t function, uint32_t position, uint32_t unit)
{
    struct slot *slot = slot_find(thread, function, position);

    slot->function = function;
    slot->position = position;
    slot->unit = unit;
    thread->slots_used++;
}

/* Returns the first of COUNT new units of the thread's arena, or 0 without space. */
static uint32_t arena_take(struct thread *thread, uint32_t count)
{
    uint32_t unit;

    if (thread->arena_end - thread->arena_next < count) {
        struct process *process = process_self();
        uint32_t size = thread->arena_size ? thread->arena_size : ARENA_FIRST;
        uint32_t first = process ? space_allocate(process, size) : 0;

        if (first == 0)
            return 0;
        process_anchor(process);
        thread->arena_next = first;
        thread->arena_end = first + size / IMAGE_UNIT;
        thread->arena_size = size < ARENA_LARGEST ? 2 * size : size;
    }
    unit = thread->arena_next;
    thread->arena_next += count;
    return unit;
}

/* Finds or makes the function at ADDRESS. Returns its unit, or 0 without space. */
static uint32_t function_find(struct thread *thread, uint64_t address)
{
    uint32_t unit = slot_find(thread, address, 0)->unit;

    if (unit == 0 && slots_reserve(thread) == 0 && (unit = arena_take(thread, 1)) != 0) {
        struct image_function *function = image_at(thread->base, unit);
        struct process *process = process_self();

        function->address = address;
        function->region = process ? region_unit(process, address) : 0;
        function->module = process && function->region == 0 ? module_find(process, address) : 0;
        slot_fill(thread, address, 0, unit);
    }
    return unit;
}

/* Finds or makes the edge from CALLER to CALLEE. Returns its unit, or 0 without space. */
static uint32_t edge_find(struct thread *thread, uint32_t caller, uint32_t callee)
{
    uint32_t unit = slot_find(thread, callee, caller | POSITION_EDGE)->unit;

    if (unit == 0 && slots_reserve(thread) == 0 && (unit = arena_take(thread, 1)) != 0) {
        struct image_edge *edge = image_at(thread->base, unit);

        edge->caller = caller;
        edge->callee = callee;
        slot_fill(thread, callee, caller | POSITION_EDGE, unit);
    }
    return unit;
}

/* Returns the record of FUNCTION on the path from the root to POSITION, or CONTEXT_SELF if there is none. */
static uint32_t path_find(const struct thread *thread, uint32_t position, uint32_t function)
{
    const struct image_function *active = image_at(thread->base, function);

    if (active->outermost == 0) /* all functions on the path are active */
        return 0;
    while (position != 0) {
        const struct image_record *record = image_at(thread->base, position);

        if (record->function == function)
            return position;
        position = record->parent;
    }
    return 0;
}

/* Makes a record of FUNCTION below PARENT. Returns its unit, or 0 without space. */
static uint32_t record_add(struct thread *thread, uint32_t parent, uint32_t function)
{
    struct image_record *above = image_at(thread->base, parent), *record;
    uint32_t edge = edge_find(thread, above->function, function);
    uint32_t unit = edge != 0 && slots_reserve(thread) == 0 ? arena_take(thread, 1) : 0;

    if (unit == 0)
        return 0;
    record = image_at(thread->base, unit);
    record->function = function;
    record->parent = parent;
    record->edge = edge;
    record->target = unit;
    record->successor = thread->shared->root;
    record->next = thread->first_reading;
    return unit;
}

struct image_details *context_details(struct thread *thread, struct image_record *record)
{
    if (record->details == 0)
        record->details = arena_take(thread, sizeof(struct image_details) / IMAGE_UNIT);
    return record->details != 0 ? image_at(thread->base, record->details) : NULL;
}

void context_reserve_details(struct thread *thread)
{
    for (int i = 0; i < SPARE_DETAILS; i++)
        if (thread->spares[i] == 0)
            thread->spares[i] = arena_take(thread, sizeof(struct image_details) / IMAGE_UNIT);
}

/* Takes spare details. Returns their unit, or 0 if there are none. A signal handler that comes in between
 * takes others. */
static uint32_t spare_take(struct thread *thread)
{
    uint32_t unit = 0;

    for (int i = 0; i < SPARE_DETAILS && unit == 0; i++)
        if (thread->spares[i] != 0)
            unit = __atomic_exchange_n(&thread->spares[i], 0, __ATOMIC_RELAXED);
    return unit;
}

struct image_details *context_spare_details(struct thread *thread, struct image_record *record)
{
    uint32_t none = 0, spare;

    if (record->details == 0) {
        if ((spare = spare_take(thread)) == 0)
            return NULL;
        /* Unless a handler has made some just now: these are used by nobody then. */
        __atomic_compare_exchange_n(&record->details, &none, spare, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    }
    return image_at(thread->base, record->details);
}

/* Makes the complete record UNIT visible to readers of the image, and to the fast path at POSITION. */
static void record_publish(struct thread *thread, uint32_t unit, uint64_t address, uint32_t position)
{
    const struct image_record *record = image_at(thread->base, unit);
    struct image_record *parent = image_at(thread->base, record->parent);

    ((struct image_record *)image_at(thread->base, unit))->next_sibling = parent->first_child;
    __atomic_store_n(&parent->first_child, unit, __ATOMIC_RELEASE);
    slot_fill(thread, address, position, unit);
}

static uint32_t record_make(struct thread *thread, uint32_t position, uint64_t address, uint32_t target)
{
    uint32_t function = function_find(thread, address);
    uint32_t unit = function != 0 ? record_add(thread, position, function) : 0;
    struct image_record *record = image_at(thread->base, unit);

    if (unit == 0)
        return 0;
    if (target == CONTEXT_ON_PATH)
        target = path_find(thread, position, function);
    if (target != CONTEXT_SELF)
        record->target = target;
    record_publish(thread, unit, address, position);
    return unit;
}

/* Finds or makes the folded record of calls from the function CALLER to ADDRESS. Returns its unit, or 0
 * without space. */
static uint32_t folded_record(struct thread *thread, uint32_t caller, uint64_t address)
{
    uint32_t position = caller | IMAGE_FOLDED;
    uint32_t unit = slot_find(thread, address, position)->unit;
    const struct image_function *above = image_at(thread->base, caller);
    uint32_t function, parent;

    if (unit != 0)
        return unit;
    if ((function = function_find(thread, address)) == 0 ||
        (parent = context_record(thread, thread->shared->root, above->address)) == 0 ||
        (unit = record_add(thread, parent, function)) == 0)
        return 0;
    ((struct image_record *)image_at(thread->base, unit))->target = function | IMAGE_FOLDED;
    record_publish(thread, unit, address, position);
    return unit;
}

/* Adds 1 to COUNT if it is below the limit of contexts. Returns 1 if it did. Threads that ask at once may
 * exceed the limit by a few. */
static int claim(uint64_t *count)
{
    if (__atomic_load_n(count, __ATOMIC_RELAXED) >= settings_get()->max_contexts)
        return 0;
    __atomic_fetch_add(count, 1, __ATOMIC_RELAXED);
    return 1;
}

/* Finds or makes the folded record for calls from POSITION to ADDRESS. From now on the fast path finds it at
 * POSITION. Returns its unit, or 0 without space. */
static uint32_t record_fold(struct thread *thread, struct process *process, uint32_t position,
                            uint64_t address)
{
    const struct image_record *parent = image_at(thread->base, position);
    uint32_t unit = folded_record(thread, parent->function, address);

    if (unit != 0 && slots_reserve(thread) == 0 && claim(&process->aliases))
        slot_fill(thread, address, position, unit);
    return unit;
}

uint32_t context_record_to(struct thread *thread, uint32_t position, uint64_t function, uint32_t target)
{
    uint32_t unit = slot_find(thread, function, position)->unit;
    struct process *process = process_self();

    if (unit != 0)
        return unit;
    if (position == thread->deep && position != 0) {
        if (slots_reserve(thread) == 0)
            slot_fill(thread, function, position, position);
        return position;
    }
    if (position & IMAGE_FOLDED)
        return folded_record(thread, position & ~IMAGE_FOLDED, function);
    /* Records below the root have no limit: there is at most one for each function, and folded records hang
     * from them. */
    if (position != thread->shared->root && process != NULL && !claim(&process->contexts))
        return record_fold(thread, process, position, function);
    return record_make(thread, position, function, target);
}

uint32_t context_record(struct thread *thread, uint32_t position, uint64_t function)
{
    return context_record_to(thread, position, function, CONTEXT_ON_PATH);
}

/* Returns 1 if SLOT is for a function of a module that has gone since THREAD last looked. */
static int is_forgotten(const struct process *process, const struct thread *thread, const struct slot *slot)
{
    if (slot->position & POSITION_EDGE) /* its key is a unit, not an address, and nothing asks for it again */
        return 0;
    for (size_t i = 0; i < process->range_count; i++) {
        const struct module_range *range = &process->ranges[i];

        if (range->is_dead && range->generation > thread->generation && slot->function >= range->start &&
            slot->function < range->end)
            return 1;
    }
    return 0;
}

/* Replaces the table by one without the functions of modules that have gone. Without memory the old table
 * stays: a new function at an old address is then taken for the old function. */
static void slots_forget(struct thread *thread, const struct process *process)
{
    size_t size = sizeof(struct table) + (thread->slot_mask + 1) * sizeof(struct slot);
    const struct slot *old = thread->slots;
    struct table *table = memory_private(size);

    if (table == NULL)
        return;
    table->older = thread->table;
    table->size = size;
    thread->table = table;
    thread->slots = table->slots;
    thread->slots_used = 0;
    for (uint64_t i = 0; i <= thread->slot_mask; i++)
        if (old[i].unit != 0 && !is_forgotten(process, thread, &old[i]))
            slot_fill(thread, old[i].function, old[i].position, old[i].unit);
}

void context_forget_order(struct thread *thread)
{
    uint32_t root = thread->shared->root;

    for (int i = 0; i < RECENT_CALLS; i++)
        thread->recent[i] = root;
    for (uint32_t unit = root; unit != 0; unit = context_next(thread->base, unit))
        ((struct image_record *)image_at(thread->base, unit))->successor = root;
    if (thread->deep != 0)
        ((struct image_record *)image_at(thread->base, thread->deep))->successor = root;
}

void context_forget(struct thread *thread)
{
    struct process *process = process_self();
    uint32_t generation;

    if (process == NULL)
        return;
    /* First set low, then read the generation: another thread first raises the generation, then sets low. */
    __atomic_store_n(&thread->low, slow_is_exposed() ? THREAD_HELD : thread->true_low, __ATOMIC_SEQ_CST);
    generation = __atomic_load_n(&process->generation, __ATOMIC_SEQ_CST);
    if (LIKELY(generation == thread->generation))
        return;
    process_lock(process);
    slots_forget(thread, process);
    process_unlock(process);
    context_forget_order(thread);
    thread->generation = generation;
}

uint32_t context_next(char *base, uint32_t unit)
{
    const struct image_record *record = image_at(base, unit);

    if (record->first_child != 0)
        return record->first_child;
    while (record->next_sibling == 0 && record->parent != 0)
        record = image_at(base, record->parent);
    return record->parent != 0 ? record->next_sibling : 0;
}

void context_lose(struct thread *thread, uint64_t function)
{
    uint32_t unit = slot_find(thread, function, 0)->unit;

    if (unit != 0)
        ((struct image_function *)image_at(thread->base, unit))->lost++;
    else
        thread->shared->lost++;
}
