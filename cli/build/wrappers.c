/*
 * wrappers.c - the folder in which this program has the names of the compilers. See wrappers.h.
 *
 * A build asks which compilers there are, so it has links for no others. The folder is named after its
 * content and made once: ~/.cache/profile/compilers-HASH.
 */
#include "cli/build/wrappers.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/base/file.h"
#include "cli/base/folders.h"
#include "cli/base/hash.h"
#include "cli/base/strings.h"
#include "cli/build/names.h"
#include "cli/build/search.h"

static int contains(const struct strings *strings, const char *text)
{
    for (size_t i = 0; i < strings->count; i++)
        if (strcmp(strings->items[i], text) == 0)
            return 1;
    return 0;
}

/* Adds the name of a compiler if there is one behind this program. Returns 0, or -1 without memory. */
static int add_name(struct strings *names, const char *name)
{
    char *path;

    if (!names_is_native(name) || contains(names, name) || (path = search_program(name, 0)) == NULL)
        return 0;
    free(path);
    return strings_add(names, name, strlen(name));
}

static int visit_names(const char *path, void *argument)
{
    DIR *folder = opendir(path);
    int result = 0;

    for (struct dirent *entry; folder != NULL && result == 0 && (entry = readdir(folder)) != NULL;)
        result = add_name(argument, entry->d_name);
    if (folder != NULL)
        closedir(folder);
    return result;
}

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Returns the hash of the paths of this PROGRAM and of NAMES, which it sorts. */
static uint64_t hash_of(const char *program, struct strings *names)
{
    uint64_t hash = hash_bytes(program, strlen(program) + 1, 0);

    qsort(names->items, names->count, sizeof *names->items, compare);
    for (size_t i = 0; i < names->count; i++)
        hash = hash_bytes(names->items[i], strlen(names->items[i]) + 1, hash);
    return hash;
}

/* Makes FOLDER and those that it lies in. Returns 0, or -1 and sets errno. */
static int make_folders(char *folder)
{
    for (char *slash = strchr(folder + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(folder, 0700);
        *slash = '/';
    }
    return mkdir(folder, 0700) == 0 || errno == EEXIST ? 0 : -1;
}

/* Links NAMES in FOLDER to PROGRAM. Returns 0, or -1 and sets errno. */
static int make_links(const char *folder, const char *program, const struct strings *names)
{
    int result = access(folder, W_OK);

    for (size_t i = 0; result == 0 && i < names->count; i++) {
        char *path;

        if (asprintf(&path, "%s/%s", folder, names->items[i]) < 0)
            return -1;
        if (symlink(program, path) != 0 && errno != EEXIST)
            result = -1;
        free(path);
    }
    return result;
}

/* Returns the path of the folder that stays, to be freed, or NULL if the user has no place for it. */
static char *lasting_folder(uint64_t hash)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    char *path = NULL;
    int size = -1;

    if (cache != NULL && *cache == '/')
        size = asprintf(&path, "%s/profile/compilers-%016" PRIx64, cache, hash);
    else if (home != NULL && *home == '/')
        size = asprintf(&path, "%s/.cache/profile/compilers-%016" PRIx64, home, hash);
    if (size >= 0 && strchr(path, ':') == NULL) /* a colon would end it in $PATH */
        return path;
    if (size >= 0)
        free(path);
    return NULL;
}

char *wrappers_make(const char *spare, struct message *message)
{
    struct strings names = {0};
    char program[PATH_MAX], *folder;

    file_program(program);
    if (folders_visit(visit_names, &names) != 0) {
        strings_free(&names);
        message_no_memory(message);
        return NULL;
    }
    folder = lasting_folder(hash_of(program, &names));
    if (folder == NULL || make_folders(folder) != 0 || make_links(folder, program, &names) != 0) {
        free(folder);
        folder = strdup(spare);
        if (folder != NULL && make_links(folder, program, &names) != 0) {
            message_set(message, "cannot make links in %s: %s", spare, strerror(errno));
            free(folder);
            folder = NULL;
        }
    }
    strings_free(&names);
    return folder;
}
