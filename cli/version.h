/*
 * version.h - the version both commands print for --version.
 */
#ifndef VERSION_H
#define VERSION_H

#define PROFILE_VERSION "0.1.0"

#endif
