/*
 * timer.h - the timer: what is measured of calls.
 *
 * A timer is read like a clock: a number of ticks, of time or of things, that never gets less. Nearly always
 * it is the clock itself.
 */
#ifndef RUNTIME_TIMERS_TIMER_H
#define RUNTIME_TIMERS_TIMER_H

#include <stdint.h>

#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"

/* Reads the timer of THREAD, which is the calling one. Used if timer_is_counter() says 0, or THREAD has its
 * own timer. */
extern HIDDEN uint64_t (*timer_read)(struct thread *thread);

/* Chooses the timer of the process, once, before any is read. SPECIFICATION is that of profile --timer with
 * all its parts: LIBRARY:FUNCTION:UNIT or perf:TYPE:CONFIG:UNIT for what is not known by a word. It is cut
 * into parts and kept. */
void timer_choose(char *specification);

/* Makes FUNCTION, or 0 if that is NULL, the reading of a custom timer. */
void timer_use(uint64_t (*function)(void));

/* Opens and closes the timer of THREAD, which is the calling one. */
void timer_open(struct thread *thread);
void timer_close(struct thread *thread);

/* Makes FUNCTION the timer of THREAD alone. */
void timer_bring(struct thread *thread, uint64_t (*function)(void));

int timer_is_counter(void); /* it is the machine's counter, which clock_read() reads */
int timer_counts(void);     /* it counts things, not time */
int timer_waits(void);      /* it is the clock, and finds out how long threads wait */

/* Returns what the clock says, in ticks: starts and ends are told by it, whatever the timer. */
uint64_t timer_clock(void);

/* Fills in what HEADER says of clock and timer. */
void timer_describe(struct image_header *header);

/* A custom timer reads 0 until its library has been loaded, which never happens within a hook. Returns 1
 * until then. */
int timer_is_waiting(void);

/* Loads the custom timer's library. */
void timer_find(void);

/* Returns FUNCTION of LIBRARY, or of what has been loaded if LIBRARY is ""; NULL if there is none. It is
 * missing where there is no loader (interpose/timer_load.c). */
__attribute__((weak)) uint64_t (*timer_load(const char *library, const char *function))(void);

#endif
