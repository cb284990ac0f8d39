/*
 * symbolizer.h - from the addresses of one module to file, line and function.
 *
 * A module is an executable or a shared object on disk. The symbolizer reads its DWARF (through libdwarf) and
 * its ELF symbols (through libelf); it knows nothing of profiles. The files it reads are not trusted: each
 * lookup runs in a forked child with limits on its time and memory, because libdwarf can be brought down by a
 * damaged file, and what the child sends back is checked like any other input.
 */
#ifndef SYMBOLIZER_SYMBOLIZER_H
#define SYMBOLIZER_SYMBOLIZER_H

#include <stddef.h>
#include <stdint.h>

enum { SYMBOLIZER_BUILD_ID_MAX = 64, SYMBOLIZER_MESSAGE_MAX = 512 };

/* The language a function was written in, as far as demangling its name needs to know. */
enum symbolizer_language {
    SYMBOLIZER_LANGUAGE_UNKNOWN, /* no DWARF says: demangled by the look of the name */
    SYMBOLIZER_LANGUAGE_C,       /* and all others whose names are not mangled */
    SYMBOLIZER_LANGUAGE_CXX,
    SYMBOLIZER_LANGUAGE_RUST,
    SYMBOLIZER_LANGUAGE_D,
    SYMBOLIZER_LANGUAGE_ADA,
    SYMBOLIZER_LANGUAGE_FORTRAN,
    SYMBOLIZER_LANGUAGE_COUNT
};

/*
 * A module as it was when its addresses were taken. A file that has changed since is refused: by its build-id
 * where build_id_size is not 0, else by size and modification time where size is not 0.
 */
struct symbolizer_module {
    const char *path; /* the file it was loaded from */
    unsigned char build_id[SYMBOLIZER_BUILD_ID_MAX];
    size_t build_id_size; /* bytes; 0: none was recorded */
    uint64_t size;        /* bytes; 0: not recorded */
    int64_t mtime;        /* nanoseconds since the epoch */
};

/* One address, and what was found out about the function that holds it. */
struct symbol {
    uint64_t address; /* in: run-time address less the module's load address */
    const char *name; /* out: linkage name (still mangled), or the plain one in languages that have no other
                         use for it, or NULL if nothing names it */
    const char *file; /* out: path of the defining source file, absolute where DWARF knows, or NULL */
    uint32_t line;    /* out: line of the function's name in that file; 0 if unknown */
    enum symbolizer_language language; /* out */
};

/*
 * Fills in COUNT symbols, in any order of addresses, and points *STORAGE at the block that holds their
 * strings: free() it when the symbols are done with (NULL is possible). What is not found stays NULL and 0.
 *
 * MESSAGE, of SYMBOLIZER_MESSAGE_MAX bytes, is set to "" or to one line fit for a user: a warning when
 * something stood in the way (the file has changed, its DWARF is damaged or compressed in an unknown way).
 * Returns 0, also with a warning; -1 when the lookup could not be made at all (no memory, no process).
 */
int symbolizer_resolve(const struct symbolizer_module *module, struct symbol *symbols, size_t count,
                       char **storage, char *message);

/* Finds the functions called NAME in the ELF file at PATH, by its symbols: the name as it is linked, or as
 * its language writes it, without parameters or with them. Their addresses, as in struct symbol, at most MAX
 * of them, go to ADDRESSES. Returns their number: 0 also if the file cannot be read. */
size_t symbolizer_find(const char *path, const char *name, uint64_t *addresses, size_t max);
/* The functions of a module, as its symbol tables have them. A zeroed struct has none. */
struct symbolizer_functions {
    uint64_t *addresses; /* in the module's file, ascending; to be freed */
    size_t count;
    unsigned char build_id[SYMBOLIZER_BUILD_ID_MAX];
    size_t build_id_size; /* 0: it has none */
};

/* Lists the functions of the module at PATH, in a child as symbolizer_resolve() does. Returns 0; -1 with
 * MESSAGE, of SYMBOLIZER_MESSAGE_MAX bytes, set to one line, if it cannot be read. */
int symbolizer_list(const char *path, struct symbolizer_functions *functions, char *message);

/* The name as its language writes it, with its parameters if PARAMETERS is not 0. To be freed; NULL if NAME
 * is not a mangled name of that language (or there is no memory): then NAME itself is the name. */
char *symbolizer_demangle(const char *name, enum symbolizer_language language, int parameters);

#endif
