/*
 * prof_file_test.c - a written profile is read again, and a damaged one is refused with a message.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/bytes.h"
#include "cli/files/prof_file.h"
#include "cli/model/selection.h"
#include "cli/model/threads.h"
#include "tests/lib/fixture.h"
#include "tests/lib/section.h"
#include "tests/lib/suite.h"

static struct fixture fixture;

/* Returns the file of the fixture's profile, of SIZE bytes, which the caller frees. */
static char *written(size_t *size)
{
    struct message message = {""};
    struct byte_writer out = {0};

    assert_int_equal(prof_write(&out, &fixture.profile, &message), 0);
    *size = out.size;
    return (char *)out.bytes;
}

static int read_back(struct profile *profile, const char *bytes, size_t size, struct message *message)
{
    memset(profile, 0, sizeof *profile);
    return prof_read(profile, (const unsigned char *)bytes, size, "x.prof", message);
}

/* Makes two processes and three threads, with recursion, a function without a name and odd strings. */
static int setup(void **state)
{
    uint32_t module, named, unnamed, record;

    (void)state;
    fixture_start(&fixture);
    fixture.processes[0] = (struct profile_process){.pid = 42,
                                                    .parent = 1,
                                                    .count = 3,
                                                    .runs = 2,
                                                    .cpu = 1.5e9,
                                                    .command = "prog 'a b'",
                                                    .tick_ns = 0.385,
                                                    .start = 5,
                                                    .end = UINT64_MAX,
                                                    .start_time = -1,
                                                    .exit = PROFILE_EXIT_SIGNAL,
                                                    .exit_value = 9,
                                                    .children_lost = 3,
                                                    .reads = PROFILE_READS_SAMPLED,
                                                    .costs = {21.5, 23, 40, 14.25},
                                                    .timer = PROFILE_TIMER_CUSTOM,
                                                    .unit = "steps, \"done\"",
                                                    .tick = 1.5,
                                                    .waits = 1,
                                                    .asleep = 3.5e9,
                                                    .astray = -2e9};
    fixture.threads[0].tid = 43;
    fixture.threads[0].name = "na\"me,\n";
    fixture.threads[0].lost = 7;
    fixture.threads[0].folded = 6;
    fixture.threads[0].backwards = 5;
    module = fixture_module(&fixture, "/bin/prog", 1);
    fixture.modules[module].file.mtime = INT64_MIN;
    named = fixture_function(&fixture, module, "/src/\xc3\xa9.c", 10, "main");
    unnamed = fixture_function(&fixture, PROFILE_NONE, NULL, 0, NULL);
    fixture.functions[unnamed].offset = UINT64_MAX;
    record = fixture_record(&fixture, named, 0, 1, 10, 30);
    record = fixture_record(&fixture, unnamed, record, UINT64_MAX, 20, 20);
    fixture.records[record].clocked = 0;
    fixture.records[record].self = -20;
    fixture.records[record].overhead = -7;
    fixture.records[record].inclusive_overhead = 1000;
    fixture.records[record].variance = 16;
    fixture_back_edge(&fixture, record, 1, 3, 4);
    fixture.edges[0].nested_inclusive = -3;
    fixture.edges[0].nested_overhead = -2;
    /* Its process was killed while it counted. */
    fixture.edges[fixture.profile.edge_count++] =
        (struct profile_edge){.caller = PROFILE_NONE, .callee = named, .nested_inclusive = 5};
    fixture.threads[0].edge_count++;
    fixture_thread(&fixture, 1);
    fixture.processes[1].command = "";
    fixture.processes[1].timer = fixture.processes[0].timer;
    fixture.processes[1].unit = fixture.processes[0].unit;
    fixture.processes[1].exit_value = fixture.processes[1].children_lost = UINT32_MAX;
    return 0;
}

