/*
 * pattern.h - a pattern for functions or for files, as `profile --only` and `--exclude` take it.
 *
 *     parse_*          a glob, as the shell's case has it; it matches the whole name
 *     /^parse_|_lex$/  between slashes, a regular expression (PCRE2), which matches anywhere
 *
 * One that has a slash inside, or ends as the names of source files do, is for files: the path that stats
 * prints, or, if it is a glob that does not begin with a slash, what follows any slash in it. Any other is
 * for functions: the name that stats prints, with its parameters or without.
 */
#ifndef CLI_RECORD_PATTERN_H
#define CLI_RECORD_PATTERN_H

#include "cli/base/message.h"
#include "cli/base/regex.h"

struct pattern {
    char *text; /* as it was given; owned */
    int is_for_files;
    struct regex regex; /* none: a glob */
};

/* Takes TEXT. -1 with a message if it is no pattern, or without memory. */
int pattern_parse(struct pattern *pattern, const char *text, struct message *message);

/* Does NAME, a function's or a file's, match? -1 if to find out takes too long. */
int pattern_matches(const struct pattern *pattern, const char *name);

/* Frees what it holds; a zeroed struct is fine. */
void pattern_free(struct pattern *pattern);

#endif
