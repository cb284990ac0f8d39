/*
 * prof_sums.c - the sums of a file's records by function. See prof_sums.h, and prof(5) for the layout.
 */
#include "cli/files/prof_sums.h"

#include <math.h>
#include <stdlib.h>

#include "cli/table/add.h"

enum { RECORDS_LEAST = 64 }; /* for each function */

enum { LEAST_FIGURES = 51 }; /* bytes */

/* Sums of numbers below it stay finite. No program runs for so many nanoseconds. */
#define DOUBLE_MOST 1e150

static void write_figures(struct byte_writer *out, const struct profile_figures *figures)
{
    bytes_write_number(out, figures->ncalls);
    bytes_write_number(out, figures->outermost);
    bytes_write_number(out, figures->unwound);
    bytes_write_double(out, figures->tottime);
    bytes_write_double(out, figures->cumtime);
    bytes_write_double(out, figures->variance);
    bytes_write_double(out, figures->cumvariance);
    bytes_write_double(out, figures->waittime);
    bytes_write_double(out, figures->cumwait);
}

static double read_double(struct byte_reader *in)
{
    double number = bytes_read_double(in);

    if (fabs(number) <= DOUBLE_MOST)
        return number;
    in->failed = 1;
    return 0;
}

static void read_figures(struct byte_reader *in, struct profile_figures *figures)
{
    figures->ncalls = bytes_read_number(in);
    figures->outermost = bytes_read_number(in);
    figures->unwound = bytes_read_number(in);
    figures->tottime = read_double(in);
    figures->cumtime = read_double(in);
    figures->variance = read_double(in);
    figures->cumvariance = read_double(in);
    figures->waittime = read_double(in);
    figures->cumwait = read_double(in);
    if (figures->outermost > figures->ncalls)
        in->failed = 1;
}

static void write_totals(struct byte_writer *out, const struct profile_totals *totals)
{
    bytes_write_double(out, totals->measured);
    bytes_write_double(out, totals->variance);
    bytes_write_number(out, totals->samples);
    bytes_write_number(out, totals->is_compensated != 0);
}

static void read_totals(struct byte_reader *in, struct profile_totals *totals)
{
    totals->measured = read_double(in);
    totals->variance = read_double(in);
    totals->samples = bytes_read_number(in);
    totals->is_compensated = (int)bytes_read_below(in, 2);
}

void prof_sums_write(struct byte_writer *out, const struct profile *profile)
{
    struct profile_totals totals = {0};
    struct profile_figures *figures;

    if (profile->record_count / RECORDS_LEAST < profile->function_count || profile->function_count == 0)
        return;
    figures = calloc(profile->function_count, sizeof *figures);
    if (figures != NULL && table_sum(profile, figures, &totals) == 0) {
        write_totals(out, &totals);
        for (size_t i = 0; i < profile->function_count; i++)
            write_figures(out, &figures[i]);
    } else {
        out->failed = 1;
    }
    free(figures);
}

int prof_sums_read(struct byte_reader *in, size_t function_count, struct profile_source *source)
{
    if (in->next == in->end)
        return 0;
    read_totals(in, &source->totals);
    if (in->failed || (size_t)(in->end - in->next) / LEAST_FIGURES < function_count) {
        in->failed = 1;
        return 0;
    }
    source->figures = calloc(function_count + 1, sizeof *source->figures);
    if (source->figures == NULL)
        return -1;
    for (size_t i = 0; i < function_count; i++)
        read_figures(in, &source->figures[i]);
    in->failed |= in->next != in->end;
    return 0;
}
