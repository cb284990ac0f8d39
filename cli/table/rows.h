/*
 * rows.h - profiles summed up: one row per function, by the formulas at the top of model.h.
 *
 * Zero a struct table, table_add() the profiles (add.h), table_finish() it once (finish.h); then read. Rows
 * are matched across processes, files and builds:
 *
 *     source file and line known    (file, line, function, module path), but see below
 *     an ELF symbol only            (module path, function)
 *     nothing                       (module path, build, offset)
 *
 * FUNCTION is the linkage name; but what a compiler makes of one constructor or destructor is one row (and
 * where one of them calls another, their time counts once), and so are Rust's names that differ in a build's
 * hash.
 *
 * What is in one profile stays apart. A function that no profile had by its module's path, though, is the one
 * that an earlier profile had in another module, if that one is not in its own profile: a program that was
 * built elsewhere, or under another name.
 *
 * After table_finish():
 *
 *  - rows stand in the order of file, line, name, module, and so does every list of them that says no other
 * order: the same files give the same bytes;
 *  - names are demangled, without parameters, except where two functions would otherwise print the same;
 *  - times are nanoseconds, or, where the profiles' timers count something else, that many; a function that
 * was never called is not among the row_count rows.
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

/* Choices for table_finish(), to be combined. The first two sum up the rows whose file, line and name have
 * become equal. */
enum table_how {
    TABLE_STRIP_DIRS = 1, /* leave only the base names of files and modules, as pstats does */
    TABLE_DICTIONARY = 2, /* modules do not tell rows apart, and names are valid UTF-8: for marshal_write.h */
    TABLE_KEEP_ORDER =
        4, /* do not sort: rows and edges keep the order in which they were met, as in pstats */
};

struct table_row {
    uint64_t ncalls;
    uint64_t pcalls;  /* of these, the ones made while the function was not active */
    uint64_t unwound; /* of these, the ones that were left without a return */
    double tottime;   /* ns */
    double cumtime;   /* ns */
    double variance;  /* of tottime, where that is an estimate; ns squared */
    double recording; /* ns that it cost to record its calls, in whosever time; 0: unknown, or not wanted */
    double waittime;  /* ns of tottime without a processor, where that is known */
    double cumwait;   /* the same of cumtime */

    const char *text;   /* what the report prints: file:line(name); bare name where the file is "~" */
    const char *file;   /* source file; else the module's path; else "~" */
    uint32_t line;      /* 0 if unknown */
    const char *name;   /* demangled; else module+0xoffset; else 0xaddress */
    const char *module; /* path, "" if none */
    int has_source;     /* file is a source file */
    int unlisted;       /* there is nothing known of it but that it called others: in no list */
    const char *symbol; /* linkage name, or NULL */
    enum symbolizer_language language;

    /* Only table*.c read these. */
    const char *function; /* what symbols of one function have in common, or NULL */
    const char *build;    /* tells builds of a module apart */
    uint64_t offset;      /* within the module */
    uint32_t place;       /* among the rows, in the order they were met; UINT32_MAX if unlisted */
    uint32_t before;      /* its index before the rows were sorted */
};

struct table {
    struct table_row *rows;
    size_t row_count, row_capacity;
    uint32_t listed;                 /* rows that table_row_add() has listed */
    uint64_t calls, primitive_calls; /* over all rows */
    double tottime;                  /* ns, over all rows */
    double measured;                 /* the same, with what recording has cost */
    double resolution;   /* ns a call: a time of less may be none; 0: all times are as they were measured */
    unsigned clocks;     /* bits 1 << enum profile_reads: how processes read the timer, as far as is known */
    unsigned timers;     /* bits 1 << enum profile_timer: which that was */
    int is_paused;       /* nothing was recorded for a part of a run ... */
    int is_reset;        /* ... or what was has been forgotten */
    const char *measure; /* profile_measure() of all that was added; NULL: nothing was */
    int counts;          /* that is not time */
    const char *filters; /* profile_add_filters() of all that was added, if HAS_FILTERS; or NULL */
    int has_filters;
    int waits;          /* what was waited is known, of some of it at least */
    uint64_t lost;      /* calls that are in no row, for want of space while they were recorded */
    int in_seconds;     /* times are seconds, as they came from Python, and not nanoseconds */
    int with_edges;     /* set before anything is added: who called whom is wanted too ... */
    int with_recording; /* ... or what recording has cost */
    struct table_edges edges;
    uint32_t *tracked; /* table_track()'s */
    size_t tracked_count;
    struct hash index;
    struct intern strings; /* owns every string above */
};

/* The index of the row that is the same function as ROW, by module path too; HASH_NONE if there is none. For
 * table_add.c. */
uint32_t table_row_find(struct table *table, const struct table_row *row);

/* The index of the row that is the same function as ROW, which is appended if there is none; HASH_NONE
 * without memory. For table_add.c. */
uint32_t table_row_same(struct table *table, const struct table_row *row);

/* For those who fill tables by themselves: the row called (FILE, LINE, NAME), which is made, unlisted and
 * without figures, if need be; HASH_NONE without memory. */
uint32_t table_row_named(struct table *table, const char *file, uint32_t line, const char *name);

/* Adds the calls and times of FIGURES to those of ROW. */
void table_row_add_figures(struct table_row *row, const struct table_row *figures);

/* Adds FIGURES to the row of index ROW, and lists the row. */
void table_row_add(struct table *table, uint32_t row, const struct table_row *figures);

/* Row I has become row MAP[I], for each I: the edges and table_track()'s rows follow. -1 without memory. For
 * table_names.c. */
int table_renumber(struct table *table, const uint32_t *map);

/* Frees what the table holds; a zeroed table is fine. */
void table_free(struct table *table);

/* A choice of rows, in an order: what sort.h orders, restrict.h shortens, report.h and csv.h print. */
struct table_list {
    const struct table_row **rows; /* in the table, which must outlive the list */
    size_t count;
    char *reductions; /* the report's "List reduced" lines so far, or NULL */
};

/* All rows, in the table's order. */
int table_list(const struct table *table, struct table_list *list, struct message *message);

/* Lists COUNT structs of SIZE bytes each at STRUCTS, which must outlive LIST and begin with a struct
 * table_row. Returns 0, or -1 and fills MESSAGE. */
int table_list_structs(struct table_list *list, const void *structs, size_t count, size_t size,
                       struct message *message);

/* Frees what the list holds; a zeroed list is fine. */
void table_list_free(struct table_list *list);

#endif
