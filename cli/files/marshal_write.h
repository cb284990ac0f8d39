/*
 * marshal_write.h - a table as the dictionary that Python's pstats reads.
 *
 * What is written is, byte for byte, Python's marshal.dumps(dictionary, 2): one object without references,
 * which Python 2.7 and all of 3 load. prof(5) describes it. Python ignores whatever follows it in a file.
 */
#ifndef CLI_FILES_MARSHAL_WRITE_H
#define CLI_FILES_MARSHAL_WRITE_H

#include "cli/base/bytes.h"
#include "cli/table/rows.h"

/* Writes TABLE, which has its edges and was finished with TABLE_DICTIONARY. -1 without memory. */
int marshal_write(struct byte_writer *out, const struct table *table);

#endif
