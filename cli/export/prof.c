/*
 * prof.c - writes files that `stats` or Python's pstats read again: the sum of the files with their contexts,
 * or a table.
 */
#include <stdlib.h>

#include "cli/export/exporters.h"
#include "cli/files/prof_file.h"
#include "cli/files/save.h"

int export_pstats(FILE *stream, const struct export *export, struct message *message)
{
    struct byte_writer out = {0};
    int result = save_table(&out, export->table, export->list, message);

    if (result == 0)
        fwrite(out.bytes, 1, out.size, stream);
    free(out.bytes);
    return result;
}

int export_prof(FILE *stream, const struct export *export, struct message *message)
{
    struct byte_writer out = {0};
    int result;

    if (!export->inputs->is_merged) /* some rows are wanted, or the files have no contexts */
        return export_pstats(stream, export, message);
    result = prof_write(&out, &export->inputs->merge.profile, message);
    if (result == 0)
        fwrite(out.bytes, 1, out.size, stream);
    free(out.bytes);
    return result;
}
