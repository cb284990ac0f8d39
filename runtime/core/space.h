/*
 * space.h - the file of the image, and the space in it.
 */
#ifndef RUNTIME_CORE_SPACE_H
#define RUNTIME_CORE_SPACE_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/core/process.h"

/* Makes the file at PROCESS->path, with open(2)'s FLAGS beside O_CREAT and O_RDWR, and maps it. Returns its
 * descriptor, for the caller to close, or a negated error number. */
int space_open(struct process *process, int flags);

/* Takes SIZE bytes of the image, a multiple of IMAGE_UNIT, for good. Returns their first unit, or 0 without
 * space. */
uint32_t space_allocate(struct process *process, size_t size);

#endif
