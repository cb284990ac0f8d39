/*
 * thread.c - the state of a thread that has recorded nothing. See thread.h.
 */
#include "runtime/core/thread.h"

#include "runtime/core/compiler.h"

HIDDEN __thread intptr_t thread_offset;
HIDDEN struct thread thread_none;
