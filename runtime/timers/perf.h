/*
 * perf.h - a timer that counts events of the processor or the kernel, for each thread.
 */
#ifndef RUNTIME_TIMERS_PERF_H
#define RUNTIME_TIMERS_PERF_H

#include <linux/perf_event.h>
#include <stdint.h>

#include "runtime/core/thread.h"
#include "runtime/system/perf_event.h"

/* Opens and closes the counter of EVENT for THREAD, which is the calling one. */
void perf_begin(struct thread *thread, struct perf_event event);
void perf_end(struct thread *thread);

/* Reads the counter of THREAD, which is the calling one. */
uint64_t perf_read(struct thread *thread);

/* Fills COUNT with the count of the counter of PAGE. Returns 0, or -1 if the counter does not run now. */
int perf_page_read(const volatile struct perf_event_mmap_page *page, uint64_t *count);

#endif
