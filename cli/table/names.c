/*
 * names.c - names the rows of a table. See names.h.
 *
 * People call functions by names without parameters, which are a third shorter. So parameters are printed
 * only where they tell two functions apart: overloads on one line of a macro, or in a module without DWARF.
 */
#include "cli/table/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/decimal.h"
#include "cli/base/text.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* Interns TEXT, which asprintf() made, and frees it. A negative LENGTH says that asprintf() failed. */
static const char *intern_formatted(struct table *table, char *text, int length)
{
    if (length < 0)
        return NULL;
    const char *copy = intern_string(&table->strings, text);
    free(text);
    return copy;
}

static const char *demangled(struct table *table, const struct table_row *row, int has_parameters)
{
    char *text = symbolizer_demangle(row->symbol, row->language, has_parameters);

    return text == NULL ? row->symbol : intern_formatted(table, text, 0);
}

/* Returns 1 if other symbols may stand for the function too. Such a symbol belongs to a constructor (C1, C2;
 * C4 with -Os) or destructor (D0, D1, D2, D4), or has a hash (Rust). A wrong 1 costs only a demangling. */
static int may_have_aliases(const struct table_row *row)
{
    static const char *const marks[] = {"C1", "C2", "C4", "CI", "D0", "D1", "D2", "D4", "17h", "_R"};

    if (row->language == SYMBOLIZER_LANGUAGE_C)
        return 0;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strstr(row->symbol, marks[i]) != NULL)
            return 1;
    return 0;
}

const char *table_names_function(struct table *table, const struct table_row *row)
{
    return may_have_aliases(row) ? demangled(table, row, 1) : row->symbol;
}

static const char *offset_name(struct table *table, const struct table_row *row)
{
    char *text = NULL;
    const char *module = base_name(row->module);
    int length = asprintf(&text, "%s%s0x%jx", module, *module == '\0' ? "" : "+", (uintmax_t)row->offset);

    return intern_formatted(table, text, length);
}

/* Sets the name without parameters, unless it is set. */
static int give_name(struct table *table, struct table_row *row)
{
    if (row->name == NULL)
        row->name = row->symbol != NULL ? demangled(table, row, 0) : offset_name(table, row);
    return row->name == NULL ? -1 : 0;
}

/* Sets the name without parameters, and the file of a row that has no source file. */
static int give_short_name(struct table *table, struct table_row *row)
{
    if (give_name(table, row) != 0)
        return -1;
    if (row->file == NULL && row->symbol != NULL && *row->module != '\0')
        row->file = row->module;
    else if (row->file == NULL)
        row->file = intern_string(&table->strings, "~");
    return row->file == NULL ? -1 : 0;
}

/* While names are given, the index holds the first row of each file, line and name. */
static uint64_t key_hash(const struct table_row *row)
{
    const uint64_t words[] = {(uintptr_t)row->file, (uintptr_t)row->name, row->line};

    return hash_bytes(words, sizeof words, 0);
}

static int same_key(const void *owner, uint32_t value, const void *key)
{
    const struct table_row *a = &((const struct table *)owner)->rows[value], *b = key;

    return a->file == b->file && a->line == b->line && a->name == b->name;
}

/* Returns the first row that prints like row I. Inserts I if it is the first. Returns HASH_NONE without
 * memory. */
static uint32_t first_alike(struct table *table, uint32_t i)
{
    const struct table_row *row = &table->rows[i];
    const struct hash_lookup lookup = {.same = same_key, .owner = table};
    uint32_t found = hash_find(&table->index, key_hash(row), lookup, row);

    if (found != HASH_NONE)
        return found;
    return hash_insert(&table->index, key_hash(row), i) == 0 ? i : HASH_NONE;
}

/* Fills FIRST with the first row that each row prints like. Sets DIFFER, by such a first row, if not all of
 * them are one function. Returns 0, or -1 without memory. */
