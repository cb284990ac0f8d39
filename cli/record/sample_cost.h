/*
 * sample_cost.h - how long one of the kernel's samples stops a program on this machine.
 */
#ifndef CLI_RECORD_SAMPLE_COST_H
#define CLI_RECORD_SAMPLE_COST_H

#include <stdint.h>

/* Lets the kernel sample the calling thread for a moment, about a millisecond. Returns the nanoseconds for
 * which a sample stops it, or 0 if the kernel takes none. */
uint32_t sample_cost(void);

#endif
