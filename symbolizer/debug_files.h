/*
 * debug_files.h - ELF files, opened to be read, and the separate files that debugging information is kept in.
 *
 * For the parts of the symbolizer that run in its child. Nothing is fetched from a network.
 */
#ifndef SYMBOLIZER_DEBUG_FILES_H
#define SYMBOLIZER_DEBUG_FILES_H

#include <libelf.h>
#include <stdint.h>

/* Where distributions put debug files. */
#define DEBUG_FILES_ROOT "/usr/lib/debug"

/* An ELF file, mapped. A zeroed struct is none. */
struct elf_file {
    int fd;
    Elf *elf;
    uint64_t size; /* bytes */
};

/* Opens the regular file at PATH. Returns 0; -1 with errno, which is 0 if the file is no ELF file. */
int elf_file_open(struct elf_file *file, const char *path);
void elf_file_close(struct elf_file *file);

/* What a file has of a section. */
enum elf_section { ELF_SECTION_NONE, ELF_SECTION_PLAIN, ELF_SECTION_ZLIB, ELF_SECTION_OTHER_COMPRESSION };
enum elf_section elf_file_section(const struct elf_file *file, const char *name);

/*
 * Opens the separate debug file of MODULE, which is at PATH: by build-id under ROOT, by .gnu_debuglink beside
 * the module, in .debug/ there, and under ROOT, and by build-id in debuginfod's cache. A file found by
 * build-id must have that build-id, one found by link the right CRC. Returns 0; -1 if there is none.
 */
int debug_files_open(struct elf_file *debug, const struct elf_file *module, const char *path,
                     const char *root);

#endif
