/*
 * hash.h - an open-addressing index: from a key to a number its owner gave, as an index into the owner's
 * array.
 *
 * The keys stay with the owner, who says by a callback whether number V has the key looked for; the index
 * holds the keys' hashes, and so grows without asking. Nothing can be taken out. The order of insertion never
 * shows in any result. A zeroed struct is an empty index.
 */
#ifndef CLI_BASE_HASH_H
#define CLI_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_NONE UINT32_MAX

struct hash_slot {
    uint64_t hash;
    uint32_t value;
};

struct hash {
    struct hash_slot *slots;
    size_t capacity; /* a power of two, or 0; at most half of it is used */
    size_t count;
};

/* Does OWNER's number VALUE have KEY? */
struct hash_lookup {
    int (*same)(const void *owner, uint32_t value, const void *key);
    const void *owner;
};

/* The hash of LENGTH bytes; SEED is another key's hash to combine it with, or any number. */
uint64_t hash_bytes(const void *bytes, size_t length, uint64_t seed);

/* The number that was inserted under KEY, or HASH_NONE. */
uint32_t hash_find(const struct hash *hash, uint64_t key_hash, struct hash_lookup lookup, const void *key);

/* Inserts VALUE, whose key must not be there yet. Returns 0, or -1 without memory. */
int hash_insert(struct hash *hash, uint64_t key_hash, uint32_t value);

void hash_free(struct hash *hash);

#endif
