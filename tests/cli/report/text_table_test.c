/*
 * text_table_test.c - the text of cli/report/text_table.c, head.c and figures.c, and the values of csv.c.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/report/csv.h"
#include "cli/report/text_table.h"
#include "cli/table/rows.h"
#include "tests/lib/case.h"
#include "tests/lib/fixture.h"

static struct fixture fixture;
static struct table table;
static struct table_list list;
static struct message message;
static char *printed;

static int setup(void **state)
{
    (void)state;
    fixture_start(&fixture);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    table_list_free(&list);
    table_free(&table);
    free(printed);
    printed = NULL;
    return 0;
}

static void sum_up(void)
{
    fixture_sum_up(&table, &fixture, 0);
    assert_int_equal(table_list(&table, &list, &message), 0);
}

static void print_report(struct report report)
{
    size_t size;
    FILE *stream = open_memstream(&printed, &size);

    report.table = &table;
    report.list = &list;
    report_print(stream, &report);
    fclose(stream);
}

static void print_csv(void)
{
    size_t size;
    FILE *stream = open_memstream(&printed, &size);

    csv_print(stream, &table, &list, 0, 0);
    fclose(stream);
}

static void assert_time(double ns, const char *expected)
{
    char text[REPORT_TIME_MAX];

    report_time(text, ns, REPORT_UNIT_AUTO);
    assert_string_equal(text, expected);
}

static void prints_four_digits(void **state)
{
    (void)state;
    assert_time(0, "0ns");
    assert_time(0.4, "0.400ns");
    assert_time(1, "1.000ns");
    assert_time(12.3456, "12.35ns");
    assert_time(509.1, "509.1ns");
    assert_time(12040, "12.04us");
    assert_time(1204000, "1.204ms");
    assert_time(1204000000, "1.204s");
    assert_time(60e9, "60.00s");
    assert_time(1234e9, "1234s");
    assert_time(12345e9, "12345s");
    assert_time(-1204000, "-1.204ms");
}

static void carries_to_the_next_unit(void **state)
{
    (void)state;
    assert_time(9.9994, "9.999ns");
    assert_time(9.9996, "10.00ns");
    assert_time(99.994, "99.99ns");
    assert_time(99.996, "100.0ns");
    assert_time(999.94, "999.9ns");
    assert_time(999.96, "1.000us");
    assert_time(999.96e3, "1.000ms");
    assert_time(999.96e6, "1.000s");
    assert_time(999.94e9, "999.9s");
    assert_time(999.96e9, "1000s");
}

static void fits_eight_columns(void **state)
{
    (void)state;
    char text[REPORT_TIME_MAX];
    for (double ns = 0.001; ns < 9e15; ns *= 1.00037) {
        report_time(text, ns, REPORT_UNIT_AUTO);
        assert_in_range(strlen(text), 3, 8);
        assert_null(strstr(text, "10000")); /* five digits */
    }
}

static void assert_number(double number, enum report_unit unit, const char *expected)
{
    char text[REPORT_TIME_MAX];

    report_time(text, number, report_unit_of(1, unit));
    assert_string_equal(text, expected);
}

static void prints_counts(void **state)
{
    (void)state;
    assert_number(0, REPORT_UNIT_AUTO, "0");
    assert_number(0.25, REPORT_UNIT_AUTO, "0.250");
    assert_number(7, REPORT_UNIT_AUTO, "7");
    assert_number(7.5, REPORT_UNIT_AUTO, "7.500");
    assert_number(999, REPORT_UNIT_AUTO, "999");
    assert_number(1000, REPORT_UNIT_AUTO, "1.000k");
    assert_number(12345, REPORT_UNIT_AUTO, "12.35k");
    assert_number(12345678, REPORT_UNIT_AUTO, "12.35M");
    assert_number(12345678901, REPORT_UNIT_AUTO, "12.35G");
    assert_number(1234e12, REPORT_UNIT_AUTO, "1234000G");
    assert_number(-12345, REPORT_UNIT_AUTO, "-12.35k");
    assert_number(12345678, REPORT_UNIT_S, "12345678");
    assert_number(7.5, REPORT_UNIT_MS, "7.500");
    assert_int_equal(report_unit_of(0, REPORT_UNIT_MS), REPORT_UNIT_MS);
}

static void takes_any_double(void **state)
{
    (void)state;
    const double values[] = {INFINITY, -INFINITY, NAN, 1.7e308, -1.7e308, 5e-324};
    char text[REPORT_TIME_MAX];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (int unit = REPORT_UNIT_AUTO; unit <= REPORT_UNIT_PLAIN; unit++) {
            report_time(text, values[i], (enum report_unit)unit);
            assert_true(strlen(text) > 0);
        }
}

