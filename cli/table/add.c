/*
 * add.c - adds a profile to a table. See add.h.
 */
#include "cli/table/add.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/count.h"
#include "cli/base/memory.h"
#include "cli/model/inclusive.h"
#include "cli/model/ledger.h"
#include "cli/model/nested.h"
#include "cli/model/threads.h"
#include "cli/table/elsewhere.h"
#include "cli/table/merge.h"
#include "cli/table/names.h"

/* Returns a string that tells the builds of one module path apart: the build-id, else size and time. Returns
 * NULL without memory. */
static const char *intern_build(struct table *table, const struct symbolizer_module *module)
{
    char text[2 * SYMBOLIZER_BUILD_ID_MAX + 64];
    size_t length = 0;

    for (size_t i = 0; i < module->build_id_size && i < SYMBOLIZER_BUILD_ID_MAX; i++)
        length += (size_t)snprintf(text + length, sizeof text - length, "%02x", module->build_id[i]);
    if (length == 0)
        snprintf(text, sizeof text, "%ju %jd", (uintmax_t)module->size, (intmax_t)module->mtime);
    return intern_string(&table->strings, text);
}

/* A string of the profile and the table's copy of it. Kept because many functions in a row have one file. */
struct copied {
    const char *text, *copy;
};

/* Returns the table's copy of TEXT, or NULL if TEXT is empty. Returns NULL and sets *FAILED without
 * memory. */
static const char *copy_string(struct table *table, struct copied *last, const char *text, int *failed)
{
    if (text == NULL || *text == '\0')
        return NULL;
    if (text != last->text)
        *last = (struct copied){.text = text, .copy = intern_string(&table->strings, text)};
    *failed |= last->copy == NULL;
    return last->copy;
}

/* Stands for the row of a function until that is found. */
enum { WANTED = 0 };

struct sum {
    struct table *table;
    const struct profile *profile;
    int has_uncalled;                /* a function with a context gets a row even if it was never called */
    uint32_t *rows;                  /* by function: its row, or HASH_NONE */
    struct profile_figures *figures; /* by function */
    struct profile_totals totals;
    uint32_t *units;            /* by function: the first one with which it will share a row */
    int has_units;              /* several functions will share a row */
    struct copied file, module; /* that were copied last */
    struct elsewhere elsewhere;
};

/* Fills ROW for FUNCTION, without figures and without printable names. Returns 0, or -1 without memory. */
static int row_init(struct sum *sum, const struct profile_function *function, struct table_row *row)
{
    static const struct symbolizer_module none = {.path = ""};
    const struct symbolizer_module *module =
        function->module == PROFILE_NONE ? &none : &sum->profile->modules[function->module].file;
    struct table *table = sum->table;
    struct copied name = {NULL, NULL};
    int failed = 0;

    *row = (struct table_row){
        .file = copy_string(table, &sum->file, function->file, &failed),
        .module = copy_string(table, &sum->module, module->path, &failed),
        .symbol = copy_string(table, &name, function->name, &failed),
        .language = function->language,
    };
    if (row->module == NULL)
        row->module = intern_string(&table->strings, "");
    row->has_source = row->file != NULL;
    row->line = row->has_source ? function->line : 0;
    if (row->symbol != NULL) {
        row->function = table_names_function(table, row);
        failed |= row->function == NULL;
    } else {
        row->build = intern_build(table, module);
        row->offset = function->offset;
        failed |= row->build == NULL;
    }
    return failed || row->module == NULL ? -1 : 0;
}

/* Returns the index of FUNCTION's row, which it appends if there is none. Returns HASH_NONE without
 * memory. */
static uint32_t find_or_add_row(struct sum *sum, const struct profile_function *function)
{
    struct table_row row;
    uint32_t found;

    if (row_init(sum, function, &row) != 0)
        return HASH_NONE;
    found = table_row_find(sum->table, &row);
    if (found == HASH_NONE && elsewhere_find(&sum->elsewhere, &row, &found) != 0)
        return HASH_NONE;
    if (found != HASH_NONE)
        return found;
    row.place = (uint32_t)sum->table->row_count;
    return table_row_same(sum->table, &row);
}

