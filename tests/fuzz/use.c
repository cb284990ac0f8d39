/*
 * use.c - does with a loaded profile all that `stats` does, and checks its invariants. See fuzz.h.
 *
 * It reads no files and starts no processes. The output of the reports is discarded.
 */
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

#include "cli/analysis/diff.h"
#include "cli/analysis/parts.h"
#include "cli/analysis/spread.h"
#include "cli/analysis/suggest.h"
#include "cli/base/array.h"
#include "cli/base/count.h"
#include "cli/export/export.h"
#include "cli/files/marshal_read.h"
#include "cli/files/marshal_write.h"
#include "cli/files/prof_file.h"
#include "cli/model/fold.h"
#include "cli/model/merge.h"
#include "cli/model/selection.h"
#include "cli/report/diff_print.h"
#include "cli/report/notes.h"
#include "cli/report/parts_print.h"
#include "cli/report/spread_print.h"
#include "cli/report/suggest_print.h"
#include "cli/report/tree_report.h"
#include "cli/report/view.h"
#include "cli/table/add.h"
#include "cli/table/finish.h"
#include "cli/table/merge.h"

uint64_t fuzz_random_number(uint32_t *seed)
{
    uint64_t number = (uint64_t)1 << fuzz_random(seed, 64);

    switch (fuzz_random(seed, 6)) {
    case 0:
        return fuzz_random(seed, 8);
    case 1:
        return UINT64_MAX - fuzz_random(seed, 4);
    case 2:
        return number - 1;
    case 3:
        return number + fuzz_random(seed, 1000);
    case 4:
        return fuzz_random(seed, 1 << 20);
    default:
        return number;
    }
}

void fuzz_check_refusal(const struct message *message)
{
    REQUIRE(message->text[0] != '\0');
    REQUIRE(strchr(message->text, '\n') == NULL);
    /* These words are longer than the name of a unit, which the file may choose and a message may have. */
    REQUIRE(strstr(message->text, "not enough memory") == NULL);
    REQUIRE(strstr(message->text, "out of memory while") == NULL);
}

/* Returns a stream that discards its output. */
static FILE *nowhere(void)
{
    static FILE *stream;

    if (stream == NULL)
        stream = fopencookie(NULL, "w", (cookie_io_functions_t){0});
    REQUIRE(stream != NULL);
    return stream;
}

static void check_records(const struct profile *profile, const struct profile_thread *thread)
{
    for (uint32_t i = thread->root; i < thread->root + thread->record_count; i++) {
        const struct profile_record *record = &profile->records[i];

        REQUIRE((record->function == PROFILE_NONE) == (i == thread->root));
        REQUIRE((record->parent == PROFILE_NONE) == (i == thread->root));
        REQUIRE(record->target >= thread->root && record->target <= i);
        REQUIRE(profile->records[record->target].function == record->function);
        if (i > thread->root) {
            REQUIRE(record->function < profile->function_count);
            REQUIRE(record->parent >= thread->root && record->parent < i);
        }
    }
}

static void check_functions(const struct profile *profile)
{
    for (size_t i = 0; i < profile->module_count; i++) {
        REQUIRE(profile->modules[i].file.path != NULL);
        REQUIRE(profile->modules[i].file.build_id_size <= SYMBOLIZER_BUILD_ID_MAX);
    }
    for (size_t i = 0; i < profile->function_count; i++) {
        const struct profile_function *function = &profile->functions[i];

        REQUIRE(function->module == PROFILE_NONE || function->module < profile->module_count);
        REQUIRE((unsigned)function->language < SYMBOLIZER_LANGUAGE_COUNT);
    }
    for (size_t i = 0; i < profile->edge_count; i++) {
        REQUIRE(profile->edges[i].callee < profile->function_count);
        REQUIRE(profile->edges[i].caller == PROFILE_NONE ||
                profile->edges[i].caller < profile->function_count);
    }
}

