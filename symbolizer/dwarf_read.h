/*
 * dwarf_read.h - what the symbolizer asks of single DIEs, with libdwarf's calling conventions dealt with.
 *
 * For dwarf_*.c. Every call frees the errors and attributes it meets: with dwarf_set_de_alloc_flag(0) nobody
 * else does. What can't be read counts as absent.
 */
#ifndef SYMBOLIZER_DWARF_READ_H
#define SYMBOLIZER_DWARF_READ_H

#include "symbolizer/dwarf_compat.h"

#include <stddef.h>
#include <stdint.h>

struct address_range {
    uint64_t low, high; /* high is the first address behind */
};

/* A list that is filled again and again. */
struct address_ranges {
    struct address_range *items;
    size_t count, capacity;
};

/* Each returns 1, or 0 if the DIE has no such attribute, or none that can be read. */
int dwarf_read_number(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half attribute, uint64_t *number);
int dwarf_read_address(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half attribute, uint64_t *address);

/* The string is valid as long as DEBUG is open. */
int dwarf_read_string(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half attribute, const char **string);

/* The DIE that an attribute refers to, in whichever unit; to be freed by dwarf_dealloc_die(). NULL: none. */
Dwarf_Die dwarf_read_reference(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half attribute);

/* The DIE's code: low_pc to high_pc, or its ranges; none starts at 0. UNIT_LOW is the low_pc of its unit, or
 * 0. */
void dwarf_read_ranges(Dwarf_Debug debug, Dwarf_Die die, uint64_t unit_low, struct address_ranges *ranges);
void address_ranges_free(struct address_ranges *ranges);

/* To be called for every error: frees it. */
void dwarf_read_drop(Dwarf_Debug debug, Dwarf_Error *error);

#endif
