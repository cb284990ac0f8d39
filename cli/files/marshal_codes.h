/*
 * marshal_codes.h - the type codes of Python's marshal format.
 *
 * They are those of versions 0 to 5 of the format (CPython's Python/marshal.c).
 * Numbers are little-endian.
 */
#ifndef CLI_FILES_MARSHAL_CODES_H
#define CLI_FILES_MARSHAL_CODES_H

enum {
    MARSHAL_DICT = '{',        /* keys and values, to MARSHAL_END */
    MARSHAL_END = '0',         /* in place of a key */
    MARSHAL_TUPLE = '(',       /* 4 bytes of count, and the items */
    MARSHAL_SMALL_TUPLE = ')', /* 1 byte of count, and the items */
    MARSHAL_INT = 'i',         /* 4 bytes */
    MARSHAL_INT64 = 'I',       /* 8 bytes; Python 2 */
    MARSHAL_NONE = 'N',        /* nothing, and so the next two */
    MARSHAL_STOP = 'S',
    MARSHAL_ELLIPSIS = '.',
    MARSHAL_LIST = '[', /* 4 bytes of count, and the items; so sets */
    MARSHAL_SET = '<',
    MARSHAL_FROZEN_SET = '>',
    MARSHAL_SLICE = ':',           /* three objects */
    MARSHAL_COMPLEX = 'y',         /* 16 bytes */
    MARSHAL_COMPLEX_DECIMAL = 'x', /* two numbers as MARSHAL_DECIMAL has them */
    MARSHAL_LONG = 'l',    /* 4 bytes of count, negative for a negative number, and digits of 15 bits */
    MARSHAL_FALSE = 'F',   /* 0 */
    MARSHAL_TRUE = 'T',    /* 1 */
    MARSHAL_DOUBLE = 'g',  /* 8 bytes */
    MARSHAL_DECIMAL = 'f', /* 1 byte of length, and a number as text; version 0 and 1 */
    MARSHAL_STRING = 's',  /* 4 bytes of length, and bytes; Python 2 */
    MARSHAL_INTERNED =
        't', /* 4 bytes of length, and bytes; numbered for MARSHAL_STRING_REFERENCE in Python 2 */
    MARSHAL_UNICODE = 'u',              /* 4 bytes of length, and UTF-8 */
    MARSHAL_ASCII = 'a',                /* 4 bytes of length, and ASCII */
    MARSHAL_ASCII_INTERNED = 'A',       /* 4 bytes of length, and ASCII */
    MARSHAL_SHORT_ASCII = 'z',          /* 1 byte of length, and ASCII */
    MARSHAL_SHORT_ASCII_INTERNED = 'Z', /* 1 byte of length, and ASCII */
    MARSHAL_CODE = 'c',                 /* a code object: see marshal_read.c */
    MARSHAL_REFERENCE = 'r',            /* 4 bytes: the object of this number, from 0 */
    MARSHAL_STRING_REFERENCE = 'R',     /* 4 bytes: the interned string of this number; Python 2 */

    MARSHAL_FLAG_REFERENCE = 0x80, /* in a code: a MARSHAL_REFERENCE may refer to the object */
    MARSHAL_DIGIT_BITS = 15        /* of a digit of MARSHAL_LONG */
};

#endif
