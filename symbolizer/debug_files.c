/*
 * debug_files.c - finds separate debug files by name and by build-id. See debug_files.h.
 */
#include "symbolizer/debug_files.h"
#include "symbolizer/elf_symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* A build-id as it stands in the names of files. */
struct hex {
    char text[2 * SYMBOLIZER_BUILD_ID_MAX + 1];
};

static struct hex hex_of(const unsigned char *id, size_t size)
{
    struct hex hex = {""};

    for (size_t i = 0; i < size; i++)
        snprintf(hex.text + 2 * i, 3, "%02x", id[i]);
    return hex;
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
    size_t size = 0, length, at;
    const unsigned char *bytes = elf_file_contents(module, ".gnu_debuglink", &size);
    const char *name = (const char *)bytes;

    if (bytes == NULL)
        return NULL;
    length = strnlen(name, size);
    at = (length + 4) & ~(size_t)3;
    /* A name with a slash is refused: the module must not choose the folder. */
    if (length == 0 || length >= size || at + 4 > size || memchr(name, '/', length) != NULL)
        return NULL;
    *crc = (uint32_t)elf_file_order(module, bytes + at, 4);
    return name;
}

/* Opens the file that .gnu_debuglink names. Returns 0, or -1 if there is none with the right CRC. */
static int link_open(struct elf_file *debug, const struct elf_file *module, const char *path,
                     const char *root)
{
    char real[PATH_MAX], *slash;
    uint32_t crc = 0;
    const char *name = link_read(module, &crc);

    if (name == NULL)
        return -1;
    /* The module may be gone, and its debug file still be there. */
    if (realpath(path, real) == NULL && (*path != '/' || snprintf(real, sizeof real, "%s", path) >= PATH_MAX))
        return -1;
    slash = strrchr(real, '/');
    if (slash == NULL)
        return -1;
    *slash = '\0'; /* real is now the module's folder; "" is the root */
    for (int place = 0; place < 3; place++) {
        int opened = place == 0   ? elf_file_try(debug, "%s/%s", real, name)
                     : place == 1 ? elf_file_try(debug, "%s/.debug/%s", real, name)
                                  : elf_file_try(debug, "%s%s/%s", root, real, name);
        if (opened != 0)
            continue;
        if (crc_matches(debug, crc))
            return 0;
        elf_file_close(debug);
    }
    return -1;
}

/* Opens the file for the build-id HEX in debuginfod's cache, in the places where its client looks. */
static int cache_open(struct elf_file *debug, const struct hex *hex)
{
    const char *path = getenv("DEBUGINFOD_CACHE_PATH"), *home = getenv("HOME");
    const char *cache = getenv("XDG_CACHE_HOME");

    if (path != NULL && *path != '\0')
        return elf_file_try(debug, "%s/%s/debuginfo", path, hex->text);
    if (home != NULL && elf_file_try(debug, "%s/.debuginfod_client_cache/%s/debuginfo", home, hex->text) == 0)
        return 0;
    if (cache != NULL && *cache != '\0')
        return elf_file_try(debug, "%s/debuginfod_client/%s/debuginfo", cache, hex->text);
    return home != NULL ? elf_file_try(debug, "%s/.cache/debuginfod_client/%s/debuginfo", home, hex->text)
                        : -1;
}

/* Opens the debug file with the build-id ID, of SIZE bytes, under ROOT, or in debuginfod's cache if IN_CACHE
 * is not 0. Returns 0, or -1 if there is none. */
static int build_id_open(struct elf_file *debug, const unsigned char *id, size_t size, const char *root,
                         int in_cache)
{
    struct hex hex = hex_of(id, size);

    if (size < 2)
        return -1;
    if (in_cache ? cache_open(debug, &hex) != 0
                 : elf_file_try(debug, "%s/.build-id/%.2s/%s.debug", root, hex.text, hex.text + 2) != 0)
        return -1;
    if (same_build_id(debug, id, size))
        return 0;
    elf_file_close(debug);
    return -1;
}

int debug_files_open_by_id(struct elf_file *debug, const unsigned char *id, size_t size, const char *root)
{
    if (build_id_open(debug, id, size, root, 0) == 0 || build_id_open(debug, id, size, root, 1) == 0)
        return 0;
    memset(debug, 0, sizeof *debug);
    return -1;
}

int debug_files_open(struct elf_file *debug, const struct elf_file *module, const char *path,
                     const char *root)
{
    unsigned char id[SYMBOLIZER_BUILD_ID_MAX];
    size_t size = elf_build_id(module->elf, id, sizeof id);

    if (build_id_open(debug, id, size, root, 0) == 0 || link_open(debug, module, path, root) == 0 ||
        build_id_open(debug, id, size, root, 1) == 0)
        return 0;
    memset(debug, 0, sizeof *debug);
    return -1;
}

int debug_files_open_at(struct elf_file *debug, const char *path, const unsigned char *id, size_t size)
{
    if (size > 0 && path != NULL && elf_file_open(debug, path) == 0) {
        if (same_build_id(debug, id, size))
            return 0;
        elf_file_close(debug);
    }
    memset(debug, 0, sizeof *debug);
    return -1;
}

/* ---- alternate files ---- */

