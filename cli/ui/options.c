/*
 * options.c - a command's options. See options.h.
 */
#include "cli/ui/options.h"

#include <assert.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ui/completion.h"
#include "cli/ui/version.h"

enum {
    LONG_BASE = 256, /* getopt_long() returns an option's index plus this for a long option */
    HELP_COLUMN = 26,
    HELP_WIDTH = 80
};

enum options_result options_count(int64_t *count, const char *value, const char *what,
                                  struct message *message)
{
    if (*value == '\0' || value[strspn(value, "0123456789")] != '\0') {
        message_set(message, "'%s' is no number of %s", value, what);
        return OPTIONS_ERROR;
    }
    *count = strtoll(value, NULL, 10);
    return OPTIONS_RUN;
}

enum options_result options_take_help(void *target, const char *value, struct message *message)
{
    (void)target, (void)value, (void)message;
    return OPTIONS_HELP;
}

enum options_result options_take_version(void *target, const char *value, struct message *message)
{
    (void)target, (void)value, (void)message;
    return OPTIONS_VERSION;
}

enum options_result options_take_completion(void *target, const char *value, struct message *message)
{
    (void)target;
    if (strcmp(value, "bash") == 0)
        return OPTIONS_BASH;
    if (strcmp(value, "zsh") == 0)
        return OPTIONS_ZSH;
    message_set(message, "'%s' is none of: " OPTIONS_SHELLS, value);
    return OPTIONS_ERROR;
}

enum options_result options_wrong(const struct command *command, const char *reason, struct message *message)
{
    message_set(message, "%s; see %s --help", reason, command->name);
    return OPTIONS_ERROR;
}

/* The option that getopt_long() means by CODE: a letter, or LONG_BASE and an index. */
static const struct option_spec *find_option(const struct command *command, int code)
{
    if (code >= LONG_BASE && (size_t)(code - LONG_BASE) < command->option_count)
        return &command->options[code - LONG_BASE];
    for (size_t i = 0; i < command->option_count; i++)
        if (code != 0 && command->options[i].letter == code)
            return &command->options[i];
    return NULL;
}

/* How many long options WORD, which begins with two dashes, is a prefix of. */
static int count_prefixed(const struct command *command, const char *word)
{
    size_t length = strcspn(word + 2, "=");
    int count = 0;

    for (size_t i = 0; i < command->option_count; i++)
        count += strncmp(command->options[i].name, word + 2, length) == 0;
    return count;
}

/* Says what is wrong with the option that getopt_long() refused. WORD is the one it has just read. */
static enum options_result refuse(const struct command *command, int code, const char *word,
                                  struct message *message)
{
    const struct option_spec *option = find_option(command, optopt);

    if (option != NULL && code == ':')
        message_set(message, "--%s needs a value", option->name);
    else if (option != NULL && optopt >= LONG_BASE)
        message_set(message, "--%s takes no value", option->name);
    else if (optopt != 0) /* WORD may be the one before: there are letters left in this one */
        message_set(message, "unknown option -%c", optopt);
    else
        message_set(message, "%s option %.*s", count_prefixed(command, word) > 1 ? "ambiguous" : "unknown",
                    (int)strcspn(word, "="), word);
    return options_wrong(command, message->text, message);
}

static int argument_kind(const struct option_spec *option)
{
    if (option->argument == NULL)
        return no_argument;
    return *option->argument == '[' ? optional_argument : required_argument;
}

static void fill_getopt(const struct command *command, struct option *longs, char *letters)
{
    *letters++ = command->stop_at_operand ? '+' : ':';
    if (command->stop_at_operand)
        *letters++ = ':';
    for (size_t i = 0; i < command->option_count; i++) {
        const struct option_spec *option = &command->options[i];
        longs[i] = (struct option){
            .name = option->name, .has_arg = argument_kind(option), .val = LONG_BASE + (int)i};
        if (option->letter != 0)
            *letters++ = option->letter;
        if (option->letter != 0 && option->argument != NULL)
            *letters++ = ':';
    }
    *letters = '\0';
}

