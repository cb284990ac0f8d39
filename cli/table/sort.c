/*
 * sort.c - orders the rows of a table. See sort.h.
 */
#include "cli/table/sort.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum field {
    FIELD_NONE,
    NCALLS,
    PCALLS,
    TOTTIME,
    CUMTIME,
    FILE_NAME,
    LINE,
    NAME,
    TEXT,
    PERCALL,
    CUMPERCALL,
    WAITTIME,
    CUMWAIT
};

enum { FIELDS_MAX = 3 };

struct sort_key {
    const char *name;
    const char *label;
    enum field fields[FIELDS_MAX];
};

/* In pstats's order, on which the prefixes that it accepts depend (find_key()). */
static const struct sort_key KEYS[] = {
    {"calls", "call count", {NCALLS}},
    {"ncalls", "call count", {NCALLS}},
    {"cumtime", "cumulative time", {CUMTIME}},
    {"cumulative", "cumulative time", {CUMTIME}},
    {"filename", "file name", {FILE_NAME}},
    {"line", "line number", {LINE}},
    {"module", "file name", {FILE_NAME}},
    {"name", "function name", {NAME}},
    {"nfl", "name/file/line", {NAME, FILE_NAME, LINE}},
    {"pcalls", "primitive call count", {PCALLS}},
    {"stdname", "standard name", {TEXT}},
    {"time", "internal time", {TOTTIME}},
    {"tottime", "internal time", {TOTTIME}},
};

enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };

/* Keys that pstats does not have. A prefix that a key of pstats has too stands for that key. */
static const struct sort_key MORE_KEYS[] = {
    {"percall", "internal time per call", {PERCALL}},
    {"cumpercall", "cumulative time per call", {CUMPERCALL}},
    {"waittime", "time waited", {WAITTIME}},
    {"cumwait", "cumulative time waited", {CUMWAIT}},
};

static size_t common_prefix(const char *a, const char *b)
{
    size_t length = 0;

    while (a[length] != '\0' && a[length] == b[length])
        length++;
    return length;
}

/*
 * Returns the key that NAME stands for, or NULL. A prefix stands for the first key that has it. It stands for
 * none if it is the longest prefix that a later key shares with any key before it. This is the effect of
 * pstats.get_sort_arg_defs(): "cu" is cumtime, but "cum" is ambiguous, because cumulative shares it with
 * cumtime.
 */
static const struct sort_key *find_key(const char *name)
{
    const struct sort_key *found = NULL;
    size_t length = strlen(name);

    for (const struct sort_key *key = KEYS; key < KEYS + KEY_COUNT && length > 0; key++) {
        if (strncmp(key->name, name, length) != 0)
            continue;
        size_t shared = 0;
        for (const struct sort_key *before = KEYS; before < key; before++) {
            size_t common = common_prefix(before->name, key->name);
            shared = common > shared ? common : shared;
        }
        if (shared == length)
            return NULL;
        if (found == NULL)
            found = key;
    }
    return found;
}

static int is_prefix_of_any(const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        if (strncmp(KEYS[i].name, name, strlen(name)) == 0)
            return *name != '\0';
    return 0;
}

static const struct sort_key *find_more(const char *name)
{
    for (size_t i = 0; i < sizeof MORE_KEYS / sizeof *MORE_KEYS; i++)
        if (strncmp(MORE_KEYS[i].name, name, strlen(name)) == 0 && *name != '\0')
            return &MORE_KEYS[i];
    return NULL;
}

/* Returns the key for -1, 0, 1 or 2 of pstats's old interface, or NULL. */
static const struct sort_key *find_number(const char *text)
{
    static const char *const numbers[] = {"-1", "0", "1", "2"};
    static const char *const names[] = {"stdname", "calls", "time", "cumulative"};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (strcmp(text, numbers[i]) == 0)
            return find_key(names[i]);
    return NULL;
}

static int append_key(struct sort_order *order, const char *name, struct message *message)
{
    const struct sort_key *key = find_number(name);
    int is_number = key != NULL;

    if (key == NULL)
        key = is_prefix_of_any(name) ? find_key(name) : find_more(name);
    if (key == NULL)
        return message_set(message, "%s sort key '%s'; the keys are: %s",
                           is_prefix_of_any(name) ? "ambiguous" : "unknown", name, SORT_KEYS);
    if (order->count > 0 && (is_number || order->is_number))
        return message_set(message, "the sort keys -1, 0, 1 and 2 go with no other key; the keys are: %s",
                           SORT_KEYS);
    if (order->count == SORT_KEYS_MAX)
        return message_set(message, "more than %d sort keys", SORT_KEYS_MAX);
    order->is_number = is_number;
    order->keys[order->count++] = key;
    return 0;
}

int sort_parse(struct sort_order *order, const char *text, struct message *message)
{
    char name[32]; /* longer than any key, so that a name that was cut is not a key */

    for (;;) {
        size_t length = strcspn(text, ",");
        snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name), text);
        if (append_key(order, name, message) != 0)
            return -1;
        if (text[length] == '\0')
            return 0;
        text += length + 1;
    }
}

