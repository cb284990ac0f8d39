/*
 * symbolizer.h - finds the names, files and lines of functions by their addresses.
 *
 * The public header of the symbolizer: no other header of symbolizer/ is for use outside of it.
 *
 * A module is an executable or a shared object on disk. The symbolizer reads its DWARF with libdwarf and its
 * ELF symbols with libelf. Both may also be in separate debug files, on this machine or, if DEBUGINFOD_URLS
 * is set, on a server. The symbolizer knows nothing of profiles. It keeps no state between calls, except that
 * it does not ask a server again that has not answered.
 *
 * Modules are not trusted, because a damaged file can crash libdwarf. Every function that reads a file forks
 * a child to do so. The child may take 15 s of processor time and 1 GiB of memory, and more if the file is
 * large. The function checks the child's answer like any other input, and returns when the child has ended.
 * SIGCHLD may be ignored.
 */
#ifndef SYMBOLIZER_SYMBOLIZER_H
#define SYMBOLIZER_SYMBOLIZER_H

#include <stddef.h>
#include <stdint.h>

enum {
    SYMBOLIZER_BUILD_ID_MAX = 64, /* bytes in the longest build-id that is read */
    SYMBOLIZER_MESSAGE_MAX = 512  /* bytes of a message's buffer, with the final zero */
};

/* The language a function was written in, as far as its name's mangling depends on it. */
enum symbolizer_language {
    SYMBOLIZER_LANGUAGE_UNKNOWN, /* DWARF does not tell: the name's form decides how to demangle it */
    SYMBOLIZER_LANGUAGE_C,       /* and every language that does not mangle names */
    SYMBOLIZER_LANGUAGE_CXX,
    SYMBOLIZER_LANGUAGE_RUST,
    SYMBOLIZER_LANGUAGE_D,
    SYMBOLIZER_LANGUAGE_ADA,
    SYMBOLIZER_LANGUAGE_FORTRAN,
    SYMBOLIZER_LANGUAGE_COUNT
};

/*
 * A module as it was when its addresses were taken. A file that has changed since then is refused. It is
 * compared by build-id if build_id_size is not 0, else by size and mtime if size is not 0.
 */
struct symbolizer_module {
    const char *path; /* of the file that was loaded; NULL or "" if there is none */
    const char *kept; /* another path of it, for the case that it is gone from there; or NULL */
    unsigned char build_id[SYMBOLIZER_BUILD_ID_MAX];
    size_t build_id_size; /* bytes; 0 if no build-id was recorded */
    uint64_t size;        /* bytes; 0 if it was not recorded */
    int64_t mtime;        /* nanoseconds since the epoch */
};

/*
 * An address, which the caller sets, and the function there, which symbolizer_resolve() fills in. The address
 * may lie anywhere inside the function.
 */
struct symbol {
    uint64_t address; /* at run time, less the module's load address */
    const char *name; /* still mangled; the source name if that says as much; NULL if unknown */
    const char *file; /* path of the source file, absolute if DWARF tells; NULL if unknown */
    uint32_t line;    /* of the function's name in the file, from 1; 0 if unknown */
    enum symbolizer_language language;
};

/*
 * Fills in COUNT SYMBOLS of MODULE, whose addresses may come in any order and repeat. Names and files that
 * are not found become NULL, and lines 0.
 *
 * Stores in *STORAGE the block that holds the strings, or NULL if there are none. The caller frees it with
 * free(), after the last use of the strings.
 *
 * Writes one printable line to MESSAGE, of SYMBOLIZER_MESSAGE_MAX bytes: a warning for the user that names
 * the file, or "". It warns of a file that is missing, damaged or has changed, of DWARF in an unknown
 * compression or in a shared file that is missing, and of a file with hooks but without DWARF or
 * symbols.
 *
 * Returns 0, also with a warning. Returns -1 and fills MESSAGE if the child could not be started.
 */
int symbolizer_resolve(const struct symbolizer_module *module, struct symbol *symbols, size_t count,
                       char **storage, char *message);

/*
 * Finds the functions called NAME in the ELF file at PATH, by its ELF symbols. NAME is a linkage name, or a
 * demangled one with or without parameters.
 *
 * Stores their addresses, as in struct symbol, in ADDRESSES, in ascending order and at most MAX of them.
 * Returns the number of addresses stored: 0 also if the file cannot be read.
 */
size_t symbolizer_find(const char *path, const char *name, uint64_t *addresses, size_t max);

/* How the functions of a program reach the hooks of -finstrument-functions. */
enum symbolizer_hooks {
    SYMBOLIZER_HOOKS_NONE,   /* no function has hooks, or the file cannot be read */
    SYMBOLIZER_HOOKS_CALLED, /* some call hooks of another module */
    SYMBOLIZER_HOOKS_OWN     /* the program defines the hooks itself */
};

/* Returns which of these the ELF file at PATH is, by its symbols. */
enum symbolizer_hooks symbolizer_hooks(const char *path);

/* The functions of a module, by its ELF symbols. A zeroed struct has none. */
struct symbolizer_functions {
    uint64_t *addresses; /* as in struct symbol, ascending; the caller frees it with free() */
    size_t count;
    unsigned char build_id[SYMBOLIZER_BUILD_ID_MAX];
    size_t build_id_size; /* bytes; 0 if the module has no build-id */
};

/*
 * Fills FUNCTIONS with the functions of the module at PATH. Returns 0, or -1 and fills MESSAGE, of
 * SYMBOLIZER_MESSAGE_MAX bytes, with one line; FUNCTIONS is then zeroed. MESSAGE is not changed on success.
 */
int symbolizer_list(const char *path, struct symbolizer_functions *functions, char *message);

/*
 * Returns NAME as LANGUAGE writes it, with its parameters if PARAMETERS is not 0. Reads no file.
 *
 * The caller frees the result with free(). Returns NULL if NAME is not a mangled name of LANGUAGE; NAME
 * itself is then the name to show. Returns NULL also if the result would be unreasonably long, or memory is
 * short.
 */
char *symbolizer_demangle(const char *name, enum symbolizer_language language, int parameters);

#endif
