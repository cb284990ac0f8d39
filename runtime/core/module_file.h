/*
 * module_file.h - hands the files of modules to the launcher, which reads them when the process has ended.
 *
 * By then a file may have been removed or replaced, or lie in a mount namespace that is gone. An open
 * descriptor still leads to it.
 */
#ifndef RUNTIME_CORE_MODULE_FILE_H
#define RUNTIME_CORE_MODULE_FILE_H

#include <stdint.h>

struct dl_phdr_info;

/* Opens the file that the module of INFO was loaded from, which PATH leads to unless it was removed or
 * replaced. Returns its descriptor, or a negative number. */
int module_file_open(const struct dl_phdr_info *info, const char *path);

/* Hands the file DESCRIPTOR to the launcher, as the one that PATH named. Does nothing without a launcher, or
 * if a seccomp filter confines the process. */
void module_file_hand_over(int descriptor, const char *path);

#endif
