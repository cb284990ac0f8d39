/*
 * marshal_write.h - writes a table as the dictionary that Python's pstats reads.
 *
 * The bytes are those of Python's marshal.dumps(dictionary, 2): one object without references, which
 * Python 2.7 and all versions of Python 3 load. prof(5) describes it. Python ignores bytes behind it in a
 * file.
 */
#ifndef CLI_FILES_MARSHAL_WRITE_H
#define CLI_FILES_MARSHAL_WRITE_H

#include "cli/base/bytes.h"
#include "cli/table/rows.h"

/* Writes TABLE, which has its edges and was finished with TABLE_DICTIONARY. Returns 0, or -1 without memory.
 */
int marshal_write(struct byte_writer *out, const struct table *table);

#endif
