/*
 * line_reader.h - reads lines that the user types.
 *
 * On a terminal a line has editing, history and completion, and Ctrl-C abandons it. Only the browser uses
 * this.
 */
#ifndef CLI_UI_LINE_READER_H
#define CLI_UI_LINE_READER_H

#include <stddef.h>

struct line_reader;

/*
 * Completes the last word of LINE: calls ADD, with TARGET, for each word that may replace it. Returns the
 * length of the last word in bytes.
 */
typedef size_t line_completer(void *owner, const char *line, void (*add)(void *target, const char *word),
                              void *target);

/* Opens a reader of standard input. Calls COMPLETE with OWNER. Returns NULL without memory. */
struct line_reader *line_reader_open(line_completer *complete, void *owner);

/* Prints PROMPT and returns the next line without its newline, or NULL at the end. The line is valid until
 * the next call. */
const char *line_reader_next(struct line_reader *reader, const char *prompt);

/* Restores the terminal and frees READER, which may be NULL. */
void line_reader_close(struct line_reader *reader);

#endif
