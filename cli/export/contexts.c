/*
 * contexts.c - the calling contexts of a profile as exporters write them. See contexts.h.
 */
#include "cli/export/contexts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/count.h"
#include "cli/model/inclusive.h"

/* About a record of the profile. */
struct mark {
    uint32_t first, next; /* its first child, and its next sibling; CONTEXT_NONE: there is none */
    uint32_t place;       /* its index among the contexts */
    uint32_t size;        /* records of it and below it that have calls or time */
    uint64_t total;       /* self times of it and of all below it */
    int is_kept;
};

struct maker {
    struct contexts *contexts;
    const struct contexts_request *request;
    struct mark *marks;       /* by record */
    unsigned char *is_wanted; /* by row; NULL: all are */
    uint32_t *units;          /* by function: the first one that has its row; NULL: no row has two */
    double *variances;        /* of the thread: inclusive_variances() */
    double *cumulative;       /* of the thread: inclusive_united(), or NULL */
    double tick;              /* of the thread */
};

static uint64_t round_time(double time)
{
    if (time >= (double)COUNT_MAX)
        return COUNT_MAX;
    return time > 0 ? (uint64_t)nearbyint(time) : 0;
}

static uint64_t self_of(const struct maker *maker, const struct profile_record *record)
{
    return round_time((double)profile_self(record) * maker->tick);
}

/* Returns the standard error of a time with the VARIANCE, in ticks squared. */
static float error_of(const struct maker *maker, double variance)
{
    return (float)(sqrt(fmax(variance, 0)) * maker->tick);
}

static uint32_t row_of(const struct maker *maker, const struct profile_record *record)
{
    return record->function == PROFILE_NONE ? HASH_NONE : maker->request->row_of[record->function];
}

/* Links the records of THREAD to their callers and sums up their times. Children stand behind their parents.
 */
static void sum_up(const struct maker *maker, const struct profile_thread *thread)
{
    const struct profile_record *records = maker->request->profile->records;
    struct mark *marks = maker->marks;

    for (uint32_t i = thread->root + thread->record_count; i-- > thread->root;) {
        struct mark *mark = &marks[i], *parent;
        uint32_t row = row_of(maker, &records[i]);

        if (i > thread->root)
            count_add(&mark->total, self_of(maker, &records[i]));
        mark->is_kept |= maker->is_wanted == NULL || (row != HASH_NONE && maker->is_wanted[row]);
        if (i == thread->root || (records[i].calls == 0 && mark->total == 0))
            continue;
        mark->size++;
        parent = &marks[records[i].parent];
        mark->next = parent->first;
        parent->first = i;
        parent->size += mark->size;
        parent->is_kept |= mark->is_kept;
        count_add(&parent->total, mark->total);
    }
}

/* Appends a context below PARENT, which may be CONTEXT_NONE. There is room. */
static struct context *append(struct contexts *contexts, uint32_t parent, uint32_t thread)
{
    struct context *added = &contexts->items[contexts->count++];

    *added = (struct context){.parent = parent,
                              .row = CONTEXT_NONE,
                              .thread = thread,
                              .recursive = CONTEXT_NONE,
                              .level = parent == CONTEXT_NONE ? 0 : contexts->items[parent].level + 1};
    if (added->level > contexts->deepest)
        contexts->deepest = added->level;
    return added;
}

