/*
 * filter.c - decides which functions are recorded, at the first event of each. Slow paths only.
 *
 * The runtime does not match the user's patterns itself. For each module the launcher's resolver matches
 * them, and writes a file into the spool (filter_file.h). A module without such a file is not filtered, and
 * its image_module says so. A forked child finds the table wiped, and decides again.
 */
#include "runtime/gate/filter.h"

#include "runtime/core/modules.h"
#include "runtime/core/process.h"
#include "runtime/core/settings.h"
#include "runtime/core/slow.h"
#include "runtime/core/space.h"
#include "runtime/core/thread.h"
#include "runtime/format/filter_file.h"
#include "runtime/format/image.h"
#include "runtime/gate/gate.h"
#include "runtime/records/account.h"
#include "runtime/system/memory.h"
#include "runtime/system/system.h"
#include "runtime/timers/now.h"
#include "runtime/timers/timer.h"

enum { FIRST_ENTRIES = 256 };

/* A module with the contents of its filter_file. Without a file no function is excluded. */
struct filter_module {
    struct filter_module *next;
    uint32_t unit; /* of its image_module */
    uint64_t base; /* the address at which its file's address 0 lies */
    int excluded;  /* functions are excluded, but for the exceptions; 0: the exceptions are excluded */
    uint64_t count;
    const uint64_t *exceptions; /* addresses in the file, ascending; NULL without a file */
};

struct filter_table *filter_table;
uint32_t filter_depth = UINT32_MAX;
int filter_throttles;

static struct filter_settings filters;

/* The resolver may run while the lock is held, so waiters sleep. */
static void filter_lock(struct process *process)
{
    static const struct timespec pause = {0, 100000};

    while (__atomic_exchange_n(&process->lock_filter, 1, __ATOMIC_ACQUIRE) != 0)
        SYSTEM_CALL(SYS_nanosleep, &pause, NULL, 0, 0, 0, 0);
}

static void filter_unlock(struct process *process)
{
    __atomic_store_n(&process->lock_filter, 0, __ATOMIC_RELEASE);
}

/* ---- the table ---- */

static struct filter_table *table_new(uint64_t entries)
{
    struct filter_table *table = memory_private(sizeof *table + entries * sizeof *table->entries);

    if (table != NULL)
        table->mask = entries - 1;
    return table;
}

/* Makes room in the table for one more entry. The table doubles when it is half full. The old table stays,
 * because other threads may be reading it. Calls that they count in it are lost for throttling. Returns 0, or
 * -1 without memory. */
static int table_reserve(struct process *process)
{
    struct filter_table *old = process->filters, *table;

    if (old->used <= old->mask / 2)
        return 0;
    if ((table = table_new(2 * (old->mask + 1))) == NULL)
        return -1;
    for (uint64_t i = 0; i <= old->mask; i++)
        if (old->entries[i].word != 0)
            *filter_find(table, old->entries[i].word) = old->entries[i];
    table->used = old->used;
    process->filters = table;
    __atomic_store_n(&filter_table, table, __ATOMIC_RELEASE);
    return 0;
}

/* Sets the state of FUNCTION. The lock must be held. */
static void table_set(struct process *process, uint64_t function, enum filter_state state)
{
    struct filter_entry *entry;

    if (table_reserve(process) != 0)
        return;
    entry = filter_find(process->filters, function);
    process->filters->used += entry->word == 0;
    __atomic_store_n(&entry->word, function | (uint64_t)state << FILTER_STATE_SHIFT, __ATOMIC_RELEASE);
}

void filter_set(struct process *process, uint64_t function, enum filter_state state)
{
    if (process->filters == NULL)
        return;
    filter_lock(process);
    table_set(process, function, state);
    filter_unlock(process);
}

void filter_choose(const struct filter_settings *settings)
{
    if ((!settings->has_patterns && settings->depth == 0 && settings->throttle_calls == 0) ||
        (filter_table = table_new(FIRST_ENTRIES)) == NULL)
        return;
    filters = *settings;
    if (filters.depth != 0)
        filter_depth = filters.depth;
    filter_throttles = filters.throttle_calls != 0;
    gate_filter();
}

/* In a forked child the table has been wiped. Its memory holds at least FIRST_ENTRIES. */
void filter_start(struct process *process)
{
    process->filters = filter_table;
    if (filter_table != NULL)
        filter_table->mask = FIRST_ENTRIES - 1;
}

