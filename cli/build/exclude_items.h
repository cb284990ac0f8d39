/*
 * exclude_items.h - names for functions and files that gcc shall not instrument.
 *
 * The plugin takes patterns that match a whole name. gcc itself leaves out a function if an item of
 * -finstrument-functions-exclude-function-list is part of its name. That name has namespaces, classes and
 * template arguments as gcc spells them, but no parameters. The items of
 * -finstrument-functions-exclude-file-list are matched with the path of its file, as the compiler was given
 * it.
 */
#ifndef CLI_BUILD_EXCLUDE_ITEMS_H
#define CLI_BUILD_EXCLUDE_ITEMS_H

#include <stddef.h>

#include "symbolizer/symbolizer.h"

/* Returns the longest part of the demangled NAME that gcc spells as the demangler does. The caller frees it.
 * Returns NULL if there is none, or without memory. */
char *exclude_function_item(const char *name, enum symbolizer_language language);

/* Returns the part of the path FILE that does not depend on where the compiler was started: the base name. */
const char *exclude_file_item(const char *file);

/* Returns the length of the directory of the system's headers, or of those of the C++ library, at the
 * beginning of the path FILE, with its last slash. Returns 0 if FILE is not there. */
size_t exclude_header_directory(const char *file);

/* Returns 1 if NAME, of a function or a file, has none of the characters that mean something in patterns, in
 * their lists or to a shell. */
int exclude_is_plain(const char *name);

/* Returns 1 if the plugin's pattern NAME, a plain name of a function, matches the function that stats calls
 * SHOWN and the linker SYMBOL. */
int exclude_name_matches(const char *name, const char *shown, const char *symbol);

/* Returns a pattern for NAME, which may have any characters, without commas and =. The caller frees it.
 * Returns NULL without memory. */
char *exclude_pattern(const char *name);

/* Returns the part of the path FILE that begins COUNT slashes before the last one, or all of FILE if it has
 * no more slashes. The plugin matches either with FILE. */
const char *exclude_file_tail(const char *file, int count);

/* Returns 1 if TAIL is FILE, or the part of it behind a slash. */
int exclude_tail_matches(const char *tail, const char *file);

#endif
