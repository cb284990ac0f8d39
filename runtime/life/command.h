/*
 * command.h - the command line of the process, as ps(1) shows it.
 *
 * It is noted at the start. If a fork has made the process, it is noted again at the end: servers call their
 * workers by other names than the program. A program that was started keeps the words that it was started
 * with.
 */
#ifndef RUNTIME_LIFE_COMMAND_H
#define RUNTIME_LIFE_COMMAND_H

#include "runtime/format/image.h"

/* Notes the command line in HEADER. A filter of system calls may kill a process that opens files. */
void command_note(struct image_header *header);

#endif
