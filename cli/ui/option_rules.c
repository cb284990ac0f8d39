/*
 * option_rules.c - options that do not go together. See option_rules.h.
 */
#include "cli/ui/option_rules.h"

#include <assert.h>
#include <string.h>

#include "cli/ui/option_values.h"

void option_uses_add(struct option_uses *uses, const struct command *command,
                     const struct option_spec *option, const char *value)
{
    size_t place = (size_t)(option - command->options);

    uses->given[place] = 1;
    uses->values[place] = value;
}

/* Returns the place in COMMAND's table of the option that WORD, which begins a list, names. */
static size_t find_place(const struct command *command, const char *word)
{
    size_t length = strcspn(word, "= "), place = 0;

    while (place < command->option_count && (strlen(command->options[place].name) != length ||
                                             strncmp(command->options[place].name, word, length) != 0))
        place++;
    assert(place < command->option_count);
    return place;
}

/* Returns 1 if the option that WORD names was given, and with the value of WORD if it has one. */
static int is_given(const struct command *command, const struct option_uses *uses, const char *word)
{
    size_t place = find_place(command, word), length = strcspn(word, " ");
    const char *wanted = memchr(word, '=', length), *value = uses->values[place];

    if (!uses->given[place] || wanted == NULL)
        return uses->given[place];
    wanted++;
    length -= (size_t)(wanted - word);
    return value != NULL && strlen(value) == length && strncmp(value, wanted, length) == 0;
}

/* Returns the word behind WORD in its list, or NULL at the end. */
static const char *next_word(const char *word)
{
    word += strcspn(word, " ");
    return *word == '\0' ? NULL : word + 1;
}

/* Returns the first word of LIST, which may be NULL, whose option was given, or NULL. */
static const char *find_given(const struct command *command, const struct option_uses *uses, const char *list)
{
    const char *word = list;

    while (word != NULL && !is_given(command, uses, word))
        word = next_word(word);
    return word;
}

/* Checks RULE for the option that WORD names, which was given. */
static int check(const struct command *command, const struct option_uses *uses,
                 const struct option_rule *rule, const char *word, struct message *message)
{
    const char *other = find_given(command, uses, rule->excluded);
    int has_needed = rule->needed != NULL && find_given(command, uses, rule->needed) != NULL;
    int length = (int)strcspn(word, " ");
    char list[MESSAGE_MAX];

    if (other != NULL && !has_needed)
        return message_set(message, "--%.*s and --%.*s exclude each other", length, word,
                           (int)strcspn(other, " "), other);
    if (rule->needed == NULL || rule->excluded != NULL || has_needed)
        return 0;
    option_list(list, rule->needed, "--");
    return message_set(message, "--%.*s needs %s", length, word, list);
}

int option_rules_check(const struct command *command, const struct option_uses *uses, struct message *message)
{
    for (size_t i = 0; i < command->rule_count; i++) {
        const struct option_rule *rule = &command->rules[i];

        for (const char *word = rule->options; word != NULL; word = next_word(word))
            if (is_given(command, uses, word) && check(command, uses, rule, word, message) != 0)
                return -1;
    }
    return 0;
}
