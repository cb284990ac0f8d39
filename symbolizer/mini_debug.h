/*
 * mini_debug.h - unpacks the symbols that a stripped module carries in .gnu_debugdata.
 *
 * For the parts of the symbolizer that run in its child. Fedora's packages have this section: an ELF file,
 * compressed with xz, whose .symtab has the functions that .dynsym lacks.
 */
#ifndef SYMBOLIZER_MINI_DEBUG_H
#define SYMBOLIZER_MINI_DEBUG_H

#include "symbolizer/elf_file.h"

/* Opens the file in MODULE's .gnu_debugdata. Returns 0, or -1 and zeroes MINI if there is none, or it is
 * damaged or unreasonably large. */
int mini_debug_open(struct elf_file *mini, const struct elf_file *module);

#endif
