/*
 * markable.c - which functions a user can compile without hooks. See markable.h.
 *
 * A function that a header of the C++ library defines can have the hooks of the user's code and the address
 * of the copy in libstdc++.so: the compiler inlines the function and leaves the copy to the library. Such a
 * function often has no source file, but its name tells.
 */
#include "cli/analysis/markable.h"

#include <string.h>

#include "cli/build/exclude_items.h"

static int begins_with_any(const char *text, const char *const *beginnings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(text, beginnings[i], strlen(beginnings[i])) == 0)
            return 1;
    return 0;
}

/* Returns 1 if the module at PATH came with the system or the compiler. */
static int is_of_system(const char *path)
{
    static const char *const folders[] = {"/lib/",     "/lib32/",     "/lib64/",
                                          "/usr/lib/", "/usr/lib32/", "/usr/lib64/"};
    static const char *const libraries[] = {"libstdc++.so", "libc++.so", "libc++abi.so", "libgcc_s.so",
                                            "libc.so"};
    const char *slash = strrchr(path, '/');

    return begins_with_any(path, folders, sizeof folders / sizeof *folders) ||
           begins_with_any(slash != NULL ? slash + 1 : path, libraries, sizeof libraries / sizeof *libraries);
}

static int is_of_cxx_library(const char *name)
{
    static const char *const namespaces[] = {"std::", "__gnu_cxx::"};

    return begins_with_any(name, namespaces, sizeof namespaces / sizeof *namespaces);
}

enum markable markable_of(const struct table_row *row)
{
    int is_foreign = is_of_system(row->module);

    if (row->symbol == NULL || *row->symbol == '<') /* a region of profile.h is <name> */
        return MARKABLE_NOT;
    if (row->has_source && exclude_header_directory(row->file) > 0)
        return MARKABLE_HEADERS;
    if ((is_foreign || !row->has_source) && is_of_cxx_library(row->name))
        return MARKABLE_HEADERS;
    return is_foreign ? MARKABLE_NOT : MARKABLE_ALONE;
}
