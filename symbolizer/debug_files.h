/*
 * debug_files.h - finds the separate files that hold debug information.
 *
 * For the parts of the symbolizer that run in its child. Nothing is fetched from a network. A file that is
 * found by name or by build-id is used only if it is the right one: it must have the build-id or the CRC that
 * the file that leads to it gives.
 */
#ifndef SYMBOLIZER_DEBUG_FILES_H
#define SYMBOLIZER_DEBUG_FILES_H

#include "symbolizer/elf_file.h"
#include "symbolizer/symbolizer.h"

#include <limits.h>
#include <stddef.h>

/* The folder in which distributions install debug files. */
#define DEBUG_FILES_ROOT "/usr/lib/debug"

/*
 * Opens the separate debug file of MODULE, which is at PATH. Looks for it in this order:
 *
 * 1. by build-id under ROOT;
 * 2. by the name in .gnu_debuglink: in the module's folder, in .debug/ there, and under ROOT;
 * 3. by build-id in debuginfod's cache.
 *
 * Returns 0, or -1 and zeroes DEBUG if there is none.
 */
int debug_files_open(struct elf_file *debug, const struct elf_file *module, const char *path,
                     const char *root);

/* Opens the debug file with the build-id ID, of SIZE bytes, under ROOT or in debuginfod's cache. Returns 0,
 * or -1 and zeroes DEBUG if there is none. */
int debug_files_open_by_id(struct elf_file *debug, const unsigned char *id, size_t size, const char *root);

/* Opens the file at PATH, if it has the build-id ID, of SIZE bytes. PATH may be NULL. Returns 0, or -1 and
 * zeroes DEBUG. */
int debug_files_open_at(struct elf_file *debug, const char *path, const unsigned char *id, size_t size);

/* A link to an alternate file, into which dwz -m has moved debug information that several files share. */
struct alternate_link {
    char path[PATH_MAX]; /* as in the file that has the link; "": it has none */
    unsigned char build_id[SYMBOLIZER_BUILD_ID_MAX];
    size_t build_id_size; /* bytes */
};

/* Reads the link of FILE from .gnu_debugaltlink, or DWARF 5's .debug_sup. */
void alternate_link_read(struct alternate_link *link, const struct elf_file *file);

/*
 * Opens the alternate file of FILE, to which LINK leads. Looks for it in this order:
 *
 * 1. by its path, which may be relative to FILE's folder;
 * 2. by the last part of its path: in FILE's folder, in .dwz/ there, and in ROOT's .dwz/;
 * 3. by its path under ROOT;
 * 4. by build-id under ROOT and in debuginfod's cache.
 *
 * Returns 0, or -1 and zeroes ALTERNATE if there is none.
 */
int alternate_open(struct elf_file *alternate, const struct elf_file *file, const struct alternate_link *link,
                   const char *root);

/* Opens the file at PATH, if LINK leads to it. PATH may be NULL. Returns 0, or -1 and zeroes ALTERNATE. */
int alternate_open_at(struct elf_file *alternate, const char *path, const struct alternate_link *link);

#endif
