/*
 * marshal_write.c - writes a table as Python's marshal does. See marshal_write.h.
 *
 *     {(file, line, name): (primitive calls, calls, self, cumulative, callers), ...}
 *     callers: {(file, line, name): (calls, primitive calls, self, cumulative), ...}
 *
 * The calls of a caller stand before its primitive calls, other than those of a function. Times are in
 * seconds.
 */
#include "cli/files/marshal_write.h"

#include <string.h>

#include "cli/files/marshal_codes.h"
#include "cli/table/links.h"

static void write_code(struct byte_writer *out, char code)
{
    bytes_write(out, &code, 1);
}

static void write_fixed(struct byte_writer *out, uint64_t number, size_t size)
{
    unsigned char bytes[8];

    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(number >> 8 * i);
    bytes_write(out, bytes, size);
}

/* Writes a number, in digits of 15 bits if it needs more than 32. */
static void write_integer(struct byte_writer *out, uint64_t number)
{
    uint32_t digits = 0;

    if (number <= INT32_MAX) {
        write_code(out, MARSHAL_INT);
        write_fixed(out, number, 4);
        return;
    }
    for (uint64_t rest = number; rest > 0; rest >>= MARSHAL_DIGIT_BITS)
        digits++;
    write_code(out, MARSHAL_LONG);
    write_fixed(out, digits, 4);
    for (; digits > 0; digits--, number >>= MARSHAL_DIGIT_BITS)
        write_fixed(out, number & ((1 << MARSHAL_DIGIT_BITS) - 1), 2);
}

static void write_seconds(struct byte_writer *out, const struct table *table, double time)
{
    write_code(out, MARSHAL_DOUBLE);
    bytes_write_double(out, table->in_seconds || table->counts ? time : time * 1e-9);
}

static void write_string(struct byte_writer *out, const char *text)
{
    size_t length = strlen(text);

    write_code(out, MARSHAL_UNICODE);
    write_fixed(out, length, 4);
    bytes_write(out, text, length);
}

static void write_tuple(struct byte_writer *out, uint32_t count)
{
    write_code(out, MARSHAL_TUPLE);
    write_fixed(out, count, 4);
}

static void write_key(struct byte_writer *out, const struct table_row *row)
{
    write_tuple(out, 3);
    write_string(out, row->file);
    write_integer(out, row->line);
    write_string(out, row->name);
}

static void write_caller(struct byte_writer *out, const struct table *table, const struct table_edge *edge)
{
    write_key(out, &table->rows[edge->caller]);
    if (edge->is_count_only) {
        write_integer(out, edge->ncalls);
        return;
    }
    write_tuple(out, 4);
    write_integer(out, edge->ncalls);
    write_integer(out, edge->pcalls);
    write_seconds(out, table, edge->tottime);
    write_seconds(out, table, edge->cumtime);
}

static void write_row(struct byte_writer *out, const struct table *table, const struct table_row *row,
                      const struct table_links *callers)
{
    size_t i = (size_t)(row - table->rows);

    write_key(out, row);
    write_tuple(out, 5);
    write_integer(out, row->pcalls);
    write_integer(out, row->ncalls);
    write_seconds(out, table, row->tottime);
    write_seconds(out, table, row->cumtime);
    write_code(out, MARSHAL_DICT);
    for (uint32_t j = callers->starts[i]; j < callers->starts[i + 1]; j++)
        write_caller(out, table, callers->edges[j]);
    write_code(out, MARSHAL_END);
}

int marshal_write(struct byte_writer *out, const struct table *table)
{
    struct table_links callers;

    if (table_links_open(&callers, table, TABLE_CALLERS) != 0)
        return -1;
    write_code(out, MARSHAL_DICT);
    for (size_t i = 0; i < table->row_count; i++)
        if (!table->rows[i].is_unlisted)
            write_row(out, table, &table->rows[i], &callers);
    write_code(out, MARSHAL_END);
    table_links_close(&callers);
    return out->failed ? -1 : 0;
}
