/*
 * bytes_test.c - the numbers that cli/base/bytes.c writes and reads.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/base/bytes.h"
#include "tests/lib/case.h"

/* Reads the bytes of NUMBER with MORE bytes of others behind them. */
static void assert_read(uint64_t number, size_t more)
{
    struct byte_writer writer = {0};

    bytes_write_number(&writer, number);
    size_t size = writer.size;
    for (size_t i = 0; i < more; i++)
        bytes_write(&writer, "\xff", 1);
    struct byte_reader reader = {writer.bytes, writer.bytes + writer.size, 0};
    assert_true(bytes_read_number(&reader) == number);
    assert_int_equal(reader.failed, 0);
    assert_int_equal(reader.next - writer.bytes, size);
    free(writer.bytes);
}

static void reads_what_was_written(void **state)
{
    (void)state;
    for (int bits = 0; bits < 64; bits++)
        for (size_t more = 0; more < 12; more++) {
            assert_read(UINT64_C(1) << bits, more);
            assert_read((UINT64_C(1) << bits) - 1, more);
            assert_read(UINT64_C(0x9e3779b97f4a7c15) >> bits, more);
        }
    assert_read(UINT64_MAX, 0);
    assert_read(UINT64_MAX, 9);
}

static void assert_refused(const char *bytes, size_t size)
{
    const unsigned char *data = (const unsigned char *)bytes;
    struct byte_reader reader = {data, data + size, 0};

    assert_int_equal(bytes_read_number(&reader), 0);
    assert_int_equal(reader.failed, 1);
}

static void refuses_what_has_no_end(void **state)
{
    (void)state;
    assert_refused("", 0);
    assert_refused("\x80", 1);
    assert_refused("\xff\xff\xff\xff\xff\xff\xff\xff", 8);
    assert_refused("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10);             /* beyond 64 bits */
    assert_refused("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 13); /* far beyond */
}

static void stays_failed(void **state)
{
    (void)state;
    const unsigned char data[16] = {1, 2, 3};
    struct byte_reader reader = {data, data + sizeof data, 1};

    assert_int_equal(bytes_read_number(&reader), 0);
    assert_int_equal(reader.failed, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("a number is read as it was written, with any bytes behind it", reads_what_was_written),
        TEST_ALONE("a number that does not end, or is too great, is refused", refuses_what_has_no_end),
        TEST_ALONE("a reader that has failed reads zeros", stays_failed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
