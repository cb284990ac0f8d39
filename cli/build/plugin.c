/*
 * plugin.c - finds the plugin that was built for a gcc. See plugin.h.
 *
 * The plugins lie in folders called gcc-VERSION: beside this program after the build, and in lib/profile
 * after the installation. gcc refuses a plugin that was built for another build of it, and to ask it takes
 * longer than to compile a small file. So the file `programs` beside a plugin lists the programs of the
 * compiler that it was built for, a line each: size, time of change in seconds, and path.
 */
#include "cli/build/plugin.h"

#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/base/file.h"
#include "cli/base/quote.h"
#include "cli/base/strings.h"
#include "cli/build/ask.h"

#define PLUGIN_FILE "profile_gcc.so"

/* Relative to the folder of this program. */
static const char *const PLACES[] = {"", "../lib/profile/", "../lib64/profile/"};
enum { PLACE_COUNT = sizeof PLACES / sizeof *PLACES };

/* Returns the line that a file `programs` has for the program at PATH, to be freed, or NULL. */
static char *line_of(const char *path)
{
    struct stat status;
    char *line;

    if (stat(path, &status) != 0 ||
        asprintf(&line, "%lld %lld %s", (long long)status.st_size, (long long)status.st_mtime, path) < 0)
        return NULL;
    return line;
}

static int file_has_line(const char *path, const char *line)
{
    unsigned char *text;
    size_t size;
    struct message message;
    int result = 0;

    if (file_read(path, &text, &size, &message) != 0)
        return 0;
    for (unsigned char *at = text, *end;
         !result && (end = memchr(at, '\n', size - (size_t)(at - text))) != NULL; at = end + 1)
        result = (size_t)(end - at) == strlen(line) && memcmp(at, line, strlen(line)) == 0;
    free(text);
    return result;
}

/* Returns the path of the plugin beside the file LIST, to be freed, or NULL. */
static char *plugin_beside(const char *list)
{
    char *path;

    if (asprintf(&path, "%.*s/" PLUGIN_FILE, (int)(strrchr(list, '/') - list), list) < 0)
        return NULL;
    return path;
}

/* Returns the path of the plugin in one of the folders below PLACE whose list has LINE; to be freed, or NULL.
 */
static char *find_listed(const char *place, const char *line)
{
    char program[PATH_MAX], *pattern, *plugin = NULL;
    glob_t lists;

    file_program(program);
    if (strrchr(program, '/') == NULL || asprintf(&pattern, "%.*s/%sgcc-*/programs",
                                                  (int)(strrchr(program, '/') - program), program, place) < 0)
        return NULL;
    if (glob(pattern, GLOB_NOSORT, NULL, &lists) == 0) {
        for (size_t i = 0; plugin == NULL && i < lists.gl_pathc; i++)
            if (file_has_line(lists.gl_pathv[i], line))
                plugin = plugin_beside(lists.gl_pathv[i]);
        globfree(&lists);
    }
    free(pattern);
    return plugin;
}

char *plugin_known(const char *path)
{
    char *line = line_of(path), *plugin = NULL;

    for (int i = 0; line != NULL && plugin == NULL && i < PLACE_COUNT; i++)
        plugin = find_listed(PLACES[i], line);
    free(line);
    return plugin;
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

/* Returns the path of the plugin for gcc's VERSION, to be freed, or NULL if there is none. */
static char *find_version(const char *version)
{
    char *name, *path;

    if (asprintf(&name, "gcc-%s/" PLUGIN_FILE, version) < 0)
        return NULL;
    path = file_beside_program(PLACES, PLACE_COUNT, name);
    free(name);
    return path;
}

/* Returns 1 if COMMAND takes the plugin. */
static int takes(const char *command, const char *plugin)
{
    struct strings lines = {0};
    char *question = NULL;
    size_t size;
    FILE *stream = open_memstream(&question, &size);
    int result;

    if (stream == NULL)
        return 0;
    fprintf(stream, "%s -fplugin=", command);
    quote_print(stream, plugin, strlen(plugin));
    fputs(" -fsyntax-only -x c /dev/null 2>/dev/null", stream);
    result = fclose(stream) == 0 && ask(&lines, "%s", question) == 0;
    free(question);
    strings_free(&lines);
    return result;
}

char *plugin_ask(const char *command, const char *name, struct message *missing)
{
    char *version = ask_version(command);
    char *plugin = version != NULL ? find_version(version) : NULL;

    if (plugin == NULL)
        message_set(missing,
                    "there is no plugin for %s, so hooks come before inlining: install gcc-%s-plugin-dev and "
                    "build profile again",
                    name, version != NULL ? version : "VERSION");
    else if (!takes(command, plugin)) {
        message_set(missing,
                    "%s refuses the plugin %s, so hooks come before inlining: build profile again with this "
                    "gcc",
                    name, plugin);
        free(plugin);
        plugin = NULL;
    }
    free(version);
    return plugin;
}
