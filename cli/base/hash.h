/*
 * hash.h - an open-addressing index: from a key to a number that its owner gave, as an index into the owner's
 * array.
 *
 * The keys stay with the owner. A callback tells whether a number has the key looked for. The index holds the
 * hashes of the keys, and so grows without the callback. Nothing can be taken out. No result depends on the
 * order of insertion. A zeroed struct is an empty index.
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

struct hash_lookup {
    /* Returns 1 if OWNER's number VALUE has KEY. */
    int (*same)(const void *owner, uint32_t value, const void *key);
    const void *owner;
};

/* Returns the hash of LENGTH bytes. SEED is the hash of another key to combine it with, or any number. */
uint64_t hash_bytes(const void *bytes, size_t length, uint64_t seed);

/* Returns the number inserted under KEY, whose hash is KEY_HASH, or HASH_NONE. */
uint32_t hash_find(const struct hash *hash, uint64_t key_hash, struct hash_lookup lookup, const void *key);

/* Inserts VALUE, whose key is not there yet. Returns 0, or -1 without memory. */
int hash_insert(struct hash *hash, uint64_t key_hash, uint32_t value);

void hash_free(struct hash *hash);

#endif