/* Appends record INDEX of thread T. */
static void add_record(const struct maker *maker, uint32_t t, uint32_t index)
{
    const struct profile *profile = maker->request->profile;
    const struct profile_thread *thread = &profile->threads[t];
    const struct profile_record *record = &profile->records[index];
    struct mark *mark = &maker->marks[index];
    struct contexts *contexts = maker->contexts;
    uint32_t parent = record->parent == thread->root ? CONTEXT_NONE : maker->marks[record->parent].place;
    struct context *added = append(contexts, parent, t);
    uint32_t place = index - thread->root;

    mark->place = (uint32_t)(added - contexts->items);
    added->row = row_of(maker, record);
    if (record->target != index)
        added->recursive = maker->marks[record->target].place;
    added->calls = record->calls;
    added->unwound = record->unwound;
    added->self = self_of(maker, record);
    added->total = mark->total;
    added->waited = record->waited;
    added->cumulative =
        (maker->cumulative != NULL ? maker->cumulative[place] : (double)profile_inclusive(record)) *
        maker->tick;
    added->self_error = error_of(maker, maker->variances[thread->record_count + place]);
    added->total_error = error_of(maker, maker->variances[place]);
    contexts->has_recursion |= record->target != index;
    contexts->has_unwound |= record->unwound > 0;
    contexts->has_errors |= added->self_error > 0;
}

/* Appends the context that stands for the children of PARENT, a record, that are left out, if there are some.
 */
static void add_left_out(const struct maker *maker, uint32_t t, uint32_t parent)
{
    const struct profile *profile = maker->request->profile;
    const struct profile_thread *thread = &profile->threads[t];
    struct contexts *contexts = maker->contexts;
    struct context *added = NULL;
    double variance = 0;
    uint32_t place = parent == thread->root ? CONTEXT_NONE : maker->marks[parent].place;

    for (uint32_t i = maker->marks[parent].first; i != CONTEXT_NONE; i = maker->marks[i].next) {
        const struct mark *mark = &maker->marks[i];
        if (mark->is_kept)
            continue;
        if (added == NULL)
            added = append(contexts, place, t);
        count_add(&added->calls, profile->records[i].calls);
        count_add(&added->self, mark->total);
        count_add(&added->total, mark->total);
        added->left_out += mark->size;
        variance += maker->variances[i - thread->root];
        contexts->left_out += mark->size;
    }
    if (added != NULL)
        added->self_error = added->total_error = error_of(maker, variance);
}

/* Returns the first kept one of record I and its siblings behind it, or CONTEXT_NONE. */
static uint32_t next_kept(const struct maker *maker, uint32_t i)
{
    while (i != CONTEXT_NONE && !maker->marks[i].is_kept)
        i = maker->marks[i].next;
    return i;
}

/* Appends the contexts of thread T. A tree may be too deep for the stack of C. */
static void walk(const struct maker *maker, uint32_t t)
{
    const struct profile *profile = maker->request->profile;
    uint32_t root = profile->threads[t].root, at = root, down = next_kept(maker, maker->marks[root].first);

    for (;;) {
        if (down != CONTEXT_NONE) {
            at = down;
            add_record(maker, t, at);
            down = next_kept(maker, maker->marks[at].first);
            continue;
        }
        add_left_out(maker, t, at);
        if (at == root)
            return;
        down = next_kept(maker, maker->marks[at].next);
        at = profile->records[at].parent;
    }
}

/* Leaves out the contexts of THREAD that took less than LEAST. None of their callees took more. */
static void leave_out(const struct maker *maker, const struct profile_thread *thread, double least)
{
    for (uint32_t i = 0; i < thread->record_count; i++) {
        struct mark *mark = &maker->marks[thread->root + i];
        mark->is_kept &= (double)mark->total >= least;
    }
}

/* Prepares MAKER for THREAD. Returns 0, or -1 without memory. */
static int begin_thread(struct maker *maker, const struct profile_thread *thread)
{
    const struct profile *profile = maker->request->profile;

    free(maker->variances);
    free(maker->cumulative);
    maker->cumulative = NULL;
    maker->tick = profile_tick(&profile->processes[thread->process]);
    maker->variances = inclusive_variances(profile, thread);
    if (maker->variances == NULL)
        return -1;
    if (maker->units == NULL)
        return 0;
    maker->cumulative = inclusive_united(profile, thread, maker->units);
    return maker->cumulative != NULL ? 0 : -1;
}

