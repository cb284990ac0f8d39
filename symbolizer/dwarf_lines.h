/*
 * dwarf_lines.h - the line table, for functions whose DIE tells no line, or that have none.
 *
 * For dwarf_functions.c alone.
 */
#ifndef SYMBOLIZER_DWARF_LINES_H
#define SYMBOLIZER_DWARF_LINES_H

#include "symbolizer/dwarf_read.h"
#include "symbolizer/dwarf_units.h"
#include "symbolizer/wanted.h"

/*
 * Gives the functions within RANGES, the code of UNIT_DIE's unit, that lack a line or a file those of the row
 * at their first instruction. The table is only read if there are such functions. Returns 0; -1 if it is
 * damaged.
 */
int dwarf_lines_fill(struct dwarf_units *units, Dwarf_Die unit_die, const struct address_ranges *ranges,
                     struct wanted *wanted);

#endif
