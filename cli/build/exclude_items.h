/*
 * exclude_items.h - what gcc's lists of functions and files that it shall not instrument match.
 *
 * A function is left out if an item of -finstrument-functions-exclude-function-list is part of its name, with
 * namespaces, classes and template arguments as gcc spells them but without parameters; or if one of
 * -finstrument-functions-exclude-file-list is part of the path of its file, as the compiler was given it.
 */
#ifndef CLI_BUILD_EXCLUDE_ITEMS_H
#define CLI_BUILD_EXCLUDE_ITEMS_H

#include "symbolizer/symbolizer.h"

/* The longest part of the demangled NAME that gcc spells alike, to be freed; NULL if there is none, or
 * without memory. */
char *exclude_function_item(const char *name, enum symbolizer_language language);

/* The part of the path FILE, to be freed, that does not depend on where the compiler was started: a base
 * name; or for a header of the system the directory of all of them, and *IS_SYSTEM is set. NULL without
 * memory. */
char *exclude_file_item(const char *file, int *is_system);

#endif