static int is_single(const struct profile *profile)
{
    return profile->thread_count == 1;
}

/* Sums up all threads, and then appends what is to be kept of each. Returns 0, or -1 without memory. */
static int make(struct maker *maker)
{
    const struct profile *profile = maker->request->profile;
    uint64_t *total = &maker->contexts->total;

    for (size_t t = 0; t < profile->thread_count; t++) {
        if (begin_thread(maker, &profile->threads[t]) != 0)
            return -1;
        sum_up(maker, &profile->threads[t]);
        count_add(total, maker->marks[profile->threads[t].root].total);
    }
    for (uint32_t t = 0; t < profile->thread_count; t++) {
        const struct profile_thread *thread = &profile->threads[t];
        if (!is_single(profile) && begin_thread(maker, thread) != 0)
            return -1;
        if (maker->request->min_percent > 0)
            leave_out(maker, thread, (double)*total * maker->request->min_percent / 100);
        walk(maker, t);
    }
    return 0;
}

/* Finds the functions that share a row. Returns 0, or -1 without memory. */
static int find_units(struct maker *maker)
{
    const struct profile *profile = maker->request->profile;
    size_t row_count = maker->request->table->row_capacity + 1;
    uint32_t *first = reallocarray(NULL, row_count, sizeof *first);
    uint32_t *units = reallocarray(NULL, profile->function_count + 1, sizeof *units);
    int has_units = 0;

    if (first == NULL || units == NULL) {
        free(first);
        free(units);
        return -1;
    }
    memset(first, 0xff, row_count * sizeof *first); /* PROFILE_NONE */
    for (uint32_t i = 0; i < profile->function_count; i++) {
        uint32_t row = maker->request->row_of[i];
        units[i] = i;
        if (row == HASH_NONE)
            continue;
        if (first[row] == PROFILE_NONE)
            first[row] = i;
        units[i] = first[row];
        has_units |= units[i] != i;
    }
    free(first);
    maker->units = has_units ? units : NULL;
    if (!has_units)
        free(units);
    return 0;
}

static int find_wanted(struct maker *maker)
{
    const struct table_list *wanted = maker->request->wanted;
    const struct table *table = maker->request->table;

    if (wanted == NULL)
        return 0;
    maker->is_wanted = calloc(table->row_capacity + 1, 1);
    if (maker->is_wanted == NULL)
        return -1;
    for (size_t i = 0; i < wanted->count; i++)
        maker->is_wanted[wanted->rows[i] - table->rows] = 1;
    return 0;
}

/* Makes room for all contexts: one for each record, and one for what is left out below it. */
static int make_room(struct maker *maker)
{
    const struct contexts_request *request = maker->request;
    size_t count = request->profile->record_count;
    int leaves_out = request->wanted != NULL || request->min_percent > 0;

    maker->marks = calloc(count + 1, sizeof *maker->marks);
    if (maker->marks == NULL)
        return -1;
    for (size_t i = 0; i < count; i++)
        maker->marks[i].first = maker->marks[i].next = CONTEXT_NONE;
    maker->contexts->items =
        reallocarray(NULL, count + 1, (leaves_out ? 2 : 1) * sizeof *maker->contexts->items);
    return maker->contexts->items != NULL ? 0 : -1;
}

int contexts_make(struct contexts *contexts, const struct contexts_request *request, struct message *message)
{
    struct maker maker = {.contexts = contexts, .request = request};
    int result = -1;

    if (make_room(&maker) == 0 && find_units(&maker) == 0 && find_wanted(&maker) == 0)
        result = make(&maker);
    free(maker.marks);
    free(maker.is_wanted);
    free(maker.units);
    free(maker.variances);
    free(maker.cumulative);
    return result == 0 ? 0 : message_no_memory(message);
}

void contexts_free(struct contexts *contexts)
{
    free(contexts->items);
    *contexts = (struct contexts){0};
}
