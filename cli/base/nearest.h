/*
 * nearest.h - the word that somebody may have meant who wrote another.
 */
#ifndef CLI_BASE_NEAREST_H
#define CLI_BASE_NEAREST_H

/* Copies to WORD, of SIZE bytes, the one of WORDS that TEXT is most like. WORDS are separated by spaces.
 * Returns 1, or 0 if TEXT is like none of them. */
int nearest_word(char *word, int size, const char *text, const char *words);

#endif
