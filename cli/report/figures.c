/*
 * figures.c - writes times and counts as text. See figures.h.
 */
#include "cli/report/figures.h"

#include <math.h>
#include <string.h>

#include "cli/base/decimal.h"
#include "cli/ui/option_values.h"

struct unit {
    const char *name;
    const char *words; /* as totals print it */
    double scale;      /* factor from ns, exact enough to give pstats's digits */
};

static const struct unit UNITS[] = {
    [REPORT_UNIT_AUTO] = {"auto", "", 1},
    [REPORT_UNIT_S] = {"s", " seconds", 1e-9},
    [REPORT_UNIT_MS] = {"ms", " milliseconds", 1e-6},
    [REPORT_UNIT_US] = {"us", " microseconds", 1e-3},
    [REPORT_UNIT_NS] = {"ns", " nanoseconds", 1},
    [REPORT_UNIT_COUNT] = {"", "", 1},
    [REPORT_UNIT_PLAIN] = {"", "", 1},
};

int report_unit_parse(enum report_unit *unit, const char *text, struct message *message)
{
    for (size_t i = 0; i <= REPORT_UNIT_NS; i++)
        if (strcmp(UNITS[i].name, text) == 0) {
            *unit = (enum report_unit)i;
            return 0;
        }
    return option_refuse_choice("unit", text, REPORT_UNITS, message);
}

enum { DIGITS = 4 };

/* Returns NUMBER, which is not 0, rounded to its first COUNT digits. */
static double round_to(double number, int count)
{
    double unit = pow(10, floor(log10(fabs(number))) + 1 - count);

    return round(number / unit) * unit;
}

/* Writes NUMBER with COUNT digits and one of NAMES. An integer below 1,000 gets no decimals. */
static void print_scaled(char text[REPORT_TIME_MAX], double number, int count, const char *const names[4],
                         int is_integer)
{
    static const double divisors[] = {1, 1e3, 1e6, 1e9};
    double rounded = count < DIGITS && number != 0 && isfinite(number) ? round_to(number, count) : number;
    size_t i = 0;

    while (i < 3 && fabs(rounded) / divisors[i] >= 999.95)
        i++;
    double value = rounded / divisors[i], size = fabs(value);
    int whole = size < 9.9995 ? 1 : size < 99.995 ? 2 : size < 999.95 ? 3 : 4; /* digits before the point */
    int decimals = count - (size > 0 && size < 1 && count < DIGITS ? (int)floor(log10(size)) + 1 : whole);

    if (value == 0 || (is_integer && i == 0) || decimals < 0)
        decimals = 0;
    size_t length = decimal_fixed(text, value, decimals);
    memcpy(text + length, names[i], strlen(names[i]) + 1);
}

/* Returns how many digits of TIME are known if it has the standard error ERROR: up to the first digit of
 * that. */
static int known_digits(double time, double error)
{
    double digits = error > 0 && time != 0 ? floor(log10(fabs(time))) - floor(log10(error)) + 1 : DIGITS;

    return digits < 1 ? 1 : digits < DIGITS ? (int)digits : DIGITS;
}

static int is_whole(double number)
{
    return number == trunc(number);
}

/* Writes a time as report_time() does, with COUNT digits if the unit is free. */
static void print_time(char text[REPORT_TIME_MAX], double ns, int count, enum report_unit unit)
{
    static const char *const times[] = {"ns", "us", "ms", "s"}, *const counts[] = {"", "k", "M", "G"};

    if (unit == REPORT_UNIT_AUTO)
        print_scaled(text, ns, count, times, 0);
    else if (unit == REPORT_UNIT_COUNT)
        print_scaled(text, ns, count, counts, is_whole(ns));
    else
        decimal_fixed(text, ns * UNITS[unit].scale, unit == REPORT_UNIT_PLAIN && is_whole(ns) ? 0 : 3);
}

enum report_unit report_unit_of(int counts, enum report_unit unit)
{
    if (!counts)
        return unit;
    return unit == REPORT_UNIT_AUTO ? REPORT_UNIT_COUNT : REPORT_UNIT_PLAIN;
}

void report_time(char text[REPORT_TIME_MAX], double ns, enum report_unit unit)
{
    print_time(text, ns, DIGITS, unit);
}

void report_estimate(char text[REPORT_TIME_MAX], double ns, double error, enum report_unit unit)
{
    int digits = known_digits(ns, error);

    if ((unit == REPORT_UNIT_AUTO || unit == REPORT_UNIT_COUNT) && ns < error) {
        *text++ = '<';
        ns += 2 * error;
        digits = 1;
    }
    print_time(text, ns, digits, unit);
}

void report_change(char text[REPORT_TIME_MAX], double ns, double error, enum report_unit unit)
{
    if (ns > 0)
        *text++ = '+';
    print_time(text, ns, known_digits(ns, error), unit);
}

/* Returns TIME of TABLE in ns, or as it is if the table counts something else. */
static double in_ns(const struct table *table, double time)
{
    return table->in_seconds && !table->counts ? time * 1e9 : time;
}

const char *report_unit_words(enum report_unit unit)
{
    return UNITS[unit].words;
}

void report_figure(char text[REPORT_TIME_MAX], const struct table *table, double time, double error,
                   uint64_t divisor, enum report_unit unit)
{
    *text = '\0';
    if (divisor == 0)
        return;
    if (unit == REPORT_UNIT_AUTO || table->counts)
        report_estimate(text, in_ns(table, time) / (double)divisor, in_ns(table, error) / (double)divisor,
                        report_unit_of(table->counts, unit));
    else if (unit == REPORT_UNIT_S && table->in_seconds)
        decimal_fixed(text, time / (double)divisor, 3);
    else /* divide in the unit, as pstats divides in seconds, to get its last digit */
        decimal_fixed(text, in_ns(table, time) * UNITS[unit].scale / (double)divisor, 3);
}

void report_calls(char text[REPORT_CALLS_MAX], uint64_t ncalls, uint64_t pcalls)
{
    char *end = text + decimal_count(text, ncalls);

    if (ncalls == pcalls)
        return;
    *end++ = '/';
    decimal_count(end, pcalls);
}

void report_grouped(char text[REPORT_TIME_MAX], double number)
{
    char digits[REPORT_TIME_MAX];
    size_t length = decimal_fixed(digits, number, 0);

    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0 && digits[i - 1] != '-' && length < REPORT_TIME_MAX / 2)
            *text++ = ',';
        *text++ = digits[i];
    }
    *text = '\0';
}
