/*
 * gzip.c - compresses what is written to a stream. See gzip.h.
 */
#include "cli/export/gzip.h"

#include <stdlib.h>
#include <string.h>

enum { WINDOW_BITS = 15, AS_GZIP = 16, MEMORY_LEVEL = 8 };

int gzip_open(struct gzip *gzip, FILE *stream)
{
    *gzip = (struct gzip){.stream = stream};
    if (deflateInit2(&gzip->state, Z_BEST_SPEED, Z_DEFLATED, WINDOW_BITS + AS_GZIP, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        return -1;
    gzip->in = malloc(GZIP_ROOM);
    gzip->out = malloc(GZIP_ROOM);
    return gzip->in != NULL && gzip->out != NULL ? 0 : -1;
}

/* Compresses the bytes of IN. */
static void compress_in(struct gzip *gzip, int flush)
{
    gzip->state.next_in = gzip->in;
    gzip->state.avail_in = (uInt)gzip->filled;
    do {
        gzip->state.next_out = gzip->out;
        gzip->state.avail_out = GZIP_ROOM;
        deflate(&gzip->state, flush);
        fwrite_unlocked(gzip->out, 1, GZIP_ROOM - gzip->state.avail_out, gzip->stream);
    } while (gzip->state.avail_out == 0);
    gzip->filled = 0;
}

void gzip_write(struct gzip *gzip, const void *bytes, size_t size)
{
    const unsigned char *next = bytes;

    while (size > 0) {
        size_t room = GZIP_ROOM - gzip->filled, part = size < room ? size : room;

        memcpy(gzip->in + gzip->filled, next, part);
        gzip->filled += part;
        next += part;
        size -= part;
        if (gzip->filled == GZIP_ROOM)
            compress_in(gzip, Z_NO_FLUSH);
    }
}

void gzip_close(struct gzip *gzip)
{
    if (gzip->in != NULL && gzip->out != NULL)
        compress_in(gzip, Z_FINISH);
    free(gzip->in);
    free(gzip->out);
    deflateEnd(&gzip->state);
}