static void fill_factorial(void)
{
    uint32_t main_function = fixture_function(&fixture, PROFILE_NONE, "a.c", 10, "main");
    uint32_t fib = fixture_function(&fixture, PROFILE_NONE, "a.c", 3, "fib");
    uint32_t outer = fixture_record(&fixture, main_function, 0, 1, 1000, 1204000);
    uint32_t inner = fixture_record(&fixture, fib, outer, 1, 3000, 1203000);
    fixture_back_edge(&fixture, inner, inner, 2, 1200000);
    sum_up();
}

static void prints_the_table(void **state)
{
    (void)state;
    const char *titles[] = {"Sun Nov 22 21:26:00 2026    a.prof", "b.prof"};
    fill_factorial();
    print_report((struct report){.order = "cumulative time", .titles = titles, .title_count = 2});
    assert_string_equal(printed, "Sun Nov 22 21:26:00 2026    a.prof\n"
                                 "b.prof\n"
                                 "\n"
                                 "         4 function calls (2 primitive calls) in 1.204ms\n"
                                 "\n"
                                 "   Ordered by: cumulative time\n"
                                 "\n"
                                 "   ncalls  tottime  percall  cumtime  percall filename:lineno(function)\n"
                                 "      3/1  1.203ms  401.0us  1.203ms  1.203ms a.c:3(fib)\n"
                                 "        1  1.000us  1.000us  1.204ms  1.204ms a.c:10(main)\n"
                                 "\n"
                                 "\n");
}

static void prints_fixed_units(void **state)
{
    (void)state;
    fill_factorial();
    print_report((struct report){.order = "", .unit = REPORT_UNIT_S});
    assert_non_null(strstr(printed, "         4 function calls (2 primitive calls) in 0.001 seconds\n"));
    assert_non_null(strstr(printed, "\n   Random listing order was used\n\n"));
    assert_non_null(strstr(printed, "\n      3/1    0.001    0.000    0.001    0.001 a.c:3(fib)\n"));
    free(printed);
    print_report((struct report){.order = "", .unit = REPORT_UNIT_MS});
    assert_non_null(strstr(printed, "in 1.204 milliseconds\n"));
    assert_non_null(strstr(printed, "\n      3/1    1.203    0.401    1.203    1.203 a.c:3(fib)\n"));
    free(printed);
    print_report((struct report){.order = "", .unit = REPORT_UNIT_US});
    assert_non_null(strstr(printed, "in 1204.000 microseconds\n"));
    assert_non_null(strstr(printed, "\n      3/1 1203.000  401.000 1203.000 1203.000 a.c:3(fib)\n"));
    free(printed);
    print_report((struct report){.order = "", .unit = REPORT_UNIT_NS});
    assert_non_null(strstr(printed, "in 1204000.000 nanoseconds\n"));
}

static void widens_ncalls(void **state)
{
    (void)state;
    uint32_t rec = fixture_function(&fixture, PROFILE_NONE, "a.c", 3, "rec");
    uint32_t record = fixture_record(&fixture, rec, 0, 1000005, 3000, 3000);
    fixture_back_edge(&fixture, record, record, 2000000, 0);
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 9, "leaf"), 0, 1, 1000, 1000);
    sum_up();
    print_report((struct report){.order = ""});
    assert_non_null(strstr(printed, "\n         ncalls  tottime  percall  cumtime  percall filename"));
    assert_non_null(strstr(printed, "\n3000005/1000005  3.000us"));
    assert_non_null(strstr(printed, "\n              1  1.000us  1.000us  1.000us  1.000us a.c:9(leaf)\n"));
    free(printed);
    print_report((struct report){.order = "", .unit = REPORT_UNIT_S});
    assert_non_null(strstr(printed, "\n        1    0.000    0.000    0.000    0.000 a.c:9(leaf)\n"));
}

static void leaves_percall_blank(void **state)
{
    (void)state;
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "open"), 0, 0, 2000, 3000);
    sum_up();
    print_report((struct report){.order = ""});
    assert_non_null(strstr(printed, "\n        0  2.000us           3.000us          a.c:1(open)\n"));
    assert_non_null(strstr(printed, "         0 function calls in 2.000us\n"));
}

