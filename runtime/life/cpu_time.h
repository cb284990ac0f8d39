/*
 * cpu_time.h - whether the CPU time of the process can be read.
 */
#ifndef RUNTIME_LIFE_CPU_TIME_H
#define RUNTIME_LIFE_CPU_TIME_H

/* Returns 1 if the process may read the clock of its CPU time, which takes a system call. */
int cpu_time_is_allowed(void);

#endif
