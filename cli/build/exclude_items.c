/*
 * exclude_items.c - items for gcc's lists. See exclude_items.h.
 *
 * gcc spells arguments of templates in its own way ("long int", "long unsigned int"), and anonymous
 * namespaces and lambdas too. So an item is a part of the name between them: ">::find" of
 * "table<long>::find".
 */
#include "cli/build/exclude_items.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ANONYMOUS "(anonymous namespace)"

/* A part of a name, from START to END. */
struct part {
    const char *start, *end;
};

/* Returns the end of the operator that begins at AT of NAME, or NULL if none does. Its symbol may have
 * brackets. */
static const char *operator_end(const char *name, const char *at)
{
    static const char word[] = "operator";
    const char *end = at + sizeof word - 1;

    if (strncmp(at, word, sizeof word - 1) != 0 || (at > name && at[-1] != ':') ||
        isalnum((unsigned char)*end) || *end == '_')
        return NULL;
    if (strncmp(end, "()", 2) == 0)
        return end + 2;
    if (*end == ' ') /* a conversion, to a type that gcc spells in its own way */
        return end + 1;
    return end + strcspn(end, "( ");
}

/* Returns the last part of NAME outside of brackets, with the brackets around it. If that is only a bracket,
 * returns the part before it. START is NULL if NAME has words that gcc spells otherwise. */
static struct part part_find(const char *name)
{
    struct part last = {name, NULL}, before = {NULL, NULL};
    int depth = 0;

    for (const char *at = name; last.end == NULL; at++) {
        const char *past_operator = depth == 0 ? operator_end(name, at) : NULL;

        if (past_operator != NULL) {
            last.end = past_operator;
        } else if (strncmp(at, ANONYMOUS, strlen(ANONYMOUS)) == 0) {
            at += strlen(ANONYMOUS) - 1;
            last.start = depth == 0 ? at + 1 : last.start;
        } else if (*at == '<' && depth++ == 0) {
            before = (struct part){last.start, at + 1};
        } else if (*at == '>' && --depth == 0) {
            last.start = at;
        } else if ((*at == '\0' || *at == '(') && depth == 0) {
            last.end = at;
        } else if (strchr("{['", *at) != NULL || depth < 0) { /* a NUL within brackets, too */
            return (struct part){NULL, NULL};
        }
    }
    return last.end - last.start == 1 && *last.start == '>' ? before : last;
}

/* Returns the name behind the packages, modules or classes: gcc's compilers for these languages match that
 * alone. */
static struct part last_component(const char *name)
{
    const char *start = name;

    for (const char *at = name; *at != '\0'; at++)
        if ((*at == '.' || *at == ':') && at[1] != '\0')
            start = at + 1;
    return (struct part){start, start + strlen(start)};
}

char *exclude_function_item(const char *name, enum symbolizer_language language)
{
    int is_plain = language == SYMBOLIZER_LANGUAGE_FORTRAN || language == SYMBOLIZER_LANGUAGE_ADA ||
                   language == SYMBOLIZER_LANGUAGE_D;
    struct part part = is_plain ? last_component(name) : part_find(name);

    return part.start != NULL && part.end > part.start ? strndup(part.start, (size_t)(part.end - part.start))
                                                       : NULL;
}

char *exclude_file_item(const char *file, int *is_system)
{
    static const char usr[] = "/usr/", include[] = "/include/";
    const char *directory = strstr(file, include), *slash = strrchr(file, '/');

    *is_system = strncmp(file, usr, sizeof usr - 1) == 0 && directory != NULL;
    if (*is_system)
        return strndup(file, (size_t)(directory - file) + sizeof include - 1);
    return strdup(slash != NULL ? slash + 1 : file);
}
