/*
 * terminal.h - how wide the user's terminal is.
 */
#ifndef CLI_UI_TERMINAL_H
#define CLI_UI_TERMINAL_H

/* Returns the columns of the terminal that DESCRIPTOR is open on, or 0 if it is not a terminal. $COLUMNS, if
 * set, is believed. */
int terminal_width(int descriptor);

#endif
