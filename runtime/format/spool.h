/*
 * spool.h - the names of the spool, the launcher's private directory, and of the files in it.
 */
#ifndef RUNTIME_FORMAT_SPOOL_H
#define RUNTIME_FORMAT_SPOOL_H

#define SPOOL_PREFIX "profile-" /* of the directory's name */

/* The launcher's note: the program's pid, a space and when it was started (cli/record/running.h); on the next
 * line where the profile goes. The launcher holds a lock on it. */
#define SPOOL_NOTE "launch"

/* The socket to which processes send the files of their modules: a message is a path, with a descriptor of
 * the file that it names. */
#define SPOOL_FILES "files"

/* An image's name is PID.TICKS.image. TICKS of the clock tell apart the images that one pid makes: an exec
 * makes a new one, and the kernel reuses pids. */
#define SPOOL_IMAGE_SUFFIX ".image"

#endif
