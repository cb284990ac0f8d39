/*
 * exclude_items.c - names for gcc and its plugin. See exclude_items.h.
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

const char *exclude_file_item(const char *file)
{
    return exclude_file_tail(file, 0);
}

static int begins(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

size_t exclude_header_directory(const char *file)
{
    static const char include[] = "/include/", library[] = "/include/c++/";
    static const char *const places[] = {"/usr/include/", "/usr/local/include/", "/usr/lib/", "/usr/lib64/"};
    const char *directory = strstr(file, library);

    for (size_t i = 0; i < sizeof places / sizeof *places && directory == NULL; i++)
        if (begins(file, places[i]))
            directory = strstr(file, include);
    return directory == NULL ? 0 : (size_t)(directory - file) + sizeof include - 1;
}

int exclude_is_plain(const char *name)
{
    for (; *name != '\0'; name++)
        if (!isalnum((unsigned char)*name) && strchr("_:./+-@%^", *name) == NULL)
            return 0;
    return 1;
}

/* Returns 1 if NAME is what SHOWN, a name of C++, has behind its classes and before its arguments. */
static int is_last_component(const char *name, const char *shown)
{
    const char *last = shown;
    int depth = 0;

    for (const char *at = shown; *at != '\0' && !(*at == '(' && depth == 0); at++) {
        depth += (*at == '<') - (*at == '>' && depth > 0);
        if (depth == 0 && at[0] == ':' && at[1] == ':')
            last = at + 2;
    }
    size_t length = strlen(name);
    return strncmp(last, name, length) == 0 && (last[length] == '\0' || strchr("<([", last[length]) != NULL);
}

int exclude_name_matches(const char *name, const char *shown, const char *symbol)
{
    return strcmp(name, shown) == 0 || strcmp(name, symbol) == 0 || is_last_component(name, shown);
}

/* gcc cuts the value of a plugin's argument by one character for each = in it. */
char *exclude_pattern(const char *name)
{
    char *pattern = malloc(2 * strlen(name) + 1), *to = pattern;

    for (; pattern != NULL && *name != '\0'; name++) {
        if (strchr("*?[\\", *name) != NULL)
            *to++ = '\\';
        *to++ = (char)(*name == ',' || *name == '=' ? '?' : *name);
    }
    if (to != NULL)
        *to = '\0';
    return pattern;
}

const char *exclude_file_tail(const char *file, int count)
{
    const char *at = file + strlen(file);

    while (at > file && !(at[-1] == '/' && count-- == 0))
        at--;
    return at;
}

int exclude_tail_matches(const char *tail, const char *file)
{
    size_t length = strlen(tail), whole = strlen(file);

    return length <= whole && strcmp(file + whole - length, tail) == 0 &&
           (length == whole || file[whole - length - 1] == '/');
}