static int is_empty(const struct profile_record *record)
{
    return record->function == PROFILE_NONE || profile_is_empty(record);
}

/* Marks the functions that were called or are wanted, by their rows. */
static void mark_rows(struct sum *sum, const struct profile_record *records, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct profile_record *record = &records[i];
        if (!is_empty(record) || (sum->has_uncalled && record->function != PROFILE_NONE))
            sum->rows[record->function] = WANTED;
    }
}

/* Marks the functions that the file says were called or are in records. */
static void mark_used(struct sum *sum)
{
    const struct profile *profile = sum->profile;

    for (size_t i = 0; i < profile->function_count; i++)
        if (profile->functions[i].use >= (sum->has_uncalled ? PROFILE_USE_UNCALLED : PROFILE_USE_CALLED))
            sum->rows[i] = WANTED;
}

/* Marks the functions that get a row. Returns 0, or -1 if a thread cannot be loaded. */
static int mark_functions(struct sum *sum)
{
    const struct profile *profile = sum->profile;

    if (profile->source != NULL && !profile->source->is_part) {
        mark_used(sum);
        return 0;
    }
    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];
        if (profile_load_thread(profile, thread) != 0)
            return -1;
        mark_rows(sum, profile->records + thread->root, thread->record_count);
    }
    return 0;
}

/* Finds the row of each function that was called or is wanted. Returns 0, or -1 on failure. */
static int find_rows(struct sum *sum)
{
    const struct profile *profile = sum->profile;

    if (mark_functions(sum) != 0)
        return -1;
    for (size_t i = 0; i < profile->function_count; i++)
        if (sum->rows[i] == WANTED) {
            sum->rows[i] = find_or_add_row(sum, &profile->functions[i]);
            if (sum->rows[i] == HASH_NONE)
                return -1;
        }
    return 0;
}

/* Fills in the units. FIRST, by row, is that of table_names_equal(), and FUNCTIONS has HASH_NONE for each
 * row. */
static void fill_units(struct sum *sum, const uint32_t *first, uint32_t *functions)
{
    for (uint32_t i = 0; i < sum->profile->function_count; i++) {
        sum->units[i] = i;
        if (sum->rows[i] == HASH_NONE)
            continue;
        uint32_t *function = &functions[first[sum->rows[i]]];
        if (*function == HASH_NONE)
            *function = i;
        sum->units[i] = *function;
        sum->has_units |= *function != i;
    }
}

/* Finds the functions that share a row, or will when the table is finished. Returns 0, or -1 without
 * memory. */
static int find_units(struct sum *sum)
{
    size_t count = sum->table->row_count + 1;
    uint32_t *first = reallocarray(NULL, count, sizeof *first);
    uint32_t *functions = reallocarray(NULL, count, sizeof *functions);
    int result = -1;

    if (first != NULL && functions != NULL && table_names_equal(sum->table, first) == 0) {
        memset(functions, 0xff, count * sizeof *functions); /* HASH_NONE */
        fill_units(sum, first, functions);
        result = 0;
    }
    free(first);
    free(functions);
    return result;
}

/* The figures that the records of a thread add to rows. Only VARIANCES are there if no row has several
 * functions. */
struct parts {
    double *variances; /* of inclusive_variances() */
    double *inclusive; /* by record: of inclusive_united() */
    uint32_t *above;   /* by record: the record of its row that it is below, or PROFILE_NONE */
};

static void free_parts(struct parts *parts)
{
    free(parts->variances);
    free(parts->inclusive);
    free(parts->above);
}

/* Finds the records below one of their row. With clang, complete constructors call base constructors, and
 * deleting destructors call complete ones: their time must not be printed twice. */
