/*
 * hash.c - an open-addressing index. See hash.h.
 */
#include "cli/base/hash.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/memory.h"

enum { CAPACITY_MIN = 64 };

/* Adds a word to FNV-1a, by eight bytes at once: for a file with long names, single bytes took most of the
 * time. The rotation lets the high bits of the word count too. */
static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash ^= word;
    return (hash << 29 | hash >> 35) * UINT64_C(0x100000001b3);
}

uint64_t hash_bytes(const void *bytes, size_t length, uint64_t seed)
{
    const unsigned char *next = bytes;
    uint64_t hash = seed ^ UINT64_C(0xcbf29ce484222325) ^ length, word;

    for (; length >= sizeof word; next += sizeof word, length -= sizeof word) {
        memcpy(&word, next, sizeof word);
        hash = mix(hash, word);
    }
    word = 0;
    memcpy(&word, next, length);
    hash = mix(hash, word);
    /* The 64-bit finalizer of MurmurHash3, for the index takes its slots from the low bits. */
    hash = (hash ^ hash >> 33) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ hash >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ hash >> 33;
}

uint32_t hash_find(const struct hash *hash, uint64_t key_hash, struct hash_lookup lookup, const void *key)
{
    if (hash->capacity == 0)
        return HASH_NONE;
    for (size_t i = key_hash & (hash->capacity - 1);; i = (i + 1) & (hash->capacity - 1)) {
        const struct hash_slot *slot = &hash->slots[i];
        if (slot->value == HASH_NONE)
            return HASH_NONE;
        if (slot->hash == key_hash && lookup.same(lookup.owner, slot->value, key))
            return slot->value;
    }
}

static void place(struct hash *hash, struct hash_slot slot)
{
    size_t i = slot.hash & (hash->capacity - 1);

    while (hash->slots[i].value != HASH_NONE)
        i = (i + 1) & (hash->capacity - 1);
    hash->slots[i] = slot;
}

static int grow(struct hash *hash)
{
    struct hash grown = {.capacity = hash->capacity == 0 ? CAPACITY_MIN : 2 * hash->capacity,
                         .count = hash->count};

    grown.slots = reallocarray(NULL, grown.capacity, sizeof *grown.slots);
    memory_use_large_pages(grown.slots, grown.capacity * sizeof *grown.slots);
    if (grown.slots == NULL)
        return -1;
    for (size_t i = 0; i < grown.capacity; i++)
        grown.slots[i].value = HASH_NONE;
    for (size_t i = 0; i < hash->capacity; i++)
        if (hash->slots[i].value != HASH_NONE)
            place(&grown, hash->slots[i]);
    free(hash->slots);
    *hash = grown;
    return 0;
}

int hash_insert(struct hash *hash, uint64_t key_hash, uint32_t value)
{
    if (2 * (hash->count + 1) > hash->capacity && grow(hash) != 0)
        return -1;
    place(hash, (struct hash_slot){.hash = key_hash, .value = value});
    hash->count++;
    return 0;
}

void hash_free(struct hash *hash)
{
    free(hash->slots);
    *hash = (struct hash){0};
}
