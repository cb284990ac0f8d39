/*
 * search.h - finds the compilers behind this program, which stands before them in $PATH under their names.
 */
#ifndef CLI_BUILD_SEARCH_H
#define CLI_BUILD_SEARCH_H

/* Returns the path of the program NAME, to be freed, or NULL and sets errno. Looks in $PATH as execvp(3)
 * does, but passes over this program. With IS_COMPILER it passes over launchers as ccache, too, that bear a
 * compiler's name. */
char *search_program(const char *name, int is_compiler);

/* Takes those folders out of $PATH in which NAME is this program. Returns 0, or -1 without memory. */
int search_leave(const char *name);

#endif
