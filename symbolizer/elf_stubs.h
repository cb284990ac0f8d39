/*
 * elf_stubs.h - from the PLT entries that stand for functions to the functions.
 *
 * For the symbolizer's child.
 */
#ifndef SYMBOLIZER_ELF_STUBS_H
#define SYMBOLIZER_ELF_STUBS_H

#include "symbolizer/elf_symbols.h"

/*
 * A function of several versions (target_clones) has the address of a PLT entry, which jumps through a slot
 * that an IRELATIVE relocation fills by its resolver. Each of ADDRESSES that is such an entry becomes the
 * address of the function's default version. Returns 0; -1 without memory.
 */
int elf_stubs_follow(Elf *module, const struct elf_symbols *symbols, uint64_t *addresses, size_t count);

#endif