static int find_nested(const struct sum *sum, const struct profile_thread *thread, uint32_t *above)
{
    const struct profile_record *records = sum->profile->records + thread->root;
    uint32_t *kinds = reallocarray(NULL, thread->record_count, sizeof *kinds);
    int result = -1;

    if (kinds != NULL) {
        for (uint32_t i = 0; i < thread->record_count; i++)
            kinds[i] = i > 0 ? sum->units[records[i].function] : PROFILE_NONE;
        result = nested_find(records, thread, kinds, (uint32_t)sum->profile->function_count, above);
    }
    free(kinds);
    return result;
}

/* Fills PARTS, which are zeroed and to be freed in any case. Returns 0, or -1 without memory. */
static int find_parts(const struct sum *sum, const struct profile_thread *thread, struct parts *parts)
{
    parts->variances = inclusive_variances(sum->profile, thread);
    if (parts->variances == NULL)
        return -1;
    if (!sum->has_units)
        return 0;
    parts->inclusive = inclusive_united(sum->profile, thread, sum->units);
    parts->above = reallocarray(NULL, thread->record_count, sizeof *parts->above);
    if (parts->inclusive == NULL || parts->above == NULL)
        return -1;
    return find_nested(sum, thread, parts->above);
}

/* Returns 1 if record I of THREAD is below one of its row. Its calls are then no primitive calls of the row.
 * A record that leads back to an ancestor is counted as nested already. */
static int is_nested(const struct parts *parts, const struct profile_thread *thread, uint32_t i,
                     const struct profile_record *record)
{
    return parts->above != NULL && parts->above[i] != PROFILE_NONE && record->target == thread->root + i;
}

/* Returns the ticks that it cost to record the calls. */
static double recording_of(const struct profile_record *record, const struct profile_costs *costs)
{
    double inside = record->clocked < record->calls ? costs->sampled : costs->inside;

    return (double)record->clocked * (inside + costs->outside) +
           (double)(record->calls - record->clocked) * costs->unclocked;
}

/* Adds the records of THREAD to the sums of their functions. These lie closer together in memory than the
 * rows, which makes a difference for millions of records. COSTS is what a call costs. */
static void add_records(struct sum *sum, const struct profile_thread *thread, const struct parts *parts,
                        const struct profile_costs *costs)
{
    const struct profile_process *process = &sum->profile->processes[thread->process];
    double tick = profile_tick(process);

    sum->totals.variance += parts->variances[0] * tick * tick;
    for (uint32_t i = 0; i < thread->record_count; i++) {
        const struct profile_record *record = &sum->profile->records[thread->root + i];
        if (is_empty(record))
            continue;
        struct profile_figures *figures = &sum->figures[record->function];
        count_add(&figures->ncalls, record->calls);
        count_add(&figures->unwound, record->unwound);
        figures->tottime += (double)profile_self(record) * tick;
        figures->variance += parts->variances[thread->record_count + i] * tick * tick;
        figures->recording += recording_of(record, costs) * tick;
        sum->totals.measured += (double)record->self * tick;
        if (process->period > 0) {
            count_add(&sum->totals.samples, record->samples);
            count_add(&sum->totals.samples, record->hook_samples);
        }
        sum->totals.is_compensated |= record->overhead != 0;
        figures->cumtime +=
            (parts->inclusive != NULL ? parts->inclusive[i] : (double)profile_inclusive(record)) * tick;
        if (is_nested(parts, thread, i, record))
            continue;
        count_add(&figures->outermost, record->calls);
        figures->cumvariance += parts->variances[i] * tick * tick;
    }
}

/* Adds the waits of THREAD's records, alone and with all records below them. A record that leads back to an
 * ancestor counts in the ancestor's sum. Its callees hang below that ancestor, so they are missing in the
 * sums between the two. Returns 0, or -1 without memory. */
