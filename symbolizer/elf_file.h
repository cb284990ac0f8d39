/*
 * elf_file.h - opens ELF files and reads their sections.
 *
 * For the parts of the symbolizer that run in its child.
 */
#ifndef SYMBOLIZER_ELF_FILE_H
#define SYMBOLIZER_ELF_FILE_H

#include <libelf.h>
#include <stddef.h>
#include <stdint.h>

/* An ELF file, open and mapped. A zeroed struct is no file. */
struct elf_file {
    int fd; /* -1 if the file is in memory only */
    Elf *elf;
    uint64_t size;         /* bytes */
    unsigned char *memory; /* the contents of a file in memory, or NULL */
};

/* Opens the regular file at PATH. Returns 0, or -1 and sets errno: to 0 if the file is not an ELF file. */
int elf_file_open(struct elf_file *file, const char *path);

/* Opens the file whose path FORMAT and its arguments make. Returns 0, or -1 if there is none. */
__attribute__((format(printf, 2, 3))) int elf_file_try(struct elf_file *file, const char *format, ...);

/* Opens the file that BYTES, of SIZE bytes from malloc(), are. It frees BYTES when it is closed. Returns 0,
 * or -1 and frees them if they are no ELF file. */
int elf_file_open_memory(struct elf_file *file, unsigned char *bytes, size_t size);

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

/* Returns the contents of the section NAME as they are stored, and their bytes in *SIZE. Returns NULL if
 * there are none. They are valid while FILE is open. */
const unsigned char *elf_file_contents(const struct elf_file *file, const char *name, size_t *size);

/* Returns the strings in the section NAME, uncompressed, and their bytes in *SIZE. The last byte is a zero.
 * Returns NULL if there are none. They are valid while FILE is open. */
const char *elf_file_strings(const struct elf_file *file, const char *name, size_t *size);

/* Stores the number of SIZE bytes, at most 8, that is AT bytes into the section NAME in *NUMBER. Returns 1,
 * or 0 if the section ends before, or is compressed. */
int elf_file_number(const struct elf_file *file, const char *name, uint64_t at, size_t size,
                    unsigned long long *number);

/* Returns the number of SIZE bytes, at most 8, at BYTES, in FILE's byte order. */
uint64_t elf_file_order(const struct elf_file *file, const unsigned char *bytes, size_t size);

#endif