void sort_print_keys(FILE *stream)
{
    for (size_t i = 0; i < KEY_COUNT; i++)
        fprintf(stream, "%s -- %s\n", KEYS[i].name, KEYS[i].label);
}

void sort_label(const struct sort_order *order, char label[SORT_LABEL_MAX])
{
    size_t length = 0;

    *label = '\0';
    for (size_t i = 0; i < order->count; i++)
        length += (size_t)snprintf(label + length, SORT_LABEL_MAX - length, "%s%s", i == 0 ? "" : ", ",
                                   order->keys[i]->label);
}

enum sort_figure sort_first_figure(const struct sort_order *order)
{
    static const enum field fields[] = {
        [SORT_TOTTIME] = TOTTIME, [SORT_CUMTIME] = CUMTIME, [SORT_NCALLS] = NCALLS,
        [SORT_PCALLS] = PCALLS,   [SORT_PERCALL] = PERCALL, [SORT_CUMPERCALL] = CUMPERCALL};

    for (size_t i = 0; i < order->count; i++)
        for (size_t figure = 0; figure < sizeof fields / sizeof *fields; figure++)
            if (order->keys[i]->fields[0] == fields[figure])
                return (enum sort_figure)figure;
    return SORT_TOTTIME;
}

static double per_call(double time, uint64_t calls)
{
    return calls == 0 ? 0 : time / (double)calls;
}

double sort_figure_of(enum sort_figure figure, const struct table_row *row)
{
    switch (figure) {
    case SORT_TOTTIME:
        return row->tottime;
    case SORT_CUMTIME:
        return row->cumtime;
    case SORT_NCALLS:
        return (double)row->ncalls;
    case SORT_PCALLS:
        return (double)row->pcalls;
    case SORT_PERCALL:
        return per_call(row->tottime, row->ncalls);
    case SORT_CUMPERCALL:
        return per_call(row->cumtime, row->pcalls);
    }
    return 0;
}

double sort_variance_of(enum sort_figure figure, const struct table_row *row)
{
    switch (figure) {
    case SORT_TOTTIME:
        return row->variance;
    case SORT_CUMTIME:
        return row->cumvariance;
    case SORT_PERCALL:
        return per_call(per_call(row->variance, row->ncalls), row->ncalls);
    case SORT_CUMPERCALL:
        return per_call(per_call(row->cumvariance, row->pcalls), row->pcalls);
    default:
        return 0;
    }
}

static int compare_numbers(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare_strings(const char *a, const char *b)
{
    return a == b ? 0 : strcmp(a, b);
}

static int compare_field(enum field field, const struct table_row *a, const struct table_row *b)
{
    switch (field) {
    case NCALLS:
        return (b->ncalls > a->ncalls) - (b->ncalls < a->ncalls);
    case PCALLS:
        return (b->pcalls > a->pcalls) - (b->pcalls < a->pcalls);
    case TOTTIME:
        return compare_numbers(b->tottime, a->tottime);
    case CUMTIME:
        return compare_numbers(b->cumtime, a->cumtime);
    case FILE_NAME:
        return compare_strings(a->file, b->file);
    case LINE:
        return (a->line > b->line) - (a->line < b->line);
    case NAME:
        return compare_strings(a->name, b->name);
    case PERCALL:
        return compare_numbers(per_call(b->tottime, b->ncalls), per_call(a->tottime, a->ncalls));
    case CUMPERCALL:
        return compare_numbers(per_call(b->cumtime, b->pcalls), per_call(a->cumtime, a->pcalls));
    case WAITTIME:
        return compare_numbers(b->waittime, a->waittime);
    case CUMWAIT:
        return compare_numbers(b->cumwait, a->cumwait);
    case TEXT:
        return compare_strings(a->text, b->text);
    case FIELD_NONE:
        break;
    }
    return 0;
}

static int compare_rows(const void *left, const void *right, void *context)
{
    const struct table_row *a = *(const struct table_row *const *)left;
    const struct table_row *b = *(const struct table_row *const *)right;
    const struct sort_order *order = context;

    for (size_t i = 0; i < order->count; i++)
        for (size_t j = 0; j < FIELDS_MAX; j++) {
            int result = compare_field(order->keys[i]->fields[j], a, b);
            if (result != 0)
                return result;
        }
    return (a > b) - (a < b); /* both are in the table's array, in its order */
}

void sort_apply(const struct sort_order *order, int reverse, struct table_list *list)
{
    struct sort_order copy = *order; /* qsort_r takes no const */

    qsort_r(list->rows, list->count, sizeof *list->rows, compare_rows, &copy);
    for (size_t i = 0; reverse && i < list->count / 2; i++) {
        const struct table_row *row = list->rows[i];
        list->rows[i] = list->rows[list->count - 1 - i];
        list->rows[list->count - 1 - i] = row;
    }
}
