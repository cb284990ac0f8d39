/*
 * image_load_test.c - tests that half-written, damaged and hostile images are read as far as possible, or
 * refused.
 *
 * The tests change a real image, of a child that plays a few events by the settable clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/base/file.h"
#include "cli/files/image_load.h"
#include "runtime/format/image.h"
#include "runtime/hooks/hooks.h"

void __cyg_profile_func_enter(void *function, void *call_site);
void __cyg_profile_func_exit(void *function, void *call_site);

uint64_t settable_clock, settable_price;

static unsigned char *image;
static size_t image_size;
static struct image_header *header;

static void call(int function, int depth)
{
    void *address = (void *)(uintptr_t)(0x1000 + 16 * function);

    __cyg_profile_func_enter(address, NULL);
    settable_clock++;
    if (depth > 0) {
        call((function + 1) % 4, depth - 1);
        call((function + 3) % 7, depth - 1);
    }
    if (depth != 2 || function != 6)
        __cyg_profile_func_exit(address, NULL);
}

static int setup(void **state)
{
    struct message message = {""};
    char path[64];
    pid_t child = fork();

    (void)state;
    if (child == 0) {
        call(0, 6);
        __cyg_profile_func_enter((void *)0x5000, NULL); /* stays open */
        settable_clock++;
        _exit(0);
    }
    waitpid(child, NULL, 0);
    snprintf(path, sizeof path, "profile.%d.prof", (int)child);
    if (file_read(path, &image, &image_size, &message) != 0)
        fail_msg("%s", message.text);
    header = (struct image_header *)image;
    unlink(path);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(image);
    return 0;
}

/* Loads SIZE bytes from a block of exactly that size, so that a sanitizer sees a read beyond it. */
static int load(struct profile *profile, const unsigned char *bytes, size_t size, struct message *message)
{
    struct image_loader loader;
    unsigned char *copy = malloc(size ? size : 1);
    int result;

    memcpy(copy, bytes, size);
    memset(profile, 0, sizeof *profile);
    message->text[0] = '\0';
    image_loader_open(&loader, profile);
    result = image_load(&loader, copy, size, "x.image", NULL, 0, message);
    image_loader_close(&loader);
    free(copy);
    assert_true(result == 0 || message->text[0] != '\0');
    return result;
}

static uint64_t calls(const struct profile *profile)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < profile->record_count; i++)
        sum += profile->records[i].calls;
    return sum;
}

static void every_truncation(void **state)
{
    struct message message;
    struct profile profile;
    size_t first_thread = (size_t)header->threads * IMAGE_UNIT + sizeof(struct image_thread);

    (void)state;
    for (size_t size = 0; size <= image_size; size += size < 8192 ? 509 : 64) {
        int result = load(&profile, image, size, &message);

        assert_int_equal(result == 0,
                         size >= IMAGE_HEADER_SIZE && (profile.record_count > 0 || size < first_thread));
        model_free(&profile);
        if (result != 0 && size >= IMAGE_HEADER_SIZE)
            assert_non_null(strstr(message.text, "damaged"));
    }
}

static void random_damage(void **state)
{
    unsigned char *damaged = malloc(image_size);
    uint32_t seed = 7;
    int accepted = 0;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        struct message message;
        struct profile profile;

        memcpy(damaged, image, image_size);
        for (int i = 0; i <= round % 4; i++) {
            uint64_t used = header->used;

            seed = seed * 1664525 + 1013904223;
            damaged[(seed >> 4) % used] = (unsigned char)(seed >> 20);
        }
        accepted += load(&profile, damaged, image_size, &message) == 0;
        for (size_t i = 0; i < profile.record_count; i++)
            assert_true(profile.records[i].target < profile.record_count);
        model_free(&profile);
    }
    assert_true(accepted > 0);
    free(damaged);
}

static struct image_thread *thread_of(unsigned char *bytes)
{
    return (struct image_thread *)(bytes + (size_t)header->threads * IMAGE_UNIT);
}

