/*
 * vdso.h - the kernel's own clock_gettime.
 */
#ifndef RUNTIME_SYSTEM_VDSO_H
#define RUNTIME_SYSTEM_VDSO_H

#include <stdint.h>

/* Makes system_clock() use the function that the kernel maps into the process, if it can be found. */
void vdso_find(void);

/* Returns 1 if ADDRESS lies in the code that the kernel maps. */
int vdso_holds(uint64_t address);

#endif