/* The functions keep their entries, in the state FILTER_UNKNOWN. */
void filter_forget(uint64_t start, uint64_t end)
{
    struct filter_table *table = filter_table;

    for (uint64_t i = 0; table != NULL && i <= table->mask; i++) {
        uint64_t function = table->entries[i].word << 2 >> 2;

        if (function >= start && function < end)
            __atomic_store_n(&table->entries[i].word, function, __ATOMIC_RELEASE);
    }
}

/* ---- modules ---- */

static int is_ascending(const uint64_t *numbers, uint64_t count)
{
    for (uint64_t i = 1; i < count; i++)
        if (numbers[i] <= numbers[i - 1])
            return 0;
    return 1;
}

/* Reads COUNT addresses. Returns NULL if there are fewer, if they do not ascend, or without memory. */
static uint64_t *exceptions_read(int descriptor, uint64_t count)
{
    uint64_t size = count * sizeof(uint64_t);
    uint64_t *exceptions = memory_private(size + sizeof *exceptions); /* one more: a mapping is never empty */

    if (exceptions != NULL &&
        (system_read_all(descriptor, exceptions, size) != (long)size || !is_ascending(exceptions, count))) {
        memory_private_free(exceptions, size + sizeof *exceptions);
        exceptions = NULL;
    }
    return exceptions;
}

/* Reads the filter_file at PATH into MODULE. Returns 0, or -1 if there is no file or it is invalid. */
static int module_read(struct filter_module *module, const char *path)
{
    long descriptor = system_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
    struct filter_file file = {.count = 0};

    if (descriptor < 0)
        return -1;
    if (system_read_all((int)descriptor, &file, sizeof file) == (long)sizeof file &&
        memcmp(file.magic, FILTER_FILE_MAGIC, sizeof file.magic) == 0 && file.count < FILTER_FILE_MOST &&
        (module->exceptions = exceptions_read((int)descriptor, file.count)) != NULL) {
        module->excluded = file.excluded != 0;
        module->count = file.count;
    }
    system_close((int)descriptor);
    return module->exceptions != NULL ? 0 : -1;
}

/* The paths of a module and of its filter_file. */
struct paths {
    char module[PATH_MAX], file[PATH_MAX];
};

/* Reads the filter_file of IMAGE into MODULE. Runs the resolver if there is none yet. */
static void module_resolve(struct filter_module *module, struct image_module *image, struct paths *paths)
{
    memcpy(paths->module, image->path, image->path_size);
    paths->module[image->path_size] = '\0';
    filter_file_path(paths->file, sizeof paths->file, settings_get()->spool,
                     &(struct filter_key){image->build_id, image->build_id_size, paths->module,
                                          image->file_size, image->file_mtime});
    if (module_read(module, paths->file) != 0) {
        resolver_run(paths->module);
        image->unfiltered = module_read(module, paths->file) != 0;
    }
}

/* Finds or makes the filter_module of the image_module UNIT. Returns NULL without memory. The stack may be
 * too small for paths. */
static struct filter_module *module_get(struct process *process, uint32_t unit)
{
    struct image_module *image = image_at(process->base, unit);
    struct filter_module *module = process->filter_modules;
    struct paths *paths;

    while (module != NULL && module->unit != unit)
        module = module->next;
    if (module != NULL || (module = memory_private(sizeof *module)) == NULL)
        return module;
    module->unit = unit;
    module->base = image->base;
    paths = memory_private(sizeof *paths);
    if (paths != NULL) {
        module_resolve(module, image, paths);
        memory_private_free(paths, sizeof *paths);
    } else {
        image->unfiltered = 1;
    }
    module->next = process->filter_modules;
    process->filter_modules = module;
    return module;
}

void filter_read_all(struct process *process)
{
    uint32_t unit;

    if (process->filters == NULL || !filters.has_patterns)
        return;
    filter_lock(process);
    for (size_t i = 0; (unit = module_at(process, i)) != 0; i++)
        module_get(process, unit);
    filter_unlock(process);
}