static void expect_same_profile(const struct profile *expected, const struct profile *actual)
{
    assert_int_equal(actual->process_count, expected->process_count);
    assert_int_equal(actual->thread_count, expected->thread_count);
    assert_int_equal(actual->module_count, expected->module_count);
    assert_int_equal(actual->function_count, expected->function_count);
    assert_int_equal(actual->record_count, expected->record_count);
    for (size_t i = 0; i < expected->process_count; i++) {
        assert_string_equal(actual->processes[i].command, expected->processes[i].command);
        assert_int_equal(actual->processes[i].end, expected->processes[i].end);
        assert_int_equal(actual->processes[i].start_time, expected->processes[i].start_time);
        assert_true(memcmp(&actual->processes[i].tick_ns, &expected->processes[i].tick_ns, sizeof(double)) ==
                    0);
        assert_int_equal(actual->processes[i].exit_value, expected->processes[i].exit_value);
        assert_int_equal(actual->processes[i].children_lost, expected->processes[i].children_lost);
        assert_int_equal(actual->processes[i].reads, expected->processes[i].reads);
        assert_int_equal(actual->processes[i].timer, expected->processes[i].timer);
        assert_string_equal(actual->processes[i].unit,
                            expected->processes[i].unit != NULL ? expected->processes[i].unit : "");
        assert_true(actual->processes[i].tick == expected->processes[i].tick);
        assert_int_equal(actual->processes[i].waits, expected->processes[i].waits);
        assert_int_equal(actual->processes[i].count, expected->processes[i].count);
        assert_int_equal(actual->processes[i].runs, expected->processes[i].runs);
        assert_true(actual->processes[i].cpu == expected->processes[i].cpu);
        assert_true(actual->processes[i].asleep == expected->processes[i].asleep);
        assert_true(actual->processes[i].astray == expected->processes[i].astray);
        assert_memory_equal(&actual->processes[i].costs, &expected->processes[i].costs,
                            sizeof(struct profile_costs));
    }
    for (size_t i = 0; i < expected->thread_count; i++) {
        assert_string_equal(actual->threads[i].name, expected->threads[i].name);
        assert_int_equal(actual->threads[i].tid, expected->threads[i].tid);
        assert_int_equal(actual->threads[i].lost, expected->threads[i].lost);
        assert_int_equal(actual->threads[i].backwards, expected->threads[i].backwards);
        assert_int_equal(actual->threads[i].folded, expected->threads[i].folded);
    }
    for (size_t i = 0; i < expected->function_count; i++) {
        assert_int_equal(actual->functions[i].offset, expected->functions[i].offset);
        assert_int_equal(actual->functions[i].module, expected->functions[i].module);
        if (expected->functions[i].name == NULL)
            assert_null(actual->functions[i].name);
        else
            assert_string_equal(actual->functions[i].name, expected->functions[i].name);
    }
    for (size_t i = 0; i < expected->record_count; i++)
        assert_memory_equal(&actual->records[i], &expected->records[i], sizeof actual->records[i]);
    assert_int_equal(actual->edge_count, expected->edge_count);
    for (size_t i = 0; i < expected->edge_count; i++)
        assert_memory_equal(&actual->edges[i], &expected->edges[i], sizeof actual->edges[i]);
}

static void round_trip(void **state)
{
    struct message message = {""};
    struct profile profile;
    size_t size;
    char *bytes = written(&size);

    (void)state;
    if (read_back(&profile, bytes, size, &message) != 0)
        fail_msg("%s", message.text);
    expect_same_profile(&fixture.profile, &profile);
    model_free(&profile);
    free(bytes);
}

static void another_front(void **state)
{
    struct message message = {""};
    struct profile profile;
    size_t size;
    char *bytes = written(&size);

    (void)state;
    memset(bytes, 'x', section_start((uint8_t *)bytes, size));
    assert_int_equal(read_back(&profile, bytes, size, &message), 0);
    model_free(&profile);
    free(bytes);
}

