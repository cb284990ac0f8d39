/*
 * points_file.h - the file in the spool that lists the functions at which recording starts and stops.
 *
 * The launcher finds the functions by name (cli/record/points.c) and writes a line for each. The line is
 * POINTS_START or POINTS_STOP and three decimal numbers: the function's address in its module, and the device
 * and the inode of the module's file. Spaces separate them.
 */
#ifndef RUNTIME_FORMAT_POINTS_FILE_H
#define RUNTIME_FORMAT_POINTS_FILE_H

#define POINTS_FILE  "points"
#define POINTS_START "start"
#define POINTS_STOP  "stop"

enum { POINTS_MAX = 16 }; /* functions of each kind */

#endif
