/*
 * folders.h - the folders of $PATH, and whether a program in them can run.
 */
#ifndef CLI_BASE_FOLDERS_H
#define CLI_BASE_FOLDERS_H

/* Calls VISIT for each folder of $PATH, in order, until it returns other than 0. A folder has no slash at its
 * end; the empty one is ".". Returns what VISIT returned last. */
int folders_visit(int (*visit)(const char *folder, void *argument), void *argument);

/* Returns the error number for running PATH, or 0 if it can run. */
int folders_run_error(const char *path);

#endif
