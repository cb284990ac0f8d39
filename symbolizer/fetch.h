/*
 * fetch.h - asks debuginfod servers for debug files.
 *
 * The servers are those that DEBUGINFOD_URLS names. Without that variable nothing is asked, and libdebuginfod
 * is not even loaded. It runs in a child, for it brings threads and a client for HTTP with it.
 */
#ifndef SYMBOLIZER_FETCH_H
#define SYMBOLIZER_FETCH_H

#include <stddef.h>

/* Returns 1 if servers may be asked. */
int fetch_allowed(void);

/*
 * Downloads the debug file with the build-id ID, of SIZE bytes, and stores its path in PATH, of PATH_MAX
 * bytes. It stays in debuginfod's cache. If standard error is a terminal, a line there shows the progress, in
 * which MODULE is the path of the module that needs the file. Ctrl-C ends the download.
 *
 * Returns 0, or -1 if there is none. After a server that does not answer, or an end by Ctrl-C, all further
 * calls of this process return -1 at once.
 */
int fetch_debug_file(const unsigned char *id, size_t size, const char *module, char *path);

#endif
