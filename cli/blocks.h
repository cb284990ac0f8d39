/*
 * blocks.h - memory for many small strings that live and end together.
 */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <stddef.h>

struct block;

/* Zeroed, there are none. */
struct blocks {
    struct block *last; /* the one being filled; it leads to the others */
};

/* Room for SIZE chars, which may stand at any address; NULL without memory. */
char *blocks_room(struct blocks *blocks, size_t size);

void blocks_free(struct blocks *blocks);

#endif