/* Aborts unless PROFILE has the invariants of model.h. */
static void check_profile(const struct profile *profile)
{
    size_t records = 0, edges = 0;

    for (size_t i = 0; i < profile->process_count; i++) {
        REQUIRE(profile->processes[i].command != NULL);
        REQUIRE(isfinite(profile->processes[i].tick_ns) && profile->processes[i].tick_ns > 0);
        REQUIRE((unsigned)profile->processes[i].exit <= PROFILE_EXIT_SIGNAL);
    }
    check_functions(profile);
    for (size_t i = 0; i < profile->throttled_count; i++) {
        REQUIRE(profile->throttled[i].process < profile->process_count);
        REQUIRE(profile->throttled[i].function < profile->function_count);
        REQUIRE(isfinite(profile->throttled[i].after));
    }
    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];

        REQUIRE(thread->process < profile->process_count);
        REQUIRE(thread->name != NULL);
        REQUIRE(thread->root == records && thread->record_count > 0);
        REQUIRE(thread->first_edge == edges || thread->edge_count == 0);
        records += thread->record_count;
        edges += thread->edge_count;
        REQUIRE(records <= profile->record_count && edges <= profile->edge_count);
        check_records(profile, thread);
    }
    REQUIRE(records == profile->record_count && edges == profile->edge_count);
}

/* Returns the number of calls in PROFILE, or the largest count. */
static uint64_t count_calls(const struct profile *profile)
{
    uint64_t calls = 0;

    for (size_t i = 0; i < profile->record_count; i++)
        if (profile->records[i].function != PROFILE_NONE)
            count_add(&calls, profile->records[i].calls);
    return calls;
}

static int calls_overflow(const struct profile *profile)
{
    uint64_t calls = 0;

    for (size_t i = 0; i < profile->record_count; i++)
        if (__builtin_add_overflow(calls, profile->records[i].calls, &calls))
            return 1;
    return calls > INT64_MAX / 3;
}

static void check_table(const struct table *table)
{
    for (size_t i = 0; i < table->row_count; i++) {
        const struct table_row *row = &table->rows[i];

        REQUIRE(row->file != NULL && row->name != NULL && row->text != NULL && row->module != NULL);
        REQUIRE(!isnan(row->tottime) && !isnan(row->cumtime));
    }
    for (size_t i = 0; i < table->edges.count; i++) {
        REQUIRE(table->edges.items[i].caller < table->row_count);
        REQUIRE(table->edges.items[i].callee < table->row_count);
        REQUIRE(!isnan(table->edges.items[i].tottime) && !isnan(table->edges.items[i].cumtime));
    }
}

static void view_table(const struct table *table)
{
    static const char *const keys[] = {"cumulative", "ncalls,tottime", "nfl", "percall,module", "-1"};
    static unsigned turn; /* chooses the keys and the unit, which do not change the table */
    struct message message = {""};
    struct view view = {.edge_limit = 5, .percent = 1, .unwound = 1, .reverse = turn & 1};

    turn++;
    view.unit = (enum report_unit)(turn % (REPORT_UNIT_NS + 1));
    REQUIRE(sort_parse(&view.order, keys[turn % (sizeof keys / sizeof *keys)], &message) == 0);
    REQUIRE(sort_parse(&view.edge_order, "cumulative", &message) == 0);
    REQUIRE(restrict_add(&view.restrictions, ".", &message) == 0);
    for (int kind = VIEW_STATS; kind <= VIEW_CSV; kind++) {
        view.kind = (enum view_kind)kind;
        if (table->has_edges || !view_needs_edges(&view))
            REQUIRE(view_print(nowhere(), &view, table, &message) == 0);
    }
    restrict_free(&view.restrictions);
}

/* Writes the table as a file for pstats. If the file can be read, writing that again must give the same
 * bytes. IS_EXACT is 1 if it must be readable. */
static void save_table(const struct table *table, int is_exact)
{
    struct message message = {""};
    struct table again = {.has_edges = 1, .in_seconds = 1};
    struct byte_writer first = {0}, second = {0};

    REQUIRE(marshal_write(&first, table) == 0);
    REQUIRE(marshal_recognise(first.bytes, first.size));
    if (marshal_read(&again, first.bytes, first.size, "x", &message) == 0) {
        REQUIRE(marshal_write(&second, &again) == 0);
        REQUIRE(first.size == second.size && memcmp(first.bytes, second.bytes, first.size) == 0);
    } else {
        fuzz_check_refusal(&message);
        REQUIRE(!is_exact);
    }
    table_free(&again);
    free(first.bytes);
    free(second.bytes);
}

