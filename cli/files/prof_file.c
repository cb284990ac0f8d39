/*
 * prof_file.c - the front and the trailer of a finished profile. See prof_file.h.
 */
#include "cli/files/prof_file.h"

#include <string.h>
#include <zlib.h>

#include "cli/base/bytes.h"
#include "cli/files/marshal_write.h"
#include "cli/files/prof_section.h"
#include "cli/model/threads.h"
#include "cli/table/add.h"
#include "cli/table/finish.h"
#include "cli/table/rows.h"

#define TRAILER_MAGIC "\nprof\032\r\n" /* 8 bytes */

enum { PROF_VERSION = 6, TRAILER_SIZE = 40 };

static void put_fixed(unsigned char *bytes, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)(number >> 8 * i);
}

static uint64_t get_fixed(const unsigned char *bytes, size_t size)
{
    uint64_t number = 0;

    for (size_t i = 0; i < size; i++)
        number |= (uint64_t)bytes[i] << 8 * i;
    return number;
}

static uint32_t checksum(const unsigned char *bytes, size_t size)
{
    return (uint32_t)crc32_z(crc32_z(0, NULL, 0), bytes, size);
}

/* Writes the front of the file: the sums. */
static int write_front(struct byte_writer *out, const struct profile *profile, struct message *message)
{
    struct table table = {.has_edges = 1, .how = TABLE_DICTIONARY};
    int result = -1;

    if (table_add(&table, profile, message) == 0 && table_finish(&table, message) == 0)
        result = marshal_write(out, &table);
    table_free(&table);
    return result;
}

/* Writes the trailer of the section, which begins at START of OUT and ends where OUT does. */
static void write_trailer(struct byte_writer *out, size_t start)
{
    unsigned char trailer[TRAILER_SIZE] = {0};

    if (out->failed)
        return;
    put_fixed(trailer, start, 8);
    put_fixed(trailer + 8, out->size - start, 8);
    put_fixed(trailer + 16, PROF_VERSION, 4);
    put_fixed(trailer + 20, checksum(out->bytes + start, out->size - start), 4);
    put_fixed(trailer + 28, checksum(trailer, 28), 4);
    memcpy(trailer + TRAILER_SIZE - PROF_MAGIC_SIZE, TRAILER_MAGIC, PROF_MAGIC_SIZE);
    bytes_write(out, trailer, sizeof trailer);
}

int prof_write(struct byte_writer *out, const struct profile *profile, struct message *message)
{
    size_t start;

    if (!profile_is_of_one_measure(profile))
        return message_set(message,
                           "the program's processes had different timers: they cannot be put together");
    if (write_front(out, profile, message) == 0) {
        start = out->size;
        prof_section_write(out, profile);
        write_trailer(out, start);
        if (!out->failed)
            return 0;
    }
    return message_set(message, "out of memory while writing the profile");
}

static int has_trailer(const unsigned char *data, size_t size)
{
    return size >= TRAILER_SIZE && memcmp(data + size - PROF_MAGIC_SIZE, TRAILER_MAGIC, PROF_MAGIC_SIZE) == 0;
}

static int has_section_magic(const unsigned char *data, size_t size)
{
    return size >= PROF_MAGIC_SIZE && memcmp(data, PROF_SECTION_MAGIC, PROF_MAGIC_SIZE) == 0;
}

int prof_recognise(const unsigned char *data, size_t size)
{
    return has_trailer(data, size) || has_section_magic(data, size);
}

int prof_open(struct profile *profile, const unsigned char *data, size_t size, const char *path,
              struct message *message)
{
    const unsigned char *trailer = data + size - TRAILER_SIZE;
    uint64_t offset, length;

    if (!has_trailer(data, size))
        return message_set(message, "%s is cut short: its end is missing", path);
    if (get_fixed(trailer + 28, 4) != checksum(trailer, 28))
        return message_set(message, "%s is damaged: its trailer does not add up", path);
    if (get_fixed(trailer + 16, 4) > PROF_VERSION)
        return message_set(message, "%s was written by a newer version of profile: read it with that one",
                           path);
    if (get_fixed(trailer + 16, 4) < PROF_VERSION)
        return message_set(message, "%s was written by an older version of profile: record it again", path);
    offset = get_fixed(trailer, 8);
    length = get_fixed(trailer + 8, 8);
    if (length > size - TRAILER_SIZE || offset > size - TRAILER_SIZE - length ||
        !has_section_magic(data + offset, length) ||
        get_fixed(trailer + 20, 4) != checksum(data + offset, length))
        return message_set(message, "%s is damaged: its checksum does not match", path);
    return prof_section_open(profile, data + offset, length, path, message);
}

int prof_read(struct profile *profile, const unsigned char *data, size_t size, const char *path,
              struct message *message)
{
    if (prof_open(profile, data, size, path, message) != 0)
        return -1;
    if (profile_load_all(profile) == 0)
        return 0;
    return profile_is_damaged(profile) ? message_set(message, PROF_DAMAGED, path)
                                       : message_set(message, "%s: out of memory while loading", path);
}