static int find_alike(struct table *table, uint32_t *first, unsigned char *differ)
{
    for (uint32_t i = 0; i < table->row_count; i++) {
        first[i] = first_alike(table, i);
        if (first[i] == HASH_NONE)
            return -1;
        if (table->rows[i].function != table->rows[first[i]].function)
            differ[first[i]] = 1;
    }
    return 0;
}

/* Gives names with parameters to the rows that would print like another function's. */
static int add_parameters(struct table *table, uint32_t *first, unsigned char *differ)
{
    if (find_alike(table, first, differ) != 0)
        return -1;
    for (size_t i = 0; i < table->row_count; i++) {
        struct table_row *row = &table->rows[i];
        if (!differ[first[i]] || row->symbol == NULL)
            continue;
        row->name = demangled(table, row, 1);
        if (row->name == NULL)
            return -1;
    }
    return 0;
}

static int tell_apart(struct table *table)
{
    uint32_t *first = calloc(table->row_count + 1, sizeof *first);
    unsigned char *differ = calloc(table->row_count + 1, 1);
    int result = -1;

    if (first != NULL && differ != NULL)
        result = add_parameters(table, first, differ);
    free(first);
    free(differ);
    hash_free(&table->index);
    return result;
}

static int strip_row(struct table *table, struct table_row *row)
{
    row->file = intern_string(&table->strings, base_name(row->file));
    row->module = intern_string(&table->strings, base_name(row->module));
    return row->file == NULL || row->module == NULL ? -1 : 0;
}

/* Interns TEXT with U+FFFD for each byte that is not UTF-8, as Python shows it. Returns NULL without
 * memory. */
static const char *intern_valid(struct table *table, const char *text)
{
    char *valid = text_make_valid(text);
    const char *copy = valid == NULL ? NULL : intern_string(&table->strings, valid);

    free(valid);
    return copy;
}

static int prepare_row(struct table *table, struct table_row *row)
{
    if (table->how & TABLE_STRIP_DIRS && strip_row(table, row) != 0)
        return -1;
    if (!(table->how & TABLE_DICTIONARY))
        return 0;
    row->file = intern_valid(table, row->file);
    row->name = intern_valid(table, row->name);
    return row->file == NULL || row->name == NULL ? -1 : 0;
}

static void sum_row(struct table_row *into, const struct table_row *row, const char *several)
{
    table_row_add_figures(into, row);
    into->has_source |= row->has_source;
    into->is_unlisted &= row->is_unlisted;
    if (into->module != row->module)
        into->module = several;
}

/* Sums up the rows that become alike. Fills MAP with the new index of each row. */
static int sum_alike(struct table *table, uint32_t *map)
{
    const char *several = intern_string(&table->strings, "");
    uint32_t kept = 0;

    if (several == NULL)
        return -1;
    for (uint32_t i = 0; i < table->row_count; i++) {
        table->rows[kept] = table->rows[i];
        if (prepare_row(table, &table->rows[kept]) != 0)
            return -1;
        map[i] = first_alike(table, kept);
        if (map[i] == HASH_NONE)
            return -1;
        if (map[i] == kept)
            kept++;
        else
            sum_row(&table->rows[map[i]], &table->rows[kept], several);
    }
    table->row_count = kept;
    hash_free(&table->index);
    return table_renumber(table, map);
}

static int unite_rows(struct table *table)
{
    uint32_t *map = reallocarray(NULL, table->row_count + 1, sizeof *map);
    int result = -1;

    if (map != NULL)
        result = sum_alike(table, map);
    free(map);
    return result;
}

static char *append(char *end, const char *text, size_t length)
{
    return (char *)memcpy(end, text, length) + length;
}

/* Sets the text as pstats prints it: without file and line where both are unknown. Adds MODULE if that is not
 * "". */
