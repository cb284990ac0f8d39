/*
 * pack_test.c - the bytes that cli/base/pack.c packs, and what it refuses to unpack.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/base/pack.h"
#include "tests/lib/case.h"

enum { SIZE = 100000 };

/* Fills BYTES with noise of so many BITS in each. */
static void fill(unsigned char bytes[SIZE], int bits)
{
    uint64_t seed = 1;

    for (size_t i = 0; i < SIZE; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        bytes[i] = (unsigned char)(seed >> 40) & ((1U << bits) - 1);
    }
}

static void unpacks_what_was_packed(void **state)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, SIZE};
    static unsigned char bytes[SIZE], again[SIZE];

    (void)state;
    for (int bits = 0; bits <= 8; bits++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            struct byte_writer out = {0};

            fill(bytes, bits);
            pack_write(&out, bytes, sizes[i]);
            assert_int_equal(out.failed, 0);
            struct byte_reader in = {out.bytes, out.bytes + out.size, 0};
            struct packed packed = pack_read(&in);
            assert_int_equal(in.failed, 0);
            assert_ptr_equal(in.next, in.end);
            assert_int_equal(packed.size, sizes[i]);
            assert_int_equal(pack_unpack(&packed, again), 0);
            assert_memory_equal(again, bytes, sizes[i]);
            free(out.bytes);
        }
}

static void has_a_least_length(void **state)
{
    static const unsigned char zeros[SIZE];
    struct byte_writer out = {0};

    (void)state;
    pack_write(&out, zeros, sizeof zeros);
    struct byte_reader in = {out.bytes, out.bytes + out.size, 0};
    struct packed packed = pack_read(&in);
    assert_int_equal(in.failed, 0);
    assert_true(packed.size / PACK_RATIO < packed.packed);
    free(out.bytes);
}

/* Reads OUT, which says that its packed bytes stand for SIZE. */
static int read_as(const struct byte_writer *packed, size_t size, unsigned char *bytes)
{
    struct byte_writer out = {0};
    int result = -1;

    bytes_write_number(&out, size);
    bytes_write_number(&out, packed->size);
    bytes_write(&out, packed->bytes, packed->size);
    struct byte_reader in = {out.bytes, out.bytes + out.size, 0};
    struct packed block = pack_read(&in);
    if (!in.failed)
        result = pack_unpack(&block, bytes);
    free(out.bytes);
    return result;
}

static void refuses_another_length(void **state)
{
    static unsigned char bytes[SIZE], again[2 * SIZE];
    struct byte_writer out = {0};

    (void)state;
    fill(bytes, 8);
    pack_write(&out, bytes, SIZE);
    struct byte_reader in = {out.bytes, out.bytes + out.size, 0};
    struct packed packed = pack_read(&in);
    struct byte_writer inner = {.bytes = (unsigned char *)packed.bytes, .size = packed.packed};
    assert_int_equal(read_as(&inner, SIZE, again), 0);
    assert_int_equal(read_as(&inner, SIZE - 1, again), -1);
    assert_int_equal(read_as(&inner, SIZE + 1, again), -1);
    assert_int_equal(read_as(&inner, (size_t)PACK_RATIO * inner.size, again), -1);
    assert_int_equal(read_as(&inner, SIZE_MAX, again), -1);
    inner.size--;
    assert_int_equal(read_as(&inner, SIZE, again), -1);
    inner.size = 0;
    assert_int_equal(read_as(&inner, 0, again), -1);
    free(out.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("bytes that were packed are unpacked as they were", unpacks_what_was_packed),
        TEST_ALONE("packed bytes have a length, so that a small file cannot fill the memory",
                   has_a_least_length),
        TEST_ALONE("packed bytes that stand for more or fewer than they say are refused",
                   refuses_another_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