static void an_empty_front(void **state)
{
    static struct fixture empty;
    struct message message = {""};
    struct byte_writer out = {0};

    (void)state;
    fixture_start(&empty);
    empty.processes[0].command = "";
    assert_int_equal(prof_write(&out, &empty.profile, &message), 0);
    assert_int_equal(section_start(out.bytes, out.size), 2);
    assert_memory_equal(out.bytes, "{0", 2);
    free(out.bytes);
}

static void something_in_front(void **state)
{
    struct message message = {""};
    struct profile profile;
    size_t size;
    char *bytes = written(&size);
    char *longer = malloc(size + 1);

    (void)state;
    longer[0] = 'x';
    memcpy(longer + 1, bytes, size);
    assert_int_equal(prof_recognise((unsigned char *)longer, size + 1), 1);
    assert_int_equal(read_back(&profile, longer, size + 1, &message), -1);
    longer[1 + size - 40]++; /* the start of the section; its checksum does not fit any more */
    assert_int_equal(read_back(&profile, longer, size + 1, &message), -1);
    model_free(&profile);
    free(longer);
    free(bytes);
}

static void every_truncation(void **state)
{
    struct message message;
    struct profile profile;
    size_t size;
    char *bytes = written(&size);

    (void)state;
    for (size_t length = 0; length < size; length++) {
        char *copy = malloc(length ? length : 1); /* sanitizers see a read beyond it */

        memcpy(copy, bytes, length);
        message.text[0] = '\0';
        assert_int_equal(read_back(&profile, copy, length, &message), -1);
        assert_true(message.text[0] != '\0');
        model_free(&profile);
        free(copy);
    }
    free(bytes);
}

static void every_damaged_byte(void **state)
{
    static const unsigned char changes[] = {0x01, 0x80, 0xff};
    struct message message;
    struct profile profile;
    size_t size;
    char *bytes = written(&size);

    (void)state;
    for (size_t i = section_start((uint8_t *)bytes, size); i < size; i++)
        for (size_t j = 0; j < sizeof changes; j++) {
            bytes[i] = (char)(bytes[i] ^ changes[j]);
            assert_int_equal(read_back(&profile, bytes, size, &message), -1);
            model_free(&profile);
            bytes[i] = (char)(bytes[i] ^ changes[j]);
        }
    free(bytes);
}

/* Not zlib's, which the code under test calls. */
static uint32_t crc(const unsigned char *bytes, size_t size)
{
    uint32_t sum = UINT32_MAX;

    for (size_t i = 0; i < size; i++) {
        sum ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (sum & 1 ? 0xedb88320u : 0);
    }
    return ~sum;
}

static void seal(unsigned char *bytes, size_t size)
{
    unsigned char *trailer = bytes + size - 40;
    size_t start = section_start(bytes, size);
    uint32_t sum = crc(bytes + start, size - 40 - start);

    for (int i = 0; i < 4; i++)
        trailer[20 + i] = (unsigned char)(sum >> 8 * i);
    sum = crc(trailer, 28);
    for (int i = 0; i < 4; i++)
        trailer[28 + i] = (unsigned char)(sum >> 8 * i);
}

static size_t change_bytes(uint8_t *bytes, size_t size, size_t room, void *context)
{
    uint32_t *seed = context;

    (void)room;
    for (int i = 0; i < 3 && size > 0; i++) {
        *seed = *seed * 1664525 + 1013904223;
        bytes[(*seed >> 8) % size] = (unsigned char)(*seed >> 3);
    }
    return size;
}

static void hostile_contents(void **state)
{
    struct message message = {""};
    struct profile profile;
    size_t size;
    unsigned char *bytes = (unsigned char *)written(&size);
    uint32_t seed = 1;
    int accepted = 0;

    (void)state;
    assert_int_equal(section_block_count(bytes, size), 2 + fixture.profile.thread_count);
    for (size_t round = 0; round < 20000; round++) {
        struct byte_writer out = {0};

        assert_int_equal(section_change_file(&out, bytes, size, round % 4, change_bytes, &seed), 0);
        accepted += read_back(&profile, (char *)out.bytes, out.size, &message) == 0;
        for (size_t i = 0; i < profile.record_count && profile.source == NULL; i++)
            assert_true(profile.records[i].target < profile.record_count);
        model_free(&profile);
        free(out.bytes);
    }
    assert_true(accepted > 0); /* otherwise the checksum is wrong, and the test tests nothing */
    free(bytes);
}

