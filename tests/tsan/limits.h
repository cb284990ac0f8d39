/*
 * limits.h, under ThreadSanitizer - one round less of destructors at a thread's end: in the last one the
 * sanitizer takes the thread apart, and from then on there must be no event.
 */
#pragma GCC system_header /* for the next line, which is GNU C */
#include_next <limits.h>

#undef PTHREAD_DESTRUCTOR_ITERATIONS
#define PTHREAD_DESTRUCTOR_ITERATIONS 3
