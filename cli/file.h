/*
 * file.h - reads whole files.
 */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>

#include "message.h"

/* Reads the file PATH, which may be a pipe, into *DATA, to be freed. -1 with a message. */
int file_read(const char *path, unsigned char **data, size_t *size, struct message *message);

#endif
