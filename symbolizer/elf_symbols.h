/*
 * elf_symbols.h - the functions an ELF file's symbol table names, and the file's identity.
 *
 * For the parts of the symbolizer that run in its child. Names point into the file's string table: they are
 * valid as long as the Elf they came from is open.
 */
#ifndef SYMBOLIZER_ELF_SYMBOLS_H
#define SYMBOLIZER_ELF_SYMBOLS_H

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

struct elf_function {
    uint64_t address; /* first: see addresses.h */
    uint64_t size;
    const char *name; /* as in the file, with version and clone suffix */
    unsigned rank;    /* among the names of one address: the lowest is the best */
};

/* Sorted by address, and at one address the best name first. */
struct elf_symbols {
    struct elf_function *functions;
    size_t count;
};

/*
 * Reads the FUNC and IFUNC symbols of DEBUG's .symtab (DEBUG may be NULL: there is no separate debug file),
 * or else MODULE's .symtab, or else its .dynsym. Returns 0, also if there are none; -1 without memory.
 * elf_symbols_free() accepts a zeroed struct.
 */
int elf_symbols_load(struct elf_symbols *symbols, Elf *debug, Elf *module);
void elf_symbols_free(struct elf_symbols *symbols);

/* The best name of the function that starts at ADDRESS; PREFERRED (or NULL) is the best if it is one of them.
 */
const struct elf_function *elf_symbols_exact(const struct elf_symbols *symbols, uint64_t address,
                                             const char *preferred);

/* The innermost function around ADDRESS, or NULL. */
const struct elf_function *elf_symbols_covering(const struct elf_symbols *symbols, uint64_t address);

/* How much of NAME is the function's: without "@version" and the suffixes of the clones that compilers make.
 */
size_t elf_symbols_name_length(const char *name);

/* Copies the file's build-id to ID, of MAX bytes, and returns its size; 0 if it has none, or a longer one. */
size_t elf_build_id(Elf *elf, unsigned char *id, size_t max);

#endif
