/*
 * protobuf.c - makes messages in the encoding of Protocol Buffers. See protobuf.h.
 *
 * Its numbers are those of bytes.h: seven bits in a byte, lowest first.
 */
#include "cli/export/protobuf.h"

/* The lowest bits of a key tell the kind of its value; 0 is a number. */
enum { KIND_BYTES = 2, KIND_BITS = 3 };

void protobuf_number(struct byte_writer *message, unsigned number, uint64_t value)
{
    if (value == 0)
        return;
    bytes_write_number(message, (uint64_t)number << KIND_BITS);
    bytes_write_number(message, value);
}

void protobuf_bytes(struct byte_writer *message, unsigned number, const void *bytes, size_t size)
{
    bytes_write_number(message, (uint64_t)number << KIND_BITS | KIND_BYTES);
    bytes_write_number(message, size);
    bytes_write(message, bytes, size);
}
