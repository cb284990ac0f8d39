/*
 * marshal_objects.h - reads single objects of Python's marshal format: texts, numbers and code objects.
 *
 * Objects are not built: a caller that knows what must come reads it. To follow a reference, the reader goes
 * back to where its object stands. A fault sticks: what is read after it is zeros.
 */
#ifndef CLI_FILES_MARSHAL_OBJECTS_H
#define CLI_FILES_MARSHAL_OBJECTS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/bytes.h"
#include "cli/table/rows.h"

/* An object that a later one may refer to. */
struct marshal_reference {
    const unsigned char *place; /* of the object's code */
    const char *text;           /* interned, if it is a string */
};

/* A file that is being read. Zeroed but for bytes, table and budget, nothing has been read. */
struct marshal_reader {
    struct byte_reader bytes;
    struct table *table;
    struct marshal_reference *references;
    size_t reference_count;
    const char **interned; /* the numbered strings of Python 2 */
    size_t interned_count;
    int again;       /* references that are being followed */
    uint64_t budget; /* bytes that may still be read again */
    const char *wrong;
    int skipping; /* callers are read for the references in them alone */
    int depth;    /* objects that are being skipped, one in another */
    int out_of_memory;
};

#define MARSHAL_NO_REFERENCE SIZE_MAX

/* An object whose code has been read. */
struct marshal_object {
    int code;
    size_t reference; /* index of the reference by which it is known, or MARSHAL_NO_REFERENCE */
    const unsigned char *start;
    const unsigned char *resume; /* behind the reference that led here; NULL: none did */
};

struct marshal_number {
    double value;
    uint64_t count; /* the value, if IS_COUNT */
    int is_count;   /* it is a whole number from 0 to INT64_MAX */
};

/* Notes WHAT as the fault, unless there was one before. Reading goes on with zeros, which ends it soon. */
void marshal_fail(struct marshal_reader *reader, const char *what);

/* Notes that memory is short, as marshal_fail() does a fault. */
void marshal_fail_memory(struct marshal_reader *reader);

/* Reads a number of SIZE bytes, which has no code of its own. */
uint64_t marshal_read_fixed(struct marshal_reader *reader, size_t size);

/* Starts to read an object, or the one that a reference leads to. OBJECT is a parameter, not the result: the
 * compiler copied a result before its parts were in memory, in a sixth of the time. */
void marshal_begin(struct marshal_reader *reader, struct marshal_object *object);

/* Ends what marshal_begin() started. */
void marshal_end(struct marshal_reader *reader, const struct marshal_object *object);

/* Returns the table's copy of text from the file, with NULs and bytes that are not UTF-8 replaced. Returns
 * NULL without memory. */
const char *marshal_keep(struct marshal_reader *reader, const unsigned char *bytes, size_t length);

/* Reads a string of Python 2 behind its code, and numbers it. It is never skipped, for later ones refer to
 * the number. */
const char *marshal_read_numbered(struct marshal_reader *reader);

/* Returns the string that comes next, or the text of a code object. Returns NULL on failure, and if it is
 * skipped. */
const char *marshal_read_text(struct marshal_reader *reader);

/* Reads a code object behind its code. Returns it as text, as Python prints it but for its address. Returns
 * NULL on failure, and if it is skipped. */
const char *marshal_read_code(struct marshal_reader *reader);

/* Reads the number that comes next. */
struct marshal_number marshal_read_number(struct marshal_reader *reader);

/* Reads the number behind its CODE. */
struct marshal_number marshal_read_number_of(struct marshal_reader *reader, int code);

/* Returns 1 if CODE is that of a tuple. */
int marshal_is_tuple(int code);

#endif