void fuzz_use_table(const struct table *table)
{
    struct message message = {""};
    struct table sum = {.has_edges = 1, .in_seconds = 1, .how = TABLE_KEEP_ORDER};
    struct table stripped = {.has_edges = 1, .how = TABLE_STRIP_DIRS};

    REQUIRE(table_merge(&sum, table, &message) == 0 && table_merge(&sum, table, &message) == 0);
    REQUIRE(table_finish(&sum, &message) == 0);
    check_table(&sum);
    view_table(&sum);
    save_table(&sum, 0);
    REQUIRE(table_merge(&stripped, table, &message) == 0);
    REQUIRE(table_finish(&stripped, &message) == 0);
    check_table(&stripped);
    view_table(&stripped);
    table_free(&sum);
    table_free(&stripped);
}

int fuzz_use_dictionary(const uint8_t *data, size_t size)
{
    struct message message = {""};
    struct table table = {.has_edges = 1};
    int result = marshal_read(&table, data, size, "x.prof", &message);

    if (result == 0)
        fuzz_use_table(&table);
    else
        fuzz_check_refusal(&message);
    table_free(&table);
    return result == 0;
}

/* Makes the TABLE of PROFILE. HOW is a combination of TABLE_... */
static void sum_profile(const struct profile *profile, int how, struct table *table)
{
    struct message message = {""};

    *table = (struct table){.has_edges = 1, .has_recording = 1, .how = how};
    REQUIRE(table_add(table, profile, &message) == 0);
    REQUIRE(table_finish(table, &message) == 0);
    check_table(table);
    if (!(how & TABLE_KEEP_ORDER))
        REQUIRE(table->calls == count_calls(profile));
    for (size_t i = 0; i < table->row_count && !calls_overflow(profile); i++)
        REQUIRE(table->rows[i].pcalls <= table->rows[i].ncalls);
}

static void compare_tables(const struct table *before, const struct table *now)
{
    struct message message = {""};
    struct table_list list = {0};
    struct diff diff = {0};
    struct spread spread = {0};
    const char *const titles[] = {"now", "before"};
    struct report report = {.table = now, .list = &list, .order = "", .titles = titles, .title_count = 1};

    REQUIRE(diff_open(&diff, before, now, &message) == 0 && diff_list(&diff, &list, &message) == 0);
    diff_print(nowhere(), &diff, &report);
    diff_print_csv(nowhere(), &diff, &list);
    table_list_free(&list);
    diff_close(&diff);
    REQUIRE(spread_add(&spread, before, &message) == 0 && spread_add(&spread, now, &message) == 0);
    REQUIRE(spread_list(&spread, &list, &message) == 0);
    spread_print(nowhere(), &spread, &report);
    spread_print_csv(nowhere(), &spread, &list);
    table_list_free(&list);
    spread_free(&spread);
}

static void suggest(const struct table *table)
{
    struct message message = {""};
    struct suggestions suggestions;

    for (enum compiler_kind compiler = COMPILER_GCC; compiler <= COMPILER_CLANG; compiler++) {
        if (suggest_make(&suggestions, table, compiler, -1, &message) == 0)
            REQUIRE(suggest_print(nowhere(), &suggestions, compiler) == 0);
        else
            fuzz_check_refusal(&message);
        suggest_free(&suggestions);
    }
}

static void list_parts(const struct profile *profile)
{
    struct message message = {""};
    struct parts parts = {0};
    struct notes notes = {0};
    struct parts_report report = {.parts = &parts, .limit = -1, .unwound = 1};

    REQUIRE(parts_add(&parts, profile, &message) == 0);
    for (int kind = PARTS_PROCESSES; kind <= PARTS_THREADS; kind++) {
        report.kind = (enum parts_kind)kind;
        parts_print(nowhere(), &report);
        parts_print_csv(nowhere(), &report);
    }
    parts_free(&parts);
    notes_add(&notes, profile);
    notes_print(&notes, "stats", nowhere());
}