static unsigned char *copy_of_image(void)
{
    unsigned char *copy = malloc(image_size);

    memcpy(copy, image, image_size);
    return copy;
}

static void records_in_a_circle(void **state)
{
    unsigned char *bytes = copy_of_image();
    struct image_thread *thread = thread_of(bytes);
    struct image_record *root = (struct image_record *)(bytes + (size_t)thread->root * IMAGE_UNIT);
    struct image_record *child = (struct image_record *)(bytes + (size_t)root->first_child * IMAGE_UNIT);
    struct message message;
    struct profile profile;

    (void)state;
    child->next_sibling = root->first_child;
    assert_int_equal(load(&profile, bytes, image_size, &message), -1);
    model_free(&profile);
    free(bytes);
}

static void threads_in_a_circle(void **state)
{
    unsigned char *bytes = copy_of_image();
    struct message message;
    struct profile profile;

    (void)state;
    thread_of(bytes)->next = header->threads;
    assert_int_equal(load(&profile, bytes, image_size, &message), -1);
    model_free(&profile);
    free(bytes);
}

/* Records whose functions are beyond the file are left out. A circle of them must end too. */
static void records_without_functions_in_a_circle(void **state)
{
    unsigned char *bytes = copy_of_image();
    struct image_thread *thread = thread_of(bytes);
    struct image_record *root = (struct image_record *)(bytes + (size_t)thread->root * IMAGE_UNIT);
    struct image_record *child = (struct image_record *)(bytes + (size_t)root->first_child * IMAGE_UNIT);
    struct message message;
    struct profile profile;

    (void)state;
    child->next_sibling = root->first_child;
    child->function = 0x7ffffff0;
    assert_int_equal(load(&profile, bytes, image_size, &message), -1);
    model_free(&profile);
    free(bytes);
}

static void all_in_circles(void **state)
{
    unsigned char *bytes = copy_of_image();
    struct image_thread *thread = thread_of(bytes);
    struct image_frame *frame = (struct image_frame *)(bytes + (size_t)thread->stack * IMAGE_UNIT);
    struct message message;
    struct profile profile;

    (void)state;
    ((struct image_header *)bytes)->ended = 0; /* so that the loader takes the end from the frames */
    thread->next = header->threads;
    frame->above = thread->stack;
    assert_int_equal(load(&profile, bytes, image_size, &message), -1);
    model_free(&profile);
    free(bytes);
}

/* Appends a second thread to the image. It has two frames of a function, whose record refers to an edge of
 * the first thread. */
static void an_edge_of_another_thread(void **state)
{
    uint32_t unit = (uint32_t)(image_size / IMAGE_UNIT);
    unsigned char *bytes = calloc(unit + 7, IMAGE_UNIT), *added = bytes + (size_t)unit * IMAGE_UNIT;
    struct image_thread *thread = thread_of(bytes), *other = (struct image_thread *)added;
    struct image_record *records = (struct image_record *)(added + 2 * IMAGE_UNIT);
    struct image_frame *frames = (struct image_frame *)(added + 5 * IMAGE_UNIT);
    struct message message;
    struct profile profile;
    const struct image_record *root, *child;

    (void)state;
    memcpy(bytes, image, image_size);
    root = (struct image_record *)(bytes + (size_t)thread->root * IMAGE_UNIT);
    child = (struct image_record *)(bytes + (size_t)root->first_child * IMAGE_UNIT);
    thread->next = unit;
    *other = (struct image_thread){.root = unit + 2, .stack = unit + 5, .count = 1};
    records[0] = (struct image_record){.first_child = unit + 3, .target = unit + 2};
    records[1] = (struct image_record){.function = unit + 4, .target = unit + 3, .edge = child->edge};
    ((struct image_function *)records)[2].address = 0x7000;
    frames[0] = (struct image_frame){.sp = 1, .record = unit + 3, .above = unit + 6};
    frames[1] = (struct image_frame){.sp = 1, .record = unit + 3};
    assert_int_equal(load(&profile, bytes, image_size + 7 * IMAGE_UNIT, &message), 0);
    assert_int_equal(profile.thread_count, 2);
    assert_int_equal(profile.threads[1].open, 2);
    model_free(&profile);
    free(bytes);
}

