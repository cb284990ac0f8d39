/*
 * interrupt.h - ends this process in good order when a signal asks for it: SIGINT, SIGTERM, SIGHUP or
 * SIGQUIT.
 *
 * A signal that was sent to the program and to this process, one after the other, may come when the program
 * has ended already. So signals of the first tenth of a second are dropped. A signal that was ignored when
 * this process began stays ignored.
 */
#ifndef CLI_BASE_INTERRUPT_H
#define CLI_BASE_INTERRUPT_H

#include <time.h>

/* Returns 1 if signal NUMBER asks a process to end. */
int interrupt_has(int number);

/* Returns 1 if signal NUMBER, which has come now, asks this process to end. The program ended at SINCE. */
int interrupt_is_meant(int number, const struct timespec *since);

/* Lets signals end this process from now on. They print LINE to standard error first. */
void interrupt_begin(const char *line);

/* Removes the file PATH if a signal ends this process; none if it is NULL. PATH must stay valid. */
void interrupt_remove(const char *path);

/* Blocks the signals again. */
void interrupt_end(void);

#endif