static void print_trees(const struct profile *profile)
{
    struct message message = {""};
    struct table table = {0};
    uint32_t *row_of = calloc(profile->function_count + 1, sizeof *row_of);
    struct tree_settings settings = {.wanted = 1, .min_percent = 0, .limit = 1000};
    struct view view = {0};

    REQUIRE(sort_parse(&view.order, "cumulative", &message) == 0);
    REQUIRE(row_of != NULL && table_track(&table, profile, row_of, &message) == 0);
    REQUIRE(table_finish(&table, &message) == 0);
    check_table(&table);
    for (int kind = VIEW_STATS; kind <= VIEW_CSV; kind++) {
        view.kind = (enum view_kind)kind;
        REQUIRE(tree_report_print(nowhere(), &settings, &view, &table, profile, row_of, &message) == 0);
    }
    settings.min_percent = 10;
    settings.upwards = 1;
    settings.function = ".";
    if (table.row_count > 0)
        REQUIRE(tree_report_print(nowhere(), &settings, &view, &table, profile, row_of, &message) == 0);
    table_free(&table);
    free(row_of);
}

/* Folds contexts that took little time, and then nearly all contexts. */
static void fold_profile(struct profile *profile)
{
    struct message message = {""};
    size_t records = profile->record_count;

    for (double ns = 100; ns < 1e20; ns *= 1e9) {
        REQUIRE(profile_fold(profile, ns, &message) == 0);
        REQUIRE(profile->record_count <= records);
        check_profile(profile);
    }
}

/* Writes PROFILE as TEXT, and reads it into AGAIN, which is zeroed. */
static void write_and_read(const struct profile *profile, struct byte_writer *text, struct profile *again)
{
    struct message message = {""};

    REQUIRE(prof_write(text, profile, &message) == 0);
    REQUIRE(prof_recognise(text->bytes, text->size));
    REQUIRE(prof_read(again, text->bytes, text->size, "x", &message) == 0);
    check_profile(again);
}

/* Writes and reads PROFILE. Writing that again must give the same bytes as the next time. Records may change
 * their order when they are first written, and with it the last digits of sums. */
static void save_profile(const struct profile *profile)
{
    struct profile read[3] = {{0}, {0}, {0}};
    struct byte_writer texts[3] = {{0}, {0}, {0}};

    for (int i = 0; i < 3; i++)
        write_and_read(i == 0 ? profile : &read[i - 1], &texts[i], &read[i]);
    REQUIRE(texts[1].size == texts[2].size && memcmp(texts[1].bytes, texts[2].bytes, texts[1].size) == 0);
    fold_profile(&read[2]);
    for (int i = 0; i < 3; i++) {
        model_free(&read[i]);
        free(texts[i].bytes);
    }
}

/* Contexts add up to the total, each stands behind its caller, and none has less time than those below it. */
static void check_contexts(const struct contexts *contexts)
{
    uint64_t total = 0;

    for (size_t i = 0; i < contexts->count; i++) {
        const struct context *context = &contexts->items[i];

        count_add(&total, context->self);
        REQUIRE(context->self <= context->total);
        if (context->parent == CONTEXT_NONE)
            continue;
        REQUIRE(context->parent < i && context->level == contexts->items[context->parent].level + 1);
        REQUIRE(context->total <= contexts->items[context->parent].total);
    }
    REQUIRE(total == contexts->total);
}

/* Writes the contexts of INPUTS in each format that has contexts. */
static void export_contexts(const struct inputs *inputs, const struct contexts_request *request)
{
    static const char *const formats[] = {"callgrind", "firefox", "folded", "json", "pprof", "speedscope"};
    struct message message = {""};
    struct contexts contexts = {0};
    struct table_list list = {0};
    const struct strings selection = {0};
    char path[] = "x", *paths[] = {path};
    const struct export export = {.inputs = inputs,
                                  .table = request->table,
                                  .list = &list,
                                  .profile = request->profile,
                                  .contexts = &contexts,
                                  .paths = paths,
                                  .selection = &selection,
                                  .measure = "ns",
                                  .weight = EXPORT_CALLS,
                                  .has_threads = 1};

    REQUIRE(contexts_make(&contexts, request, &message) == 0);
    check_contexts(&contexts);
    REQUIRE(table_list(request->table, &list, &message) == 0);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        const struct exporter *exporter = exporter_named(formats[i], &message);
        REQUIRE(exporter != NULL && exporter->write(nowhere(), &export, &message) == 0);
    }
    table_list_free(&list);
    contexts_free(&contexts);
}