/* Appends a second thread to the image. It has a record with 1000 ticks and an open call that takes 50 more,
 * of which its callees have taken 500. */
static void an_open_call_shorter_than_its_callees(void **state)
{
    uint32_t unit = (uint32_t)(image_size / IMAGE_UNIT);
    unsigned char *bytes = calloc(unit + 7, IMAGE_UNIT), *added = bytes + (size_t)unit * IMAGE_UNIT;
    struct image_record *records = (struct image_record *)(added + 3 * IMAGE_UNIT);
    struct image_frame *frame = (struct image_frame *)(added + 6 * IMAGE_UNIT);
    struct message message;
    struct profile profile;

    (void)state;
    memcpy(bytes, image, image_size);
    thread_of(bytes)->next = unit;
    *(struct image_thread *)added = (struct image_thread){
        .root = unit + 3, .stack = unit + 6, .count = 1, .start = 100, .end = 2000, .accounted = 500};
    records[0] = (struct image_record){.first_child = unit + 4, .target = unit + 3};
    records[1] =
        (struct image_record){.function = unit + 5, .target = unit + 4, .calls = 2, .self = 1000, .next = 1};
    ((struct image_function *)records)[2].address = 0x7000;
    *frame = (struct image_frame){.sp = 1, .record = unit + 4, .weight = 1, .entry = 1950};
    assert_int_equal(load(&profile, bytes, image_size + 7 * IMAGE_UNIT, &message), 0);
    assert_int_equal(profile.records[profile.threads[1].root + 1].self, 1000);
    model_free(&profile);
    free(bytes);
}

/* The newest turn is a reset. Only a damaged image tells of a thread that is ahead of that. */
static void a_thread_ahead_of_all_turns(void **state)
{
    unsigned char *bytes = copy_of_image();
    struct image_gate *gate = (struct image_gate *)(bytes + (size_t)header->gate * IMAGE_UNIT);
    struct message message;
    struct profile profile;

    (void)state;
    assert_int_not_equal(header->gate, 0);
    gate->turn = gate->claimed = 1;
    gate->turns[1].kind = IMAGE_TURN_RESET;
    thread_of(bytes)->turn = UINT32_MAX;
    assert_int_equal(load(&profile, bytes, image_size, &message), 0);
    assert_true(calls(&profile) > 1);
    model_free(&profile);
    free(bytes);
}

static void a_record_made_while_we_read(void **state)
{
    unsigned char *bytes = copy_of_image();
    struct image_thread *thread = thread_of(bytes);
    struct image_record *root = (struct image_record *)(bytes + (size_t)thread->root * IMAGE_UNIT);
    struct message message;
    struct profile whole, profile;

    (void)state;
    assert_int_equal(load(&whole, bytes, image_size, &message), 0);
    ((struct image_record *)(bytes + (size_t)root->first_child * IMAGE_UNIT))->next_sibling = 0x7ffffff0;
    assert_int_equal(load(&profile, bytes, image_size, &message), 0);
    assert_in_range(calls(&profile), 1, calls(&whole));
    model_free(&profile);
    model_free(&whole);
    free(bytes);
}

/* Makes the first function a region with a NAME of SIZE bytes, behind the image, and loads the image. */
static int load_region(struct profile *profile, const char *name, uint32_t size, struct message *message)
{
    uint32_t unit = (uint32_t)(image_size / IMAGE_UNIT);
    unsigned char *bytes = calloc(unit + 8, IMAGE_UNIT);
    struct image_region *region = (struct image_region *)(bytes + (size_t)unit * IMAGE_UNIT);
    const struct image_record *root, *child;
    int result;

    memcpy(bytes, image, image_size);
    root = (struct image_record *)(bytes + (size_t)thread_of(bytes)->root * IMAGE_UNIT);
    child = (struct image_record *)(bytes + (size_t)root->first_child * IMAGE_UNIT);
    ((struct image_function *)(bytes + (size_t)child->function * IMAGE_UNIT))->region = unit;
    region->name_size = size;
    memcpy(region->name, name, strlen(name) + 1);
    result = load(profile, bytes, image_size + 8 * IMAGE_UNIT, message);
    free(bytes);
    return result;
}

