/*
 * figures.h - writes times and counts as text, as all reports print them.
 *
 * A time has up to four digits and a unit of its own, so that 40 ns can be told from 0: "1.204ms". In a unit
 * that the user chose it has three decimals and no unit, as in Python's pstats: "1.204".
 */
#ifndef CLI_REPORT_FIGURES_H
#define CLI_REPORT_FIGURES_H

#include <stdint.h>

#include "cli/base/message.h"
#include "cli/table/rows.h"

enum report_unit {
    REPORT_UNIT_AUTO,
    REPORT_UNIT_S,
    REPORT_UNIT_MS,
    REPORT_UNIT_US,
    REPORT_UNIT_NS,
    REPORT_UNIT_COUNT, /* not time: four digits, with k, M and G */
    REPORT_UNIT_PLAIN, /* not time: all digits */
};

/* The names of the units, separated by spaces: for help and completion. */
#define REPORT_UNITS "auto s ms us ns"

enum {
    REPORT_TIME_MAX = 512, /* chars; holds any double, as decimal.h needs */
    REPORT_CALLS_MAX = 48, /* chars; holds any two counts */
};

/* Returns the unit to print in when UNIT is wanted. A measure that COUNTS has no unit of time. */
enum report_unit report_unit_of(int counts, enum report_unit unit);

/* Finds the unit called TEXT. Returns 0, or -1 and fills MESSAGE with the names of all units. */
int report_unit_parse(enum report_unit *unit, const char *text, struct message *message);

/* Returns the name of UNIT with a space before it, as totals print it: " seconds". Returns "" if each time
 * has a unit of its own. */
const char *report_unit_words(enum report_unit unit);

/* Writes a time of NS nanoseconds in UNIT. */
void report_time(char text[REPORT_TIME_MAX], double ns, enum report_unit unit);

/* Writes the change of a time by NS nanoseconds with its sign, and with the digits that are known if it has
 * the standard error ERROR. */
void report_change(char text[REPORT_TIME_MAX], double ns, double error, enum report_unit unit);

/* Writes a time of NS nanoseconds in UNIT. With units of its choice it writes the digits that are known if NS
 * has the standard error ERROR, but at least one. Writes "<2ns" for a bound of two errors, if NS is less than
 * one. */
void report_estimate(char text[REPORT_TIME_MAX], double ns, double error, enum report_unit unit);

/* Writes TIME, in TABLE's own measure, divided by DIVISOR, as report_estimate() does. Writes "" if DIVISOR is
 * 0. */
void report_figure(char text[REPORT_TIME_MAX], const struct table *table, double time, double error,
                   uint64_t divisor, enum report_unit unit);

/* Writes all digits of NUMBER, in groups of three: "1,234,567". */
void report_grouped(char text[REPORT_TIME_MAX], double number);

/* Writes calls as pstats does: "3", or "3/1" where only 1 of 3 was primitive. */
void report_calls(char text[REPORT_CALLS_MAX], uint64_t ncalls, uint64_t pcalls);

#endif
