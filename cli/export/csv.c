/*
 * csv.c - writes the table as comma-separated values, as `stats --csv` prints it (cli/report/csv.h).
 */
#include "cli/report/csv.h"

#include "cli/export/exporters.h"

int export_csv(FILE *stream, const struct export *export, struct message *message)
{
    (void)message;
    csv_print(stream, export->table, export->list, export->unwound, export->errors);
    return 0;
}
