/*
 * marshal_test.c - Python's profiles are read, and damaged ones are refused with a message.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "cli/files/marshal_read.h"
#include "cli/files/marshal_write.h"

/* ("a.c", 3, "f"): (1, 2, 0.5, 1.5, {("a.c", 9, "main"): (2, 1, 0.5, 1.5)}), as Python 3.13 writes it, with a
 * reference to the file's name. */
#define HALF     "g\0\0\0\0\0\0\xe0\x3f"
#define MORE     "g\0\0\0\0\0\0\xf8\x3f"
#define ONE      "\xe9\1\0\0\0"
#define TWO      "\xe9\2\0\0\0"
#define KEY      "\xa9\3\xda\3a.ci\3\0\0\0\xda\1f"
#define CALLER   ")\3r\2\0\0\0i\x09\0\0\0z\4main"
#define FUNCTION KEY ")\5" ONE TWO HALF MORE "{" CALLER ")\4r\5\0\0\0r\4\0\0\0" HALF MORE "0"
#define PROFILE  "\xfb" FUNCTION "0"

static struct message message;

static int read_into(struct table *table, const char *bytes, size_t size)
{
    unsigned char *copy = malloc(size ? size : 1); /* sanitizers see a read beyond it */
    int result;

    if (size > 0)
        memcpy(copy, bytes, size);
    message.text[0] = '\0';
    *table = (struct table){.has_edges = 1};
    result = marshal_read(table, copy, size, "x.prof", &message);
    free(copy);
    return result;
}

static void references(void **state)
{
    struct table table;

    (void)state;
    assert_int_equal(read_into(&table, PROFILE, sizeof PROFILE - 1), 0);
    assert_int_equal(table.row_count, 2);
    assert_string_equal(table.rows[0].file, "a.c");
    assert_string_equal(table.rows[0].name, "f");
    assert_int_equal(table.rows[0].line, 3);
    assert_int_equal(table.rows[0].pcalls, 1);
    assert_int_equal(table.rows[0].ncalls, 2);
    assert_true(table.rows[0].cumtime == 1.5);
    assert_true(table.rows[1].is_unlisted);
    assert_string_equal(table.rows[1].file, "a.c");
    assert_int_equal(table.edges.count, 1);
    assert_int_equal(table.edges.items[0].caller, 1);
    assert_int_equal(table.edges.items[0].ncalls, 2);
    assert_int_equal(table.edges.items[0].pcalls, 1);
    assert_true(table.edges.items[0].tottime == 0.5);
    table_free(&table);
}

static void written_is_read(void **state)
{
    struct table table, again;
    struct byte_writer first = {0}, second = {0};

    (void)state;
    assert_int_equal(read_into(&table, PROFILE, sizeof PROFILE - 1), 0);
    assert_int_equal(marshal_write(&first, &table), 0);
    assert_int_equal(read_into(&again, (const char *)first.bytes, first.size), 0);
    assert_int_equal(marshal_write(&second, &again), 0);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    free(first.bytes);
    free(second.bytes);
    table_free(&table);
    table_free(&again);
}

static void every_truncation(void **state)
{
    struct table table;

    (void)state;
    for (size_t size = 0; size < sizeof PROFILE - 1; size++) {
        assert_int_equal(read_into(&table, PROFILE, size), -1);
        assert_non_null(strstr(message.text, "x.prof"));
        table_free(&table);
    }
}

/* ("profile", 0, CODE): (1, 1, 0.5, 0.5, {}), where CODE is the code object of the program, as three formats
 * of Python have it. The first object with a reference is the key's file, and the next is CODE. */
#define NOTHING    "\0\0\0\0"
#define NUMBER     "\1\0\0\0"
#define EMPTY      ")\0"
#define BYTES      "s\3\0\0\0abc"
#define CODE_NAMES "\xda\4a.pyz\x08<module>"
#define CODE_2                                                                                               \
    "c" NOTHING NOTHING NUMBER NOTHING BYTES "(\1\0\0\0N" EMPTY EMPTY EMPTY EMPTY CODE_NAMES NUMBER BYTES
#define CODE_38                                                                                              \
    "\xe3" NOTHING NOTHING NOTHING NOTHING NUMBER NOTHING BYTES                                              \
    ")\2g\0\0\0\0\0\0\xe0\x3f>\1\0\0\0F" EMPTY EMPTY EMPTY EMPTY CODE_NAMES NUMBER BYTES
#define CODE_311                                                                                             \
    "\xe3" NOTHING NOTHING NOTHING NUMBER NOTHING "\xf3\3\0\0\0abc"                                          \
    ")\2{i\1\0\0\0N0r\1\0\0\0" EMPTY EMPTY "r\2\0\0\0" CODE_NAMES "z\x08<module>" NUMBER BYTES BYTES
