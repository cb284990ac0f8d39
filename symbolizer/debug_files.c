/*
 * debug_files.c - opens ELF files, and finds separate debug files. See debug_files.h.
 */
#include "symbolizer/debug_files.h"
#include "symbolizer/elf_symbols.h"
#include "symbolizer/symbolizer.h"

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
#include <zlib.h>

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

void elf_file_close(struct elf_file *file)
{
    if (file->elf != NULL) {
        elf_end(file->elf);
        close(file->fd);
    }
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

/* Opens the ELF file whose path FORMAT and its arguments make. */
__attribute__((format(printf, 2, 3))) static int candidate_open(struct elf_file *file, const char *format,
                                                                ...)
{
    char path[PATH_MAX];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(path, sizeof path, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof path)
        return -1;
    return elf_file_open(file, path);
}

static int same_build_id(const struct elf_file *file, const unsigned char *id, size_t size)
{
    unsigned char found[SYMBOLIZER_BUILD_ID_MAX];

    return elf_build_id(file->elf, found, sizeof found) == size && memcmp(found, id, size) == 0;
}

static int crc_matches(const struct elf_file *file, uint32_t expected)
{
    size_t size = 0;
    const char *contents = elf_rawfile(file->elf, &size);
    uLong crc = crc32(0, NULL, 0);

    if (contents == NULL)
        return 0;
    for (size_t at = 0; at < size;) {
        size_t part = size - at < 1u << 30 ? size - at : 1u << 30;
        crc = crc32(crc, (const Bytef *)contents + at, (uInt)part);
        at += part;
    }
    return (uint32_t)crc == expected;
}

/* Reads .gnu_debuglink, which is a file name, padded to a multiple of 4 bytes, and the CRC of that file.
 * Returns the name, or NULL if there is none. */
static const char *link_read(const struct elf_file *module, uint32_t *crc)
{
    GElf_Shdr header;
    Elf_Scn *section = section_find(module->elf, ".gnu_debuglink", &header);
    Elf_Data *data = section != NULL ? elf_rawdata(section, NULL) : NULL;
    const unsigned char *bytes;
    const char *name;
    size_t length, at;

    if (data == NULL || data->d_buf == NULL)
        return NULL;
    name = data->d_buf;
    length = strnlen(name, data->d_size);
    at = (length + 4) & ~(size_t)3;
    /* A name with a slash is refused: the module must not choose the folder. */
    if (length == 0 || length >= data->d_size || at + 4 > data->d_size || memchr(name, '/', length) != NULL)
        return NULL;
    bytes = (const unsigned char *)name + at;
    if (elf_getident(module->elf, NULL)[EI_DATA] == ELFDATA2MSB)
        *crc = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    else
        *crc = (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
    return name;
}

/* Opens the file that .gnu_debuglink names. Returns 0, or -1 if there is none with the right CRC. */
static int link_open(struct elf_file *debug, const struct elf_file *module, const char *path,
                     const char *root)
{
    char real[PATH_MAX], *slash;
    uint32_t crc = 0;
    const char *name = link_read(module, &crc);

    if (name == NULL || realpath(path, real) == NULL)
        return -1;
    slash = strrchr(real, '/');
    if (slash == NULL)
        return -1;
    *slash = '\0'; /* real is now the module's folder; "" is the root */
    for (int place = 0; place < 3; place++) {
        int opened = place == 0   ? candidate_open(debug, "%s/%s", real, name)
                     : place == 1 ? candidate_open(debug, "%s/.debug/%s", real, name)
                                  : candidate_open(debug, "%s%s/%s", root, real, name);
        if (opened != 0)
            continue;
        if (crc_matches(debug, crc))
            return 0;
        elf_file_close(debug);
    }
    return -1;
}

/* Opens the file for the build-id HEX in debuginfod's cache, in the places where its client looks. */
static int cache_open(struct elf_file *debug, const char *hex)
{
    const char *path = getenv("DEBUGINFOD_CACHE_PATH"), *home = getenv("HOME");
    const char *cache = getenv("XDG_CACHE_HOME");

    if (path != NULL && *path != '\0')
        return candidate_open(debug, "%s/%s/debuginfo", path, hex);
    if (home != NULL && candidate_open(debug, "%s/.debuginfod_client_cache/%s/debuginfo", home, hex) == 0)
        return 0;
    if (cache != NULL && *cache != '\0')
        return candidate_open(debug, "%s/debuginfod_client/%s/debuginfo", cache, hex);
    return home != NULL ? candidate_open(debug, "%s/.cache/debuginfod_client/%s/debuginfo", home, hex) : -1;
}

int debug_files_open(struct elf_file *debug, const struct elf_file *module, const char *path,
                     const char *root)
{
    unsigned char id[SYMBOLIZER_BUILD_ID_MAX];
    char hex[2 * SYMBOLIZER_BUILD_ID_MAX + 1] = "";
    size_t size = elf_build_id(module->elf, id, sizeof id);

    for (size_t i = 0; i < size; i++)
        snprintf(hex + 2 * i, 3, "%02x", id[i]);
    if (size > 1 && candidate_open(debug, "%s/.build-id/%.2s/%s.debug", root, hex, hex + 2) == 0) {
        if (same_build_id(debug, id, size))
            return 0;
        elf_file_close(debug);
    }
    if (link_open(debug, module, path, root) == 0)
        return 0;
    if (size > 1 && cache_open(debug, hex) == 0) {
        if (same_build_id(debug, id, size))
            return 0;
        elf_file_close(debug);
    }
    memset(debug, 0, sizeof *debug);
    return -1;
}
