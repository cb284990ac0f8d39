/*
 * version.h - the version that --version prints.
 */
#ifndef CLI_UI_VERSION_H
#define CLI_UI_VERSION_H

#define PROFILE_VERSION "0.1.0"

#endif
