/*
 * specimen.h - two functions that do nothing. Only one is instrumented.
 */
#ifndef RUNTIME_HOOKS_SPECIMEN_H
#define RUNTIME_HOOKS_SPECIMEN_H

/* Return ARGUMENT. */
__attribute__((visibility("hidden"), noinline)) long specimen_instrumented(long argument);
__attribute__((visibility("hidden"), noinline)) long specimen_plain(long argument);

#endif
