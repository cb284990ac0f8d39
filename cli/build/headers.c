/*
 * headers.c - the directories of a compiler's own headers. See headers.h.
 */
#include "cli/build/headers.h"

#include <stdlib.h>
#include <string.h>

#include "cli/build/ask.h"

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

int headers_find(struct strings *directories, const char *command, struct message *message)
{
    static const char *const questions[] = {"LC_ALL=C %s -E -v -x c++ /dev/null 2>&1 >/dev/null",
                                            "LC_ALL=C %s -E -v -x c /dev/null 2>&1 >/dev/null"};

    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        if (ask(directories, questions[i], command) == 0 && keep_directories(directories) == 0) {
            drop_contained(directories);
            return 0;
        }
        strings_free(directories);
    }
    return message_set(message, "%s does not say where its headers are: see whether it runs", command);
}
