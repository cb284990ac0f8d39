/* What library_main.c uses of library.c. */
#ifndef LIBRARY_H
#define LIBRARY_H

/* The number of words in `text`, which spaces separate. */
int library_count_words(const char *text);

/* Calls `visit` for each character of `text`. */
void library_each(const char *text, void (*visit)(char character));

#endif
