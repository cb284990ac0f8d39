/*
 * deepbind.h - records the calls of libraries that RTLD_DEEPBIND opens.
 *
 * Such a library looks a name up in itself and the libraries that it needs, before all others. So it finds
 * the empty hooks of libc, and passes this library by.
 */
#ifndef RUNTIME_INTERPOSE_DEEPBIND_H
#define RUNTIME_INTERPOSE_DEEPBIND_H

/* Lets whoever finds the hooks of libc, in the namespace of this library, find ours. If the kernel forbids
 * that, nothing changes. */
void deepbind_hooks(void);

#endif
