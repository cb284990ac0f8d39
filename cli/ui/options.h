/*
 * options.h - a command's options: one table feeds the parser, --help and the shell completion.
 *
 * Each command has one struct command. An entry of its table says where the option's value goes: the kind of
 * a field, and the offset of that field in the command's settings. Options are taken in the order of the
 * command line. A test compares the table with the manual page.
 */
#ifndef CLI_UI_OPTIONS_H
#define CLI_UI_OPTIONS_H

#include <stddef.h>
#include <stdio.h>

#include "cli/base/message.h"

/* How options_parse() ended. */
enum options_result {
    OPTIONS_ERROR = -1,  /* the message says why */
    OPTIONS_RUN = 0,     /* go on */
    OPTIONS_HELP = 1,    /* print the help and exit */
    OPTIONS_VERSION = 2, /* print the version and exit */
    OPTIONS_BASH = 3,    /* print the completion for bash and exit */
    OPTIONS_ZSH = 4,     /* print the completion for zsh and exit */
};

enum { OPTIONS_MAX = 64 };

/* Kinds of values and operands, for completion. */
#define OPTIONS_FILE    "FILE"
#define OPTIONS_PROGRAM "PROGRAM"

/* The effect of an option on its field. */
enum option_kind {
    OPTION_CALL,   /* any field: take() stores the value */
    OPTION_FLAG,   /* int: becomes 1 */
    OPTION_SET,    /* int or enum: becomes NUMBER */
    OPTION_BIT,    /* int: gets the bits of NUMBER */
    OPTION_COUNT,  /* int64_t: becomes the value, a whole number */
    OPTION_NUMBER, /* double: becomes the value, from 0 to GREATEST */
    OPTION_TEXT,   /* const char *: becomes the value, a word of ARGV */
    OPTION_PATH,   /* const char *: becomes the value, which must not be empty */
    OPTION_CHOICE, /* int or enum: becomes NUMBER plus the place of the value in VALUES, from 0 */
    OPTION_ABOUT,  /* no field: ends the parsing with NUMBER plus the place of the value in VALUES */
};

enum { OPTION_MORE = 1 }; /* take() wants one more word */

struct option_spec {
    const char *name;     /* without its dashes */
    char letter;          /* 0: it has none */
    const char *argument; /* the name of its value, as "KEY"; "[=KEY]" if it is optional and joined to the
                           * option; NULL: it takes no value */
    const char *help;     /* a phrase, broken into lines as needed and at each \n; NULL: a hidden option */
    const char *values;   /* the values, separated by spaces; OPTIONS_FILE; NULL: any value */
    enum option_kind kind;
    int number;       /* as KIND says */
    size_t offset;    /* of the field in the settings; 0 may also mean the settings as a whole */
    double greatest;  /* 0: any number */
    const char *noun; /* the value, or the word that OPTION_MORE asks for, in messages; NULL: "value" */
    /* Stores VALUE, or NULL without one, in FIELD. Returns 0, OPTION_MORE to be called again with the next
     * word, or -1 and fills MESSAGE. */
    int (*take)(const struct option_spec *option, void *field, const char *value, struct message *message);
};

/* The entries that every command has. */
#define OPTIONS_COMMON                                                                                       \
    {"help", 'h', NULL, "print this help and exit", NULL, OPTION_ABOUT, .number = OPTIONS_HELP},             \
    {                                                                                                        \
        "version", 'V', NULL, "print the version and exit", NULL, OPTION_ABOUT, .number = OPTIONS_VERSION    \
    }

/* The hidden entry with which the build makes the completion. */
#define OPTIONS_COMPLETION                                                                                   \
    {                                                                                                        \
        "completion", 0, "SHELL", NULL, "bash zsh", OPTION_ABOUT, .number = OPTIONS_BASH, .noun = "shell"    \
    }

/*
 * A rule about options that do not go together. A list has names of options, separated by spaces; NAME=VALUE
 * stands for the option with that value alone.
 */
struct option_rule {
    const char *options;  /* a list: the rule holds for each of these */
    const char *excluded; /* a list: the option goes with none of these; NULL: with any */
    const char *needed;   /* a list: the option goes only with one of these; NULL: alone too. In a rule with
                             EXCLUDED: beside one of these it does go with those */
};

struct command {
    const char *name;
    const char *usage;       /* lines; each follows the name: "[OPTION...] FILE..." */
    const char *description; /* a sentence or two */
    const struct option_spec *options;
    size_t option_count; /* at most OPTIONS_MAX */
    const struct option_rule *rules;
    size_t rule_count;
    int stop_at_operand;      /* the first operand ends the options; the rest is for another command */
    const char *examples;     /* lines */
    const char *exit_status;  /* lines */
    const char *operand_kind; /* for completion: OPTIONS_FILE, or OPTIONS_PROGRAM with its arguments */
    const char *first_words;  /* for completion, with OPTIONS_PROGRAM: words instead of a program, or NULL */
};

/* Parses ARGV into the settings TARGET, and may permute ARGV. Sets *FIRST to the index of the first operand.
 * Stops at the first option that is wrong or that asks for help. Fills MESSAGE for OPTIONS_ERROR, also if the
 * options break a rule. */
enum options_result options_parse(const struct command *command, int argc, char **argv, void *target,
                                  int *first, struct message *message);

/* Fills MESSAGE with REASON, why the command line is wrong, and a hint to --help. Returns OPTIONS_ERROR. */
enum options_result options_wrong(const struct command *command, const char *reason, struct message *message);

/* Prints the text that RESULT of options_parse() asks for: help, version or completion. Leaves errors in the
 * stream's error flag. */
void options_print(const struct command *command, enum options_result result, FILE *stream);

#endif
