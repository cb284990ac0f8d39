/*
 * vdso.h - the kernel's own clock_gettime.
 */
#ifndef RUNTIME_SYSTEM_VDSO_H
#define RUNTIME_SYSTEM_VDSO_H

/* Makes system_clock() use the function that the kernel maps into the process, if it can be found. */
void vdso_find(void);

#endif
