/*
 * bytes.h - numbers and strings in a file, byte by byte, equal on every machine.
 *
 * An unsigned number is written in groups of seven bits, lowest first; each group but the last has its top
 * bit set (LEB128). A signed number is folded first: 0, -1, 1, -2 and so on become 0, 1, 2, 3. A string is
 * its length and its bytes.
 *
 * A writer or reader sticks at its first failure. A reader fails at a thing that is missing or makes no
 * sense: all further reads return 0 or NULL. So a run of reads is checked once, by its field FAILED.
 */
#ifndef CLI_BASE_BYTES_H
#define CLI_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct byte_writer {
    unsigned char *bytes; /* the owner frees them */
    size_t size, capacity;
    int failed; /* there was not enough memory */
};

void bytes_write(struct byte_writer *writer, const void *bytes, size_t size);
void bytes_write_number(struct byte_writer *writer, uint64_t number);
void bytes_write_signed(struct byte_writer *writer, int64_t number);
void bytes_write_double(struct byte_writer *writer, double number);
void bytes_write_string(struct byte_writer *writer, const char *text);

struct byte_reader {
    const unsigned char *next, *end;
    int failed;
};

/* Returns the next SIZE bytes, in place, or NULL if there are fewer. */
const unsigned char *bytes_read(struct byte_reader *reader, size_t size);
uint64_t bytes_read_number(struct byte_reader *reader);
int64_t bytes_read_signed(struct byte_reader *reader);
double bytes_read_double(struct byte_reader *reader);

/* Reads a number, and fails if it is not below LIMIT. */
uint64_t bytes_read_below(struct byte_reader *reader, uint64_t limit);

/* Reads how many things follow, and fails if so many things of at least SIZE bytes cannot follow. */
size_t bytes_read_count(struct byte_reader *reader, size_t size);

#endif
