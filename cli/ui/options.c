/*
 * options.c - parses a command line by the command's table of options. See options.h.
 */
#include "cli/ui/options.h"

#include <assert.h>
#include <getopt.h>
#include <string.h>

#include "cli/ui/completion.h"
#include "cli/ui/help.h"
#include "cli/ui/option_rules.h"
#include "cli/ui/option_values.h"
#include "cli/ui/version.h"

enum { LONG_BASE = 256 }; /* getopt_long() returns an option's index plus this for a long option */

enum options_result options_wrong(const struct command *command, const char *reason, struct message *message)
{
    message_set(message, "%s; see %s --help", reason, command->name);
    return OPTIONS_ERROR;
}

/* Returns the option that getopt_long() means by CODE, a letter or LONG_BASE and an index, or NULL. */
static const struct option_spec *find_option(const struct command *command, int code)
{
    assert(command->options != NULL);
    if (code >= LONG_BASE && (size_t)(code - LONG_BASE) < command->option_count)
        return &command->options[code - LONG_BASE];
    for (size_t i = 0; i < command->option_count; i++)
        if (code != 0 && command->options[i].letter == code)
            return &command->options[i];
    return NULL;
}

/* Returns how many long options begin with WORD, which has two dashes and may have a value behind "=". */
static int count_prefixed(const struct command *command, const char *word)
{
    size_t length = strcspn(word + 2, "=");
    int count = 0;

    for (size_t i = 0; i < command->option_count; i++)
        count += strncmp(command->options[i].name, word + 2, length) == 0;
    return count;
}

/* Fills MESSAGE for an option that getopt_long() refused with CODE. WORD is the one that it has just read. */
static enum options_result refuse(const struct command *command, int code, const char *word,
                                  struct message *message)
{
    const struct option_spec *option = find_option(command, optopt);

    if (option != NULL && code == ':')
        message_set(message, "--%s needs a value", option->name);
    else if (option != NULL && optopt >= LONG_BASE)
        message_set(message, "--%s takes no value", option->name);
    else if (optopt != 0) /* not from WORD: letters may be left in the word behind it */
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

/* Stores the value of OPTION, and NEXT, the word behind it, if the option takes two words. */
static enum options_result take(const struct command *command, const struct option_spec *option, void *target,
                                const char *next, struct message *message)
{
    int result = option_store(option, target, optarg, message);

    if (result == OPTION_MORE && next == NULL) {
        message_set(message, "--%s=%s needs a %s", option->name, optarg,
                    option->noun != NULL ? option->noun : "value");
        return options_wrong(command, message->text, message);
    }
    if (result == OPTION_MORE) {
        optind++; /* getopt_long() goes on behind NEXT */
        result = option_store(option, target, next, message);
    }
    if (result == 0)
        return OPTIONS_RUN;
    message_set(message, "--%s: %s", option->name, message->text);
    return options_wrong(command, message->text, message);
}

/* Returns what OPTION, of the kind OPTION_ABOUT, asks to print. */
static enum options_result take_about(const struct command *command, const struct option_spec *option,
                                      struct message *message)
{
    int place = optarg == NULL ? 0 : option_choose(option, optarg, message);

    if (place >= 0)
        return (enum options_result)(option->number + place);
    message_set(message, "--%s: %s", option->name, message->text);
    return options_wrong(command, message->text, message);
}

/* Returns 1 if COMMAND has a long option that is called NAME, which may have a value behind "=". */
static int is_long_name(const struct command *command, const char *name)
{
    size_t length = strcspn(name, "=");

    for (size_t i = 0; i < command->option_count; i++)
        if (strlen(command->options[i].name) == length &&
            strncmp(command->options[i].name, name, length) == 0)
            return 1;
    return 0;
}

/* Returns 1 if WORD is a long option with one dash, of which a letter and its value were read: -sort is not
 * meant as -s ort. */
static int lacks_dash(const struct command *command, const char *word)
{
    return optarg == word + 2 && word[0] == '-' && word[1] != '-' && is_long_name(command, word + 1);
}

static enum options_result refuse_single_dash(const struct command *command, const char *word,
                                              struct message *message)
{
    int length = (int)strcspn(word, "=");

    message_set(message, "unknown option %.*s (use -%.*s)", length, word, length, word);
    return options_wrong(command, message->text, message);
}

static enum options_result take_next(const struct command *command, int code, char **argv, void *target,
                                     struct option_uses *uses, struct message *message)
{
    const struct option_spec *option = find_option(command, code);

    if (code == '?' || code == ':' || option == NULL)
        return refuse(command, code, argv[optind - 1], message);
    if (lacks_dash(command, argv[optind - 1]))
        return refuse_single_dash(command, argv[optind - 1], message);
    if (option->kind == OPTION_ABOUT)
        return take_about(command, option, message);
    option_uses_add(uses, command, option, optarg);
    return take(command, option, target, argv[optind], message);
}

enum options_result options_parse(const struct command *command, int argc, char **argv, void *target,
                                  int *first, struct message *message)
{
    struct option longs[OPTIONS_MAX + 1] = {0};
    char letters[2 * OPTIONS_MAX + 3];
    enum options_result result = OPTIONS_RUN;
    struct option_uses uses = {0};
    int code;

    assert(command->option_count <= OPTIONS_MAX);
    fill_getopt(command, longs, letters);
    opterr = 0;
    optind = 0; /* begin anew: a test parses several times */
    while (result == OPTIONS_RUN && (code = getopt_long(argc, argv, letters, longs, NULL)) != -1)
        result = take_next(command, code, argv, target, &uses, message);
    *first = optind;
    if (result == OPTIONS_RUN && option_rules_check(command, &uses, message) != 0)
        return options_wrong(command, message->text, message);
    return result;
}

void options_print(const struct command *command, enum options_result result, FILE *stream)
{
    if (result == OPTIONS_HELP)
        help_print(command, stream);
    else if (result == OPTIONS_BASH)
        completion_print_bash(command, stream);
    else if (result == OPTIONS_ZSH)
        completion_print_zsh(command, stream);
    else
        fprintf(stream, "%s %s\n", command->name, PROFILE_VERSION);
}
