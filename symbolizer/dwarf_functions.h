/*
 * dwarf_functions.h - finds wanted functions in the DWARF of a file.
 *
 * For the symbolizer's child alone: libdwarf can crash on a damaged file.
 */
#ifndef SYMBOLIZER_DWARF_FUNCTIONS_H
#define SYMBOLIZER_DWARF_FUNCTIONS_H

#include "symbolizer/debug_files.h"
#include "symbolizer/wanted.h"

enum dwarf_outcome {
    DWARF_READ,      /* all of it, or there is none */
    DWARF_DAMAGED,   /* some of it could not be read; what was found is there all the same */
    DWARF_COMPRESSED /* by a method that libdwarf does not know */
};

/* Fills in names, files, lines and languages of WANTED from FILE's DWARF. */
enum dwarf_outcome dwarf_functions_find(struct wanted *wanted, const struct elf_file *file);

#endif
