/*
 * limits.h, under ThreadSanitizer - leaves out the last round of destructors at a thread's end. In that round
 * the sanitizer frees its state of the thread, and no event may follow.
 */
#pragma GCC system_header /* no warning of the next line, which is GNU C */
#include_next <limits.h>

#undef PTHREAD_DESTRUCTOR_ITERATIONS
#define PTHREAD_DESTRUCTOR_ITERATIONS 3
