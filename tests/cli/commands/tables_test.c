/*
 * tables_test.c - tests that the option tables of the commands are sound.
 */
#include <stdio.h>
#include <string.h>

#include "cli/commands/profile_options.h"
#include "cli/commands/stats_options.h"
#include "cli/control/ctl.h"
#include "tests/lib/case.h"

static const struct command *const COMMANDS[] = {&PROFILE_COMMAND, &STATS_COMMAND, &CTL_COMMAND};
enum { COMMAND_COUNT = sizeof COMMANDS / sizeof *COMMANDS };

static void names_are_unique(void **state)
{
    (void)state;
    for (size_t c = 0; c < COMMAND_COUNT; c++)
        for (size_t i = 0; i < COMMANDS[c]->option_count; i++)
            for (size_t j = 0; j < i; j++) {
                const struct option_spec *a = &COMMANDS[c]->options[i], *b = &COMMANDS[c]->options[j];
                assert_string_not_equal(a->name, b->name);
                assert_true(a->letter == 0 || a->letter != b->letter);
            }
}

static void kinds_fit(void **state)
{
    (void)state;
    for (size_t c = 0; c < COMMAND_COUNT; c++)
        for (size_t i = 0; i < COMMANDS[c]->option_count; i++) {
            const struct option_spec *option = &COMMANDS[c]->options[i];
            int is_flag =
                option->kind == OPTION_FLAG || option->kind == OPTION_SET || option->kind == OPTION_BIT;
            assert_true(!is_flag || option->argument == NULL);
            assert_true(option->kind != OPTION_CHOICE || option->values != NULL);
            assert_int_equal(option->kind == OPTION_CALL, option->take != NULL);
            assert_true(option->greatest == 0 || option->kind == OPTION_NUMBER);
            assert_true(option->kind != OPTION_BIT || option->number != 0);
            if (!is_flag && option->kind != OPTION_CALL && option->kind != OPTION_ABOUT)
                assert_non_null(option->argument);
        }
}

static int has_option(const struct command *command, const char *word)
{
    size_t length = strcspn(word, "= ");

    for (size_t i = 0; i < command->option_count; i++)
        if (strlen(command->options[i].name) == length &&
            strncmp(command->options[i].name, word, length) == 0)
            return 1;
    return 0;
}

static void assert_has_options(const struct command *command, const char *list)
{
    for (const char *word = list; word != NULL;) {
        if (!has_option(command, word))
            fail_msg("a rule of %s names an option that it does not have: %s", command->name, word);
        word = strchr(word, ' ');
        if (word != NULL)
            word++;
    }
}

static void rules_name_options(void **state)
{
    (void)state;
    for (size_t c = 0; c < COMMAND_COUNT; c++)
        for (size_t i = 0; i < COMMANDS[c]->rule_count; i++) {
            assert_has_options(COMMANDS[c], COMMANDS[c]->rules[i].options);
            assert_has_options(COMMANDS[c], COMMANDS[c]->rules[i].excluded);
            assert_has_options(COMMANDS[c], COMMANDS[c]->rules[i].needed);
        }
}

/* Returns the list of what RULE excludes for the option NAME of `stats`. */
static const char *excluded_by(const char *name)
{
    for (size_t i = 0; i < STATS_COMMAND.rule_count; i++)
        if (strcmp(STATS_COMMAND.rules[i].options, name) == 0)
            return STATS_COMMAND.rules[i].excluded;
    fail_msg("there is no rule for --%s", name);
    return "";
}

static int is_word_of(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *word = list; word != NULL; word = strchr(word, ' ')) {
        word += *word == ' ';
        if (strncmp(word, name, length) == 0 && strchr("= ", word[length]) != NULL)
            return 1;
    }
    return 0;
}

static void browser_takes_none(void **state)
{
    static const char others[] = "interactive no-pager no-percent help version completion";
    const char *excluded = excluded_by("interactive");

    (void)state;
    for (size_t i = 0; i < STATS_COMMAND.option_count; i++) {
        const char *name = STATS_COMMAND.options[i].name;
        if (!is_word_of(others, name) && !is_word_of(excluded, name))
            fail_msg("stats --interactive takes --%s, which does nothing there", name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("no two options of a command have one name or letter", names_are_unique),
        TEST_ALONE("an option has the argument, values or function that its kind needs", kinds_fit),
        TEST_ALONE("rules name options that exist", rules_name_options),
        TEST_ALONE("the browser is given files and no options", browser_takes_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
