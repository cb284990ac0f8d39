/*
 * notes.h - prints what the reader of a report should know about the runs behind it. It goes to standard
 * error, so that a report itself stays what pstats prints.
 */
#ifndef CLI_REPORT_NOTES_H
#define CLI_REPORT_NOTES_H

#include <stdio.h>

#include "cli/analysis/notes_add.h"

/* Prints a line for each thing to know, which begins with the name of COMMAND. */
void notes_print(const struct notes *notes, const char *command, FILE *stream);

/* Prints only the lines about the clock. */
void notes_print_clock(const struct notes *notes, const char *command, FILE *stream);

/* Prints only the lines about functions that were throttled. */
void notes_print_throttled(const struct notes *notes, const char *command, FILE *stream);

#endif