#define CODE_PROFILE(code) "{)\3\xda\7profilei" NOTHING code ")\5" ONE "i" NUMBER HALF HALF "{00"

static void code_objects(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
    } formats[] = {{CODE_PROFILE(CODE_2), sizeof CODE_PROFILE(CODE_2) - 1},
                   {CODE_PROFILE(CODE_38), sizeof CODE_PROFILE(CODE_38) - 1},
                   {CODE_PROFILE(CODE_311), sizeof CODE_PROFILE(CODE_311) - 1}};

    (void)state;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct table table;

        if (read_into(&table, formats[i].bytes, formats[i].size) != 0)
            fail_msg("format %zu: %s", i, message.text);
        assert_int_equal(table.row_count, 1);
        assert_string_equal(table.rows[0].name, "<code object <module>, file \"a.py\", line 1>");
        assert_int_equal(table.rows[0].ncalls, 1);
        table_free(&table);
        for (size_t size = 0; size < formats[i].size; size++) {
            assert_int_equal(read_into(&table, formats[i].bytes, size), -1);
            table_free(&table);
        }
    }
}

/* Sets each byte of a profile with a code object to each value. Some results are sound, and none does harm.
 */
static void damaged_code_objects(void **state)
{
    char bytes[sizeof CODE_PROFILE(CODE_311)];
    struct table table;

    (void)state;
    for (size_t at = 0; at < sizeof bytes - 1; at++)
        for (int value = 0; value < 256; value++) {
            memcpy(bytes, CODE_PROFILE(CODE_311), sizeof bytes);
            bytes[at] = (char)value;
            read_into(&table, bytes, sizeof bytes - 1);
            table_free(&table);
        }
}

static void refuse(const char *bytes, size_t size, const char *expected)
{
    struct table table;

    assert_int_equal(read_into(&table, bytes, size), -1);
    if (strstr(message.text, expected) == NULL)
        fail_msg("'%s' does not say '%s'", message.text, expected);
    table_free(&table);
}

#define REFUSE(bytes, expected) refuse(bytes, sizeof(bytes) - 1, expected)

static void things_out_of_place(void **state)
{
    (void)state;
    REFUSE("c\0\0\0\0", "expected a dictionary"); /* a code object */
    REFUSE("{N", "expected a tuple");
    REFUSE("{)\2i\1\0\0\0i\1\0\0\0", "expected a tuple");
    REFUSE("{)\3i\1\0\0\0", "expected a string");
    REFUSE("{)\3z\1fi\1\0\0\0\xe3\0\0", "a code object of an unknown version");
    REFUSE("{)\3z\1fz\1f", "expected a number");
    REFUSE("{)\3z\1fi\xff\xff\xff\xffz\1f", "expected a count");
    REFUSE("{)\3z\1fl\4\0\0\0\0\0\0\0\0\0\1\0z\1f", "a line number");
    REFUSE("{" KEY "[", "expected a tuple");
    REFUSE("{" KEY ")\5" ONE "g\0\0\0\0\0\0\0\0", "expected a count");
    REFUSE("{" KEY ")\5" ONE TWO "g\0\0\0\0\0\0\xf8\x7f" HALF "{00", "a time is not a number");
    REFUSE("{" KEY ")\5" ONE TWO HALF HALF "(\0\0\0\0", "expected a dictionary");
    REFUSE("{" KEY ")\5" ONE TWO HALF HALF "{" KEY "z\1f", "expected a number");
}

static void lengths_beyond_the_file(void **state)
{
    (void)state;
    REFUSE("{)\3u\xff\xff\xff\xff"
           "a",
           "cut short");
    REFUSE("{)\3u\xff\xff\xff\x7f"
           "a",
           "cut short");
    REFUSE("{)\3z\1fl\0\0\0\x80\1\0", "cut short");
    REFUSE("{)\3z\1fl\xff\xff\xff\x7f\1\0", "cut short");
    REFUSE("{(\xff\xff\xff\xffz\1f", "expected a tuple");
}

static void circles(void **state)
{
    (void)state;
    /* a code object whose fifth object, file name or constant is the code object itself */
    REFUSE("{)\3z\1fi" NOTHING "\xe3" NOTHING NOTHING NOTHING NUMBER NOTHING BYTES EMPTY EMPTY EMPTY
           "r\0\0\0\0",
           "a code object makes no sense");
    REFUSE("{)\3z\1fi" NOTHING "\xe3" NOTHING NOTHING NOTHING NUMBER NOTHING BYTES EMPTY EMPTY EMPTY BYTES
           "r\0\0\0\0",
           "expected a string");
    REFUSE("{)\3z\1fi" NOTHING "\xe3" NOTHING NOTHING NOTHING NUMBER NOTHING BYTES
           "r\0\0\0\0" EMPTY EMPTY BYTES "N",
           "expected a string");
    REFUSE("{r\0\0\0\0", "a reference to nothing");
    REFUSE("\xfbr\0\0\0\0", "expected a tuple");
    REFUSE("{\xa9\3r\0\0\0\0", "expected a string");
    REFUSE("{\xf2\0\0\0\0", "expected a tuple");
    REFUSE("{" KEY "\xa9\5" ONE TWO HALF HALF "r\0\0\0\0", "expected a dictionary");
    REFUSE("{" KEY "\xa9\5" ONE TWO HALF HALF "{" KEY "r\3\0\0\0", "expected a tuple");
    REFUSE("{" KEY "\xa9\5" ONE TWO HALF HALF "\xfb" KEY "r\6\0\0\0", "expected a number");
    REFUSE("{)\3R\0\0\0\0", "a reference to nothing");
}

