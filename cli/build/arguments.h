/*
 * arguments.h - reads the arguments of a compiler, to tell which flags they leave room for.
 */
#ifndef CLI_BUILD_ARGUMENTS_H
#define CLI_BUILD_ARGUMENTS_H

struct arguments {
    int sources;   /* files that are compiled, without those in assembly */
    int inputs;    /* all files */
    int links;     /* the files are linked */
    int has_debug; /* -g or one of its kind is given: the user has chosen */
    int end;       /* index of "--", behind which all words are files, or the number of words */
    int is_alone;  /* no flag may be added: the compiler only answers or preprocesses, a word is missing, or
                    * the  code is for a place without a C library */
};

/* Fills ARGUMENTS from WORDS, which begin with the compiler's name and end by NULL. Reads the files that
 * @FILE names. */
void arguments_read(struct arguments *arguments, char *const *words);

/* Returns 1 if hooks can be added to what the compiler is asked for. */
int arguments_take_hooks(const struct arguments *arguments);

#endif
