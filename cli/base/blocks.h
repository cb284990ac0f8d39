/*
 * blocks.h - memory for many small strings that live and end together.
 */
#ifndef CLI_BASE_BLOCKS_H
#define CLI_BASE_BLOCKS_H

#include <stddef.h>

struct block;

/* A zeroed struct has no blocks. */
struct blocks {
    struct block *last; /* the one being filled; it leads to the others */
    size_t size;        /* bytes taken */
};

/* Bytes in all. A hostile file may have a row for each line of one long path: some kilobytes would make
 * gigabytes of text. A million functions take a tenth of this. */
enum { BLOCKS_MOST = 1 << 30 };

/* Returns room for SIZE chars, at any address. Returns NULL without memory, or beyond BLOCKS_MOST. */
char *blocks_room(struct blocks *blocks, size_t size);

/* Frees all blocks and zeroes BLOCKS. */
void blocks_free(struct blocks *blocks);

#endif
