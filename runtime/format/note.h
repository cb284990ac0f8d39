/*
 * note.h - the ELF note by which the launcher knows a program that brings the runtime with it.
 *
 * It is in libprofile.a, so also in a static program that was linked with it, stripped or not.
 */
#ifndef RUNTIME_FORMAT_NOTE_H
#define RUNTIME_FORMAT_NOTE_H

#include <stdint.h>

#define NOTE_NAME "profile" /* 8 bytes with its NUL */
#define NOTE_TYPE 1         /* its four bytes are IMAGE_VERSION */

struct note {
    uint32_t name_size, value_size, type;
    char name[8];
    uint32_t value;
};

#endif