static size_t lengthen(uint8_t *bytes, size_t size, size_t room, void *context)
{
    (void)room, (void)context;
    bytes[size] = 0;
    return size + 1;
}

static void bytes_behind_a_thread(void **state)
{
    struct message message = {""};
    struct profile profile = {0};
    struct byte_writer out = {0};
    size_t size;
    unsigned char *bytes = (unsigned char *)written(&size);

    (void)state;
    assert_int_equal(section_change_file(&out, bytes, size, 2, lengthen, NULL), 0);
    assert_int_equal(prof_open(&profile, out.bytes, out.size, "x.prof", &message), 0);
    assert_int_equal(profile_load_thread(&profile, &profile.threads[0]), -1);
    assert_int_equal(profile_is_damaged(&profile), 1);
    assert_int_equal(profile_load_thread(&profile, &profile.threads[1]), -1);
    model_free(&profile);
    assert_int_equal(read_back(&profile, (char *)out.bytes, out.size, &message), -1);
    assert_string_equal(message.text, "x.prof is damaged: its contents make no sense");
    model_free(&profile);
    free(out.bytes);
    free(bytes);
}

static void thread_by_thread(void **state)
{
    struct message message = {""};
    struct profile whole, profile = {0};
    size_t size;
    char *bytes = written(&size);

    (void)state;
    assert_int_equal(read_back(&whole, bytes, size, &message), 0);
    assert_int_equal(prof_open(&profile, (unsigned char *)bytes, size, "x.prof", &message), 0);
    for (size_t i = profile.thread_count; i-- > 0;) {
        const struct profile_thread *thread = &profile.threads[i], *same = &whole.threads[i];
        struct profile_sums sums = profile_sums(&profile, thread), expected = profile_sums(&whole, same);

        assert_int_equal(profile_load_thread(&profile, thread), 0);
        assert_int_equal(thread->root, 0);
        assert_int_equal(thread->record_count, same->record_count);
        for (uint32_t j = 0; j < thread->record_count; j++) {
            assert_int_equal(profile.records[j].calls, whole.records[same->root + j].calls);
            assert_int_equal(profile.records[j].inclusive, whole.records[same->root + j].inclusive);
            assert_int_equal(profile.records[j].target, whole.records[same->root + j].target - same->root);
        }
        assert_int_equal(sums.calls, expected.calls);
        assert_int_equal(sums.self, expected.self);
    }
    model_free(&profile);
    model_free(&whole);
    free(bytes);
}

/* Sums up PROFILE, with the edges if HAS_EDGES. */
static void sum_up(struct table *table, const struct profile *profile, int has_edges)
{
    struct message message = {""};

    *table = (struct table){.has_edges = has_edges};
    assert_int_equal(table_add(table, profile, &message), 0);
    assert_int_equal(table_finish(table, &message), 0);
}

static int is_near(double a, double b, double part)
{
    return fabs(a - b) <= part * fabs(b);
}

static void expect_same_table(const struct table *expected, const struct table *table)
{
    assert_int_equal(table->row_count, expected->row_count);
    assert_int_equal(table->edges.count, expected->edges.count);
    assert_true(is_near(table->measured, expected->measured, 1e-12));
    for (size_t i = 0; i < table->row_count; i++) {
        assert_string_equal(table->rows[i].text, expected->rows[i].text);
        assert_int_equal(table->rows[i].ncalls, expected->rows[i].ncalls);
        assert_int_equal(table->rows[i].pcalls, expected->rows[i].pcalls);
        assert_true(is_near(table->rows[i].cumtime, expected->rows[i].cumtime, 1e-12));
        assert_true(is_near(table->rows[i].variance, expected->rows[i].variance, 1.0 / 32));
    }
}