static size_t named(const struct profile *profile)
{
    size_t count = 0;

    for (size_t i = 0; i < profile->function_count; i++)
        if (profile->functions[i].name != NULL) {
            assert_string_equal(profile->functions[i].name, "<parse>");
            assert_string_equal(profile->functions[i].file, "~");
            count++;
        }
    return count;
}

static void regions(void **state)
{
    struct message message;
    struct profile profile;

    (void)state;
    assert_int_equal(load_region(&profile, "parse", 5, &message), 0);
    assert_int_equal(named(&profile), 1);
    model_free(&profile);
    assert_int_equal(load_region(&profile, "parse", 6, &message), -1);
    assert_string_equal(message.text, "x.image is damaged: a region's name makes no sense");
    model_free(&profile);
    assert_int_equal(load_region(&profile, "parse", IMAGE_REGION_MAX + 1, &message), -1);
    model_free(&profile);
    assert_int_equal(load_region(&profile, "parse", UINT32_MAX, &message), 0); /* as if still being written */
    assert_int_equal(named(&profile), 0);
    model_free(&profile);
}

static void one_profile(void **state)
{
    unsigned char *bytes = copy_of_image();
    struct message message;
    struct profile profile;

    (void)state;
    ((struct image_header *)bytes)->profile = 3;
    assert_int_equal(load(&profile, bytes, image_size, &message), 0);
    assert_int_equal(profile.thread_count, 0);
    model_free(&profile);
    thread_of(bytes)->profile = 3;
    assert_int_equal(load(&profile, bytes, image_size, &message), 0);
    assert_int_equal(profile.thread_count, 1);
    model_free(&profile);
    ((struct image_header *)bytes)->profile = 0;
    thread_of(bytes)->has_timer = 1;
    assert_int_equal(load(&profile, bytes, image_size, &message), 0);
    assert_int_equal(profile.thread_count, 0);
    assert_int_equal(profile.warning_count, 1);
    model_free(&profile);
    free(bytes);
}

static void a_newer_version(void **state)
{
    unsigned char *bytes = copy_of_image();
    struct message message;
    struct profile profile;

    (void)state;
    ((struct image_header *)bytes)->version++;
    assert_int_equal(load(&profile, bytes, image_size, &message), -1);
    assert_non_null(strstr(message.text, "newer version"));
    model_free(&profile);
    free(bytes);
}

/*
 * Loads the image as if the process had run from 1 s to 11 s of CLOCK_MONOTONIC. Meanwhile a counter of 2 GHz
 * advanced by TICKS, and the machine slept for SLEPT nanoseconds.
 */
static void load_by_clock(struct profile *profile, uint64_t ticks, uint64_t slept)
{
    unsigned char *bytes = copy_of_image();
    struct image_header *changed = (struct image_header *)bytes;
    struct message message;

    changed->clock = IMAGE_CLOCK_TSC;
    changed->rate = 0.5;
    changed->start = (struct image_anchor){UINT64_C(1) << 40, 1000000000, 5000000000};
    changed->last = (struct image_anchor){changed->start.ticks + ticks, 11000000000, 15000000000 + slept};
    changed->ended = changed->last.ticks;
    assert_int_equal(load(profile, bytes, image_size, &message), 0);
    free(bytes);
}

static void clocks_that_agree(void **state)
{
    static const uint64_t alike[] = {20000000000, 20100000000, 19900000000};
    struct profile profile;

    (void)state;
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
        load_by_clock(&profile, alike[i], 50000000);
        assert_true(profile.processes[0].astray == 0 && profile.processes[0].asleep == 0);
        assert_true(profile.processes[0].tick_ns == 1e10 / (double)alike[i]);
        model_free(&profile);
    }
}

