/*
 * memory.h - private memory from the kernel, without malloc, which belongs to the program.
 */
#ifndef RUNTIME_SYSTEM_MEMORY_H
#define RUNTIME_SYSTEM_MEMORY_H

#include <stddef.h>

/* Returns SIZE bytes of zeros, which a forked child finds zeroed again; NULL without memory. */
void *memory_private(size_t size);

/* Lays up memory that memory_private() takes when the kernel gives none: the program is about to forbid
 * itself system calls. Once is enough for a process and its children. */
void memory_reserve(void);

/* Gives back all SIZE bytes of MEMORY. */
void memory_private_free(void *memory, size_t size);

#endif
