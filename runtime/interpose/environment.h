/*
 * environment.h - the settings in the environments of this process and of those that it starts.
 *
 * Under a launcher the whole tree of processes is profiled. The settings for that are hidden from the
 * program: `environ` has what it would have without the launcher, and stand-ins add the settings to the
 * environment of each program that is started (exec.c, shell.c).
 *
 * LD_PRELOAD, PROFILE_SPOOL and PROFILE_OPTIONS are added behind all other entries. So the entries that they
 * override, such as a LD_PRELOAD of the user's, stay as they are: getenv() finds the first entry of a name,
 * the loader and the runtime use the last one.
 */
#ifndef RUNTIME_INTERPOSE_ENVIRONMENT_H
#define RUNTIME_INTERPOSE_ENVIRONMENT_H

#include <stddef.h>

/* A copy of an environment, with the settings. */
struct environment_copy {
    char *small[128]; /* for the entries and the text of the settings, if they fit */
    void *memory;     /* for them otherwise, or NULL */
};

/* Returns 1 if a launcher waits for the programs that are started with ENVIRONMENT, which lacks the settings.
 */
int environment_lacks(char *const *environment);

/* Returns the bytes of a copy of ENVIRONMENT with the settings. */
size_t environment_size(char *const *environment);

/* Writes a copy of ENVIRONMENT with the settings to MEMORY, which has environment_size() bytes. */
void environment_write(char *const *environment, char **memory);

/* Returns ENVIRONMENT with the settings: itself if it has them, or COPY, which has memory for it then.
 * Returns it as it is if there is no memory: the new program is not recorded then. */
char *const *environment_complete(char *const *environment, struct environment_copy *copy);

/* Frees COPY, whose memory is NULL if environment_complete() was not called. */
void environment_copy_free(struct environment_copy *copy);

/* Takes the settings out of `environ`, in a copy of it. */
void environment_hide(void);

#endif
