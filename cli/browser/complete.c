/*
 * complete.c - completes the words of the browser's commands. See complete.h.
 */
#include "cli/browser/complete.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/browser/commands.h"

/* A completion: ADD is called with TARGET for each word that begins with TYPED. */
struct request {
    const char *typed;
    void (*add)(void *target, const char *word);
    void *target;
};

static void offer(const struct request *request, const char *word)
{
    if (strncmp(word, request->typed, strlen(request->typed)) == 0)
        request->add(request->target, word);
}

/* Offers each of WORDS, which are separated by spaces. */
static void offer_each(const struct request *request, const char *words)
{
    char *copy = strdup(words), *rest = copy, *word;

    while (copy != NULL && (word = strsep(&rest, " ")) != NULL)
        offer(request, word);
    free(copy);
}

static void offer_commands(const struct request *request)
{
    for (const struct browser_command *command = BROWSER_COMMANDS; command->name != NULL; command++)
        offer(request, command->name);
}

/* Returns NAME as a regular expression in one word, to be freed, or NULL without memory. The word is in QUOTE
 * if that is not 0, or in double quotes if NAME has spaces. */
static char *as_word(const char *name, char quote)
{
    char *word = malloc(2 * strlen(name) + sizeof "\"\""), *end = word;

    if (word == NULL)
        return NULL;
    if (quote == '\0' && strchr(name, ' ') != NULL)
        quote = '"';
    if (quote != '\0')
        *end++ = quote;
    for (; *name != '\0'; name++) {
        if (strchr("\\^$.|?*+()[]{}", *name) != NULL)
            *end++ = '\\';
        *end++ = *name;
    }
    if (quote != '\0')
        *end++ = quote;
    *end = '\0';
    return word;
}

/* Returns 1 if NAME begins with TYPED. TYPED may have backslashes in front of special characters, or not. */
static int begins_with(const char *name, const char *typed)
{
    for (; *typed != '\0'; typed++) {
        if (*typed == '\\' && *name != '\\')
            continue;
        if (*name++ != *typed)
            return 0;
    }
    return 1;
}

static void offer_functions(const struct request *request, const struct browser_session *session)
{
    char quote = '\0';

    if (*request->typed == '"' || *request->typed == '\'')
        quote = *request->typed;
    for (size_t i = 0; i < session->table.row_count; i++) {
        const char *name = session->table.rows[i].name;
        char *word = begins_with(name, request->typed + (quote != '\0')) ? as_word(name, quote) : NULL;
        if (word != NULL)
            request->add(request->target, word);
        free(word);
    }
}

/* Returns a pattern for glob() of all paths that begin with TEXT, to be freed, or NULL without memory. */
static char *escape(const char *text)
{
    char *escaped = malloc(2 * strlen(text) + sizeof "*"), *end = escaped;

    if (escaped == NULL)
        return NULL;
    for (; *text != '\0'; text++) {
        if (strchr("*?[\\", *text) != NULL)
            *end++ = '\\';
        *end++ = *text;
    }
    *end++ = '*';
    *end = '\0';
    return escaped;
}

static void offer_files(const struct request *request)
{
    char *pattern = escape(request->typed);
    glob_t found;

    if (pattern != NULL && glob(pattern, GLOB_MARK, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            offer(request, found.gl_pathv[i]);
        globfree(&found);
    }
    free(pattern);
}

static void offer_arguments(const struct request *request, enum browser_argument argument,
                            const struct browser_session *session)
{
    switch (argument) {
    case BROWSER_NOTHING:
        return;
    case BROWSER_FILE:
        offer_files(request);
        return;
    case BROWSER_FUNCTION:
        offer_functions(request, session);
        return;
    case BROWSER_TREE:
        offer_each(request, TREE_DIRECTIONS);
        offer_functions(request, session);
        return;
    case BROWSER_COMMAND:
        offer_commands(request);
        return;
    case BROWSER_SORT_KEY:
        offer_each(request, SORT_KEYS);
        return;
    case BROWSER_UNIT:
        offer_each(request, REPORT_UNITS);
        return;
    }
}

/* Returns the beginning of the last word of LINE. Spaces in quotes separate no words, as in browser.c. */
static const char *last_word(const char *line)
{
    const char *word = line;
    char quote = '\0';

    for (; *line != '\0'; line++)
        if (quote == '\0' && line == word && (*line == '"' || *line == '\''))
            quote = *line;
        else if (quote != '\0' && *line == quote)
            quote = '\0';
        else if (quote == '\0' && *line == ' ')
            word = line + 1;
    return word;
}

size_t browser_complete(void *session, const char *line, void (*add)(void *target, const char *word),
                        void *target)
{
    struct request request = {.add = add, .target = target};
    const char *name = line + strspn(line, " ");
    size_t length = strcspn(name, " ");

    request.typed = name;
    if (name[length] == '\0')
        offer_commands(&request);
    for (const struct browser_command *command = BROWSER_COMMANDS; command->name != NULL; command++) {
        if (name[length] == '\0' || strlen(command->name) != length ||
            strncmp(name, command->name, length) != 0)
            continue;
        const char *arguments = name + length + strspn(name + length, " ");
        /* The rest of the line is a file name, which may have spaces. */
        request.typed = command->argument == BROWSER_FILE ? arguments : last_word(arguments);
        offer_arguments(&request, command->argument, session);
    }
    return strlen(request.typed);
}
