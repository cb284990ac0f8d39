/*
 * specimen.h - two functions that do nothing, of which one is instrumented.
 */
#ifndef RUNTIME_HOOKS_SPECIMEN_H
#define RUNTIME_HOOKS_SPECIMEN_H

__attribute__((visibility("hidden"), noinline)) long specimen_instrumented(long argument);
__attribute__((visibility("hidden"), noinline)) long specimen_plain(long argument);

#endif
