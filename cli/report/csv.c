/*
 * csv.c - the table as comma-separated values. See csv.h.
 */
#include "cli/report/csv.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/base/text.h"

void csv_print_field(FILE *stream, const char *text)
{
    if (strpbrk(text, ",\"") == NULL) {
        text_print(stream, text);
        return;
    }
    fputc('"', stream);
    while (*text != '\0') {
        if (*text == '"')
            fputc('"', stream);
        text += text_print_character(stream, text);
    }
    fputc('"', stream);
}

void csv_print_function(FILE *stream, const struct table_row *row)
{
    csv_print_field(stream, row->has_source ? row->file : "");
    fprintf(stream, ",%u,", row->has_source ? (unsigned)row->line : 0U);
    csv_print_field(stream, row->name);
    fputc(',', stream);
    csv_print_field(stream, row->module);
}

const char *csv_unit(int counts)
{
    return counts ? "" : "_ns";
}

static void print_row(FILE *stream, const struct table *table, const struct table_row *row, int unwound,
                      int errors)
{
    double scale = table->in_seconds && !table->counts ? 1e9 : 1;

    fprintf(stream, "%" PRIu64 ",%" PRIu64 ",%.0f,%.0f,", row->ncalls, row->pcalls,
            fmax(row->tottime, 0) * scale, fmax(row->cumtime, 0) * scale);
    csv_print_function(stream, row);
    if (unwound)
        fprintf(stream, ",%" PRIu64, row->unwound);
    if (errors)
        fprintf(stream, ",%.0f", sqrt(row->variance) * scale);
    if (table->waits)
        fprintf(stream, ",%.0f,%.0f", row->waittime * scale, row->cumwait * scale);
    fputc('\n', stream);
}

void csv_print(FILE *stream, const struct table *table, const struct table_list *list, int unwound,
               int errors)
{
    const char *unit = csv_unit(table->counts);

    fprintf(stream, "ncalls,pcalls,tottime%s,cumtime%s,file,line,function,module%s", unit, unit,
            unwound ? ",unwound" : "");
    if (errors)
        fprintf(stream, ",tottime_error%s", unit);
    if (table->waits)
        fprintf(stream, ",waittime%s,cumwait%s", unit, unit);
    fputc('\n', stream);
    for (size_t i = 0; i < list->count; i++)
        print_row(stream, table, list->rows[i], unwound, errors);
}
