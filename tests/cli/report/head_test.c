/*
 * head_test.c - the lines about the runs and about the accuracy of times, by cli/report/head.c and
 * accuracy.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/kernel.h"
#include "cli/report/text_table.h"
#include "tests/lib/case.h"

static char *printed;

static int setup(void **state)
{
    (void)state;
    setenv("LC_ALL", "C.UTF-8", 1);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(printed);
    printed = NULL;
    return 0;
}

/* Prints REPORT with TABLE. */
static void print(struct table table, struct report report)
{
    static const struct table_list empty;
    size_t size;
    FILE *stream;

    free(printed);
    stream = open_memstream(&printed, &size);
    table.clocks = 1U << PROFILE_READS_EVERY;
    report.table = &table;
    report.list = &empty;
    report_print(stream, &report);
    fclose(stream);
}

static void expect_runs(struct runs runs, const char *line)
{
    print((struct table){0}, (struct report){.runs = &runs});
    if (strstr(printed, line) == NULL)
        fail_msg("no '%s' in:\n%s", line, printed);
}

static void says_how_long_runs_took(void **state)
{
    (void)state;
    expect_runs((struct runs){1, 1, 1, 130.4e6, 120e6, 0, 0},
                "\n   Run: wall time 130.4ms, CPU time 120.0ms\n");
    expect_runs((struct runs){1, 1, 8, 130.4e6, 120e6, 0, 0},
                "\n   Run: 8 threads; wall time 130.4ms, CPU time 120.0ms\n");
    expect_runs((struct runs){1, 4, 4, 130.4e6, 120e6, 0, 0},
                "\n   Run: 4 processes; wall time 130.4ms, CPU time 120.0ms\n");
    expect_runs((struct runs){1, 4, 60, 130.4e6, 420e6, 0, 0},
                "\n   Run: 60 threads of 4 processes; wall time 130.4ms, CPU time 420.0ms\n");
    expect_runs((struct runs){2, 2, 2, 130.4e6, 120e6, 0, 0},
                "\n   2 runs: wall time 130.4ms, CPU time 120.0ms in all\n");
    expect_runs((struct runs){2, 2, 16, 130.4e6, 120e6, 0, 0},
                "\n   2 runs: 16 threads; wall time 130.4ms, CPU time 120.0ms in all\n");
    expect_runs((struct runs){1, 1, 1, 130.4e6, 120e6, 1, 0}, "\n   Run: wall time 130.4ms\n");
}

static void says_nothing_of_unknown_runs(void **state)
{
    const struct runs unknown = {1, 1, 1, 1e6, 1e6, 0, 1}, none = {0}, known = {1, 1, 1, 1e6, 1e6, 0, 0};

    (void)state;
    print((struct table){0}, (struct report){.runs = &unknown});
    assert_null(strstr(printed, "wall time"));
    print((struct table){0}, (struct report){.runs = &none});
    assert_null(strstr(printed, "wall time"));
    print((struct table){0}, (struct report){.runs = &known, .unit = REPORT_UNIT_S});
    assert_null(strstr(printed, "wall time"));
}

/* Expects what a report says of SAMPLES samples of a total of 100 ns with two standard errors of ERROR ns.
 * The hooks took HOOKS ns. */
static void expect_accuracy(uint64_t samples, uint64_t unsampled, double error, double hooks,
                            const char *expected)
{
    const struct table table = {.tottime = 100,
                                .measured = 100 + hooks,
                                .variance = error * error / 4,
                                .is_compensated = 1,
                                .samples = samples,
                                .unsampled = unsampled};

    print(table, (struct report){0});
    const char *line = strstr(printed, "\n   Time: ");
    assert_string_equal(line != NULL ? line + 1 : "", expected);
}

static void says_what_times_rest_on(void **state)
{
    (void)state;
    expect_accuracy(4812, 0, 1.5, 0, "   Time: 4,812 samples, total within 2 %\n");
    expect_accuracy(4812, 0, 10, 300,
                    "   Time: 4,812 samples, total within 10 %; hooks took 75 % of the run, taken out\n");
    expect_accuracy(4812, 1, 1.5, 0, "   Time: 4,812 samples (1 thread without), total within 2 %\n");
    expect_accuracy(4812, 3, 1.5, 0, "   Time: 4,812 samples (3 threads without), total within 2 %\n");
    expect_accuracy(4812, 0, 0, 0, "   Time: 4,812 samples\n");
    expect_accuracy(0, 0, 50, 0, "");
}

