/*
 * pattern.h - a pattern for functions or for files, as `profile --only` and `--exclude` take it.
 *
 *     parse_*          a glob, as in the shell's case; it matches the whole name
 *     /^parse_|_lex$/  between slashes, a regular expression (PCRE2); it matches anywhere
 *
 * A pattern that has a slash inside, or ends as names of source files do, is for files. It is matched with
 * the path that stats prints. A glob without a slash at its beginning may also match the part behind any
 * slash of the path.
 *
 * Any other pattern is for functions. It is matched with the name that stats prints, with its parameters or
 * without.
 */
#ifndef CLI_RECORD_PATTERN_H
#define CLI_RECORD_PATTERN_H

#include "cli/base/message.h"
#include "cli/base/regex.h"

struct pattern {
    char *text; /* as the user gave it; owned */
    int is_for_files;
    struct regex regex; /* none: a glob */
};

/* Fills PATTERN from TEXT. Returns 0, or -1 and fills MESSAGE. */
int pattern_parse(struct pattern *pattern, const char *text, struct message *message);

/* Returns 1 if NAME, of a function or a file, matches, else 0. Returns -1 if the match takes too long. */
int pattern_matches(const struct pattern *pattern, const char *name);

/* Frees what PATTERN holds; a zeroed struct is fine. */
void pattern_free(struct pattern *pattern);

#endif