static enum options_result take(const struct command *command, const struct option_spec *option, void *target,
                                char *next, struct message *message)
{
    enum options_result result = option->take(target, optarg, message);

    if (result == OPTIONS_MORE && next == NULL) {
        message_set(message, "--%s=%s needs one more word", option->name, optarg);
        return options_wrong(command, message->text, message);
    }
    if (result == OPTIONS_MORE) {
        optind++; /* getopt_long() goes on behind it, and moves operands out of its way as ever */
        result = option->take(target, next, message);
    }
    if (result == OPTIONS_ERROR) {
        message_set(message, "--%s: %s", option->name, message->text);
        options_wrong(command, message->text, message);
    }
    return result;
}

enum options_result options_parse(const struct command *command, int argc, char **argv, void *target,
                                  int *first, struct message *message)
{
    struct option longs[OPTIONS_MAX + 1] = {0};
    char letters[2 * OPTIONS_MAX + 3];
    enum options_result result = OPTIONS_RUN;

    assert(command->option_count <= OPTIONS_MAX);
    fill_getopt(command, longs, letters);
    opterr = 0;
    optind = 0; /* begin anew: a test may parse several times */
    while (result == OPTIONS_RUN) {
        int code = getopt_long(argc, argv, letters, longs, NULL);
        if (code == -1)
            break;
        const struct option_spec *option = find_option(command, code);
        result = code == '?' || code == ':' || option == NULL
                     ? refuse(command, code, argv[optind - 1], message)
                     : take(command, option, target, argv[optind], message);
    }
    *first = optind;
    return result;
}

/* Prints TEXT in lines of HELP_WIDTH; they begin at INDENT, and the first is already at COLUMN. */
static void print_wrapped(FILE *stream, const char *text, int indent, int column)
{
    if (column < indent)
        column += fprintf(stream, "%*s", indent - column, "");
    while (*text != '\0') {
        int length = (int)strcspn(text, " \n");
        if (column > indent && column + 1 + length > HELP_WIDTH)
            column = fprintf(stream, "\n%*s", indent, "") - 1;
        column += fprintf(stream, "%s%.*s", column > indent ? " " : "", length, text);
        text += length;
        if (*text == '\n')
            column = fprintf(stream, "\n%*s", indent, "") - 1;
        text += *text != '\0';
    }
    fputc('\n', stream);
}

static void print_option(FILE *stream, const struct option_spec *option)
{
    int column = option->letter != 0 ? fprintf(stream, "  -%c, ", option->letter) : fprintf(stream, "      ");

    column += fprintf(stream, "--%s", option->name);
    if (option->argument != NULL)
        column += fprintf(stream, "%s%s", *option->argument == '[' ? "" : " ", option->argument);
    if (column + 2 > HELP_COLUMN) {
        fputc('\n', stream);
        column = 0;
    }
    print_wrapped(stream, option->help, HELP_COLUMN, column);
}

static void print_lines(FILE *stream, const char *heading, const char *lines)
{
    if (lines == NULL)
        return;
    fprintf(stream, "\n%s:\n", heading);
    while (*lines != '\0') {
        int length = (int)strcspn(lines, "\n");
        fprintf(stream, "  %.*s\n", length, lines);
        lines += length + (lines[length] != '\0');
    }
}

void options_help(const struct command *command, FILE *stream)
{
    fprintf(stream, "Usage: %s %s\n\n", command->name, command->usage);
    print_wrapped(stream, command->description, 0, 0);
    fputs("\nOptions:\n", stream);
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].help != NULL)
            print_option(stream, &command->options[i]);
    print_lines(stream, "Examples", command->examples);
    print_lines(stream, "Exit status", command->exit_status);
}

void options_print(const struct command *command, enum options_result result, FILE *stream)
{
    if (result == OPTIONS_HELP)
        options_help(command, stream);
    else if (result == OPTIONS_BASH)
        completion_print_bash(command, stream);
    else if (result == OPTIONS_ZSH)
        completion_print_zsh(command, stream);
    else
        fprintf(stream, "%s %s\n", command->name, PROFILE_VERSION);
}
