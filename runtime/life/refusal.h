/*
 * refusal.h - the one line that the runtime prints: PROFILE_OUT names a file that cannot be written.
 *
 * The user has asked for that file, and nobody else can tell him: no launcher looks for it.
 */
#ifndef RUNTIME_LIFE_REFUSAL_H
#define RUNTIME_LIFE_REFUSAL_H

/* Prints to standard error that the file PATH cannot be written because of ERROR, a negated error number.
 * Prints it once for a process and those that it forks, and only if that cannot stop the process. */
void refusal_print(const char *path, int error);

#endif
