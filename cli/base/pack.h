/*
 * pack.h - bytes in a file, compressed by zlib's raw deflate.
 *
 * Packed bytes are at most PACK_RATIO times shorter than the bytes themselves: what packs better is padded
 * with zeros. So a small file from a stranger cannot fill the memory.
 */
#ifndef CLI_BASE_PACK_H
#define CLI_BASE_PACK_H

#include <stddef.h>

#include "cli/base/bytes.h"

enum { PACK_RATIO = 16 };

/* Writes SIZE bytes to OUT, packed, behind two numbers: SIZE and the length of the packed bytes. OUT fails
 * without memory. Equal bytes become equal ones. */
void pack_write(struct byte_writer *out, const void *bytes, size_t size);

/* Packed bytes in a file. */
struct packed {
    const unsigned char *bytes;
    size_t packed, size; /* bytes in the file, and bytes that they stand for */
};

/* Reads what pack_write() wrote, but does not unpack it. Fails the reader if that makes no sense. */
struct packed pack_read(struct byte_reader *reader);

/* Unpacks PACKED into BYTES, which has room for packed->size. Returns 0, or -1 if there are fewer or more
 * bytes, or without memory. */
int pack_unpack(const struct packed *packed, unsigned char *bytes);

#endif
