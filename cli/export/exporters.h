/*
 * exporters.h - the functions that write one format each, for the table in export.c. The file named for the
 * format describes it.
 */
#ifndef CLI_EXPORT_EXPORTERS_H
#define CLI_EXPORT_EXPORTERS_H

#include <stdio.h>

#include "cli/export/export.h"

/* Write EXPORT to STREAM. Return 0, or -1 and fill MESSAGE. */
int export_callgrind(FILE *stream, const struct export *export, struct message *message);
int export_csv(FILE *stream, const struct export *export, struct message *message);
int export_firefox(FILE *stream, const struct export *export, struct message *message);
int export_folded(FILE *stream, const struct export *export, struct message *message);
int export_html(FILE *stream, const struct export *export, struct message *message);
int export_json(FILE *stream, const struct export *export, struct message *message);
int export_pprof(FILE *stream, const struct export *export, struct message *message);
int export_prof(FILE *stream, const struct export *export, struct message *message);
int export_pstats(FILE *stream, const struct export *export, struct message *message);
int export_speedscope(FILE *stream, const struct export *export, struct message *message);

#endif
