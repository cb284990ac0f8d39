/*
 * protobuf.h - makes messages in the encoding of Protocol Buffers. See
 * https://protobuf.dev/programming-guides/encoding.
 *
 * A message is made in memory, and then written as a field of the message around it. Failures stay in the
 * writer.
 */
#ifndef CLI_EXPORT_PROTOBUF_H
#define CLI_EXPORT_PROTOBUF_H

#include <stdint.h>

#include "cli/base/bytes.h"

/* Adds the field NUMBER with the value VALUE, unless that is 0, the default. */
void protobuf_number(struct byte_writer *message, unsigned number, uint64_t value);

/* Adds the field NUMBER with SIZE bytes: a string, a message, or numbers that are packed. */
void protobuf_bytes(struct byte_writer *message, unsigned number, const void *bytes, size_t size);

#endif
