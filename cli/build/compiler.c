/*
 * compiler.c - the flags of gcc and clang. See compiler.h.
 *
 * A shell runs the compiler, because CC may have arguments, as in Makefiles: "ccache gcc".
 */
#include "cli/build/compiler.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/file.h"
#include "cli/base/quote.h"
#include "cli/base/strings.h"

/* Runs FORMAT, which gets COMMAND, by the shell, and adds the lines that it prints. Returns 0, or -1 if it
 * fails. */
static int ask(struct strings *lines, const char *format, const char *command)
{
    char *line = NULL, *whole;
    size_t capacity = 0;
    FILE *pipe = NULL;

    if (asprintf(&whole, format, command) >= 0) {
        pipe = popen(whole, "re");
        free(whole);
    }
    while (pipe != NULL && getline(&line, &capacity, pipe) >= 0) {
        if (strings_add(lines, line, strcspn(line, "\n")) != 0)
            break;
    }
    free(line);
    return pipe != NULL && pclose(pipe) == 0 ? 0 : -1;
}

static int has_line_with(const struct strings *lines, const char *text)
{
    for (size_t i = 0; i < lines->count; i++)
        if (strstr(lines->items[i], text) != NULL)
            return 1;
    return 0;
}

/* Fills in the kind if the name of the command tells it. Returns 1 if it does. */
static int find_by_name(struct compiler *compiler)
{
    static const char *const names[][2] = {
        [COMPILER_GCC] = {"gcc", "g++"}, [COMPILER_CLANG] = {"clang", "clang++"}};

    for (int kind = COMPILER_GCC; kind <= COMPILER_CLANG; kind++)
        for (int i = 0; i < 2; i++)
            if (strcmp(compiler->command, names[kind][i]) == 0) {
                compiler->kind = (enum compiler_kind)kind;
                return 1;
            }
    return 0;
}

static int find_by_asking(struct compiler *compiler, struct message *message)
{
    struct strings lines = {0};
    int result = ask(&lines, "%s --version 2>/dev/null", compiler->command);

    if (result != 0)
        message_set(message, "cannot run %s --version: name gcc or clang with --cc", compiler->command);
    else if (has_line_with(&lines, "clang"))
        compiler->kind = COMPILER_CLANG;
    else if (has_line_with(&lines, "Free Software Foundation"))
        compiler->kind = COMPILER_GCC;
    else
        result = message_set(message, "%s is neither gcc nor clang: name one of them with --cc",
                             compiler->command);
    strings_free(&lines);
    return result;
}

int compiler_find(struct compiler *compiler, const char *command, struct message *message)
{
    const char *named = getenv("CC");

    compiler->command = command != NULL ? command : named != NULL && *named != '\0' ? named : "cc";
    return find_by_name(compiler) ? 0 : find_by_asking(compiler, message);
}

/* Keeps of LINES the directories in which the compiler looks for <...>. Returns 0, or -1 if there are none.
 */
static int keep_directories(struct strings *lines)
{
    size_t count = 0;
    int inside = 0;

    for (size_t i = 0; i < lines->count; i++) {
        char *line = lines->items[i];

        if (strcmp(line, "End of search list.") == 0)
            inside = 0;
        if (inside && line[0] == ' ' && line[1] == '/') {
            memmove(line, line + 1, strlen(line));
            lines->items[count++] = line;
            continue;
        }
        inside |= strcmp(line, "#include <...> search starts here:") == 0;
        free(line);
    }
    lines->count = count;
    return count > 0 ? 0 : -1;
}

/* Removes each line that contains another one. gcc leaves out a file if an item is part of its path, so the
 * shorter item is enough. */
static void drop_contained(struct strings *lines)
{
    size_t count = 0;

    for (size_t i = 0; i < lines->count; i++) {
        int is_needed = 1;

        for (size_t j = 0; j < lines->count && is_needed; j++)
            is_needed = strlen(lines->items[j]) >= strlen(lines->items[i]) ||
                        strstr(lines->items[i], lines->items[j]) == NULL;
        if (is_needed) {
            char *kept = lines->items[i];
            lines->items[i] = lines->items[count];
            lines->items[count++] = kept;
        }
    }
    for (size_t i = count; i < lines->count; i++)
        free(lines->items[i]);
    lines->count = count;
}

/* Fills LINES with the directories of the system's headers, and of the C++ library's if the compiler has one.
 */
static int find_headers(struct strings *lines, const char *command, struct message *message)
{
    static const char *const questions[] = {"LC_ALL=C %s -E -v -x c++ /dev/null 2>&1 >/dev/null",
                                            "LC_ALL=C %s -E -v -x c /dev/null 2>&1 >/dev/null"};

    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        if (ask(lines, questions[i], command) == 0 && keep_directories(lines) == 0) {
            drop_contained(lines);
            return 0;
        }
        strings_free(lines);
    }
    return message_set(message, "%s does not say where its headers are: see whether it runs", command);
}

