/*
 * put.h - writes numbers and names to a stream, fast: an export has millions of them.
 *
 * Failures stay in the stream's error flag.
 */
#ifndef CLI_EXPORT_PUT_H
#define CLI_EXPORT_PUT_H

#include <stdint.h>
#include <stdio.h>

/* Writes TEXT as it is. */
void put_text(FILE *stream, const char *text);

/* Writes NUMBER in decimal digits. */
void put_number(FILE *stream, uint64_t number);

/* Writes NS nanoseconds as milliseconds, with all digits. */
void put_milliseconds(FILE *stream, uint64_t ns);

/* Writes NUMBER, which may be an estimate a little below 0, as a whole number of at least 0. It is rounded as
 * printf("%.0f") does, so that it is the number of `stats --csv`. */
void put_rounded(FILE *stream, double number);

/*
 * Writes TEXT as a string of JSON, in its quotes. Bytes that are not UTF-8 are spelled \xNN, as reports spell
 * them. The string can stand in a <script> of HTML: <, > and & are written as numbers, as are control
 * characters and the separators of lines of JavaScript. NULL is written as null.
 */
void put_json_string(FILE *stream, const char *text);

#endif
