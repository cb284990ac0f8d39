/*
 * bytes.c - numbers and strings in a file. See bytes.h.
 */
#include "cli/base/bytes.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

void bytes_write(struct byte_writer *writer, const void *bytes, size_t size)
{
    if (writer->capacity - writer->size < size) {
        size_t capacity = 2 * writer->capacity + size + 4096;
        unsigned char *larger = writer->failed ? NULL : realloc(writer->bytes, capacity);

        if (larger == NULL) {
            writer->failed = 1;
            return;
        }
        writer->bytes = larger;
        writer->capacity = capacity;
    }
    if (size > 0)
        memcpy(writer->bytes + writer->size, bytes, size);
    writer->size += size;
}

void bytes_write_number(struct byte_writer *writer, uint64_t number)
{
    unsigned char bytes[10];
    size_t size = 0;

    for (; number >= 0x80; number >>= 7)
        bytes[size++] = (unsigned char)(number | 0x80);
    bytes[size++] = (unsigned char)number;
    bytes_write(writer, bytes, size);
}

void bytes_write_signed(struct byte_writer *writer, int64_t number)
{
    bytes_write_number(writer, (uint64_t)number << 1 ^ (number < 0 ? UINT64_MAX : 0));
}

void bytes_write_double(struct byte_writer *writer, double number)
{
    unsigned char bytes[8];
    uint64_t bits;

    memcpy(&bits, &number, sizeof bits);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(bits >> 8 * i);
    bytes_write(writer, bytes, sizeof bytes);
}

void bytes_write_string(struct byte_writer *writer, const char *text)
{
    size_t length = strlen(text);

    bytes_write_number(writer, length);
    bytes_write(writer, text, length);
}

const unsigned char *bytes_read(struct byte_reader *reader, size_t size)
{
    const unsigned char *bytes = reader->next;

    if (reader->failed || size > (size_t)(reader->end - reader->next)) {
        reader->failed = 1;
        return NULL;
    }
    reader->next += size;
    return bytes;
}

static uint64_t read_byte_by_byte(struct byte_reader *reader)
{
    uint64_t number = 0;

    for (int shift = 0; shift < 64 && reader->next < reader->end && !reader->failed; shift += 7) {
        unsigned char byte = *reader->next++;

        if (shift == 63 && byte > 1)
            break;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return number;
    }
    reader->failed = 1;
    return 0;
}

/* Reads eight bytes at once and pushes the number's groups of seven bits together. The processor cannot
 * foresee where loops over single bytes end: they took a third of the time of reading a big profile. */
uint64_t bytes_read_number(struct byte_reader *reader)
{
    uint64_t word;

    if (reader->failed || reader->end - reader->next < (ptrdiff_t)sizeof word)
        return read_byte_by_byte(reader);
    memcpy(&word, reader->next, sizeof word);
    word = le64toh(word);
    uint64_t ends = ~word & UINT64_C(0x8080808080808080);
    if (ends == 0)
        return read_byte_by_byte(reader);
    word &= ends ^ (ends - 1); /* up to the first byte that ends a number */
    reader->next += (__builtin_ctzll(ends) + 1) / 8;
    word = (word & UINT64_C(0x007f007f007f007f)) | (word & UINT64_C(0x7f007f007f007f00)) >> 1;
    word = (word & UINT64_C(0x00003fff00003fff)) | (word & UINT64_C(0x3fff00003fff0000)) >> 2;
    return (word & UINT64_C(0x000000000fffffff)) | (word & UINT64_C(0x0fffffff00000000)) >> 4;
}

int64_t bytes_read_signed(struct byte_reader *reader)
{
    uint64_t folded = bytes_read_number(reader);

    return (int64_t)(folded >> 1 ^ (folded & 1 ? UINT64_MAX : 0));
}

double bytes_read_double(struct byte_reader *reader)
{
    const unsigned char *bytes = bytes_read(reader, 8);
    uint64_t bits = 0;
    double number;

    for (size_t i = 0; bytes != NULL && i < 8; i++)
        bits |= (uint64_t)bytes[i] << 8 * i;
    memcpy(&number, &bits, sizeof number);
    return number;
}

uint64_t bytes_read_below(struct byte_reader *reader, uint64_t limit)
{
    uint64_t number = bytes_read_number(reader);

    if (number < limit)
        return number;
    reader->failed = 1;
    return 0;
}

size_t bytes_read_count(struct byte_reader *reader, size_t size)
{
    return (size_t)bytes_read_below(reader, (uint64_t)(reader->end - reader->next) / size + 1);
}
