/*
 * sampling.h - finds out what filters of system calls leave of the samples, before the program runs.
 */
#ifndef CLI_RECORD_SAMPLING_H
#define CLI_RECORD_SAMPLING_H

#include <stdint.h>

/* Returns how many filters of system calls this process is under. The program will be under them too. */
uint32_t sampling_filters(void);

/* Returns 1 if one of these filters kills a process that asks the kernel for samples. */
int sampling_kills(void);

#endif
