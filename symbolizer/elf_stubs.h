/*
 * elf_stubs.h - replaces the addresses of PLT entries by those of the functions they jump to.
 *
 * For the parts of the symbolizer that run in its child.
 */
#ifndef SYMBOLIZER_ELF_STUBS_H
#define SYMBOLIZER_ELF_STUBS_H

#include "symbolizer/elf_symbols.h"

/*
 * Replaces each of COUNT ADDRESSES that is a PLT entry for a function with several versions (target_clones).
 * Such an entry jumps through a slot, which an IRELATIVE relocation fills by calling the function's resolver.
 * The address becomes that of the function's default version. Returns 0, or -1 if memory is short.
 */
int elf_stubs_follow(Elf *module, const struct elf_symbols *symbols, uint64_t *addresses, size_t count);

#endif
