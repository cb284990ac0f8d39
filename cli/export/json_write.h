/*
 * json_write.h - writes an object of JSON whose members are columns: arrays of the figures of many structs.
 *
 * Tables of offsets say which figures of a struct are written, and how. Failures stay in the stream's error
 * flag.
 */
#ifndef CLI_EXPORT_JSON_WRITE_H
#define CLI_EXPORT_JSON_WRITE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_NONE UINT32_MAX

struct json_writer {
    FILE *stream;
    const uint32_t *numbers; /* by row: what JSON_ROW writes for it; JSON_NONE: null */
    int is_first;            /* no member of the object has been written */
};

/* The form of a figure. */
enum json_form {
    JSON_INDEX,        /* uint32_t; JSON_NONE: null */
    JSON_PLACE,        /* uint32_t; JSON_NONE: -1 */
    JSON_ROW,          /* uint32_t: a row, whose number is written; JSON_NONE: null */
    JSON_LINE,         /* uint32_t */
    JSON_COUNT,        /* uint64_t */
    JSON_MILLISECONDS, /* uint64_t: nanoseconds */
    JSON_TIME,         /* double */
    JSON_FLOAT,        /* float */
    JSON_KNOWN,        /* double; 0: null */
    JSON_ERROR,        /* double: the square of what is written */
    JSON_TEXT,         /* const char *; NULL: null */
    JSON_DATE,         /* int64_t: nanoseconds since the epoch; 0: null */
    JSON_FLAG,         /* int */
};

struct json_column {
    const char *name;
    size_t offset; /* of the figure in each struct */
    enum json_form form;
    int need; /* bits of what must be known; otherwise the column is null */
};

/* COUNT structs of SIZE bytes each, or pointers to them if SIZE is 0. */
struct json_figures {
    const void *first;
    size_t count, size;
};

/* Begins the member NAME, whose value the caller writes. */
void json_name(struct json_writer *out, const char *name);

/* Begins the member NAME, an object; or the whole text if NAME is NULL. */
void json_open(struct json_writer *out, const char *name);

/* Ends an object. */
void json_close(struct json_writer *out);

/* Begins the member NAME, a list. */
void json_list(struct json_writer *out, const char *name);

/* Begins the item INDEX of a list, whose value the caller writes. */
void json_item(const struct json_writer *out, size_t index);

/* Ends a list. */
void json_list_close(const struct json_writer *out);

void json_null(struct json_writer *out, const char *name);
void json_count(struct json_writer *out, const char *name, uint64_t count);

/* Writes TEXT; null if it is NULL or empty. */
void json_string(struct json_writer *out, const char *name, const char *text);

/* Writes TIME as a whole number; null if it is not known. */
void json_time(struct json_writer *out, const char *name, double time, int is_known);

void json_strings(struct json_writer *out, const char *name, const char *const *items, size_t count);

/* Writes COUNT COLUMNS of FIGURES. KNOWN has the needs that are met. */
void json_columns(struct json_writer *out, const struct json_column *columns, size_t count,
                  struct json_figures figures, int known);

/* Writes the instant NS nanoseconds after the epoch, in UTC; null if that is not after it. */
void json_date(struct json_writer *out, const char *name, int64_t ns);

#endif
