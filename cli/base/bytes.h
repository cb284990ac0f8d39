/*
 * bytes.h - numbers and strings in a file, byte by byte, the same on every machine.
 *
 * Unsigned numbers are written in groups of seven bits, lowest first, each but the last with its top bit set
 * (LEB128); signed ones are folded (0, -1, 1, -2, ...) first; strings are a length and their bytes.
 *
 * A reader sticks at the first thing that is not there or makes no sense: all further reads yield zeros and
 * "", so a run of reads is checked once, by reader_failed().
 */
#ifndef CLI_BASE_BYTES_H
#define CLI_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

struct byte_writer {
    unsigned char *bytes; /* to be freed by the owner */
    size_t size, capacity;
    int failed; /* no memory */
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

/* SIZE bytes, in place, or NULL if there are fewer. */
const unsigned char *bytes_read(struct byte_reader *reader, size_t size);
uint64_t bytes_read_number(struct byte_reader *reader);
int64_t bytes_read_signed(struct byte_reader *reader);
double bytes_read_double(struct byte_reader *reader);
/* A number below LIMIT. */
uint64_t bytes_read_below(struct byte_reader *reader, uint64_t limit);
/* How many things follow, of at least SIZE bytes each: so never more than there can be. */
size_t bytes_read_count(struct byte_reader *reader, size_t size);

#endif
