/*
 * image_file.h - where the image of a process lies.
 *
 * Under a launcher, in its spool. Alone, in the file that PROFILE_OUT names, by default profile.PID.prof. If
 * the program records for profile.h only (PROFILE_ONLY_API), in a file that nobody is to see.
 */
#ifndef RUNTIME_LIFE_IMAGE_FILE_H
#define RUNTIME_LIFE_IMAGE_FILE_H

#include "runtime/core/process.h"

/* Makes the image of PROCESS and maps it, with the gate's page. Returns 0, or a negated error number. */
int image_open(struct process *process);

/* Removes the file of the image. */
void image_remove(const struct process *process);

#endif