static void a_machine_that_slept(void **state)
{
    struct profile profile;

    (void)state;
    load_by_clock(&profile, 20000000000, 3000000000);
    assert_true(profile.processes[0].asleep == 3e9 && profile.processes[0].astray == 0);
    model_free(&profile);
    load_by_clock(&profile, 26000000000, 3000000000); /* the counter did not sleep */
    assert_true(profile.processes[0].asleep == 3e9 && profile.processes[0].astray == 3e9);
    assert_true(profile.processes[0].tick_ns == 0.5);
    model_free(&profile);
}

static void a_counter_that_began_anew(void **state)
{
    struct profile profile;

    (void)state;
    load_by_clock(&profile, (uint64_t)-1000000000, 0);
    assert_true(profile.processes[0].astray == -10.5e9);
    assert_true(profile.processes[0].tick_ns == 0.5);
    assert_int_equal(profile.processes[0].end, profile.processes[0].start);
    for (size_t i = 0; i < profile.thread_count; i++)
        assert_true(profile.threads[i].end >= profile.threads[i].start);
    model_free(&profile);
}

/* Returns the first record below the first thread's root. */
static struct image_record *first_record(unsigned char *bytes)
{
    const struct image_thread *thread =
        (const struct image_thread *)(bytes + (size_t)((struct image_header *)bytes)->threads * IMAGE_UNIT);
    const struct image_record *root = (struct image_record *)(bytes + (size_t)thread->root * IMAGE_UNIT);

    return (struct image_record *)(bytes + (size_t)root->first_child * IMAGE_UNIT);
}

static void a_clock_that_stepped_back(void **state)
{
    unsigned char *bytes = copy_of_image();
    struct message message;
    struct profile profile;

    (void)state;
    first_record(bytes)->self = (uint64_t)-500000;
    first_record(bytes)->inclusive = (uint64_t)-700000;
    assert_int_equal(load(&profile, bytes, image_size, &message), 0);
    assert_int_equal(profile.threads[0].backwards, 1);
    for (size_t i = 0; i < profile.record_count; i++)
        assert_true(profile.records[i].self >= 0 && profile.records[i].inclusive >= 0);
    model_free(&profile);
    free(bytes);
}

#define SENTENCE(text, function)                                                                             \
    {                                                                                                        \
        .name = (text), .test_func = (function)                                                              \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("an image that is cut off is read up to there, or refused", every_truncation),
        SENTENCE("20,000 damaged images do no harm", random_damage),
        SENTENCE("records that lead in a circle are refused", records_in_a_circle),
        SENTENCE("records that lead in a circle are refused even if they have no functions",
                 records_without_functions_in_a_circle),
        SENTENCE("threads that lead in a circle are refused", threads_in_a_circle),
        SENTENCE("threads and frames that both lead in circles are refused", all_in_circles),
        SENTENCE("an edge that belongs to another thread does no harm", an_edge_of_another_thread),
        SENTENCE("an open call that ends before its callees takes nothing from the time of others",
                 an_open_call_shorter_than_its_callees),
        SENTENCE("a thread that is ahead of all turns has missed none", a_thread_ahead_of_all_turns),
        SENTENCE("a record that was made after the file was read is left out", a_record_made_while_we_read),
        SENTENCE("a small difference of the clocks is no warning", clocks_that_agree),
        SENTENCE("the loader tells if the machine slept, and if the counter did", a_machine_that_slept),
        SENTENCE("the loader tells if the counter started again, and uses its rate at the start",
                 a_counter_that_began_anew),
        SENTENCE("the loader tells if a clock stepped back, and no time is negative",
                 a_clock_that_stepped_back),
        SENTENCE("a region has its name from the image, or is refused if the name is invalid", regions),
        SENTENCE("an image of one profile has its threads, and one of the whole run those with its timer",
                 one_profile),
        SENTENCE("an image of a newer version is refused, with that reason", a_newer_version),
    };

    return cmocka_run_group_tests_name("image_load", tests, setup, teardown);
}
