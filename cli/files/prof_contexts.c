/*
 * prof_contexts.c - the calling contexts of all threads of a file. See prof_contexts.h.
 */
#include "cli/files/prof_contexts.h"

#include <stdlib.h>

#include "cli/base/array.h"

enum { LEAST_CONTEXT = 3 }; /* bytes */

/* A context, with 0 for a target that is the context itself: so it is equal to one with another index. */
static struct prof_context key_of(const struct prof_contexts *list, uint32_t index)
{
    struct prof_context key = list->items[index];

    if (key.target == index)
        key.target = 0;
    return key;
}

static int is_equal(const struct prof_context *a, const struct prof_context *b)
{
    return a->function == b->function && a->parent == b->parent && a->target == b->target;
}

static int same_context(const void *owner, uint32_t value, const void *key)
{
    struct prof_context context = key_of(owner, value);

    return is_equal(&context, key);
}

/* Appends KEY. Returns its index, or HASH_NONE without memory. */
static uint32_t append(struct prof_contexts_maker *maker, const struct prof_context *key)
{
    uint32_t index = (uint32_t)maker->list.count;
    struct prof_context *added;

    if (index == HASH_NONE - 1 || ARRAY_APPEND(maker->threads, maker->thread_count) == NULL ||
        ARRAY_APPEND(maker->followers, maker->follower_count) == NULL ||
        (added = ARRAY_APPEND(maker->list.items, maker->list.count)) == NULL)
        return HASH_NONE;
    *added = *key;
    if (key->target == 0)
        added->target = index;
    return index;
}

/* Returns 1 if context INDEX has KEY, and THREAD does not have it yet. */
static int is_free(const struct prof_contexts_maker *maker, uint32_t index, const struct prof_context *key,
                   uint32_t thread)
{
    return maker->threads[index] != thread && same_context(&maker->list, index, key);
}

/*
 * Finds or adds the context KEY for THREAD, which had the context LAST before. Returns its index, or
 * HASH_NONE without memory.
 *
 * Processes of one program make their contexts in nearly one order. So the one that followed LAST in an
 * earlier thread is tried first: it lies nearby in memory, and a slot of the index does not. A damaged image
 * may have a context twice. The second one becomes a context that no other thread finds.
 */
static uint32_t find_or_add(struct prof_contexts_maker *maker, const struct prof_context *key, uint32_t last,
                            uint32_t thread)
{
    uint32_t index = maker->followers[last];

    if (index != 0 && is_free(maker, index, key, thread))
        return index;
    uint64_t hash = hash_bytes(key, sizeof *key, 0);
    index = hash_find(&maker->index, hash, (struct hash_lookup){same_context, &maker->list}, key);
    if (index != HASH_NONE && maker->threads[index] != thread)
        return index;
    int is_second = index != HASH_NONE;
    index = append(maker, key);
    if (index == HASH_NONE || is_second)
        return index;
    return hash_insert(&maker->index, hash, index) == 0 ? index : HASH_NONE;
}

static int add_root(struct prof_contexts_maker *maker)
{
    const struct prof_context root = {.function = PROFILE_NONE, .parent = PROFILE_NONE};

    return append(maker, &root) == 0 ? 0 : -1;
}

int prof_contexts_add(struct prof_contexts_maker *maker, const struct profile *profile,
                      const struct profile_thread *thread, uint32_t *ids)
{
    const struct profile_record *records = profile->records + thread->root;
    uint32_t number = (uint32_t)(thread - profile->threads) + 1, last = 0;

    if (maker->list.count == 0 && add_root(maker) != 0)
        return -1;
    ids[0] = 0;
    for (uint32_t i = 1; i < thread->record_count; i++) {
        uint32_t target = records[i].target - thread->root;
        const struct prof_context key = {.function = records[i].function,
                                         .parent = ids[records[i].parent - thread->root],
                                         .target = target == i ? 0 : ids[target]};

        ids[i] = find_or_add(maker, &key, last, number);
        if (ids[i] == HASH_NONE)
            return -1;
        maker->threads[ids[i]] = number;
        maker->followers[last] = ids[i];
        last = ids[i];
    }
    return 0;
}

void prof_contexts_maker_free(struct prof_contexts_maker *maker)
{
    free(maker->list.items);
    free(maker->threads);
    free(maker->followers);
    hash_free(&maker->index);
}

void prof_contexts_write(struct byte_writer *out, const struct prof_contexts *list)
{
    bytes_write_number(out, list->count > 0 ? list->count - 1 : 0);
    for (uint32_t i = 1; i < list->count; i++)
        bytes_write_number(out, list->items[i].function);
    for (uint32_t i = 1; i < list->count; i++)
        bytes_write_number(out, i - list->items[i].parent - 1);
    for (uint32_t i = 1; i < list->count; i++)
        bytes_write_number(out, i - list->items[i].target);
}

/* Checks that the targets have the functions of the contexts that lead back to them. */
static void check_targets(struct byte_reader *in, const struct prof_contexts *list)
{
    for (uint32_t i = 1; i < list->count; i++)
        if (list->items[list->items[i].target].function != list->items[i].function)
            in->failed = 1;
}

int prof_contexts_read(struct byte_reader *in, size_t function_count, struct prof_contexts *list)
{
    size_t count = bytes_read_count(in, LEAST_CONTEXT);

    if (count >= HASH_NONE - 1) {
        in->failed = 1;
        return 0;
    }
    list->items = reallocarray(NULL, count + 1, sizeof *list->items);
    if (list->items == NULL)
        return -1;
    list->count = count + 1;
    list->items[0] = (struct prof_context){.function = PROFILE_NONE, .parent = PROFILE_NONE};
    for (uint32_t i = 1; i < list->count; i++)
        list->items[i].function = (uint32_t)bytes_read_below(in, function_count);
    for (uint32_t i = 1; i < list->count; i++)
        list->items[i].parent = i - 1 - (uint32_t)bytes_read_below(in, i);
    for (uint32_t i = 1; i < list->count; i++)
        list->items[i].target = i - (uint32_t)bytes_read_below(in, (uint64_t)i + 1);
    check_targets(in, list);
    return 0;
}
