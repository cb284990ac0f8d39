/*
 * nearest.c - the word that somebody may have meant. See nearest.h.
 */
#include "cli/base/nearest.h"

#include <stdio.h>
#include <string.h>

enum { LENGTH_MAX = 32 }; /* of words that are compared */

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Returns how many letters must be added, removed or replaced to make one word of the other (Levenshtein). */
static int distance(const char *a, int a_length, const char *b, int b_length)
{
    int row[LENGTH_MAX + 1];

    for (int j = 0; j <= b_length; j++)
        row[j] = j;
    for (int i = 1; i <= a_length; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= b_length; j++) {
            int replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least(replaced, least(row[j], row[j - 1]) + 1);
        }
    }
    return row[b_length];
}

int nearest_word(char *word, int size, const char *text, const char *words)
{
    size_t length = strlen(text);
    int best = length <= 3 ? 2 : 3, is_found = 0; /* one letter of a short word, two of a long one */

    if (length == 0 || length > LENGTH_MAX)
        return 0;
    while (*words != '\0') {
        int span = (int)strcspn(words, " ");
        int changes = span <= LENGTH_MAX ? distance(text, (int)length, words, span) : best;

        if (changes < best) {
            best = changes;
            is_found = 1;
            snprintf(word, (size_t)size, "%.*s", span, words);
        }
        words += span + (words[span] != '\0');
    }
    return is_found;
}
