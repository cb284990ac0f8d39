/*
 * dwarf_lines.h - reads lines from the line table, for functions without a DIE or whose DIE has no line.
 */
#ifndef SYMBOLIZER_DWARF_LINES_H
#define SYMBOLIZER_DWARF_LINES_H

#include "symbolizer/dwarf_read.h"
#include "symbolizer/dwarf_units.h"
#include "symbolizer/wanted.h"

/*
 * Fills in the missing lines and files of the functions within RANGES, which are the code of UNIT_DIE's unit.
 * Takes them from the table's row at the function's first instruction. Reads the table only if a line or a
 * file is missing. Returns 0, or -1 if the table is damaged.
 */
int dwarf_lines_fill(struct dwarf_units *units, Dwarf_Die unit_die, const struct address_ranges *ranges,
                     struct wanted *wanted);

#endif