/* Returns the version of gcc by which the folder of its plugin is named, to be freed, or NULL. */
static char *ask_version(const char *command)
{
    struct strings lines = {0};
    char *version = NULL;

    if (ask(&lines, "%s -dumpversion 2>/dev/null", command) == 0 && lines.count == 1 &&
        strchr(lines.items[0], '/') == NULL)
        version = strdup(lines.items[0]);
    strings_free(&lines);
    return version;
}

/* Returns the path of the plugin for gcc's VERSION, to be freed, or NULL if there is none. It lies beside
 * this program after the build, and in lib/profile after the installation. */
static char *find_plugin(const char *version)
{
    static const char *const places[] = {"", "../lib/profile/", "../lib64/profile/"};
    char *name, *path;

    if (asprintf(&name, "gcc-%s/profile_gcc.so", version) < 0)
        return NULL;
    path = file_beside_program(places, sizeof places / sizeof *places, name);
    free(name);
    return path;
}

/* Prints -fplugin=PLUGIN to STREAM, as one word of a shell. */
static void print_plugin(FILE *stream, const char *plugin)
{
    fputs("-fplugin=", stream);
    quote_print(stream, plugin, strlen(plugin));
}

/* Returns 1 if COMMAND takes the plugin: gcc refuses a plugin that was built for another version of it. */
static int takes_plugin(const char *command, const char *plugin)
{
    struct strings lines = {0};
    char *question = NULL;
    size_t size;
    FILE *stream = open_memstream(&question, &size);
    int result;

    if (stream == NULL)
        return 0;
    fprintf(stream, "%s ", command);
    print_plugin(stream, plugin);
    fputs(" -fsyntax-only -x c /dev/null 2>/dev/null", stream);
    result = fclose(stream) == 0 && ask(&lines, "%s", question) == 0;
    free(question);
    strings_free(&lines);
    return result;
}

/* Prints the flags with the plugin for gcc. Returns 0, or -1 if there is none, and fills MISSING. */
static int print_plugin_flags(const struct compiler *compiler, FILE *stream, struct message *missing)
{
    char *version = ask_version(compiler->command);
    char *plugin = version != NULL ? find_plugin(version) : NULL;
    int result = -1;

    if (plugin == NULL)
        message_set(missing,
                    "there is no plugin for %s, so hooks come before inlining: install gcc-%s-plugin-dev and "
                    "build profile again",
                    compiler->command, version != NULL ? version : "VERSION");
    else if (!takes_plugin(compiler->command, plugin))
        message_set(missing,
                    "%s refuses the plugin %s, so hooks come before inlining: build profile again with this "
                    "gcc",
                    compiler->command, plugin);
    else {
        fputs("-g ", stream);
        print_plugin(stream, plugin);
        fputs(" -fplugin-arg-profile_gcc-no-system-headers\n", stream);
        result = 0;
    }
    free(plugin);
    free(version);
    return result;
}

int compiler_print_flags(const struct compiler *compiler, enum compiler_flags flags, FILE *stream,
                         struct message *missing, struct message *message)
{
    struct strings headers = {0};

    if (compiler->kind == COMPILER_CLANG) {
        fprintf(stream, "-g -finstrument-functions%s\n",
                flags == COMPILER_AFTER_INLINING ? "-after-inlining" : "");
        return 0;
    }
    if (flags == COMPILER_AFTER_INLINING && print_plugin_flags(compiler, stream, missing) == 0)
        return 0;
    if (find_headers(&headers, compiler->command, message) != 0)
        return -1;
    fputs("-g -finstrument-functions ", stream);
    compiler_print_list_flag(stream, "-finstrument-functions-exclude-file-list",
                             (const char *const *)headers.items, headers.count);
    fputc('\n', stream);
    strings_free(&headers);
    return 0;
}

/* gcc ends an item at a comma, unless a backslash precedes it. A shell needs quotes around the backslash. */
static int item_needs_quotes(const char *item)
{
    return strchr(item, ',') != NULL || (*item != '\0' && quote_is_needed(item, strlen(item)));
}

static void print_item(FILE *stream, const char *item)
{
    size_t length = strcspn(item, ",");

    quote_print_inside(stream, item, length);
    while (item[length] == ',') {
        item += length + 1;
        length = strcspn(item, ",");
        fputs("\\,", stream);
        quote_print_inside(stream, item, length);
    }
}

void compiler_print_list_flag(FILE *stream, const char *name, const char *const *items, size_t count)
{
    const char *quote = "";

    for (size_t i = 0; i < count; i++)
        if (item_needs_quotes(items[i]))
            quote = "'";
    fprintf(stream, "%s%s=", quote, name);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            fputc(',', stream);
        print_item(stream, items[i]);
    }
    fputs(quote, stream);
}
