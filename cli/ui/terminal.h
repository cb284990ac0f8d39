/*
 * terminal.h - what the user's terminal can show.
 */
#ifndef CLI_UI_TERMINAL_H
#define CLI_UI_TERMINAL_H

/* Returns the columns of the terminal that DESCRIPTOR is open on, or 0 if it is not a terminal. $COLUMNS, if
 * set, is believed. */
int terminal_width(int descriptor);

/* Returns 1 if the terminal can only print lines, as one in an editor: $TERM is "dumb", empty or not set. */
int terminal_is_dumb(void);

#endif
