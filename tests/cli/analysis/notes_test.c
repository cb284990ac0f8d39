/*
 * notes_test.c - the lines that are printed about a profile's clock.
 */
#include "tests/lib/case.h"

#include <stdlib.h>
#include <string.h>

#include "cli/report/notes.h"

/* Expects the line EXPECTED about a profile with these figures. */
static void expect_said(double asleep, double astray, uint64_t backwards, const char *expected)
{
    struct profile_process processes[] = {{.tick_ns = 1, .timer = PROFILE_TIMER_TSC},
                                          {.tick_ns = 1, .timer = PROFILE_TIMER_TSC}};
    struct profile_thread thread = {.process = 1, .backwards = backwards};
    struct profile profile = {
        .processes = processes, .process_count = 2, .threads = &thread, .thread_count = 1};
    struct notes notes = {0};
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    processes[1].asleep = asleep;
    processes[1].astray = astray;
    notes_add(&notes, &profile);
    notes_print_clock(&notes, "stats", stream);
    fclose(stream);
    assert_string_equal(text, expected);
    free(text);
}

static void all_is_well(void **state)
{
    (void)state;
    expect_said(0, 0, 0, "");
}

static void slept(void **state)
{
    (void)state;
    expect_said(3.21e9, 0, 0,
                "stats: the machine slept for 3.2s while the program ran: times do not include that\n");
}

static void astray(void **state)
{
    (void)state;
    expect_said(
        3e9, 3e9, 0,
        "stats: the processor's clock ran 3.0s ahead of the kernel's while the program ran, in "
        "which the machine slept for 3.0s: calls that were open at the time are wrong by as much; use "
        "profile --timer=monotonic\n");
    expect_said(0, -2e9, 0,
                "stats: the processor's clock ran 2.0s behind the kernel's while the program ran: "
                "calls that were open at the time are wrong by as much; use profile --timer=monotonic\n");
}

static void stepped_back(void **state)
{
    (void)state;
    expect_said(0, 0, 2,
                "stats: the clock stepped back in 2 contexts, whose times are left out; use profile "
                "--timer=monotonic\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("nothing is printed about a clock that ran right", all_is_well),
        TEST_ALONE("a machine that slept is named, and that times do not include it", slept),
        TEST_ALONE("a clock that went wrong is named, with the damage and what to do", astray),
        TEST_ALONE("a clock that stepped back is named", stepped_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
