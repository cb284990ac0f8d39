/*
 * marshal_read.h - the profiles that Python's cProfile and profile save, read into a table.
 *
 * Reads what Python 2.7 to 3.13 write: all codes of marshal that a profile is made of, and references.
 * Whatever follows the dictionary is ignored, as Python does. The data are not trusted: time and memory are
 * bounded by their size, whatever refers to what.
 */
#ifndef CLI_FILES_MARSHAL_READ_H
#define CLI_FILES_MARSHAL_READ_H

#include <stddef.h>

#include "cli/base/message.h"
#include "cli/table/rows.h"

/* Does the data look like such a profile? */
int marshal_recognise(const unsigned char *data, size_t size);

/*
 * Fills the TABLE, which is zeroed but for with_edges: rows in the dictionary's order, times in seconds. A
 * caller that has no row of its own gets an unlisted one. For table_merge(), not to be printed. -1 with a
 * message, in which the file is called PATH; what has been filled is then table_free()'s.
 */
int marshal_read(struct table *table, const unsigned char *data, size_t size, const char *path,
                 struct message *message);

#endif
