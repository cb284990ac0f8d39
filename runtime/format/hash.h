/*
 * hash.h - the FNV-1a hash of bytes, for names of files in the spool and for tables of the runtime.
 */
#ifndef RUNTIME_FORMAT_HASH_H
#define RUNTIME_FORMAT_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Returns the 64-bit FNV-1a hash of SIZE bytes. */
static inline uint64_t hash_fnv1a(const void *bytes, size_t size)
{
    const unsigned char *next = (const unsigned char *)bytes;
    uint64_t hash = 14695981039346656037u;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ next[i]) * 1099511628211u;
    return hash;
}

#endif
