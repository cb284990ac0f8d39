/*
 * dwarf_lines.c - finds the rows of the line table at the starts of functions. See dwarf_lines.h.
 */
#include "symbolizer/dwarf_lines.h"

#include <string.h>

struct row {
    uint64_t address;
    uint64_t line;
    int end; /* 1: the row ends a sequence, and its address is the first after it */
};

static int lacks(const struct wanted_function *function)
{
    return function->line == 0 || function->file == NULL;
}

static int any_lacks(const struct wanted *wanted, const struct address_ranges *ranges)
{
    for (size_t r = 0; r < ranges->count; r++)
        for (size_t i = wanted_from(wanted, ranges->items[r].low);
             i < wanted->count && wanted->functions[i].address < ranges->items[r].high; i++)
            if (lacks(&wanted->functions[i]))
                return 1;
    return 0;
}

static int row_read(Dwarf_Debug debug, Dwarf_Line line, struct row *row)
{
    Dwarf_Error error = NULL;
    Dwarf_Bool end = 0;
    Dwarf_Unsigned number = 0;
    Dwarf_Addr address = 0;

    if (dwarf_lineaddr(line, &address, &error) == DW_DLV_OK &&
        dwarf_lineno(line, &number, &error) == DW_DLV_OK &&
        dwarf_lineendsequence(line, &end, &error) == DW_DLV_OK) {
        *row = (struct row){address, number, end};
        return 0;
    }
    dwarf_read_drop(debug, &error);
    return -1;
}

/* Returns the name of the table's file that DWARF 5 numbers NUMBER, without its folder, or NULL if there is
 * none. Sets *IS_HASHED to 1 if the table has a hash of its contents. */
static const char *table_file(struct dwarf_units *units, Dwarf_Line_Context context, Dwarf_Signed number,
                              int *is_hashed)
{
    Dwarf_Unsigned folder, time, length;
    Dwarf_Form_Data16 *hash = NULL;
    Dwarf_Error error = NULL;
    const char *name = NULL, *slash;

    if (dwarf_srclines_files_data_b(context, number, &name, &folder, &time, &length, &hash, &error) !=
        DW_DLV_OK) {
        dwarf_read_drop(units->source.debug, &error);
        return NULL;
    }
    *is_hashed = hash != NULL;
    slash = name != NULL ? strrchr(name, '/') : NULL;
    return slash != NULL ? slash + 1 : name;
}

/*
 * Returns 1 if rows of the table that libdwarf says to be in file 0 are in file 1. That is so if their
 * sequence does not set the file, and libdwarf begins with the wrong one. A row may also be in file 0 in
 * truth. gcc lists the unit's file twice, and refers to it only by the other number. clang sets the file
 * always; its tables have hashes.
 */
static int zero_is_one(struct dwarf_units *units, Dwarf_Line_Context context, Dwarf_Unsigned version)
{
    Dwarf_Signed base, count, end;
    Dwarf_Error error = NULL;
    const char *first, *name;
    int is_hashed = 0;

    if (!DWARF_COMPAT_FIRST_FILE_IS_0 || version != 5)
        return 0;
    if (dwarf_srclines_files_indexes(context, &base, &count, &end, &error) != DW_DLV_OK) {
        dwarf_read_drop(units->source.debug, &error);
        return 0;
    }
    first = table_file(units, context, 0, &is_hashed);
    if (first == NULL || is_hashed)
        return 0;
    for (Dwarf_Signed i = 1; i < end; i++) {
        name = table_file(units, context, i, &is_hashed);
        if (name != NULL && strcmp(name, first) == 0)
            return 1;
    }
    return 0;
}

static const char *row_file(struct dwarf_units *units, struct dwarf_unit *unit, Dwarf_Line line,
                            struct string_pool *pool)
{
    Dwarf_Error error = NULL;
    Dwarf_Unsigned number = 0;
    const char *kept;
    char *path = NULL;

    if (unit->zero_is_one && dwarf_line_srcfileno(line, &number, &error) == DW_DLV_OK && number == 0)
        return dwarf_unit_file(units, unit, 1, pool);
    dwarf_read_drop(units->source.debug, &error);
    if (dwarf_linesrc(line, &path, &error) != DW_DLV_OK) {
        dwarf_read_drop(units->source.debug, &error);
        return NULL;
    }
    kept = dwarf_unit_path(unit, path, pool);
    dwarf_dealloc(units->source.debug, path, DW_DLA_STRING);
    return kept;
}

/* Gives FUNCTION the file of ROW, and its line unless the DIE has told one. The DIE's line is that of the
 * function's name, and the row's that of the opening brace. */
static void row_apply(struct dwarf_units *units, struct dwarf_unit *unit, Dwarf_Line line,
                      const struct row *row, struct wanted_function *function, struct string_pool *pool)
{
    const char *file;

    if (row->line == 0 || row->line > UINT32_MAX)
        return;
    file = row_file(units, unit, line, pool);
    if (file == NULL)
        return;
    function->file = file;
    if (function->line == 0)
        function->line = (uint32_t)row->line;
}

/* Gives each function that lacks a line or a file the first row at its start. If no row starts there, the
 * function takes the row that holds its address. */
static void rows_apply(struct dwarf_units *units, struct dwarf_unit *unit, Dwarf_Line *lines,
                       Dwarf_Signed count, struct wanted *wanted)
{
    struct row row, before = {0, 0, 1};

    for (Dwarf_Signed i = 0; i < count; i++) {
        size_t at;
        if (row_read(units->source.debug, lines[i], &row) != 0)
            continue;
        at = before.end ? wanted_from(wanted, row.address) : wanted_from(wanted, before.address + 1);
        for (; !before.end && at < wanted->count && wanted->functions[at].address < row.address; at++)
            if (lacks(&wanted->functions[at]))
                row_apply(units, unit, lines[i - 1], &before, &wanted->functions[at], &wanted->strings);
        at = wanted_from(wanted, row.address);
        if (!row.end && at < wanted->count && wanted->functions[at].address == row.address &&
            lacks(&wanted->functions[at]))
            row_apply(units, unit, lines[i], &row, &wanted->functions[at], &wanted->strings);
        before = row;
    }
}

int dwarf_lines_fill(struct dwarf_units *units, Dwarf_Die unit_die, const struct address_ranges *ranges,
                     struct wanted *wanted)
{
    Dwarf_Error error = NULL;
    Dwarf_Line_Context context = NULL;
    Dwarf_Unsigned version;
    Dwarf_Small tables;
    Dwarf_Line *lines = NULL;
    Dwarf_Signed count = 0;
    struct dwarf_unit *unit;
    int got;

    if (!any_lacks(wanted, ranges))
        return 0;
    unit = dwarf_units_of(units, unit_die);
    if (unit == NULL)
        return -1;
    got = dwarf_srclines_b(unit_die, &version, &tables, &context, &error);
    if (got != DW_DLV_OK) {
        dwarf_read_drop(units->source.debug, &error);
        return got == DW_DLV_NO_ENTRY ? 0 : -1;
    }
    unit->zero_is_one = zero_is_one(units, context, version);
    if (dwarf_srclines_from_linecontext(context, &lines, &count, &error) == DW_DLV_OK)
        rows_apply(units, unit, lines, count, wanted);
    dwarf_read_drop(units->source.debug, &error);
    dwarf_srclines_dealloc_b(context);
    return 0;
}
