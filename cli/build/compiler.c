/*
 * compiler.c - the flags of gcc and clang. See compiler.h.
 */
#include "cli/build/compiler.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/quote.h"
#include "cli/build/ask.h"
#include "cli/build/exclude_flags.h"
#include "cli/build/headers.h"
#include "cli/build/names.h"
#include "cli/build/plugin.h"

static int has_line_with(const struct strings *lines, const char *text)
{
    for (size_t i = 0; i < lines->count; i++)
        if (strstr(lines->items[i], text) != NULL)
            return 1;
    return 0;
}

/* Fills in the kind if the name of the program or of the command tells it. Returns 1 if it does. */
static int find_by_name(struct compiler *compiler)
{
    const char *name = names_base(compiler->program != NULL ? compiler->program : compiler->command);

    if (compiler->program == NULL && strchr(compiler->command, ' ') != NULL)
        return 0;
    compiler->kind = names_is_clang(name) ? COMPILER_CLANG : COMPILER_GCC;
    return names_is_clang(name) || names_is_gcc(name);
}

static int find_by_asking(struct compiler *compiler, struct message *message)
{
    struct strings lines = {0};
    int result = ask(&lines, "%s --version 2>/dev/null", compiler->command);

    if (result != 0)
        message_set(message, "cannot run %s --version: name gcc or clang with --cc", compiler->name);
    else if (has_line_with(&lines, "clang"))
        compiler->kind = COMPILER_CLANG;
    else if (has_line_with(&lines, "Free Software Foundation"))
        compiler->kind = COMPILER_GCC;
    else
        result =
            message_set(message, "%s is neither gcc nor clang: name one of them with --cc", compiler->name);
    strings_free(&lines);
    return result;
}

int compiler_find_kind(struct compiler *compiler, struct message *message)
{
    return find_by_name(compiler) ? 0 : find_by_asking(compiler, message);
}

int compiler_find(struct compiler *compiler, const char *command, struct message *message)
{
    const char *named = getenv("CC");

    *compiler = (struct compiler){.command = command != NULL                   ? command
                                             : named != NULL && *named != '\0' ? named
                                                                               : "cc"};
    compiler->name = compiler->command;
    return compiler_find_kind(compiler, message);
}

/* Writes NAME=ITEM[,ITEM...]. gcc ends an item at a comma, unless a backslash precedes it. */
static void write_list(FILE *stream, const char *name, const char *const *items, size_t count)
{
    fprintf(stream, "%s=", name);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            fputc(',', stream);
        for (const char *at = items[i]; *at != '\0'; at++)
            fprintf(stream, *at == ',' ? "\\%c" : "%c", *at);
    }
}

/* Adds WORD. Returns 0, or -1 and fills MESSAGE. */
static int add(struct strings *words, const char *word, struct message *message)
{
    return strings_add(words, word, strlen(word)) == 0 ? 0 : message_no_memory(message);
}

/* Adds the flags for the plugin at PATH. Returns 0, or -1 and fills MESSAGE. */
static int add_plugin(struct strings *words, const char *path, struct message *message)
{
    char *flag;
    int result;

    if (asprintf(&flag, "-fplugin=%s", path) < 0)
        return message_no_memory(message);
    result = add(words, flag, message) == 0 &&
                     add(words, "-fplugin-arg-profile_gcc-no-system-headers", message) == 0
                 ? exclude_flags_for_plugin(words, message)
                 : -1;
    free(flag);
    return result;
}

/* Adds -finstrument-functions without the functions that headers of the system define. Returns 0, or -1 and
 * fills MESSAGE. */
static int add_every_function(const struct compiler *compiler, struct strings *words, struct message *missing,
                              struct message *message)
{
    struct strings headers = {0};
    char *list = NULL;
    size_t size;
    FILE *stream;
    int result = -1;

    if (headers_find(&headers, compiler->command, message) != 0)
        return -1;
    if ((stream = open_memstream(&list, &size)) != NULL) {
        write_list(stream, "-finstrument-functions-exclude-file-list", (const char *const *)headers.items,
                   headers.count);
        result = fclose(stream);
    }
    if (result != 0)
        result = message_no_memory(message);
    else if ((result = add(words, "-finstrument-functions", message)) == 0 &&
             (result = add(words, list, message)) == 0)
        result = exclude_flags_for_gcc(words, missing, message);
    free(list);
    strings_free(&headers);
    return result;
}

static int add_clang_flags(enum compiler_flags flags, struct strings *words, struct message *missing,
                           struct message *message)
{
    exclude_flags_for_clang(missing);
    return add(words,
               flags == COMPILER_AFTER_INLINING ? "-finstrument-functions-after-inlining"
                                                : "-finstrument-functions",
               message);
}

/* Returns the path of the plugin, to be freed. Returns NULL and fills MISSING if there is none. */
static char *find_plugin(const struct compiler *compiler, struct message *missing)
{
    char *plugin = compiler->program != NULL ? plugin_known(compiler->program) : NULL;

    return plugin != NULL ? plugin : plugin_ask(compiler->command, compiler->name, missing);
}

int compiler_flags(const struct compiler *compiler, enum compiler_flags flags, struct strings *words,
                   struct message *missing, struct message *message)
{
    char *plugin = NULL;
    int result;

    if (compiler->kind == COMPILER_CLANG)
        return add_clang_flags(flags, words, missing, message);
    if (flags == COMPILER_AFTER_INLINING)
        plugin = find_plugin(compiler, missing);
    result = plugin != NULL ? add_plugin(words, plugin, message)
                            : add_every_function(compiler, words, missing, message);
    free(plugin);
    return result;
}

int compiler_print_flags(const struct compiler *compiler, enum compiler_flags flags, FILE *stream,
                         struct message *missing, struct message *message)
{
    struct strings words = {0};
    int result = compiler_flags(compiler, flags, &words, missing, message);

    if (result == 0) {
        fputs("-g", stream);
        for (size_t i = 0; i < words.count; i++) {
            fputc(' ', stream);
            quote_print(stream, words.items[i], strlen(words.items[i]));
        }
        fputc('\n', stream);
    }
    strings_free(&words);
    return result;
}

void compiler_print_list_flag(FILE *stream, const char *name, const char *const *items, size_t count)
{
    char *flag = NULL;
    size_t size;
    FILE *line = open_memstream(&flag, &size);

    if (line == NULL)
        return;
    write_list(line, name, items, count);
    if (fclose(line) == 0)
        quote_print(stream, flag, size);
    free(flag);
}
