/*
 * labels.h - the names of functions and threads, for formats that know them by their names alone.
 */
#ifndef CLI_EXPORT_LABELS_H
#define CLI_EXPORT_LABELS_H

#include <stdint.h>
#include <stdio.h>

#include "cli/export/export.h"

/* The function of a context that stands for others. */
#define LABEL_LEFT_OUT "(left out)"

/* Returns, for each row of the table, 1 if another row has its name; to be freed. Returns NULL without
 * memory. */
unsigned char *labels_shared(const struct table *table);

/* Writes the name of ROW, which may be CONTEXT_NONE, as one line of printable UTF-8. SHARED is of
 * labels_shared(): a function whose name another one has gets its file and line. COLON stands for each
 * semicolon. */
void label_function(FILE *stream, const struct export *export, const unsigned char *shared, uint32_t row,
                    char colon);

/* Writes the name and the ID of thread T of EXPORT's profile, as label_function() does. */
void label_thread(FILE *stream, const struct export *export, uint32_t t, char colon);

/* Return what the functions above write, to be freed; or NULL without memory. */
char *labels_function(const struct export *export, const unsigned char *shared, uint32_t row);
char *labels_thread(const struct export *export, uint32_t t);

#endif
