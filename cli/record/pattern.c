/*
 * pattern.c - a pattern for functions or for files. See pattern.h.
 */
#include "cli/record/pattern.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* Returns 1 if TEXT ends as the name of a source file does. A regular expression may have a $ behind it. */
static int ends_as_source(const char *text, size_t length)
{
    static const char *const endings[] = {".c",  ".h",  ".cc", ".hh",  ".cpp", ".hpp", ".cxx", ".hxx", ".inl",
                                          ".ii", ".rs", ".d",  ".adb", ".ads", ".f",   ".f90", ".m",   ".mm"};

    length -= length > 0 && text[length - 1] == '$';
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t size = strlen(endings[i]);

        if (length > size && strncmp(text + length - size, endings[i], size) == 0)
            return 1;
    }
    return 0;
}

int pattern_parse(struct pattern *pattern, const char *text, struct message *message)
{
    size_t length = strlen(text);
    int is_regex = length > 2 && text[0] == '/' && text[length - 1] == '/';

    *pattern = (struct pattern){.text = strdup(text)};
    if (length == 0 || text[strcspn(text, "\r\n")] != '\0') {
        pattern_free(pattern);
        return message_set(message, "invalid pattern '%s' (use one line that is not empty)", text);
    }
    if (is_regex) {
        text++;
        length -= 2;
    }
    pattern->is_for_files = memchr(text, '/', length) != NULL || ends_as_source(text, length);
    if (pattern->text != NULL && (!is_regex || regex_compile(&pattern->regex, text, length, message) == 0))
        return 0;
    if (pattern->text == NULL)
        message_no_memory(message);
    pattern_free(pattern);
    return -1;
}

/* Returns 1 if the glob matches NAME; one for files may match the part behind any slash. */
static int glob_matches(const struct pattern *pattern, const char *name)
{
    while (fnmatch(pattern->text, name, 0) != 0) {
        if (!pattern->is_for_files || pattern->text[0] == '/' || (name = strchr(name, '/')) == NULL)
            return 0;
        name++;
    }
    return 1;
}

int pattern_matches(const struct pattern *pattern, const char *name)
{
    return pattern->regex.code != NULL ? regex_matches(&pattern->regex, name) : glob_matches(pattern, name);
}

void pattern_free(struct pattern *pattern)
{
    regex_free(&pattern->regex);
    free(pattern->text);
    *pattern = (struct pattern){0};
}
