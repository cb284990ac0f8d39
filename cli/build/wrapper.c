/*
 * wrapper.c - `profile cc`. See wrapper.h.
 *
 * This process becomes the compiler, so there is nothing between it and its caller. A build runs it many
 * times, and it runs nothing else before, if the compiler is one that profile knows (cli/build/plugin.c).
 * Memory is not freed: the process has another program soon.
 */
#include "cli/build/wrapper.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/array.h"
#include "cli/base/quote.h"
#include "cli/base/strings.h"
#include "cli/build/arguments.h"
#include "cli/build/compiler.h"
#include "cli/build/names.h"
#include "cli/build/search.h"
#include "cli/build/tally.h"

enum { STATUS_FAILURE = 1, STATUS_NOT_EXECUTABLE = 126, STATUS_NOT_FOUND = 127 };

/* Returns 1 if WORD is a compiler, with or without a folder before it. */
static int is_compiler(const char *word)
{
    return word != NULL && names_is_compiler(names_base(word));
}

/* Returns 1 if WORDS begin with launchers and the compiler that they run. */
static int is_launched(char **words)
{
    int count = 0;

    while (words[count] != NULL && names_is_launcher(names_base(words[count])))
        count++;
    return count > 0 && is_compiler(words[count]);
}

/* Returns a list of copies of the words of TEXT, which spaces separate, and of REST. Returns NULL without
 * memory. */
static char **join(const char *text, char **rest)
{
    struct strings words = {0};
    int result = 0;

    for (text += strspn(text, " "); result == 0 && *text != '\0'; text += strspn(text, " ")) {
        result = strings_add(&words, text, strcspn(text, " "));
        text += strcspn(text, " ");
    }
    for (; result == 0 && *rest != NULL; rest++)
        result = strings_add(&words, *rest, strlen(*rest));
    if (result == 0 && ARRAY_APPEND(words.items, words.count) != NULL)
        return words.items;
    strings_free(&words);
    return NULL;
}

/* Returns the words for profile-cc and profile-c++. A first argument that is a compiler is the one to run:
 * CMake calls launchers so. The variable NAME can choose the compiler too. */
static char **words_of_tool(char **argv, const char *name, const char *usual)
{
    const char *chosen = getenv(name);

    if (is_compiler(argv[1]) || is_launched(argv + 1))
        return argv + 1;
    return join(chosen != NULL && *chosen != '\0' ? chosen : usual, argv + 1);
}

char **wrapper_words(char **argv)
{
    const char *name = argv[0] != NULL ? names_base(argv[0]) : "";

    if (strcmp(name, "profile-cc") == 0)
        return words_of_tool(argv, "PROFILE_CC", "cc");
    if (strcmp(name, "profile-c++") == 0)
        return words_of_tool(argv, "PROFILE_CXX", "c++");
    if (names_is_compiler(name)) {
        argv[0] = (char *)name;
        return argv;
    }
    if (argv[0] == NULL || argv[1] == NULL)
        return NULL;
    if (names_is_compiler(argv[1]))
        return is_compiler(argv[2]) || is_launched(argv + 2) ? argv + 2 : argv + 1;
    return strchr(argv[1], '/') == NULL && is_launched(argv + 1) ? argv + 1 : NULL;
}

/* Returns the text of a shell for the program at PATH, or NULL without memory. */
static char *quoted(const char *path)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL)
        return NULL;
    quote_print(stream, path, strlen(path));
    return fclose(stream) == 0 ? text : NULL;
}

/* Adds the flags to WORDS that instrument what the compiler called NAME compiles. Returns 0, or -1 and fills
 * MESSAGE.
 */
static int find_flags(struct strings *words, const char *name, const char *path, struct message *missing,
                      struct message *message)
{
    char *command = quoted(path), *program = realpath(path, NULL);
    struct compiler compiler = {.command = command, .name = name, .program = program};
    struct message unused;
    int result;

    if (command == NULL)
        result = message_no_memory(message);
    else if (compiler_find_kind(&compiler, &unused) != 0)
        result = message_set(message, "%s is neither gcc nor clang, so it cannot add hooks", name);
    else
        result = compiler_flags(&compiler, COMPILER_AFTER_INLINING, words, missing, message);
    free(command);
    free(program);
    return result;
}

