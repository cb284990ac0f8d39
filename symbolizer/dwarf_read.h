/*
 * dwarf_read.h - reads attributes, references and address ranges of single DIEs.
 *
 * For dwarf_*.c. Each function frees the errors and attributes that it gets from libdwarf. libdwarf does not,
 * because dwarf_set_de_alloc_flag(0) is in force. An attribute that cannot be read counts as absent.
 */
#ifndef SYMBOLIZER_DWARF_READ_H
#define SYMBOLIZER_DWARF_READ_H

#include "symbolizer/dwarf_compat.h"

#include <stddef.h>
#include <stdint.h>

struct address_range {
    uint64_t low, high; /* high is the first address after the range */
};

/* A list of ranges, to be filled many times. A zeroed struct is empty. */
struct address_ranges {
    struct address_range *items;
    size_t count, capacity;
};

/* Stores the ATTRIBUTE of DIE in *NUMBER, *ADDRESS or *STRING. Each returns 1, or 0 and stores nothing if DIE
 * has no such attribute. The string is valid while DEBUG is open. */
int dwarf_read_number(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half attribute, uint64_t *number);
int dwarf_read_address(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half attribute, uint64_t *address);
int dwarf_read_string(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half attribute, const char **string);

/* Returns the DIE that ATTRIBUTE refers to, which may be in another unit, or NULL if there is none. The
 * caller frees it with dwarf_dealloc_die(). */
Dwarf_Die dwarf_read_reference(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half attribute);

/* Fills RANGES with the code of DIE: from low_pc to high_pc, or its list of ranges. Leaves out ranges that
 * start at 0. UNIT_LOW is the low_pc of its unit, or 0. */
void dwarf_read_ranges(Dwarf_Debug debug, Dwarf_Die die, uint64_t unit_low, struct address_ranges *ranges);

/* Frees the list and empties it. Accepts a zeroed struct. */
void address_ranges_free(struct address_ranges *ranges);

/* Frees *ERROR, if there is one, and sets it to NULL. To be called after each libdwarf call that may fail. */
void dwarf_read_drop(Dwarf_Debug debug, Dwarf_Error *error);

#endif