/* DWARF 5's .debug_sup, as far as it is wanted. */
struct supplement {
    int is_supplementary; /* 1: the file is an alternate file; 0: it has one */
    const char *path;
    const unsigned char *checksum; /* dwz writes a build-id there */
    size_t checksum_size;          /* bytes */
};

/* Reads .debug_sup: a version, a flag, a path, and a checksum behind its size. Returns 0, or -1 if there is
 * none, or it is damaged. */
static int supplement_read(struct supplement *supplement, const struct elf_file *file)
{
    size_t size = 0, length;
    const unsigned char *bytes = elf_file_contents(file, ".debug_sup", &size);

    if (bytes == NULL || size < 4 || elf_file_order(file, bytes, 2) != 5)
        return -1;
    supplement->is_supplementary = bytes[2] != 0;
    supplement->path = (const char *)bytes + 3;
    length = strnlen(supplement->path, size - 3);
    /* The size is a LEB128 number, and is less than 128. */
    if (length + 4 >= size || bytes[length + 4] > SYMBOLIZER_BUILD_ID_MAX ||
        bytes[length + 4] > size - length - 5)
        return -1;
    supplement->checksum_size = bytes[length + 4];
    supplement->checksum = bytes + length + 5;
    return 0;
}

static void alternate_link_set(struct alternate_link *link, const char *path, const unsigned char *id,
                               size_t id_size)
{
    if (*path == '\0' || strlen(path) >= sizeof link->path || id_size == 0 || id_size > sizeof link->build_id)
        return;
    snprintf(link->path, sizeof link->path, "%s", path);
    memcpy(link->build_id, id, id_size);
    link->build_id_size = id_size;
}

void alternate_link_read(struct alternate_link *link, const struct elf_file *file)
{
    struct supplement supplement;
    size_t size = 0, length;
    const unsigned char *bytes = elf_file_contents(file, ".gnu_debugaltlink", &size);

    memset(link, 0, sizeof *link);
    length = bytes != NULL ? strnlen((const char *)bytes, size) : 0;
    if (bytes != NULL && length < size)
        alternate_link_set(link, (const char *)bytes, bytes + length + 1, size - length - 1);
    else if (supplement_read(&supplement, file) == 0 && !supplement.is_supplementary)
        alternate_link_set(link, supplement.path, supplement.checksum, supplement.checksum_size);
}

/* Returns 1 if LINK leads to FILE. */
static int is_linked(const struct alternate_link *link, const struct elf_file *file)
{
    struct supplement supplement;

    if (same_build_id(file, link->build_id, link->build_id_size))
        return 1;
    return supplement_read(&supplement, file) == 0 && supplement.is_supplementary &&
           supplement.checksum_size == link->build_id_size &&
           memcmp(supplement.checksum, link->build_id, link->build_id_size) == 0;
}

/* Stores the folder of FILE in FOLDER, of PATH_MAX bytes. Returns 0, or -1 if it is not known. Links in its
 * path are followed: an alternate file's path is relative to the folder of the file itself. */
static int folder_of(const struct elf_file *file, char *folder)
{
    char name[64], *slash;
    ssize_t length;

    snprintf(name, sizeof name, "/proc/self/fd/%d", file->fd);
    length = readlink(name, folder, PATH_MAX - 1);
    if (length < 0)
        return -1;
    folder[length] = '\0';
    slash = strrchr(folder, '/');
    if (slash == NULL)
        return -1;
    *slash = '\0';
    return 0;
}

/* Opens the file at the PLACE of the list in debug_files.h. Returns 0, -1 if there is none, or -2 if there is
 * no such place. */
static int place_open(struct elf_file *alternate, int place, const struct alternate_link *link,
                      const char *folder, const char *root)
{
    const char *path = link->path, *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    struct hex hex = hex_of(link->build_id, link->build_id_size);

    switch (place) {
    case 0:
        return *path == '/' ? elf_file_open(alternate, path) : elf_file_try(alternate, "%s/%s", folder, path);
    case 1:
        return elf_file_try(alternate, "%s/%s", folder, name);
    case 2:
        return elf_file_try(alternate, "%s/.dwz/%s", folder, name);
    case 3:
        return elf_file_try(alternate, "%s/.dwz/%s", root, name);
    case 4:
        return elf_file_try(alternate, "%s/%s", root, path);
    case 5:
        return elf_file_try(alternate, "%s/.build-id/%.2s/%s.debug", root, hex.text, hex.text + 2);
    case 6:
        return cache_open(alternate, &hex);
    default:
        return -2;
    }
}

int alternate_open(struct elf_file *alternate, const struct elf_file *file, const struct alternate_link *link,
                   const char *root)
{
    char folder[PATH_MAX];
    int opened;

    if (folder_of(file, folder) != 0)
        snprintf(folder, sizeof folder, ".");
    for (int place = 0; (opened = place_open(alternate, place, link, folder, root)) != -2; place++) {
        if (opened != 0)
            continue;
        if (is_linked(link, alternate))
            return 0;
        elf_file_close(alternate);
    }
    memset(alternate, 0, sizeof *alternate);
    return -1;
}

int alternate_open_at(struct elf_file *alternate, const char *path, const struct alternate_link *link)
{
    if (path != NULL && elf_file_open(alternate, path) == 0) {
        if (is_linked(link, alternate))
            return 0;
        elf_file_close(alternate);
    }
    memset(alternate, 0, sizeof *alternate);
    return -1;
}
