/*
 * note.h - the ELF note by which the launcher recognises a program that is linked with the runtime.
 *
 * The note is in libprofile.a. So it is also in a static program that was linked with it, even if stripped.
 */
#ifndef RUNTIME_FORMAT_NOTE_H
#define RUNTIME_FORMAT_NOTE_H

#include <stdint.h>

#define NOTE_NAME "profile" /* 8 bytes with its NUL */
#define NOTE_TYPE 1

struct note {
    uint32_t name_size, value_size; /* bytes */
    uint32_t type;                  /* NOTE_TYPE */
    char name[8];                   /* NOTE_NAME */
    uint32_t value;                 /* IMAGE_VERSION of the program's runtime */
};

#endif
