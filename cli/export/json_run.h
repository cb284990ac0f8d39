/*
 * json_run.h - writes what a report says of the runs above its table, as JSON. For json.c alone.
 */
#ifndef CLI_EXPORT_JSON_RUN_H
#define CLI_EXPORT_JSON_RUN_H

#include "cli/export/export.h"
#include "cli/export/json_write.h"

/* Writes the member "run". Returns 0, or -1 without memory. */
int json_put_run(struct json_writer *out, const struct export *export);

#endif
