/*
 * blocks.h - memory for many small strings that live and end together.
 */
#ifndef CLI_BASE_BLOCKS_H
#define CLI_BASE_BLOCKS_H

#include <stddef.h>

struct block;

/* Zeroed, there are none. */
struct blocks {
    struct block *last; /* the one being filled; it leads to the others */
    size_t size;        /* bytes that have been taken */
};

/* Some kilobytes of a hostile file, a long path and a row for each of its lines, are gigabytes of text. (A
 * million functions take a tenth of this.) */
enum { BLOCKS_MOST = 1 << 30 };

/* Room for SIZE chars, which may stand at any address; NULL without memory, or beyond BLOCKS_MOST. */
char *blocks_room(struct blocks *blocks, size_t size);

void blocks_free(struct blocks *blocks);

#endif
