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

/* The DWARF of a file. dwz -m may have moved a part of it to an alternate file. */
struct dwarf_source {
    Dwarf_Debug debug;
    const struct elf_file *file;    /* from which it was opened */
    struct dwarf_source *alternate; /* the DIEs of the alternate file, or NULL */
    const char *strings;            /* .debug_str of the alternate file, which ends in a zero, or NULL */
    size_t strings_size;            /* bytes */
    int lacks_alternate; /* 1: something that was to be read is in an alternate file that is missing */
};

/* A list of ranges, to be filled many times. A zeroed struct is empty. */
struct address_ranges {
    struct address_range *items;
    size_t count, capacity;
};

/* Stores the ATTRIBUTE of DIE in *NUMBER, *ADDRESS or *STRING. Each returns 1, or 0 and stores nothing if DIE
 * has no such attribute. The string is valid while SOURCE is open. */
int dwarf_read_number(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half attribute, uint64_t *number);
int dwarf_read_address(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half attribute, uint64_t *address);
int dwarf_read_string(struct dwarf_source *source, Dwarf_Die die, Dwarf_Half attribute, const char **string);

/* Returns the DIE that ATTRIBUTE refers to, which may be in another unit, or NULL if there is none. Sets
 * *SOURCE to the alternate file if the DIE is there. The caller frees the DIE with dwarf_dealloc_die(). */
Dwarf_Die dwarf_read_reference(struct dwarf_source **source, Dwarf_Die die, Dwarf_Half attribute);

/* Returns the rest of TEXT behind the words that libdwarf writes for a text that it cannot read, or NULL if
 * TEXT has none. No such words are a name. */
const char *dwarf_read_behind_placeholder(const char *text);

/* Fills RANGES with the code of DIE: from low_pc to high_pc, or its list of ranges. Leaves out ranges that
 * start at 0. UNIT_LOW is the low_pc of its unit, or 0. */
void dwarf_read_ranges(Dwarf_Debug debug, Dwarf_Die die, uint64_t unit_low, struct address_ranges *ranges);

/* Frees the list and empties it. Accepts a zeroed struct. */
void address_ranges_free(struct address_ranges *ranges);

/* Frees *ERROR, if there is one, and sets it to NULL. To be called after each libdwarf call that may fail. */
void dwarf_read_drop(Dwarf_Debug debug, Dwarf_Error *error);

#endif
