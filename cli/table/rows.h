/*
 * rows.h - a table: profiles summed up to one row per function, by the formulas at the top of model.h.
 *
 * Zero a struct table, choose how it is finished, add profiles to it (add.h) or other tables (merge.h),
 * finish it once (finish.h), then read it. Rows are matched across processes, files and builds. Two functions
 * share a row if these agree:
 *
 *     source file and line known    (file, line, function, module path)
 *     an ELF symbol only            (module path, function)
 *     nothing                       (module path, build, offset)
 *
 * FUNCTION is the linkage name, with two exceptions. All functions that a compiler makes of one constructor
 * or destructor share a row; where one of them calls another, their time counts once. Names of Rust that
 * differ only in the hash of a build share a row too.
 *
 * Functions of one profile that differ in any of these never share a row. Functions of two profiles may, even
 * if their module paths differ: the program may have been built elsewhere or renamed (elsewhere.h).
 *
 * After table_finish():
 *
 *  - Rows are sorted by file, line, name and module. So is every list of rows for which no other order is
 *    named. So equal files give equal output.
 *  - Names are demangled. They have parameters only where two functions would otherwise print alike. Texts
 * end in the module only where two modules' functions would print alike even so.
 *  - Times are nanoseconds, or the unit in which the profiles' timers count.
 *  - Functions that were never called are not among the row_count rows.
 */
#ifndef CLI_TABLE_ROWS_H
#define CLI_TABLE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/hash.h"
#include "cli/base/intern.h"
#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/table/edges.h"

/* How a table is finished, to be combined. The first two sum up rows whose file, line and name have become
 * equal. Such rows are known when a profile is added: cumulative time is counted once where one of their
 * functions called another. */
enum table_how {
    TABLE_STRIP_DIRS = 1, /* leave only the base names of files and modules, as pstats does */
    TABLE_DICTIONARY = 2, /* modules do not tell rows apart, and names are valid UTF-8: for marshal_write.h */
    TABLE_KEEP_ORDER = 4, /* keep the order in which rows and edges were met, as pstats does */
};

struct table_row {
    uint64_t ncalls;
    uint64_t pcalls;    /* calls made while the function was not active */
    uint64_t unwound;   /* calls that ended without a return */
    double tottime;     /* ns */
    double cumtime;     /* ns */
    double variance;    /* ns squared, of tottime */
    double cumvariance; /* ns squared, of cumtime */
    double recording;   /* ns spent on recording its calls, in all functions; 0: unknown, or not wanted */
    double waittime;    /* ns of tottime without a processor; 0 if unknown */
    double cumwait;     /* ns of cumtime without a processor; 0 if unknown */

    const char *text;   /* as printed: file:line(name), or the bare name where the file is "~" */
    const char *file;   /* source file; else the module's path; else "~" */
    uint32_t line;      /* 0 if unknown */
    const char *name;   /* demangled; else module+0xoffset; else 0xaddress */
    const char *module; /* path; "" if none */
    int has_source;     /* FILE is a source file */
    int is_unlisted;    /* nothing is known but that it called others: it is in no list */
    const char *symbol; /* linkage name, or NULL */
    enum symbolizer_language language;

    /* For cli/table alone. */
    const char *function; /* the part that the symbols of one function share, or NULL */
    const char *build;    /* tells builds of a module apart */
    uint64_t offset;      /* within the module */
    uint32_t place;       /* number in the order in which rows were met; UINT32_MAX if unlisted */
    uint32_t before;      /* index before the rows were sorted */
};

struct table {
    struct table_row *rows;
    size_t row_count, row_capacity;
    int how;                         /* enum table_how, combined; set before anything is added */
    uint32_t listed;                 /* rows that table_row_add() has listed */
    uint64_t calls, primitive_calls; /* over all rows */
    double tottime;                  /* ns, over all rows */
    double measured;                 /* ns, over all rows, with the cost of recording */
    double variance;                 /* ns squared, of tottime */
    uint64_t samples;                /* that the times rest on */
    uint64_t unsampled;              /* threads that could not be sampled */
    uint64_t contexts;               /* of the thread that has most */
    unsigned samplers;               /* bits 1 << enum profile_sampler: who took the samples */
    int is_compensated;              /* the cost of recording has been taken out */
    unsigned clocks;                 /* bits 1 << enum profile_reads: how processes read their timers */
    unsigned timers;                 /* bits 1 << enum profile_timer: the timers that they read */
    int is_paused;                   /* recording was paused in a part of a run */
    int is_reset;                    /* recording was reset in a run */
    const char *measure;             /* profile_measure() of everything that was added; NULL: nothing was */
    int counts;                      /* MEASURE is not time */
    const char *filters; /* profile_add_filters() of everything that was added, if HAS_FILTERS; or NULL */
    int has_filters;
    int waits;         /* waiting was measured in a part of the profiles */
    uint64_t lost;     /* calls that are in no row, because there was no space to record them */
    int in_seconds;    /* times are seconds, as Python writes them, not nanoseconds */
    int has_edges;     /* set before anything is added: EDGES are wanted */
    int has_recording; /* set before anything is added: the cost of recording is wanted */
    struct table_edges edges;
    uint32_t *tracked; /* the ROWS of table_track() */
    size_t tracked_count;
    struct hash index;
    struct intern strings; /* owns every string above */
};

/* Returns the index of the row that has ROW's file, line, function, module, build and offset, or HASH_NONE.
 * ROW's strings must be interned in TABLE. */
uint32_t table_row_find(struct table *table, const struct table_row *row);

/* Returns the index of the row that table_row_find() finds, or appends ROW if there is none. Returns
 * HASH_NONE without memory. */
uint32_t table_row_same(struct table *table, const struct table_row *row);

/* Returns the index of the row called (FILE, LINE, NAME). Appends it, unlisted and without figures, if there
 * is none. Returns HASH_NONE without memory. */
uint32_t table_row_named(struct table *table, const char *file, uint32_t line, const char *name);

/* Adds the calls and times of FIGURES to those of ROW. */
void table_row_add_figures(struct table_row *row, const struct table_row *figures);

/* Adds FIGURES to the row of index ROW, and lists the row. */
void table_row_add(struct table *table, uint32_t row, const struct table_row *figures);

/* Renumbers the edges and the tracked rows after row I has become row MAP[I], for each I. Returns 0, or -1
 * without memory. */
int table_renumber(struct table *table, const uint32_t *map);

/* Frees what TABLE holds. */
void table_free(struct table *table);

/* Some rows in some order: sort.h orders it, restrict.h shortens it, the reports print it. */
struct table_list {
    const struct table_row **rows; /* in the table, which must outlive the list */
    size_t count;
    char *reductions; /* the report's lines "List reduced" so far, or NULL */
};

/* Lists all rows of TABLE in its order. Returns 0, or -1 and fills MESSAGE. */
int table_list(const struct table *table, struct table_list *list, struct message *message);

/* Lists COUNT structs of SIZE bytes each at STRUCTS, which must outlive LIST and begin with a struct
 * table_row. Returns 0, or -1 and fills MESSAGE. */
int table_list_structs(struct table_list *list, const void *structs, size_t count, size_t size,
                       struct message *message);

/* Frees what LIST holds. */
void table_list_free(struct table_list *list);

#endif
