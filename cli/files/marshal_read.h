/*
 * marshal_read.h - reads the profiles that Python's cProfile and profile save into a table.
 *
 * It reads the files of Python 2.7 to 3.13: all codes of marshal that a profile is made of, and references.
 * It ignores bytes behind the dictionary, as Python does. The data are not trusted: their size bounds time
 * and memory, with any references.
 */
#ifndef CLI_FILES_MARSHAL_READ_H
#define CLI_FILES_MARSHAL_READ_H

#include <stddef.h>

#include "cli/base/message.h"
#include "cli/table/rows.h"

/* Returns 1 if the data begin as such a profile does. */
int marshal_recognise(const unsigned char *data, size_t size);

/*
 * Fills TABLE, which is zeroed except has_edges: rows in the order of the dictionary, times in seconds. A
 * caller that has no row of its own gets an unlisted one. The table is for table_merge(), not for printing.
 * PATH is for messages.
 *
 * Returns 0, or -1 and fills MESSAGE. The caller calls table_free() in either case.
 */
int marshal_read(struct table *table, const unsigned char *data, size_t size, const char *path,
                 struct message *message);

#endif