static void says_what_helps(void **state)
{
    (void)state;
    expect_accuracy(48, 0, 11, 100,
                    "   Time: 48 samples, total within 11 %; hooks took 50 % of the run, taken out\n"
                    "   For better times: a longer run, or the sum of several (stats FILE...)\n");
    expect_accuracy(399, 0, 11, 300,
                    "   Time: 399 samples, total within 11 %; hooks took 75 % of the run, taken out\n"
                    "   For better times: a longer run, or the sum of several (stats FILE...)\n");
    expect_accuracy(400, 0, 11, 102,
                    "   Time: 400 samples, total within 11 %; hooks took 50 % of the run, taken out\n"
                    "   For better times: fewer hooks (profile cc, --suggest-exclude) or a longer run\n");
}

/* Returns what a report says of CONTEXTS contexts if the total was 100 ns, and the hooks took HOOKS ns. */
static const char *said_of_contexts(uint64_t contexts, double hooks)
{
    const struct table table = {
        .tottime = 100, .measured = 100 + hooks, .is_compensated = 1, .contexts = contexts};

    print(table, (struct report){0});
    return strstr(printed, "\n   Contexts: ");
}

static void says_that_contexts_cost_much(void **state)
{
    (void)state;
    assert_non_null(strstr(said_of_contexts(131071, 102),
                           "\n   Contexts: 131,071, which makes the hooks slow; "
                           "fewer by profile cc, --depth, --max-contexts\n"));
    assert_null(said_of_contexts(131071, 98));
    assert_null(said_of_contexts(16383, 900));
}

static void says_how_to_get_samples(void **state)
{
    char expected[256];
    int level = kernel_perf_level();

    (void)state;
    if (level > 2)
        snprintf(expected, sizeof expected,
                 "   Time: no samples (the kernel refuses them), total within 50 %%\n"
                 "   For better times: sysctl kernel.perf_event_paranoid=2 as root (it is %d here)\n",
                 level);
    else
        snprintf(expected, sizeof expected,
                 "   Time: no samples (the kernel refuses them), total within 50 %%\n"
                 "   For better times: run it where perf_event_open(2) is not forbidden\n");
    expect_accuracy(0, 2, 50, 0, expected);
}

static void cuts_long_lines(void **state)
{
    const char *titles[] = {"Sun Nov 22 21:26:00 2026    /a/long/path/to/some.prof"};
    const struct table table = {.filters = "--exclude='std::*' --only='src/*'"};

    (void)state;
    print(table, (struct report){.titles = titles, .title_count = 1});
    assert_non_null(strstr(printed, "2026    /a/long/path/to/some.prof\n"));
    assert_non_null(strstr(printed, "\n   Filters: --exclude='std::*' --only='src/*'\n"));
    print(table, (struct report){.titles = titles, .title_count = 1, .width = 44});
    assert_non_null(strstr(printed, "2026    \xe2\x80\xa6th/to/some.prof\n"));
    assert_non_null(strstr(printed, "\n   Filters: --exclude='std::*' --only='src/\xe2\x80\xa6\n"));
    setenv("LC_ALL", "C", 1);
    print(table, (struct report){.titles = titles, .title_count = 1, .width = 44});
    assert_non_null(strstr(printed, "2026    .../to/some.prof\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST("the report says how long the runs took, and of how many threads and processes the total is",
             says_how_long_runs_took),
        TEST("nothing is said of runs that are not known, and nothing that pstats would not print",
             says_nothing_of_unknown_runs),
        TEST("the report says what its times rest on", says_what_times_rest_on),
        TEST("if the total is known to no more than a tenth, the report says what would help",
             says_what_helps),
        TEST("if contexts are very many and the hooks took most of the run, the report says what to do",
             says_that_contexts_cost_much),
        TEST("without samples, the report says what the kernel refuses them for", says_how_to_get_samples),
        TEST("a title or filter that is too long for the terminal is cut, and the file's name is kept",
             cuts_long_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
