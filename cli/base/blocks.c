/*
 * blocks.c - memory for many small strings. See blocks.h.
 */
#include "cli/base/blocks.h"

#include <stdlib.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct block {
    struct block *next;
    size_t used, size;
    char bytes[];
};

char *blocks_room(struct blocks *blocks, size_t size)
{
    struct block *block = blocks->last;

    if (size > BLOCKS_MOST - blocks->size)
        return NULL;
    if (block == NULL || block->size - block->used < size) {
        size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        block = malloc(sizeof *block + room);
        if (block == NULL)
            return NULL;
        *block = (struct block){.next = blocks->last, .size = room};
        blocks->last = block;
    }
    block->used += size;
    blocks->size += size;
    return block->bytes + block->used - size;
}

void blocks_free(struct blocks *blocks)
{
    for (struct block *block = blocks->last, *next; block != NULL; block = next) {
        next = block->next;
        free(block);
    }
    *blocks = (struct blocks){0};
}
