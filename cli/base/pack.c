/*
 * pack.c - bytes in a file, compressed. See pack.h.
 */
#include "cli/base/pack.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

enum {
    RAW = -15, /* windowBits: deflate without a header of its own, and with the largest window */
    MEMORY = 9,
    LEVEL = 1 /* with 6, a big profile took 1.8 times the time to write, and had 6 % fewer bytes */
};

/* Packs SIZE bytes into PACKED, which has ROOM bytes. Returns the packed length, or 0 on failure. */
static size_t pack(const void *bytes, size_t size, unsigned char *packed, size_t room)
{
    z_stream stream = {0};

    if (size > UINT_MAX || room > UINT_MAX ||
        deflateInit2(&stream, LEVEL, Z_DEFLATED, RAW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return 0;
    stream.next_in = bytes;
    stream.avail_in = (uInt)size;
    stream.next_out = packed;
    stream.avail_out = (uInt)room;
    int status = deflate(&stream, Z_FINISH);
    size_t length = room - stream.avail_out;
    deflateEnd(&stream);
    return status == Z_STREAM_END ? length : 0;
}

void pack_write(struct byte_writer *out, const void *bytes, size_t size)
{
    size_t room = compressBound((uLong)size), least = size / PACK_RATIO + 1;
    unsigned char *packed = calloc(room, 1);
    size_t length = packed != NULL ? pack(bytes, size, packed, room) : 0;

    if (length == 0)
        out->failed = 1;
    if (length < least && length > 0) {
        memset(packed + length, 0, least - length);
        length = least;
    }
    bytes_write_number(out, size);
    bytes_write_number(out, length);
    bytes_write(out, packed, length);
    free(packed);
}

struct packed pack_read(struct byte_reader *reader)
{
    uint64_t size = bytes_read_number(reader);
    size_t length = bytes_read_count(reader, 1);
    struct packed packed = {.bytes = bytes_read(reader, length), .packed = length, .size = (size_t)size};

    if (size > UINT_MAX || length > UINT_MAX || size / PACK_RATIO >= length)
        reader->failed = 1;
    if (reader->failed)
        packed = (struct packed){0};
    return packed;
}

int pack_unpack(const struct packed *packed, unsigned char *bytes)
{
    z_stream stream = {.next_in = packed->bytes, .avail_in = (uInt)packed->packed};

    if (inflateInit2(&stream, RAW) != Z_OK)
        return -1;
    stream.next_out = bytes;
    stream.avail_out = (uInt)packed->size;
    int status = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return status == Z_STREAM_END && stream.avail_out == 0 ? 0 : -1;
}