static void counts_errors(void **state)
{
    (void)state;
    uint32_t record =
        fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "f"), 0, 1, 20, 20);

    /* Half of the variance: a half of the time is the other function's. */
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 2, "g"), 0, 1, 20, 20);
    fixture.records[record].variance = 18;
    fixture.processes[0].unit = "bytes";
    sum_up();
    print_report((struct report){.order = "", .errors = 1});
    assert_non_null(strstr(printed, "\n        1       20        3       20       20       20 a.c:1(f)\n"));
}

static void ends_after_the_totals(void **state)
{
    (void)state;
    fill_factorial();
    list.count = 0;
    print_report((struct report){.order = "call count"});
    assert_string_equal(printed, "         4 function calls (2 primitive calls) in 1.204ms\n\n");
}

static void escapes_names(void **state)
{
    (void)state;
    const char *titles[] = {"\x1b]0;title\a.prof"};
    fixture_record(
        &fixture,
        fixture_function(&fixture, PROFILE_NONE, "a\n.c", 1, "\x1b[2Jf\xff\xc2\x9b\xe2\x80\xae\xc3\xa9\x7f"),
        0, 1, 1, 1);
    sum_up();
    print_report((struct report){.order = "", .titles = titles, .title_count = 1});
    assert_non_null(strstr(printed, "\\x1b]0;title\\x07.prof\n"));
    assert_non_null(strstr(printed, " a\\x0a.c:1(\\x1b[2Jf\\xff\\xc2\\x9b\\xe2\\x80\\xae\xc3\xa9\\x7f)\n"));
}

static void prints_csv(void **state)
{
    (void)state;
    uint32_t module = fixture_module(&fixture, "/bin/my \"prog\"", 1);
    fixture.processes[0].tick_ns = 0.5;
    fixture_record(&fixture, fixture_function(&fixture, module, "a,b.cc", 7, "_ZN3FooclEii"), 0, 3, 5,
                   4000001);
    fixture_record(&fixture, fixture_function(&fixture, module, NULL, 9, "sym"), 0, 1, 2, 2);
    fixture_record(&fixture, fixture_function(&fixture, module, NULL, 0, NULL), 0, 1, 2, 2);
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "z.c", 1, "\"\n\xff\xc3\xa9,"), 0, 1, 2,
                   2);
    sum_up();
    print_csv();
    assert_string_equal(printed, "ncalls,pcalls,tottime_ns,cumtime_ns,file,line,function,module\n"
                                 "1,1,1,1,,0,sym,\"/bin/my \"\"prog\"\"\"\n"
                                 "3,3,2,2000000,\"a,b.cc\",7,Foo::operator(),\"/bin/my \"\"prog\"\"\"\n"
                                 "1,1,1,1,z.c,1,\"\"\"\\x0a\\xff\xc3\xa9,\",\n"
                                 "1,1,1,1,,0,\"my \"\"prog\"\"+0x1020\",\"/bin/my \"\"prog\"\"\"\n");
}

static void prints_csv_header_alone(void **state)
{
    (void)state;
    sum_up();
    print_csv();
    assert_string_equal(printed, "ncalls,pcalls,tottime_ns,cumtime_ns,file,line,function,module\n");
}

static void parses_units(void **state)
{
    (void)state;
    enum report_unit unit;
    assert_int_equal(report_unit_parse(&unit, "us", &message), 0);
    assert_int_equal(unit, REPORT_UNIT_US);
    assert_int_equal(report_unit_parse(&unit, "m", &message), -1);
    assert_string_equal(message.text, "unknown unit 'm' (use auto, s, ms, us or ns)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST("a time has four significant digits and its unit", prints_four_digits),
        TEST("rounding carries to the next unit", carries_to_the_next_unit),
        TEST("a time below three months fits eight columns", fits_eight_columns),
        TEST("a count has four digits, or all with any unit, and no name of a unit", prints_counts),
        TEST("infinities, NaN and the greatest double can be printed", takes_any_double),
        TEST("the report is pstats's table", prints_the_table),
        TEST("with a unit, times are numbers in it, and the first line says so", prints_fixed_units),
        TEST("long counts widen their column, but not in seconds, as in pstats", widens_ncalls),
        TEST("without calls, the time per call is blank", leaves_percall_blank),
        TEST("the standard error of a count is a count", counts_errors),
        TEST("a list without rows ends the report after the totals", ends_after_the_totals),
        TEST("a name can't drive the terminal", escapes_names),
        TEST("CSV is quoted by RFC 4180 and has the full figures", prints_csv),
        TEST("CSV of no rows is its header", prints_csv_header_alone),
        TEST("an unknown unit is refused with the list of units", parses_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