static int give_text(struct table *table, struct table_row *row, const char *module)
{
    size_t file = strlen(row->file), name = strlen(row->name), added = strlen(module);
    char *end =
        blocks_room(&table->strings.blocks, file + DECIMAL_COUNT_MAX + name + added + sizeof ":() []");

    row->text = end;
    if (end == NULL)
        return -1;
    if (strcmp(row->file, "~") != 0 || row->line != 0) {
        end = append(append(end, row->file, file), ":", 1);
        end = append(end + decimal_count(end, row->line), "(", 1);
        end = append(append(end, row->name, name), ")", 1);
    } else if (name > 0 && row->name[0] == '<' && row->name[name - 1] == '>') {
        end = append(end, "{", 1);
        end = append(append(end, row->name + 1, name < 2 ? 0 : name - 2), "}", 1);
    } else {
        end = append(end, row->name, name);
    }
    if (added > 0) {
        end = append(end, " [", 2);
        end = append(append(end, module, added), "]", 1);
    }
    *end = '\0';
    return 0;
}

/* Sets the file and name of each row, as they are before rows are summed up. */
static int give_names(struct table *table)
{
    hash_free(&table->index);
    for (size_t i = 0; i < table->row_count; i++)
        if (give_short_name(table, &table->rows[i]) != 0)
            return -1;
    return tell_apart(table);
}

static int unites(const struct table *table)
{
    return (table->how & (TABLE_STRIP_DIRS | TABLE_DICTIONARY)) != 0;
}

/* Does what table_names_give() will do, but sums up nothing. */
static int find_equal(struct table *table, uint32_t *first)
{
    if (give_names(table) != 0)
        return -1;
    for (uint32_t i = 0; i < table->row_count; i++) {
        if (prepare_row(table, &table->rows[i]) != 0)
            return -1;
        first[i] = first_alike(table, i);
        if (first[i] == HASH_NONE)
            return -1;
    }
    return 0;
}

/* Works with a copy of the rows, which have other names than they will be looked up by. Only the names
 * without parameters are kept, as they take longest. */
int table_names_equal(struct table *table, uint32_t *first)
{
    struct table copy = {.how = table->how, .row_count = table->row_count};
    int result = -1;

    for (uint32_t i = 0; i < table->row_count; i++) {
        first[i] = i;
        if (unites(table) && give_name(table, &table->rows[i]) != 0)
            return -1;
    }
    if (!unites(table) || table->row_count == 0)
        return 0;
    copy.rows = reallocarray(NULL, table->row_count, sizeof *copy.rows);
    if (copy.rows != NULL) {
        memcpy(copy.rows, table->rows, table->row_count * sizeof *copy.rows);
        copy.strings = table->strings;
        result = find_equal(&copy, first);
        table->strings = copy.strings;
    }
    free(copy.rows);
    hash_free(&copy.index);
    return result;
}

/* Fills FIRST with the first row that each row prints like. Sets SEVERAL, by such a first row, if they are of
 * different modules. Returns 0, or -1 without memory. */
static int find_modules(struct table *table, uint32_t *first, unsigned char *several)
{
    for (uint32_t i = 0; i < table->row_count; i++) {
        first[i] = first_alike(table, i);
        if (first[i] == HASH_NONE)
            return -1;
        several[first[i]] |= table->rows[i].module != table->rows[first[i]].module;
    }
    return 0;
}

/* Sets the text of all rows, with the module where it alone tells rows apart. FIRST and SEVERAL are as of
 * find_modules(). Returns 0, or -1 without memory. */
static int give_texts(struct table *table, uint32_t *first, unsigned char *several)
{
    if (find_modules(table, first, several) != 0)
        return -1;
    for (size_t i = 0; i < table->row_count; i++)
        if (give_text(table, &table->rows[i], several[first[i]] ? table->rows[i].module : "") != 0)
            return -1;
    return 0;
}

int table_names_give(struct table *table)
{
    uint32_t *first;
    unsigned char *several;
    int result = -1;

    if (give_names(table) != 0 || (unites(table) && unite_rows(table) != 0))
        return -1;
    first = calloc(table->row_count + 1, sizeof *first);
    several = calloc(table->row_count + 1, 1);
    if (first != NULL && several != NULL)
        result = give_texts(table, first, several);
    free(first);
    free(several);
    hash_free(&table->index);
    return result;
}