static void deep_nesting(void **state)
{
    enum { DEPTH = 100000 };
    char *bytes = malloc(2 * DEPTH + 1);

    (void)state;
    bytes[0] = '{';
    for (size_t i = 0; i < DEPTH; i++)
        memcpy(bytes + 1 + 2 * i, ")\3", 2);
    refuse(bytes, 2 * DEPTH + 1, "expected a string");
    free(bytes);
}

static void deep_code_object(void **state)
{
    enum { DEPTH = 100000 };
    static const char start[] = "{)\3z\1fi" NOTHING "c" NOTHING NOTHING NUMBER NOTHING BYTES;
    struct byte_writer out = {0};

    (void)state;
    bytes_write(&out, start, sizeof start - 1);
    for (size_t i = 0; i < DEPTH; i++)
        bytes_write(&out, ")\1", 2);
    refuse((const char *)out.bytes, out.size, "too deep");
    free(out.bytes);
}

/* Thousands of functions refer to one dictionary of callers. It is small, but read for each it would be much.
 */
static void references_without_end(void **state)
{
    enum { COUNT = 20000 };
    struct byte_writer out = {0};

    (void)state;
    bytes_write(&out, "{", 1);
    for (uint32_t i = 0; i < COUNT; i++) {
        bytes_write(&out, ")\3z\1fi", 6);
        bytes_write(&out, &i, 4);
        bytes_write(&out, "z\1f)\5i\1\0\0\0i\1\0\0\0i\1\0\0\0i\1\0\0\0", 25);
        if (i > 0) {
            bytes_write(&out, "r\0\0\0\0", 5);
            continue;
        }
        bytes_write(&out, "\xfb", 1);
        for (uint32_t j = 0; j < COUNT; j++) {
            bytes_write(&out, ")\3z\1fi", 6);
            bytes_write(&out, &j, 4);
            bytes_write(&out, "z\1fi\1\0\0\0", 8);
        }
        bytes_write(&out, "0", 1);
    }
    refuse((const char *)out.bytes, out.size, "references without end");
    free(out.bytes);
}

/* Changes bytes of a good file. No change may crash the reader, and some leave the file good. */
static void damaged_files(void **state)
{
    char bytes[sizeof PROFILE - 1];
    uint32_t seed = 1;
    int accepted = 0;

    (void)state;
    for (int round = 0; round < 100000; round++) {
        struct table table;
        memcpy(bytes, PROFILE, sizeof bytes);
        for (int i = 0; i <= round % 4; i++) {
            static const char codes[] = "{0()iIlFTgfstuaAzZrRN[\xfb\xa9\xda\xf2";
            seed = seed * 1664525 + 1013904223;
            bytes[(seed >> 8) % sizeof bytes] =
                round & 1 ? codes[(seed >> 4) % (sizeof codes - 1)] : (char)(seed >> 20);
        }
        accepted += read_into(&table, bytes, sizeof bytes) == 0;
        table_free(&table);
    }
    assert_true(accepted > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {.name = "references lead to their objects", .test_func = references},
        {.name = "a written table is read again", .test_func = written_is_read},
        {.name = "a code object in place of a name is shown as Python shows it", .test_func = code_objects},
        {.name = "a damaged code object does no harm", .test_func = damaged_code_objects},
        {.name = "a file cut short anywhere is refused with a message", .test_func = every_truncation},
        {.name = "a thing of the wrong kind is refused with a message", .test_func = things_out_of_place},
        {.name = "a length beyond the file is refused", .test_func = lengths_beyond_the_file},
        {.name = "references in circles or to nothing are refused", .test_func = circles},
        {.name = "100,000 nested tuples are refused", .test_func = deep_nesting},
        {.name = "so are those in a code object", .test_func = deep_code_object},
        {.name = "references that would multiply a small file are refused",
         .test_func = references_without_end},
        {.name = "100,000 damaged files do no harm", .test_func = damaged_files},
    };

    return cmocka_run_group_tests_name("marshal", tests, NULL, NULL);
}