static void export_profile(const struct profile *profile)
{
    struct message message = {""};
    struct inputs inputs = {.table.has_edges = 1, .merge.profile = *profile, .count = 1};
    uint32_t *row_of = calloc(profile->function_count + 1, sizeof *row_of);
    struct contexts_request request = {.profile = profile, .table = &inputs.table, .row_of = row_of};

    REQUIRE(row_of != NULL && table_track(&inputs.table, profile, row_of, &message) == 0);
    REQUIRE(table_finish(&inputs.table, &message) == 0);
    export_contexts(&inputs, &request);
    request.min_percent = 10;
    export_contexts(&inputs, &request);
    table_free(&inputs.table);
    free(row_of);
}

/* Merges a copy of PROFILE whose modules are other builds. */
static void merge_rebuilt(struct merge *merge, const struct profile *profile)
{
    struct message message = {""};
    struct profile rebuilt = *profile; /* shares the strings and the other arrays */

    rebuilt.modules = reallocarray(NULL, rebuilt.module_count + 1, sizeof *rebuilt.modules);
    rebuilt.functions = reallocarray(NULL, rebuilt.function_count + 1, sizeof *rebuilt.functions);
    REQUIRE(rebuilt.modules != NULL && rebuilt.functions != NULL);
    for (size_t i = 0; i < rebuilt.module_count; i++) {
        rebuilt.modules[i] = profile->modules[i];
        rebuilt.modules[i].file.build_id[0]++;
        rebuilt.modules[i].file.mtime ^= 1;
    }
    for (size_t i = 0; i < rebuilt.function_count; i++) {
        rebuilt.functions[i] = profile->functions[i];
        rebuilt.functions[i].offset += 16;
    }
    REQUIRE(profile_merge(merge, &rebuilt, &message) == 0);
    free(rebuilt.modules);
    free(rebuilt.functions);
}

/* Merges PROFILE twice, and once as another build. Checks and uses the sum. */
static void merge_profile(const struct profile *profile)
{
    struct message message = {""};
    struct merge merge = {0};

    REQUIRE(profile_merge(&merge, profile, &message) == 0 && profile_merge(&merge, profile, &message) == 0);
    merge_rebuilt(&merge, profile);
    REQUIRE(merge.profile.process_count == 1 && merge.profile.thread_count == 1);
    check_profile(&merge.profile);
    if (!calls_overflow(profile))
        REQUIRE(count_calls(&merge.profile) == 3 * count_calls(profile));
    print_trees(&merge.profile);
    save_profile(&merge.profile);
    merge_free(&merge);
}

/* Selects the threads that have the ID of the first thread. */
static void select_thread(const struct profile *profile)
{
    struct profile part = *profile; /* the arrays that the selection changes are copied below */
    struct selection selection = {0};
    struct message message = {""};
    char tid[32];

    part.threads = reallocarray(NULL, part.thread_count + 1, sizeof *part.threads);
    part.records = reallocarray(NULL, part.record_count + 1, sizeof *part.records);
    part.edges = reallocarray(NULL, part.edge_count + 1, sizeof *part.edges);
    REQUIRE(part.threads != NULL && part.records != NULL && part.edges != NULL);
    memcpy(part.threads, profile->threads, part.thread_count * sizeof *part.threads);
    memcpy(part.records, profile->records, part.record_count * sizeof *part.records);
    if (part.edge_count > 0)
        memcpy(part.edges, profile->edges, part.edge_count * sizeof *part.edges);
    snprintf(tid, sizeof tid, "%ju", (uintmax_t)profile->threads[0].tid);
    REQUIRE(selection_add_thread(&selection, tid, &message) == 0);
    selection_apply(&selection, &part);
    check_profile(&part);
    list_parts(&part);
    selection_free(&selection);
    free(part.threads);
    free(part.records);
    free(part.edges);
}

void fuzz_use_profile(const struct profile *profile)
{
    struct table whole, dictionary;

    check_profile(profile);
    sum_profile(profile, 0, &whole);
    view_table(&whole);
    suggest(&whole);
    sum_profile(profile, TABLE_DICTIONARY, &dictionary);
    save_table(&dictionary, !calls_overflow(profile));
    compare_tables(&dictionary, &whole);
    table_free(&whole);
    table_free(&dictionary);
    sum_profile(profile, TABLE_STRIP_DIRS | TABLE_DICTIONARY | TABLE_KEEP_ORDER, &whole);
    view_table(&whole);
    table_free(&whole);
    list_parts(profile);
    if (profile->thread_count > 0)
        select_thread(profile);
    merge_profile(profile);
    save_profile(profile);
    export_profile(profile);
}
