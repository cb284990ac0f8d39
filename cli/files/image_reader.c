/*
 * image_reader.c - the units of an image that is being read. See image_reader.h.
 */
#include "cli/files/image_reader.h"

int reader_no_memory(struct image_reader *reader)
{
    return message_set(reader->message, "%s: out of memory while loading", reader->path);
}

int reader_damaged(struct image_reader *reader, const char *what)
{
    return message_set(reader->message, "%s is damaged: %s", reader->path, what);
}

/* The SIZE bytes of the thing at UNIT, or NULL if they are not all there. */
const void *reader_at(const struct image_reader *reader, uint32_t unit, size_t size)
{
    uint64_t offset = (uint64_t)unit * IMAGE_UNIT;

    if (unit == 0 || offset < IMAGE_HEADER_SIZE || offset > reader->size || size > reader->size - offset)
        return NULL;
    return reader->data + offset;
}

/* Marks a unit as being of KIND and having INDEX. -1 if it has been marked before. */
int reader_claim(struct image_reader *reader, uint32_t unit, enum unit_kind kind, uint32_t index)
{
    if (reader->units[unit].kind != UNIT_NONE)
        return -1;
    reader->units[unit].kind = (uint8_t)kind;
    reader->units[unit].index = index;
    return 0;
}

uint32_t reader_index(const struct image_reader *reader, uint32_t unit, enum unit_kind kind)
{
    if (reader_at(reader, unit, IMAGE_UNIT) == NULL || reader->units[unit].kind != kind)
        return PROFILE_NONE;
    return reader->units[unit].index;
}
