/*
 * elf_symbols.h - reads the functions in an ELF file's symbol table, and the file's build-id.
 *
 * For the parts of the symbolizer that run in its child. Names point into the file's string table, so they
 * are valid while the symbols and the Elf that they came from are there.
 */
#ifndef SYMBOLIZER_ELF_SYMBOLS_H
#define SYMBOLIZER_ELF_SYMBOLS_H

#include "symbolizer/elf_file.h"

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

struct elf_function {
    uint64_t address; /* first: see addresses.h */
    uint64_t size;    /* bytes */
    const char *name; /* as in the file, with version and clone suffix */
    unsigned rank;    /* among the names of one address; the lowest is the best */
};

/* The functions, sorted by address. At one address, the best name is first. */
struct elf_symbols {
    struct elf_function *functions;
    size_t count;
    struct elf_file
        mini; /* the file in the module's .gnu_debugdata; zeroed if there is none, or it is not used */
};

/*
 * Reads the FUNC and IFUNC symbols of the first of these tables that has some: DEBUG's .symtab, MODULE's
 * .symtab, MODULE's .dynsym with the .symtab in its .gnu_debugdata. DEBUG is zeroed if there is no separate
 * debug file. Returns 0, also if there are no symbols, or -1 if memory is short.
 */
int elf_symbols_load(struct elf_symbols *symbols, const struct elf_file *debug,
                     const struct elf_file *module);

/* Frees the symbols. Accepts a zeroed struct. */
void elf_symbols_free(struct elf_symbols *symbols);

/* Returns the best name of the function that starts at ADDRESS, or NULL if none does. If one of its names is
 * PREFERRED, which may be NULL, that is the best. */
const struct elf_function *elf_symbols_exact(const struct elf_symbols *symbols, uint64_t address,
                                             const char *preferred);

/* Returns the innermost function that holds ADDRESS, or NULL. */
const struct elf_function *elf_symbols_covering(const struct elf_symbols *symbols, uint64_t address);

/* Says whether a symbol table has a name. */
enum elf_presence { ELF_ABSENT, ELF_UNDEFINED, ELF_DEFINED };

/* Returns what the symbol tables of ELF say of NAME: the most that one of them says. */
enum elf_presence elf_symbols_presence(Elf *elf, const char *name);

/* Returns the function's own name, which is a part of NAME, and stores its length: without "@version", and
 * without the suffixes that compilers give to clones and parts of functions. The body of a coroutine has the
 * coroutine's name. */
const char *elf_symbols_own_name(const char *name, size_t *length);

/* Copies the file's build-id to ID, of MAX bytes. Returns its size in bytes; 0 if it has none or a longer
 * one. */
size_t elf_build_id(Elf *elf, unsigned char *id, size_t max);

#endif
