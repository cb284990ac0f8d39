/*
 * browser_complete.c - what may stand where the user is typing. See browser_complete.h.
 */
#include "browser_complete.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "browser_commands.h"

/* Those words are added that begin with what is typed. */
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

/* WORDS are separated by spaces. */
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

static void offer_functions(const struct request *request, const struct session *session)
{
    for (size_t i = 0; i < session->table.row_count; i++)
        offer(request, session->table.rows[i].name);
}

/* What is special to glob() is taken as it is. */
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
                            const struct session *session)
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

void browser_complete(void *session, const char *line, size_t length,
                      void (*add)(void *target, const char *word), void *target)
{
    const struct request request = {.typed = line + strlen(line) - length, .add = add, .target = target};

    line += strspn(line, " ");
    if (strchr(line, ' ') == NULL) {
        offer_commands(&request);
        return;
    }
    for (const struct browser_command *command = BROWSER_COMMANDS; command->name != NULL; command++)
        if (strlen(command->name) == strcspn(line, " ") &&
            strncmp(line, command->name, strlen(command->name)) == 0)
            offer_arguments(&request, command->argument, session);
}