static int add_waits(struct sum *sum, const struct profile_thread *thread, const struct parts *parts)
{
    const struct profile_record *records = &sum->profile->records[thread->root];
    double *below = calloc(thread->record_count + (size_t)1, sizeof *below);

    if (below == NULL)
        return -1;
    for (uint32_t i = thread->record_count; i-- > 0;) {
        below[i] += (double)records[i].waited;
        if (records[i].function == PROFILE_NONE)
            continue;
        below[records[i].parent - thread->root] += below[i];
        if (is_empty(&records[i])) /* it has no row */
            continue;
        struct profile_figures *figures = &sum->figures[records[i].function];
        figures->waittime += (double)records[i].waited;
        if (records[i].target == thread->root + i && !is_nested(parts, thread, i, &records[i]))
            figures->cumwait += below[i];
    }
    free(below);
    return 0;
}

/* Subtracts the nested calls of THREAD from primitive calls. */
static void subtract_nested(struct sum *sum, const struct profile_thread *thread)
{
    for (uint32_t i = 0; i < thread->edge_count; i++) {
        const struct profile_edge *edge = &sum->profile->edges[thread->first_edge + i];
        uint64_t *outermost = &sum->figures[edge->callee].outermost;
        *outermost -= edge->nested < *outermost ? edge->nested : *outermost; /* the file may be damaged */
    }
}

static void add_figures(const struct sum *sum)
{
    for (size_t i = 0; i < sum->profile->function_count; i++) {
        if (sum->rows[i] == HASH_NONE)
            continue;
        const struct profile_figures *figures = &sum->figures[i];
        const struct table_row row = {.ncalls = figures->ncalls,
                                      .pcalls = figures->outermost,
                                      .unwound = figures->unwound,
                                      .tottime = figures->tottime,
                                      .cumtime = figures->cumtime,
                                      .variance = figures->variance,
                                      .cumvariance = figures->cumvariance,
                                      .recording = figures->recording,
                                      .waittime = figures->waittime,
                                      .cumwait = figures->cumwait};
        table_row_add_figures(&sum->table->rows[sum->rows[i]], &row);
    }
}

static void add_processes(struct sum *sum)
{
    struct table *table = sum->table;

    for (size_t i = 0; i < sum->profile->process_count; i++) {
        const struct profile_process *process = &sum->profile->processes[i];
        if (process->reads != PROFILE_READS_UNKNOWN)
            table->clocks |= 1U << process->reads;
        if (process->timer != PROFILE_TIMER_UNKNOWN)
            table->timers |= 1U << process->timer;
        table->samplers |= 1U << process->sampler;
        table->waits |= process->waits;
        count_add(&table->unsampled, process->unsampled);
        table->is_paused |= process->is_paused;
        table->is_reset |= process->is_reset;
    }
}

/* Adds all that THREAD has. Returns 0, or -1 without memory. */
static int add_thread(struct sum *sum, const struct profile_thread *thread, const struct profile_costs *costs)
{
    const struct profile *profile = sum->profile;
    struct parts parts = {0};
    int result = find_parts(sum, thread, &parts);

    if (result == 0) {
        const struct table_edges_source source = {.profile = profile,
                                                  .thread = thread,
                                                  .rows = sum->rows,
                                                  .units = sum->has_units ? sum->units : NULL,
                                                  .variances = parts.variances};
        add_records(sum, thread, &parts, costs);
        subtract_nested(sum, thread);
        if (profile->processes[thread->process].waits)
            result = add_waits(sum, thread, &parts);
        if (result == 0 && sum->table->has_edges)
            result = table_edges_add_thread(&sum->table->edges, &source);
    }
    free_parts(&parts);
    return result;
}

static int add_threads(struct sum *sum)
{
    const struct profile *profile = sum->profile;
    uint32_t process = PROFILE_NONE; /* that COSTS are of */
    struct profile_costs costs = {0};

    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];
        if (sum->table->has_recording && thread->process != process &&
            ledger_costs(&costs, profile, process = thread->process) != 0)
            return -1;
        if (profile_load_thread(profile, thread) != 0 || add_thread(sum, thread, &costs) != 0)
            return -1;
    }
    return 0;
}

