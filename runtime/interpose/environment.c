/*
 * environment.c - takes the settings out of an environment, and adds them to one. See environment.h.
 */
#include "runtime/interpose/environment.h"

#include <elf.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/core/settings.h"
#include "runtime/format/settings.h"
#include "runtime/interpose/scratch.h"
#include "runtime/system/system.h"

#define PRELOAD "LD_PRELOAD="
#define SPOOL   SETTINGS_SPOOL "="
#define OPTIONS SETTINGS_OPTIONS "="

enum { SETTINGS = 3 }; /* entries of the settings, at most */

/* Returns 1 if ENTRY begins with NAME, which ends with "=". */
static int is_named(const char *entry, const char *name)
{
    return strncmp(entry, name, strlen(name)) == 0;
}

/* Returns the last entry of ENVIRONMENT that begins with NAME, or NULL. */
static char *const *find(char *const *environment, const char *name)
{
    char *const *found = NULL;

    for (; environment != NULL && *environment != NULL; environment++)
        if (is_named(*environment, name))
            found = environment;
    return found;
}

/* Returns the number of ENTRIES, which end with a NULL; NULL has none. */
static size_t count(char *const *entries)
{
    size_t number = 0;

    while (entries != NULL && entries[number] != NULL)
        number++;
    return number;
}

/* Returns 1 if a launcher waits for what this process starts. */
static int has_launcher(void)
{
    return settings_get()->preload[0] != '\0' && settings_get()->spool[0] != '\0';
}

int environment_lacks(char *const *environment)
{
    char *const *preload = find(environment, PRELOAD);

    return has_launcher() && (find(environment, SPOOL) == NULL || preload == NULL ||
                              strstr(*preload, settings_get()->preload) == NULL);
}

static size_t array_size(char *const *environment)
{
    return (count(environment) + SETTINGS + 1) * sizeof(char *);
}

size_t environment_size(char *const *environment)
{
    char *const *preload = find(environment, PRELOAD);

    return array_size(environment) + sizeof PRELOAD + strlen(settings_get()->preload) +
           (preload != NULL ? strlen(*preload) : 0) + sizeof SPOOL + strlen(settings_get()->spool) +
           sizeof OPTIONS + strlen(settings_get()->options);
}

/* Writes FIRST and SECOND to TO. Returns the end, where it has written a NUL. */
static char *join(char *to, const char *first, const char *second)
{
    return stpcpy(stpcpy(to, first), second);
}

void environment_write(char *const *environment, char **memory)
{
    char *const *preload = find(environment, PRELOAD);
    size_t size = count(environment);
    char *text = (char *)memory + array_size(environment),
         *end = join(text, PRELOAD, settings_get()->preload);

    if (size > 0)
        memcpy(memory, environment, size * sizeof *memory);
    if (preload != NULL && (*preload)[sizeof PRELOAD - 1] != '\0')
        end = join(end, ":", *preload + sizeof PRELOAD - 1);
    memory[size++] = text;
    memory[size++] = end + 1;
    end = join(end + 1, SPOOL, settings_get()->spool);
    if (settings_get()->options[0] != '\0') {
        memory[size++] = end + 1;
        join(end + 1, OPTIONS, settings_get()->options);
    }
    memory[size] = NULL;
}

char *const *environment_complete(char *const *environment, struct environment_copy *copy)
{
    char **start = copy->small;
    size_t size;

    if (!environment_lacks(environment))
        return environment;
    size = environment_size(environment);
    if (size > sizeof copy->small)
        start = copy->memory = scratch_take(size);
    if (start == NULL)
        return environment;
    environment_write(environment, start);
    return start;
}

void environment_copy_free(struct environment_copy *copy)
{
    scratch_give(copy->memory);
}

/* ---- hiding ---- */

/* Returns 1 if ENTRY has a setting of this process, and not a value of the user's. */
static int is_setting(const char *entry)
{
    const struct settings *settings = settings_get();

    return (is_named(entry, SPOOL) && strcmp(entry + sizeof SPOOL - 1, settings->spool) == 0) ||
           (is_named(entry, OPTIONS) && strcmp(entry + sizeof OPTIONS - 1, settings->options) == 0) ||
           (is_named(entry, PRELOAD) && is_named(entry + sizeof PRELOAD - 1, settings->preload));
}

/* An array of entries, and what lies behind it. */
struct array {
    char **entries;
    size_t size; /* pointers of all */
};

/* Removes the last entry that begins with NAME, if it is a setting. */
static void remove_setting(struct array *array, const char *name)
{
    char *const *found = find(array->entries, name);
    size_t place = found != NULL ? (size_t)(found - array->entries) : 0;

    if (found == NULL || !is_setting(*found))
        return;
    array->size--;
    memmove(array->entries + place, array->entries + place + 1,
            (array->size - place) * sizeof *array->entries);
}

/* Returns the number of pointers in the auxiliary vector. It lies behind the NULL that ends ENTRIES if the
 * kernel has made that array, on the stack; else returns 0. Some programs search the vector there. */
static size_t auxiliary_size(char *const *entries)
{
    const unsigned long *vector = (const unsigned long *)(entries + count(entries) + 1);
    size_t size = 0;

    if ((uintptr_t)entries < (uintptr_t)&size || (uintptr_t)vector >= getauxval(AT_RANDOM))
        return 0;
    while (vector[size] != AT_NULL)
        size += 2;
    return size + 2;
}

/* The array of the kernel stays as it is: constructors of other libraries have it too, and copies of the
 * runtime in other namespaces find the settings there. */
void environment_hide(void)
{
    struct array array = {.size = count(environ) + 1};
    long memory;

    if (!has_launcher() || find(environ, SPOOL) == NULL)
        return;
    array.size += auxiliary_size(environ);
    memory =
        system_map(array.size * sizeof *environ, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    if (system_is_error(memory))
        return;
    array.entries = (char **)memory;
    memcpy(array.entries, environ, array.size * sizeof *environ);
    remove_setting(&array, PRELOAD);
    remove_setting(&array, SPOOL);
    remove_setting(&array, OPTIONS);
    environ = array.entries;
}

/* Runs before main(), and behind process_load(), which reads the settings (hooks/start.c). */
__attribute__((constructor)) static void hide_at_start(void)
{
    environment_hide();
}
