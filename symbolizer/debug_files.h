/*
 * debug_files.h - opens ELF files, and finds the separate files that hold debug information.
 *
 * For the parts of the symbolizer that run in its child. Nothing is fetched from a network.
 */
#ifndef SYMBOLIZER_DEBUG_FILES_H
#define SYMBOLIZER_DEBUG_FILES_H

#include <libelf.h>
#include <stdint.h>

/* The folder in which distributions install debug files. */
#define DEBUG_FILES_ROOT "/usr/lib/debug"

/* An ELF file, open and mapped. A zeroed struct is no file. */
struct elf_file {
    int fd;
    Elf *elf;
    uint64_t size; /* bytes */
};

/* Opens the regular file at PATH. Returns 0, or -1 and sets errno: to 0 if the file is not an ELF file. */
int elf_file_open(struct elf_file *file, const char *path);

/* Closes FILE and zeroes it. Accepts a zeroed struct. */
void elf_file_close(struct elf_file *file);

/* How a section's contents are stored. */
enum elf_section {
    ELF_SECTION_NONE, /* no such section, or an empty one */
    ELF_SECTION_PLAIN,
    ELF_SECTION_ZLIB,
    ELF_SECTION_OTHER_COMPRESSION
};

/* Returns how FILE stores the section NAME. */
enum elf_section elf_file_section(const struct elf_file *file, const char *name);

/*
 * Opens the separate debug file of MODULE, which is at PATH. Looks for it in this order:
 *
 * 1. by build-id under ROOT;
 * 2. by the name in .gnu_debuglink: in the module's folder, in .debug/ there, and under ROOT;
 * 3. by build-id in debuginfod's cache.
 *
 * A file found by build-id must have that build-id, and one found by name the CRC in .gnu_debuglink. Returns
 * 0, or -1 and zeroes DEBUG if there is none.
 */
int debug_files_open(struct elf_file *debug, const struct elf_file *module, const char *path,
                     const char *root);

#endif
