/*
 * options.h - a command's options: one table feeds the parser, --help, and the shell completion.
 *
 * Each of the two main files has one struct command. The parser calls each option's handler as it comes to
 * it, so options that may be repeated are seen in their order. Messages end with where to read more, and the
 * main file exits with status 2.
 */
#ifndef CLI_UI_OPTIONS_H
#define CLI_UI_OPTIONS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cli/base/message.h"

/* How options_parse() ended; a handler may return them too. */
enum options_result {
    OPTIONS_ERROR = -1,  /* the message says why */
    OPTIONS_RUN = 0,     /* go on */
    OPTIONS_HELP = 1,    /* print the help and exit */
    OPTIONS_VERSION = 2, /* print the version and exit */
    OPTIONS_BASH = 3,    /* print the completion for that shell and exit */
    OPTIONS_ZSH = 4,     /* the same */
    OPTIONS_MORE = 5,    /* a handler's alone: call it again, with the word that follows */
};

enum { OPTIONS_MAX = 64 };

/* Kinds of values and operands, for completion. */
#define OPTIONS_FILE    "FILE"
#define OPTIONS_PROGRAM "PROGRAM"

struct option_spec {
    const char *name;     /* without its dashes */
    char letter;          /* 0: it has none */
    const char *argument; /* what its value is called, as "KEY"; "[=KEY]": it may be left out, or is joined
                           * to the name; NULL: it takes none */
    const char *help;     /* a phrase; broken into lines as needed, and at each \n; NULL: it is not shown */
    const char *values;   /* for completion: its values, separated by spaces; OPTIONS_FILE; NULL: anything */
    /* Takes the option's value (NULL without one) into TARGET. Its message is put after the option's
     * name. */
    enum options_result (*take)(void *target, const char *value, struct message *message);
};

struct command {
    const char *name;
    const char *usage;       /* what follows the name: "[options] FILE..." */
    const char *description; /* a sentence or two */
    const struct option_spec *options;
    size_t option_count;      /* at most OPTIONS_MAX */
    int stop_at_operand;      /* the first word that is no option ends them: the rest is another command's */
    const char *examples;     /* lines */
    const char *exit_status;  /* lines */
    const char *operand_kind; /* for completion: OPTIONS_FILE; or OPTIONS_PROGRAM, with its arguments */
};

/* Parses ARGV, which it may permute; *FIRST becomes the index of the first operand. Stops at the first option
 * whose handler does not return OPTIONS_RUN, and returns what that returned. */
enum options_result options_parse(const struct command *command, int argc, char **argv, void *target,
                                  int *first, struct message *message);

/* Fills the message, for a use of the command that REASON says is wrong. Returns OPTIONS_ERROR. */
enum options_result options_wrong(const struct command *command, const char *reason, struct message *message);

/* Prints what --help says. Errors are left in the stream's error flag. */
void options_help(const struct command *command, FILE *stream);

/* Prints what RESULT, of options_parse(), asks for: help, version or completion. Likewise. */
void options_print(const struct command *command, enum options_result result, FILE *stream);

/* Takes an option's value that is a whole number of WHAT ("rows"). One beyond the range is its greatest. */
enum options_result options_count(int64_t *count, const char *value, const char *what,
                                  struct message *message);

/* The handlers of --help, --version and --completion. */
enum options_result options_take_help(void *target, const char *value, struct message *message);
enum options_result options_take_version(void *target, const char *value, struct message *message);
enum options_result options_take_completion(void *target, const char *value, struct message *message);
#define OPTIONS_SHELLS "bash zsh"

#endif
