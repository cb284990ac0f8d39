/*
 * dwarf_functions.h - finds the wanted functions in a file's DWARF.
 *
 * For the symbolizer's child only: libdwarf can crash on a damaged file.
 */
#ifndef SYMBOLIZER_DWARF_FUNCTIONS_H
#define SYMBOLIZER_DWARF_FUNCTIONS_H

#include "symbolizer/elf_file.h"
#include "symbolizer/wanted.h"

enum dwarf_outcome {
    DWARF_READ,      /* all of the DWARF was read, or there is none */
    DWARF_DAMAGED,   /* some of it could not be read; WANTED has what was found in the rest */
    DWARF_COMPRESSED /* it is compressed by a method that libdwarf does not know */
};

/* Fills in the names, files, lines and languages of WANTED from FILE's DWARF. ALTERNATE holds the part of it
 * that dwz -m has moved; NULL: there is none. Sets *LACKS_ALTERNATE to 1 if something of WANTED is in an
 * alternate file and ALTERNATE is NULL. */
enum dwarf_outcome dwarf_functions_find(struct wanted *wanted, const struct elf_file *file,
                                        const struct elf_file *alternate, int *lacks_alternate);

#endif