/* Inserts FLAGS behind the options in wrapper->words. Returns 0, or -1 and fills MESSAGE. */
static int insert(struct wrapper *wrapper, const struct arguments *arguments, const struct strings *flags,
                  struct message *message)
{
    size_t count = 0, front = (size_t)arguments->end, next;
    char **words;

    while (wrapper->words[count] != NULL)
        count++;
    words = calloc(count + 1 + flags->count + 1, sizeof *words);
    if (words == NULL)
        return message_no_memory(message);
    memcpy(words, wrapper->words, front * sizeof *words);
    next = front;
    if (arguments->sources > 0 && !arguments->has_debug)
        words[next++] = (char *)"-g";
    for (size_t i = 0; i < flags->count; i++)
        words[next++] = flags->items[i];
    memcpy(words + next, wrapper->words + front, (count - front) * sizeof *words);
    wrapper->words = words;
    return 0;
}

static int is_off(void)
{
    const char *value = getenv("PROFILE_BUILD");

    return value != NULL && strcmp(value, "off") == 0;
}

/* Passes on TEXT, which is about hooks: to `profile build`, or to a user who looks at the screen. A build's
 * own tests take any output of a compiler for a fault. */
static void remark(struct wrapper *wrapper, const struct tallies *tallies, int links, const char *text)
{
    if (tallies->folders.count > 0)
        tallies_note(tallies, text);
    else if (links && isatty(STDERR_FILENO))
        message_set(&wrapper->remark, "%s", text);
}

/* Adds the flags for the compiler at wrapper->words + FIRST, whose program is at PATH. Returns 0, or -1 and
 * fills MESSAGE. */
static int add_flags(struct wrapper *wrapper, int first, const char *path, const struct tallies *tallies,
                     struct message *message)
{
    struct arguments arguments;
    struct strings flags = {0};
    struct message missing = {""};

    arguments_read(&arguments, wrapper->words + first);
    if (is_off() || !arguments_take_hooks(&arguments))
        return 0;
    if (find_flags(&flags, names_base(wrapper->words[first]), path, &missing, message) != 0) {
        tallies_note(tallies, message->text);
        return tallies->folders.count > 0 ? 0 : -1;
    }
    if (missing.text[0] != '\0')
        remark(wrapper, tallies, arguments.links, missing.text);
    if (arguments.sources > 0)
        tallies_count(tallies);
    arguments.end += first;
    return insert(wrapper, &arguments, &flags, message);
}

/* Fills in the words of WRAPPER, whose path is known, for the compiler at words + FIRST with the path
 * COMPILER. Returns 0, or the status to exit with and fills MESSAGE. */
static int complete(struct wrapper *wrapper, int first, const char *compiler, struct message *message)
{
    struct tallies tallies;
    int result;

    tallies_find(&tallies);
    if (search_leave(names_base(wrapper->words[first])) != 0)
        result = message_no_memory(message);
    else
        result = add_flags(wrapper, first, compiler, &tallies, message);
    tallies_free(&tallies);
    return result == 0 ? 0 : STATUS_FAILURE;
}

int wrapper_prepare(struct wrapper *wrapper, char **words, struct message *message)
{
    const char *name;
    char *compiler;
    int first = 0, status;

    while (words[first + 1] != NULL && names_is_launcher(names_base(words[first])))
        first++;
    name = words[first];
    *wrapper = (struct wrapper){.path = search_program(words[0], 0), .words = words};
    compiler = search_program(name, 1);
    if (wrapper->path == NULL || (compiler == NULL && (compiler = search_program(name, 0)) == NULL)) {
        int error = errno;

        message_set(message, "cannot run %s: %s", wrapper->path == NULL ? words[0] : name, strerror(error));
        status = error == ENOENT ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
    } else {
        status = complete(wrapper, first, compiler, message);
    }
    free(compiler);
    if (status != 0)
        free(wrapper->path);
    return status;
}

int wrapper_exec(const struct wrapper *wrapper, struct message *message)
{
    execvp(wrapper->path, wrapper->words);
    message_set(message, "cannot run %s: %s", wrapper->path, strerror(errno));
    return STATUS_NOT_EXECUTABLE;
}
