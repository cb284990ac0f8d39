/*
 * space.h - makes the file of the image, and allocates space in it.
 */
#ifndef RUNTIME_CORE_SPACE_H
#define RUNTIME_CORE_SPACE_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/core/process.h"

struct sandbox_filter;

/* Makes and maps the file at PROCESS->path. FLAGS are flags of open(2) beside O_CREAT and O_RDWR. Returns its
 * descriptor, which the caller closes, or a negated error number. */
int space_open(struct process *process, int flags);

/* Allocates more of the file than is needed now, if FILTER, which the program is about to set for itself,
 * forbids that it grows. */
void space_reserve(struct process *process, const struct sandbox_filter *filter);

/* Allocates SIZE bytes of the image, a multiple of IMAGE_UNIT. They are never freed. Returns their first
 * unit, or 0 without space. */
uint32_t space_allocate(struct process *process, size_t size);

#endif
