/*
 * terminal.c - what the user's terminal can show. See terminal.h.
 */
#include "cli/ui/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_USUAL = 80, WIDTH_MAX = 10000 };

int terminal_width(int descriptor)
{
    const char *columns = getenv("COLUMNS");
    long width = columns != NULL ? strtol(columns, NULL, 10) : 0;
    struct winsize size;

    if (!isatty(descriptor))
        return 0;
    if (width > 0 && width <= WIDTH_MAX)
        return (int)width;
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return WIDTH_USUAL;
}

int terminal_is_dumb(void)
{
    const char *terminal = getenv("TERM");

    return terminal == NULL || *terminal == '\0' || strcmp(terminal, "dumb") == 0;
}
