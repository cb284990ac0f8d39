/*
 * process_end.h - the end of the process, as far as recording goes.
 */
#ifndef RUNTIME_LIFE_PROCESS_END_H
#define RUNTIME_LIFE_PROCESS_END_H

/* Notes in the image that the process ends now. Runs as a destructor of the library too. */
void process_end(void);

/* Notes that the process is about to become another program, or with BEGINS 0 that it could not. */
void process_exec(int begins);

#endif
