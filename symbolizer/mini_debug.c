/*
 * mini_debug.c - unpacks .gnu_debugdata. See mini_debug.h.
 */
#include "symbolizer/mini_debug.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_SIZE = 1 << 20, /* bytes of the buffer at first */
    LAST_SIZE = 1 << 28,  /* bytes; a section that unpacks to more is refused */
    MEMORY = 1 << 28      /* bytes that liblzma may take */
};

/* Doubles the buffer BYTES of STREAM, of *SIZE bytes, all of which are written. Returns 0, or -1 if it may
 * not grow. */
static int buffer_grow(lzma_stream *stream, unsigned char **bytes, size_t *size)
{
    size_t larger = *size > 0 ? *size * 2 : FIRST_SIZE;
    unsigned char *grown = larger <= LAST_SIZE ? realloc(*bytes, larger) : NULL;

    if (grown == NULL)
        return -1;
    stream->next_out = grown + *size;
    stream->avail_out = larger - *size;
    *bytes = grown;
    *size = larger;
    return 0;
}

/* Unpacks PACKED, of PACKED_SIZE bytes. Returns the contents, which the caller frees, and their bytes in
 * *SIZE. Returns NULL if they cannot be unpacked. */
static unsigned char *unpack(const unsigned char *packed, size_t packed_size, size_t *size)
{
    lzma_stream stream = LZMA_STREAM_INIT;
    unsigned char *bytes = NULL;
    size_t capacity = 0;
    lzma_ret got = lzma_stream_decoder(&stream, MEMORY, 0);

    stream.next_in = packed;
    stream.avail_in = packed_size;
    while (got == LZMA_OK) {
        if (stream.avail_out == 0 && buffer_grow(&stream, &bytes, &capacity) != 0)
            break;
        got = lzma_code(&stream, LZMA_FINISH);
    }
    *size = (size_t)stream.total_out;
    lzma_end(&stream);
    if (got == LZMA_STREAM_END)
        return bytes;
    free(bytes);
    return NULL;
}

int mini_debug_open(struct elf_file *mini, const struct elf_file *module)
{
    size_t packed_size = 0, size = 0;
    const unsigned char *packed = elf_file_contents(module, ".gnu_debugdata", &packed_size);
    unsigned char *bytes = packed != NULL ? unpack(packed, packed_size, &size) : NULL;

    memset(mini, 0, sizeof *mini);
    return bytes != NULL ? elf_file_open_memory(mini, bytes, size) : -1;
}
