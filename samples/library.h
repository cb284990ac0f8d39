/* The functions of library.c that library_main.c calls. */
#ifndef LIBRARY_H
#define LIBRARY_H

/* Returns the number of words in `text`, which spaces separate. */
int library_count_words(const char *text);

/* Calls `visit` for each character of `text`. */
void library_each(const char *text, void (*visit)(char character));

#endif
