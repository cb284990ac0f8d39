/*
 * elf_file.c - opens ELF files and reads their sections. See elf_file.h.
 */
#include "symbolizer/elf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef ELFCOMPRESS_ZLIB
#define ELFCOMPRESS_ZLIB 1
#endif

int elf_file_open(struct elf_file *file, const char *path)
{
    struct stat status;

    memset(file, 0, sizeof *file);
    /* O_NONBLOCK: if the path is a FIFO, do not wait for a writer. */
    file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file->fd < 0)
        return -1;
    if (fstat(file->fd, &status) == 0 && S_ISREG(status.st_mode)) {
        file->size = (uint64_t)status.st_size;
        elf_version(EV_CURRENT);
        file->elf = elf_begin(file->fd, ELF_C_READ_MMAP, NULL);
        if (file->elf != NULL && elf_kind(file->elf) == ELF_K_ELF)
            return 0;
        elf_end(file->elf);
    }
    close(file->fd);
    memset(file, 0, sizeof *file);
    errno = 0;
    return -1;
}

int elf_file_try(struct elf_file *file, const char *format, ...)
{
    char path[PATH_MAX];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof path) {
        memset(file, 0, sizeof *file);
        return -1;
    }
    return elf_file_open(file, path);
}

int elf_file_open_memory(struct elf_file *file, unsigned char *bytes, size_t size)
{
    memset(file, 0, sizeof *file);
    elf_version(EV_CURRENT);
    file->fd = -1;
    file->size = size;
    file->memory = bytes;
    file->elf = elf_memory((char *)bytes, size);
    if (file->elf != NULL && elf_kind(file->elf) == ELF_K_ELF)
        return 0;
    elf_file_close(file);
    return -1;
}

void elf_file_close(struct elf_file *file)
{
    elf_end(file->elf);
    if (file->elf != NULL && file->fd >= 0)
        close(file->fd);
    free(file->memory);
    memset(file, 0, sizeof *file);
}

static Elf_Scn *section_find(Elf *elf, const char *name, GElf_Shdr *header)
{
    Elf_Scn *section = NULL;
    size_t names;

    if (elf_getshdrstrndx(elf, &names) != 0)
        return NULL;
    while ((section = elf_nextscn(elf, section)) != NULL) {
        const char *found;
        if (gelf_getshdr(section, header) == NULL)
            continue;
        found = elf_strptr(elf, names, header->sh_name);
        if (found != NULL && strcmp(found, name) == 0)
            return section;
    }
    return NULL;
}

enum elf_section elf_file_section(const struct elf_file *file, const char *name)
{
    GElf_Shdr header;
    GElf_Chdr compression;
    Elf_Scn *section = section_find(file->elf, name, &header);

    if (section == NULL || header.sh_type == SHT_NOBITS || header.sh_size == 0)
        return ELF_SECTION_NONE;
    if (strncmp(name, ".z", 2) == 0)
        return ELF_SECTION_ZLIB;
    if ((header.sh_flags & SHF_COMPRESSED) == 0 || gelf_getchdr(section, &compression) == NULL)
        return ELF_SECTION_PLAIN;
    return compression.ch_type == ELFCOMPRESS_ZLIB ? ELF_SECTION_ZLIB : ELF_SECTION_OTHER_COMPRESSION;
}

const unsigned char *elf_file_contents(const struct elf_file *file, const char *name, size_t *size)
{
    GElf_Shdr header;
    Elf_Scn *section = section_find(file->elf, name, &header);
    const Elf_Data *data = section != NULL ? elf_rawdata(section, NULL) : NULL;

    if (data == NULL || data->d_buf == NULL || data->d_size == 0)
        return NULL;
    *size = data->d_size;
    return data->d_buf;
}

const char *elf_file_strings(const struct elf_file *file, const char *name, size_t *size)
{
    GElf_Shdr header;
    Elf_Scn *section = section_find(file->elf, name, &header);
    const Elf_Data *data;

    *size = 0;
    if (section == NULL || ((header.sh_flags & SHF_COMPRESSED) != 0 && elf_compress(section, 0, 0) < 0))
        return NULL;
    data = elf_getdata(section, NULL);
    if (data == NULL || data->d_buf == NULL || data->d_size == 0 ||
        ((const char *)data->d_buf)[data->d_size - 1] != '\0')
        return NULL;
    *size = data->d_size;
    return data->d_buf;
}

uint64_t elf_file_order(const struct elf_file *file, const unsigned char *bytes, size_t size)
{
    int is_big = elf_getident(file->elf, NULL)[EI_DATA] == ELFDATA2MSB;
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number = number << 8 | bytes[is_big ? i : size - 1 - i];
    return number;
}

int elf_file_number(const struct elf_file *file, const char *name, uint64_t at, size_t size,
                    unsigned long long *number)
{
    size_t length = 0;
    const unsigned char *contents =
        elf_file_section(file, name) == ELF_SECTION_PLAIN ? elf_file_contents(file, name, &length) : NULL;

    if (contents == NULL || at > length || size > length - at)
        return 0;
    *number = elf_file_order(file, contents + at, size);
    return 1;
}
