/*
 * kernel.h - settings of the kernel that runs now.
 */
#ifndef CLI_BASE_KERNEL_H
#define CLI_BASE_KERNEL_H

/* Returns the level to which the kernel keeps events from other users than root
 * (kernel.perf_event_paranoid), or -1 if it is not known. */
int kernel_perf_level(void);

#endif