static void add_totals(const struct sum *sum)
{
    const struct profile *profile = sum->profile;
    struct table *table = sum->table;

    table->measured += sum->totals.measured;
    table->variance += sum->totals.variance;
    count_add(&table->samples, sum->totals.samples);
    table->is_compensated |= sum->totals.is_compensated;
    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];

        count_add(&table->lost, thread->lost);
        if (thread->record_count > table->contexts + 1) /* the first is the root */
            table->contexts = thread->record_count - 1;
    }
}

/* Returns 1 if the file tells the sums that the table needs. */
static int has_sums(const struct sum *sum)
{
    const struct profile_source *source = sum->profile->source;

    return source != NULL && source->figures != NULL && !source->is_part && !sum->has_units &&
           !sum->table->has_edges && !sum->table->has_recording;
}

/* Takes the sums that the file tells. */
static void take_sums(struct sum *sum)
{
    const struct profile_source *source = sum->profile->source;

    memcpy(sum->figures, source->figures, sum->profile->function_count * sizeof *sum->figures);
    sum->totals = source->totals;
}

static int add_sum(struct sum *sum)
{
    memset(sum->rows, 0xff, sum->profile->function_count * sizeof *sum->rows); /* HASH_NONE */
    if (table_filter(sum->table, sum->profile->filters) != 0 || find_rows(sum) != 0 || find_units(sum) != 0)
        return -1;
    add_processes(sum);
    if (has_sums(sum))
        take_sums(sum);
    else if (add_threads(sum) != 0)
        return -1;
    add_figures(sum);
    add_totals(sum);
    return 0;
}

static int check_measures(struct table *table, const struct profile *profile, struct message *message)
{
    for (size_t i = 0; i < profile->process_count; i++) {
        const struct profile_process *process = &profile->processes[i];
        if (table_measure(table, profile_measure(process), profile_counts(process), message) != 0)
            return -1;
    }
    return 0;
}

/* Adds a profile, and fills ROWS with the rows of its functions unless it is NULL. */
static int add_profile(struct table *table, const struct profile *profile, uint32_t *rows,
                       struct message *message)
{
    if (check_measures(table, profile, message) != 0)
        return -1;
    size_t count = profile->function_count + 1;
    struct sum sum = {.table = table,
                      .profile = profile,
                      .has_uncalled = rows != NULL,
                      .elsewhere = {.table = table, .profile = profile, .before = table->row_count},
                      .rows = reallocarray(NULL, count, sizeof *sum.rows),
                      .units = reallocarray(NULL, count, sizeof *sum.units),
                      .figures = calloc(count, sizeof *sum.figures)};
    memory_use_large_pages(sum.figures, count * sizeof *sum.figures);
    int result = sum.rows != NULL && sum.units != NULL && sum.figures != NULL ? add_sum(&sum) : -1;

    if (result == 0 && rows != NULL)
        memcpy(rows, sum.rows, profile->function_count * sizeof *rows);
    free(sum.rows);
    free(sum.figures);
    free(sum.units);
    elsewhere_free(&sum.elsewhere);
    return result == 0 ? 0 : message_no_memory(message);
}

int table_add(struct table *table, const struct profile *profile, struct message *message)
{
    return add_profile(table, profile, NULL, message);
}

int table_track(struct table *table, const struct profile *profile, uint32_t *rows, struct message *message)
{
    if (add_profile(table, profile, rows, message) != 0)
        return -1;
    table->tracked = rows;
    table->tracked_count = profile->function_count;
    return 0;
}

int table_sum(const struct profile *profile, struct profile_figures *figures, struct profile_totals *totals)
{
    struct table none = {0};
    struct sum sum = {.table = &none, .profile = profile, .figures = figures};
    int result = add_threads(&sum);

    *totals = sum.totals;
    return result;
}