enum { MANY_PROCESSES = 100, MANY_CONTEXTS = 4000 };

/* Writes a profile of many processes as OUT, and opens that as STREAMED. */
static void write_many(struct profile *profile, struct byte_writer *out, struct profile *streamed)
{
    struct message message = {""};

    assert_int_equal(suite_make(profile, MANY_PROCESSES, MANY_CONTEXTS), 0);
    assert_int_equal(prof_write(out, profile, &message), 0);
    assert_int_equal(prof_open(streamed, out->bytes, out->size, "x.prof", &message), 0);
}

static void many_processes(void **state)
{
    struct profile profile = {0}, streamed = {0};
    struct table table, expected;
    struct byte_writer out = {0};

    (void)state;
    write_many(&profile, &out, &streamed);
    assert_in_range(out.size - section_start(out.bytes, out.size), 1, 5 * profile.record_count);
    assert_in_range(streamed.record_count, MANY_CONTEXTS / 2, MANY_CONTEXTS);
    for (int has_edges = 0; has_edges < 2; has_edges++) {
        sum_up(&table, &streamed, has_edges);
        sum_up(&expected, &profile, has_edges);
        expect_same_table(&expected, &table);
        assert_int_equal(streamed.source->loaded == PROFILE_NONE, !has_edges);
        table_free(&table);
        table_free(&expected);
    }
    model_free(&streamed);
    model_free(&profile);
    free(out.bytes);
}

static void one_of_many_processes(void **state)
{
    struct profile profile = {0}, streamed = {0};
    struct selection selection = {0};
    struct message message = {""};
    struct table table, expected;
    struct byte_writer out = {0};

    (void)state;
    write_many(&profile, &out, &streamed);
    assert_int_equal(selection_add_process(&selection, "1042", &message), 0);
    selection_apply(&selection, &streamed);
    selection_apply(&selection, &profile);
    assert_int_equal(streamed.thread_count, 1);
    sum_up(&table, &streamed, 0);
    sum_up(&expected, &profile, 0);
    assert_in_range(expected.row_count, 1, SUITE_FUNCTIONS);
    expect_same_table(&expected, &table);
    table_free(&table);
    table_free(&expected);
    selection_free(&selection);
    model_free(&streamed);
    model_free(&profile);
    free(out.bytes);
}

static void many_variances(void **state)
{
    static const double more[] = {INFINITY, NAN, -1, 1e300};
    struct profile_record *record = &fixture.records[1];
    struct message message = {""};

    (void)state;
    fixture.records[2].variance = 1e60;
    for (double variance = 0; variance < 1e40; variance = variance < 40 ? variance + 0.5 : variance * 1.37) {
        struct profile profile;
        size_t size;

        record->variance = variance;
        char *bytes = written(&size);
        assert_int_equal(read_back(&profile, bytes, size, &message), 0);
        double is = profile.records[1].variance;
        assert_true(variance <= 32 ? is == ceil(variance) : fabs(is / ceil(variance) - 1) <= 1.0 / 32);
        free(bytes);
        record->variance = is;
        model_free(&profile);
        bytes = written(&size);
        assert_int_equal(read_back(&profile, bytes, size, &message), 0);
        assert_true(profile.records[1].variance == is);
        free(bytes);
        model_free(&profile);
    }
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) {
        struct profile profile;
        size_t size;

        record->variance = more[i];
        char *bytes = written(&size);
        assert_int_equal(read_back(&profile, bytes, size, &message), 0);
        assert_true(isfinite(profile.records[1].variance) && profile.records[1].variance >= 0);
        free(bytes);
        model_free(&profile);
    }
    record->variance = 0;
    fixture.records[2].variance = 0;
}

