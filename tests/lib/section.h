/*
 * section.h - changes the section of a profile's file and corrects its checksums, as a hostile file may have
 * it.
 */
#ifndef TESTS_LIB_SECTION_H
#define TESTS_LIB_SECTION_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "cli/base/pack.h"
#include "cli/files/prof_file.h"

enum {
    SECTION_MAGIC_SIZE = 8,
    SECTION_TRAILER_SIZE = 40
}; /* as in cli/files/prof_section.h and prof_file.c */

static inline uint64_t section_get(const uint8_t *bytes, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)bytes[i] << 8 * i;
    return number;
}

static inline void section_put(uint8_t *bytes, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(number >> 8 * i);
}

/* Returns the offset of the section in the file DATA; 0 if there is none. */
static inline size_t section_start(const uint8_t *data, size_t size)
{
    uint64_t start;

    if (size < SECTION_TRAILER_SIZE + SECTION_MAGIC_SIZE || !prof_recognise(data, size))
        return 0;
    start = section_get(data + size - SECTION_TRAILER_SIZE, 8);
    return start <= size - SECTION_TRAILER_SIZE - SECTION_MAGIC_SIZE ? (size_t)start : 0;
}

/* Writes TRAILER behind the section from START to END, with the right place and checksums. Returns the file's
 * size. */
static inline size_t section_seal(uint8_t *data, size_t start, size_t end, const uint8_t *trailer)
{
    uint8_t *sealed = data + end;

    memmove(sealed, trailer, SECTION_TRAILER_SIZE);
    section_put(sealed, start, 8);
    section_put(sealed + 8, end - start, 8);
    section_put(sealed + 20, crc32_z(0, data + start, end - start), 4);
    section_put(sealed + 28, crc32_z(0, sealed, 28), 4);
    return end + SECTION_TRAILER_SIZE;
}

/* Changes the SIZE bytes of a block, which has room for ROOM. Returns their new number. */
typedef size_t section_change(uint8_t *bytes, size_t size, size_t room, void *context);

/* Writes BLOCK to OUT, changed. */
static inline void section_change_block(struct byte_writer *out, const struct packed *block,
                                        section_change *change, void *context)
{
    size_t room = 2 * block->size + 64;
    uint8_t *bytes = malloc(room);

    if (bytes != NULL && pack_unpack(block, bytes) == 0)
        pack_write(out, bytes, change(bytes, block->size, room, context));
    else
        out->failed = 1;
    free(bytes);
}

/* Returns the number of blocks in the section of the file DATA. */
static inline size_t section_block_count(const uint8_t *data, size_t size)
{
    size_t start = section_start(data, size), count = 0;
    struct byte_reader in = {data + start + SECTION_MAGIC_SIZE, data + size - SECTION_TRAILER_SIZE, 0};

    for (pack_read(&in); start > 0 && !in.failed; pack_read(&in))
        count++;
    return count;
}

/* Fills the zeroed OUT with the file DATA, in which CHANGE has changed block WHICH of the section. Returns 0,
 * or -1 if the block cannot be unpacked or packed. The caller frees out->bytes in either case. */
static inline int section_change_file(struct byte_writer *out, const uint8_t *data, size_t size, size_t which,
                                      section_change *change, void *context)
{
    static const uint8_t room[SECTION_TRAILER_SIZE];
    size_t start = section_start(data, size), end;
    const uint8_t *trailer = data + size - SECTION_TRAILER_SIZE, *rest;
    struct byte_reader in = {data + start + SECTION_MAGIC_SIZE, trailer, 0};

    for (size_t i = 0; i < which; i++)
        pack_read(&in);
    bytes_write(out, data, (size_t)(in.next - data));
    struct packed block = pack_read(&in);
    rest = in.next;
    if (start == 0 || in.failed)
        return -1;
    section_change_block(out, &block, change, context);
    bytes_write(out, rest, (size_t)(trailer - rest));
    end = out->size;
    bytes_write(out, room, sizeof room);
    if (!out->failed)
        section_seal(out->bytes, start, end, trailer);
    return out->failed ? -1 : 0;
}

#endif
