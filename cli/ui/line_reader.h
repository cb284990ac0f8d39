/*
 * line_reader.h - lines that the user types: with editing, history and completion on a terminal, plainly if
 * not.
 *
 * Ctrl-C abandons the line, and no more. For the browser alone.
 */
#ifndef CLI_UI_LINE_READER_H
#define CLI_UI_LINE_READER_H

#include <stddef.h>

struct line_reader;

/*
 * Completes: calls ADD, with TARGET, for each word that may stand at the end of LINE, in place of the bytes
 * whose number is returned.
 */
typedef size_t line_completer(void *owner, const char *line, void (*add)(void *target, const char *word),
                              void *target);

/* Reads standard input. NULL without memory. */
struct line_reader *line_reader_open(line_completer *complete, void *owner);

/* The next line, without its newline, valid until the next one is read; NULL at the end. */
const char *line_reader_next(struct line_reader *reader, const char *prompt);

/* Accepts NULL. */
void line_reader_close(struct line_reader *reader);

#endif
