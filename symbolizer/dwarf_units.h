/*
 * dwarf_units.h - reads the language and the source files of compilation units.
 */
#ifndef SYMBOLIZER_DWARF_UNITS_H
#define SYMBOLIZER_DWARF_UNITS_H

#include "symbolizer/dwarf_read.h"
#include "symbolizer/wanted.h"

/* A compilation unit. */
struct dwarf_unit {
    Dwarf_Off offset; /* of its DIE; 0: the slot is free */
    Dwarf_Half version;
    enum symbolizer_language language;
    const char *directory; /* DW_AT_comp_dir, or NULL */
    char **files;          /* the file names, or NULL before they are read */
    Dwarf_Signed file_count;
    int files_read;  /* 1: reading the file names has been tried */
    int zero_is_one; /* 1: see dwarf_lines.c */
};

/*
 * The number of units that are kept. Functions refer to other units than their own; after link-time
 * optimisation all of them do. The file names of all units of a large program would take gigabytes.
 */
enum { DWARF_UNIT_SLOTS = 64 };

/* The units of a file that were used last. Zeroed but for source, it holds none. */
struct dwarf_units {
    struct dwarf_source source;
    struct dwarf_unit slots[DWARF_UNIT_SLOTS]; /* by a hash of the unit's offset */
};

/* Returns the unit that holds DIE, or NULL if it cannot be read. The unit is valid until the next call. */
struct dwarf_unit *dwarf_units_of(struct dwarf_units *units, Dwarf_Die die);

/* Returns the path of the unit's file that DWARF numbers INDEX, kept in POOL, or NULL if there is none. */
const char *dwarf_unit_file(struct dwarf_units *units, struct dwarf_unit *unit, uint64_t index,
                            struct string_pool *pool);

/* Returns PATH, which libdwarf has joined to the unit's folder, normalised and kept in POOL. Returns NULL if
 * it is empty or cannot be kept. */
const char *dwarf_unit_path(const struct dwarf_unit *unit, const char *path, struct string_pool *pool);

/* Frees all units. To be called before the file is closed. */
void dwarf_units_free(struct dwarf_units *units);

#endif
