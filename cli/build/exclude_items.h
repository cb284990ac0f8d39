/*
 * exclude_items.h - items for gcc's lists of functions and files that it shall not instrument.
 *
 * gcc leaves out a function if an item of -finstrument-functions-exclude-function-list is part of its name.
 * That name has namespaces, classes and template arguments as gcc spells them, but no parameters. The items
 * of -finstrument-functions-exclude-file-list are matched with the path of its file, as the compiler was
 * given it.
 */
#ifndef CLI_BUILD_EXCLUDE_ITEMS_H
#define CLI_BUILD_EXCLUDE_ITEMS_H

#include "symbolizer/symbolizer.h"

/* Returns the longest part of the demangled NAME that gcc spells as the demangler does. The caller frees it.
 * Returns NULL if there is none, or without memory. */
char *exclude_function_item(const char *name, enum symbolizer_language language);

/* Returns the part of the path FILE that does not depend on where the compiler was started: the base name, or
 * for a header of the system the directory of such headers. Sets IS_SYSTEM to tell which. The caller frees
 * the part. Returns NULL without memory. */
char *exclude_file_item(const char *file, int *is_system);

#endif
