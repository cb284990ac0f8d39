/*
 * json_write.c - writes JSON in columns. See json_write.h.
 */
#include "cli/export/json_write.h"

#include <math.h>
#include <time.h>

#include "cli/export/put.h"

enum { NS_PER_SECOND = 1000000000 };

void json_name(struct json_writer *out, const char *name)
{
    FILE *stream = out->stream;

    put_text(stream, out->is_first ? "\n" : ",\n");
    out->is_first = 0;
    put_json_string(stream, name);
    putc_unlocked(':', stream);
}

void json_open(struct json_writer *out, const char *name)
{
    if (name != NULL)
        json_name(out, name);
    putc_unlocked('{', out->stream);
    out->is_first = 1;
}

void json_close(struct json_writer *out)
{
    putc_unlocked('}', out->stream);
    out->is_first = 0;
}

void json_list(struct json_writer *out, const char *name)
{
    json_name(out, name);
    putc_unlocked('[', out->stream);
}

void json_item(const struct json_writer *out, size_t index)
{
    if (index > 0)
        putc_unlocked(',', out->stream);
}

void json_list_close(const struct json_writer *out)
{
    putc_unlocked(']', out->stream);
}

void json_null(struct json_writer *out, const char *name)
{
    json_name(out, name);
    put_text(out->stream, "null");
}

void json_string(struct json_writer *out, const char *name, const char *text)
{
    json_name(out, name);
    put_json_string(out->stream, text != NULL && *text != '\0' ? text : NULL);
}

void json_count(struct json_writer *out, const char *name, uint64_t count)
{
    json_name(out, name);
    put_number(out->stream, count);
}

void json_time(struct json_writer *out, const char *name, double time, int is_known)
{
    json_name(out, name);
    if (is_known)
        put_rounded(out->stream, time);
    else
        put_text(out->stream, "null");
}

/* Writes the instant NS nanoseconds after the epoch, in UTC; null if that is not after it. */
static void put_date(FILE *stream, int64_t ns)
{
    time_t seconds = (time_t)(ns / NS_PER_SECOND);
    struct tm date;
    char text[32];

    if (ns <= 0 || gmtime_r(&seconds, &date) == NULL ||
        strftime(text, sizeof text, "\"%Y-%m-%dT%H:%M:%SZ\"", &date) == 0)
        put_text(stream, "null");
    else
        put_text(stream, text);
}

static void put_index(FILE *stream, uint32_t index)
{
    if (index == JSON_NONE)
        put_text(stream, "null");
    else
        put_number(stream, index);
}

/* Writes the figure of FORM at ADDRESS. */
static void put_figure(const struct json_writer *out, enum json_form form, const void *address)
{
    FILE *stream = out->stream;
    uint32_t row;

    switch (form) {
    case JSON_INDEX:
        put_index(stream, *(const uint32_t *)address);
        break;
    case JSON_PLACE:
        if (*(const uint32_t *)address == JSON_NONE)
            put_text(stream, "-1");
        else
            put_number(stream, *(const uint32_t *)address);
        break;
    case JSON_ROW:
        row = *(const uint32_t *)address;
        put_index(stream, row == JSON_NONE ? JSON_NONE : out->numbers[row]);
        break;
    case JSON_LINE:
        put_number(stream, *(const uint32_t *)address);
        break;
    case JSON_COUNT:
        put_number(stream, *(const uint64_t *)address);
        break;
    case JSON_MILLISECONDS:
        put_milliseconds(stream, *(const uint64_t *)address);
        break;
    case JSON_TIME:
        put_rounded(stream, *(const double *)address);
        break;
    case JSON_FLOAT:
        put_rounded(stream, *(const float *)address);
        break;
    case JSON_KNOWN:
        if (*(const double *)address > 0)
            put_rounded(stream, *(const double *)address);
        else
            put_text(stream, "null");
        break;
    case JSON_ERROR:
        put_rounded(stream, sqrt(fmax(*(const double *)address, 0)));
        break;
    case JSON_TEXT:
        put_json_string(stream, *(const char *const *)address);
        break;
    case JSON_DATE:
        put_date(stream, *(const int64_t *)address);
        break;
    case JSON_FLAG:
        put_text(stream, *(const int *)address ? "true" : "false");
        break;
    }
}

static void put_column(struct json_writer *out, const struct json_column *column,
                       const struct json_figures *figures)
{
    json_list(out, column->name);
    for (size_t i = 0; i < figures->count; i++) {
        const char *item = figures->size == 0 ? ((const char *const *)figures->first)[i]
                                              : (const char *)figures->first + i * figures->size;
        json_item(out, i);
        put_figure(out, column->form, item + column->offset);
    }
    json_list_close(out);
}

void json_columns(struct json_writer *out, const struct json_column *columns, size_t count,
                  struct json_figures figures, int known)
{
    for (size_t i = 0; i < count; i++)
        if ((columns[i].need & ~known) != 0)
            json_null(out, columns[i].name);
        else
            put_column(out, &columns[i], &figures);
}

void json_strings(struct json_writer *out, const char *name, const char *const *items, size_t count)
{
    json_list(out, name);
    for (size_t i = 0; i < count; i++) {
        json_item(out, i);
        put_json_string(out->stream, items[i]);
    }
    json_list_close(out);
}

void json_date(struct json_writer *out, const char *name, int64_t ns)
{
    json_name(out, name);
    put_date(out->stream, ns);
}
