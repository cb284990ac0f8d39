/*
 * gzip.h - compresses what is written to a stream, as gzip does. Equal bytes give equal files: the head has
 * no time.
 */
#ifndef CLI_EXPORT_GZIP_H
#define CLI_EXPORT_GZIP_H

#include <stddef.h>
#include <stdio.h>
#include <zlib.h>

enum { GZIP_ROOM = 1 << 16 };

struct gzip {
    FILE *stream;
    z_stream state;
    unsigned char *in, *out; /* GZIP_ROOM bytes each */
    size_t filled;           /* of IN */
};

/* Begins to write to STREAM. Returns 0, or -1 without memory. The caller calls gzip_close() in either case.
 */
int gzip_open(struct gzip *gzip, FILE *stream);

/* Writes SIZE bytes. Failures stay in the stream's error flag. */
void gzip_write(struct gzip *gzip, const void *bytes, size_t size);

/* Writes what is left, and frees what GZIP holds. */
void gzip_close(struct gzip *gzip);

#endif
