/*
 * timer.h - the timer, which counts what is measured of calls.
 *
 * A reading is a number of ticks, of time or of things, and never less than the one before. Nearly always the
 * timer is the clock.
 */
#ifndef RUNTIME_TIMERS_TIMER_H
#define RUNTIME_TIMERS_TIMER_H

#include <stdint.h>

#include "runtime/core/compiler.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"

/* Reads the timer of THREAD, which is the calling one. It is not called if timer_is_counter() returns 1,
 * except for a thread with a timer of its own. */
extern HIDDEN uint64_t (*timer_read)(struct thread *thread);

/* Chooses the timer of the process, once, before any reading. SPECIFICATION is a word of profile --timer,
 * LIBRARY:FUNCTION:UNIT with all its parts, or perf:TYPE:CONFIG:UNIT. It is cut into parts, which stay in
 * use. */
void timer_choose(char *specification);

/* Makes FUNCTION the custom timer of the process. With NULL it is missing, and timer_describe() says so. */
void timer_use(uint64_t (*function)(void));

/* Opens and closes the timer of THREAD, which is the calling one. */
void timer_open(struct thread *thread);
void timer_close(struct thread *thread);

/* Makes FUNCTION the timer of THREAD alone. */
void timer_bring(struct thread *thread, uint64_t (*function)(void));

/* THREAD, a state of the calling thread, is about to forbid itself to read the clock, as strict mode of
 * seccomp(2) does: time stands still for it from now on. */
void timer_hold(struct thread *thread);

/* Lets time go on for THREAD: it may read the clock after all. */
void timer_release(struct thread *thread);

/* Returns 1 if the process's timer is the machine's counter, which clock_read() reads. */
int timer_is_counter(void);

/* Returns 1 if the timer counts things, not time. */
int timer_counts(void);

/* Returns 1 if the timer is that of wait.h. */
int timer_waits(void);

/* Returns the time on the clock, in ticks. Starts and ends are readings of it, whatever the timer. A thread
 * that may not read the clock gets the last time that was noted in the image. */
uint64_t timer_clock(void);

/* Fills the fields of HEADER that describe the clock and the timer. */
void timer_describe(struct image_header *header);

/* Returns 1 while the library of a custom timer is still to be loaded. Hooks never load it, and read a timer
 * that stands still until then. */
int timer_is_waiting(void);

/* Loads the library of the custom timer. Not for hooks. */
void timer_find(void);

/* Loads LIBRARY. Returns its FUNCTION, or NULL on failure. With "" for LIBRARY it searches all that is
 * loaded. A static program has no loader: there this is NULL (interpose/timer_load.c). */
__attribute__((weak)) uint64_t (*timer_load(const char *library, const char *function))(void);

#endif
