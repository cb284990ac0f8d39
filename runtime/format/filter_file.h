/*
 * filter_file.h - what the filters make of one module: a file in the launcher's spool.
 *
 * cli/record/resolver.c writes it, whole or not at all; the runtime reads it when it first meets the module,
 * and checks it. All numbers are the machine's.
 */
#ifndef RUNTIME_FORMAT_FILTER_FILE_H
#define RUNTIME_FORMAT_FILTER_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/format/text.h"

#define FILTER_FILE_MAGIC "PRFILT1\n" /* 8 bytes */

enum { FILTER_FILE_MOST = 1 << 26 }; /* functions */

struct filter_file {
    char magic[8];
    uint64_t count;    /* of exceptions */
    uint32_t excluded; /* all functions but the exceptions are; 0: the exceptions alone */
    uint32_t patterns; /* there are so many; for each a byte that follows the exceptions says if it matched */
    uint64_t exceptions[]; /* addresses in the module's file, ascending */
};

/* Files that the spool has besides: the filters, as `profile --filter` reads them, and a link to the program
 * that makes a struct filter_file of them. It is called by its own name, with the spool and the module's
 * path. */
#define FILTER_TEXT     "filters"
#define FILTER_RESOLVER "profile-resolver"
#define FILTER_ENDING   ".functions"

/* What a module is known by: its build-id, or else its path, size and modification time. */
struct filter_key {
    const unsigned char *build_id;
    size_t build_id_size;
    const char *path;
    uint64_t size;
    int64_t mtime;
};

/* Writes the path of the module's file in SPOOL. Returns its length; what does not fit is left out. */
static inline size_t filter_file_path(char *path, size_t size, const char *spool,
                                      const struct filter_key *key)
{
    static const char digits[] = "0123456789abcdef";
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    size_t length = append(path, size, append(path, size, 0, spool), "/");

    for (size_t i = 0; i < key->build_id_size; i++) {
        const char byte[] = {digits[key->build_id[i] >> 4], digits[key->build_id[i] & 15], '\0'};

        length = append(path, size, length, byte);
    }
    if (key->build_id_size == 0) {
        for (const char *at = key->path; *at != '\0'; at++)
            hash = (hash ^ (unsigned char)*at) * 1099511628211u;
        length = append_number(path, size, length, hash);
        length = append_number(path, size, append(path, size, length, "-"), key->size);
        length = append_number(path, size, append(path, size, length, "-"), (uint64_t)key->mtime);
    }
    return append(path, size, length, FILTER_ENDING);
}

#endif