static void large_variances(void **state)
{
    struct message message = {""};

    (void)state;
    fixture.records[1].variance = 987654321;
    for (double variance = 1e6; variance < 1e15; variance = floor(variance * 3.7)) {
        struct profile profile;
        size_t size;

        fixture.records[2].variance = variance;
        char *bytes = written(&size);
        assert_int_equal(read_back(&profile, bytes, size, &message), 0);
        assert_true(profile.records[2].variance == variance);
        free(bytes);
        model_free(&profile);
    }
    fixture.records[1].variance = fixture.records[2].variance = 0;
}

static void a_newer_version(void **state)
{
    struct message message = {""};
    struct profile profile;
    size_t size;
    unsigned char *bytes = (unsigned char *)written(&size);

    (void)state;
    bytes[size - 40 + 16]++;
    seal(bytes, size);
    assert_int_equal(read_back(&profile, (char *)bytes, size, &message), -1);
    assert_non_null(strstr(message.text, "newer version"));
    model_free(&profile);
    free(bytes);
}

static void numbers(void **state)
{
    static const uint64_t values[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, INT64_MAX, UINT64_MAX};
    static const int64_t signed_values[] = {0, 1, -1, 63, -64, INT64_MAX, INT64_MIN};
    static const unsigned char too_long[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
    struct byte_writer writer = {NULL, 0, 0, 0};
    struct byte_reader reader;

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        bytes_write_number(&writer, values[i]);
    for (size_t i = 0; i < sizeof signed_values / sizeof *signed_values; i++)
        bytes_write_signed(&writer, signed_values[i]);
    reader = (struct byte_reader){writer.bytes, writer.bytes + writer.size, 0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_true(bytes_read_number(&reader) == values[i]);
    for (size_t i = 0; i < sizeof signed_values / sizeof *signed_values; i++)
        assert_true(bytes_read_signed(&reader) == signed_values[i]);
    assert_int_equal(reader.failed, 0);
    assert_int_equal(bytes_read_number(&reader), 0);
    assert_int_equal(reader.failed, 1);
    reader = (struct byte_reader){too_long, too_long + sizeof too_long, 0};
    assert_int_equal(bytes_read_number(&reader), 0);
    assert_int_equal(reader.failed, 1);
    free(writer.bytes);
}

#define SENTENCE(text, function)                                                                             \
    {                                                                                                        \
        .name = (text), .test_func = (function)                                                              \
    }

static void refuses_two_measures(void **state)
{
    (void)state;
    struct message message = {""};
    struct byte_writer out = {0};

    fixture.processes[1].unit = "stones";
    assert_int_equal(prof_write(&out, &fixture.profile, &message), -1);
    assert_string_equal(message.text,
                        "the program's processes had different timers: they cannot be put together");
    assert_int_equal(out.size, 0);
    fixture.processes[1].unit = fixture.processes[0].unit;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("a profile that was written reads the same", round_trip),
        SENTENCE("whatever stands in front of the section is skipped", another_front),
        SENTENCE("a profile without calls has an empty dictionary in front", an_empty_front),
        SENTENCE("a section that is not where the trailer says is refused", something_in_front),
        SENTENCE("a file cut short anywhere is refused with a message", every_truncation),
        SENTENCE("a file damaged in any byte behind its front is refused", every_damaged_byte),
        SENTENCE("20,000 hostile files with right checksums do no harm", hostile_contents),
        SENTENCE("a thread with more bytes than its records have is refused when it is loaded",
                 bytes_behind_a_thread),
        SENTENCE("threads that are loaded one after another are those of the whole", thread_by_thread),
        SENTENCE("a hundred processes of one program take a few bytes a context, and the memory of one",
                 many_processes),
        SENTENCE("one of a hundred processes has the figures of its own records", one_of_many_processes),
        SENTENCE("a variance is read within a 32nd, and saved again as it was read", many_variances),
        SENTENCE("the large variances of a thread are read as they were written", large_variances),
        SENTENCE("a file of a newer version says so", a_newer_version),
        SENTENCE("numbers of all sizes read the same, and ones too long are refused", numbers),
        SENTENCE("processes with different timers are refused", refuses_two_measures),
    };

    return cmocka_run_group_tests_name("prof_file", tests, setup, NULL);
}
