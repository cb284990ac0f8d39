/*
 * check.c - whether the times of a profile agree with each other. See check.h.
 */
#include "cli/analysis/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
    struct strings *faults;
    const struct table *table;
    const struct profile *profile;
    double slack; /* ns, by which sums of rounded times may differ */
    int out_of_memory;
};

/* Adds a fault if SMALLER ns are more than GREATER. WHAT and THAN name them, and NAME the function. */
static void expect(struct check *check, const char *name, const char *what, double smaller, const char *than,
                   double greater)
{
    struct message text;

    if (smaller <= greater + check->slack || check->faults->count >= CHECK_MOST)
        return;
    message_set(&text, "%s: its %s, %.0f ns, is more than %s, %.0f ns", name, what, smaller, than, greater);
    check->out_of_memory |= strings_add(check->faults, text.text, strlen(text.text)) != 0;
}

static void check_rows(struct check *check)
{
    const struct table *table = check->table;
    double sum = 0;

    for (size_t i = 0; i < table->row_count; i++) {
        const struct table_row *row = &table->rows[i];

        sum += row->tottime;
        expect(check, row->text, "time below 0", 0, "tottime", row->tottime);
        if (row->pcalls > 0)
            expect(check, row->text, "tottime", row->tottime, "its cumtime", row->cumtime);
        expect(check, row->text, "cumtime", row->cumtime, "the total", table->tottime);
    }
    expect(check, "all functions", "tottime", sum, "the total", table->tottime);
    expect(check, "all functions", "total", table->tottime, "the sum of tottime", sum);
}

static int check_edges(struct check *check)
{
    const struct table *table = check->table;
    double *parts = calloc(table->row_count + 1, sizeof *parts);
    unsigned char *calls = calloc(table->row_count + 1, sizeof *calls);

    if (parts == NULL || calls == NULL) {
        free(parts);
        free(calls);
        return -1;
    }
    for (size_t i = 0; i < table->edges.count; i++) {
        const struct table_edge *edge = &table->edges.items[i];
        const struct table_row *caller = &table->rows[edge->caller], *callee = &table->rows[edge->callee];

        parts[edge->callee] += edge->tottime;
        calls[edge->caller] = 1;
        expect(check, callee->text, "time below 0", 0, "its tottime for a caller", edge->tottime);
        expect(check, callee->text, "cumtime for a caller", edge->cumtime, "its cumtime", callee->cumtime);
        expect(check, callee->text, "cumtime for a caller", edge->cumtime, "the caller's", caller->cumtime);
    }
    for (size_t i = 0; i < table->row_count; i++) {
        const struct table_row *row = &table->rows[i];

        expect(check, row->text, "tottime for all callers", parts[i], "its tottime", row->tottime);
        if (!calls[i])
            expect(check, row->text, "cumtime, without callees,", row->cumtime, "its tottime", row->tottime);
    }
    free(parts);
    free(calls);
    return 0;
}

static const char *name_of(const struct profile *profile, const struct profile_record *record)
{
    const char *name = profile->functions[record->function].name;

    return name != NULL ? name : "a context";
}

static int check_contexts(struct check *check)
{
    const struct profile *profile = check->profile;
    double *below = calloc(profile->record_count + 1, sizeof *below);
    double tick = profile->process_count > 0 ? profile_tick(&profile->processes[0]) : 0;
    int is_simple = profile->edge_count == 0 && profile->thread_count > 0 && profile->threads[0].folded == 0;

    if (below == NULL)
        return -1;
    for (size_t i = profile->record_count; i-- > 1;) {
        const struct profile_record *record = &profile->records[i];

        below[i] += (double)profile_self(record) * tick;
        below[record->parent] += below[i];
        expect(check, name_of(profile, record), "context's time below 0", 0, "its own",
               (double)profile_self(record) * tick);
        expect(check, name_of(profile, record), "overhead below 0", 0, "that of a context",
               (double)record->overhead * tick);
        if (record->target == i && record->calls > 0 && is_simple)
            expect(check, name_of(profile, record), "contexts' time", below[i], "that with callees",
                   (double)profile_inclusive(record) * tick);
    }
    free(below);
    return 0;
}

int check_times(struct strings *faults, const struct table *table, const struct profile *profile,
                struct message *message)
{
    struct check check = {
        .faults = faults, .table = table, .profile = profile, .slack = 1 + 1e-9 * fabs(table->tottime)};

    check_rows(&check);
    if (check_edges(&check) != 0 || check_contexts(&check) != 0 || check.out_of_memory)
        return message_no_memory(message);
    return 0;
}
