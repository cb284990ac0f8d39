/*
 * dwarf_units.h - what a compilation unit tells about all of its functions: language and source files.
 *
 * For dwarf_functions.c and dwarf_lines.c.
 */
#ifndef SYMBOLIZER_DWARF_UNITS_H
#define SYMBOLIZER_DWARF_UNITS_H

#include "symbolizer/dwarf_compat.h"
#include "symbolizer/wanted.h"

/* A unit whose files have been asked for. */
struct dwarf_unit {
    Dwarf_Off offset; /* of its DIE; 0: the slot is free */
    Dwarf_Half version;
    enum symbolizer_language language;
    const char *directory; /* DW_AT_comp_dir, or NULL */
    char **files;
    Dwarf_Signed file_count;
    int files_read;
};

/*
 * Functions refer to units other than their own (after link-time optimisation they all do), so the latest
 * units are kept; all units of a large program at once would take gigabytes of file names.
 */
enum { DWARF_UNIT_SLOTS = 64 };

struct dwarf_units {
    Dwarf_Debug debug;
    struct dwarf_unit slots[DWARF_UNIT_SLOTS];
};

/* The unit that holds DIE, valid until the next call; NULL if it can't be read. */
struct dwarf_unit *dwarf_units_of(struct dwarf_units *units, Dwarf_Die die);

/* The path of the unit's file with DWARF's number INDEX, kept in POOL; NULL: none. */
const char *dwarf_unit_file(struct dwarf_units *units, struct dwarf_unit *unit, uint64_t index,
                            struct string_pool *pool);

/* PATH as libdwarf has joined it, put right and normalised, kept in POOL. */
const char *dwarf_unit_path(const struct dwarf_unit *unit, const char *path, struct string_pool *pool);

void dwarf_units_free(struct dwarf_units *units);

#endif