static int is_exception(const struct filter_module *module, uint64_t address)
{
    uint64_t low = 0, high = module->count;

    while (low < high) {
        uint64_t middle = (low + high) / 2;

        if (module->exceptions[middle] == address)
            return 1;
        if (module->exceptions[middle] < address)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* ---- decisions ---- */

/* Decides the state of FUNCTION at its first event. module_find() runs before the lock is taken: it takes the
 * loader's lock, and a thread that holds the loader's lock may wait for ours. No time passes for the thread
 * meanwhile, because the resolver may take longer than the whole program. */
static enum filter_state decide(struct process *process, uint64_t function)
{
    struct thread *thread = thread_self();
    uint64_t before = thread->top != NULL ? thread_now(thread) : 0;
    uint32_t unit = filters.has_patterns ? module_find(process, function) : 0;
    const struct filter_module *module;
    enum filter_state state = FILTER_RECORDED;

    filter_lock(process);
    if (unit != 0 && (module = module_get(process, unit)) != NULL &&
        module->excluded != is_exception(module, function - module->base))
        state = FILTER_EXCLUDED;
    table_set(process, function, state);
    filter_unlock(process);
    if (thread->top != NULL)
        thread_skip(thread, before);
    return state;
}

int filter_excludes(uint64_t function)
{
    struct process *process = process_self();
    enum filter_state state;

    if (process == NULL || process->filters == NULL)
        return 0;
    state = filter_look(function);
    if (state == FILTER_UNKNOWN)
        state = decide(process, function);
    return state == FILTER_EXCLUDED;
}

int filter_leaves_out(const struct thread *thread, uint64_t function)
{
    return filter_throttles && filter_look(function) == FILTER_THROTTLED && !filter_is_open(thread, function);
}

/* ---- throttling ---- */

/* Returns the length of a tick of the timer in nanoseconds, or in what the timer counts. */
static double tick_length(struct process *process)
{
    const struct image_header *header = process->header;

    if (header->timer_tick > 0)
        return header->timer_tick;
    if (header->clock != IMAGE_CLOCK_TSC)
        return 1;
    process_anchor(process);
    return (double)(header->last.monotonic - header->start.monotonic) /
           (double)(header->last.ticks - header->start.ticks + 1);
}

/* Returns 1 if a function's mean self time, SELF ticks as measured, is too short to be worth recording. */
static int is_too_short(struct process *process, const struct thread *thread, double self)
{
    const struct image_costs *costs = &process->header->costs;
    double inside = (double)(thread->sampled ? costs->sampled : costs->inside) / IMAGE_COST_UNIT;
    double cost = thread->sampled ? (double)costs->unclocked / IMAGE_COST_UNIT
                                  : inside + (double)costs->outside / IMAGE_COST_UNIT;

    if (filters.throttle_ns != 0)
        cost = (double)filters.throttle_ns / tick_length(process);
    return self - inside < cost;
}

/* Notes in the image that FUNCTION is no longer recorded, after CALLS calls. */
static void note(struct process *process, uint64_t function, uint32_t module, uint64_t calls)
{
    uint32_t unit = space_allocate(process, sizeof(struct image_throttled));
    struct image_throttled *throttled = image_at(process->base, unit);

    if (unit == 0)
        return;
    throttled->function = function;
    throttled->module = module;
    throttled->calls = calls;
    throttled->ticks = timer_clock();
    throttled->next = process->header->throttled;
    __atomic_store_n(&process->header->throttled, unit, __ATOMIC_RELEASE);
}

/* Throttles FUNCTION if its calls since the last judgement were too short. */
static void judge(struct process *process, const struct thread *thread, uint64_t function)
{
    uint32_t module = module_find(process, function);
    struct filter_entry *entry;

    filter_lock(process);
    entry = filter_find(process->filters, function);
    if (entry->calls >= filters.throttle_calls && entry->word >> FILTER_STATE_SHIFT == FILTER_RECORDED) {
        entry->all += entry->calls;
        if (is_too_short(process, thread, (double)entry->self / (double)entry->calls)) {
            note(process, function, module, entry->all);
            table_set(process, function, FILTER_THROTTLED);
        }
        entry->calls = entry->self = 0;
    }
    filter_unlock(process);
}

void filter_judge(struct thread *thread, uint64_t function, uint32_t calls, uint64_t self)
{
    struct filter_entry *entry;
    struct process *process;
    struct slow slow;

    if (filter_probe(filter_table, function, &entry) >> FILTER_STATE_SHIFT != FILTER_RECORDED)
        return;
    __atomic_add_fetch(&entry->self, calls * self, __ATOMIC_RELAXED);
    if (__atomic_add_fetch(&entry->calls, calls, __ATOMIC_RELAXED) < filters.throttle_calls ||
        process_self() == NULL || slow_enter(&slow) != 0)
        return;
    if ((process = process_self()) != NULL)
        judge(process, thread, function);
    slow_leave(&slow);
}
