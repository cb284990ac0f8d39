/*
 * filter_file.h - a file in the spool that lists the functions of one module which the filters leave out.
 *
 * cli/record/resolver.c writes the file, whole or not at all. The runtime reads and checks it when it first
 * meets the module. Numbers are in the byte order of the machine.
 */
#ifndef RUNTIME_FORMAT_FILTER_FILE_H
#define RUNTIME_FORMAT_FILTER_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/format/hash.h"
#include "runtime/format/text.h"

#define FILTER_FILE_MAGIC "PRFILT1\n" /* 8 bytes */

enum { FILTER_FILE_MOST = 1 << 26 }; /* exceptions in a file are fewer */

/* PATTERNS bytes follow the exceptions, one for each pattern: 1 if it matched a function, else 0. */
struct filter_file {
    char magic[8];     /* FILTER_FILE_MAGIC */
    uint64_t count;    /* exceptions */
    uint32_t excluded; /* 1: all functions but the exceptions are left out; 0: the exceptions alone are */
    uint32_t patterns;
    uint64_t exceptions[]; /* addresses in the module's file, ascending */
};

/* Names in the spool. FILTER_RESOLVER is a link to the launcher. Run by that name, the launcher makes the
 * struct filter_file of a module. Its arguments are the spool and the module's path. */
#define FILTER_TEXT     "filters"          /* the filters, in the syntax of `profile --filter` */
#define FILTER_RESOLVER "profile-resolver" /* the program that resolves them for a module */
#define FILTER_ENDING   ".functions"       /* of the name of a struct filter_file */

/* The identity of a module: its build-id; without one, its path, size and modification time. */
struct filter_key {
    const unsigned char *build_id;
    size_t build_id_size; /* bytes; 0: there is none */
    const char *path;
    uint64_t size; /* bytes */
    int64_t mtime; /* nanoseconds since the epoch */
};

/* Writes the path of the struct filter_file of the module KEY in SPOOL to PATH, a buffer of SIZE bytes.
 * Returns its length. Leaves out parts that do not fit. */
static inline size_t filter_file_path(char *path, size_t size, const char *spool,
                                      const struct filter_key *key)
{
    static const char digits[] = "0123456789abcdef";
    size_t length = append(path, size, append(path, size, 0, spool), "/");

    for (size_t i = 0; i < key->build_id_size; i++) {
        const char byte[] = {digits[key->build_id[i] >> 4], digits[key->build_id[i] & 15], '\0'};

        length = append(path, size, length, byte);
    }
    if (key->build_id_size == 0) {
        length = append_number(path, size, length, hash_fnv1a(key->path, strlen(key->path)));
        length = append_number(path, size, append(path, size, length, "-"), key->size);
        length = append_number(path, size, append(path, size, length, "-"), (uint64_t)key->mtime);
    }
    return append(path, size, length, FILTER_ENDING);
}

#endif
