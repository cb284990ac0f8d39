/*
 * merge_functions.c - matches functions of two profiles. See merge_functions.h.
 */
#include "cli/model/merge_functions.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"

/* Functions of one name in one build. Further ones are matched by their offset alone: a damaged file may have
 * many, and the time grows with their square. */
enum { SAME_SOURCE_MAX = 64 };

struct merge_place {
    uint64_t offset;
    uint32_t module;   /* in INTO */
    uint32_t function; /* in INTO */
};

struct merge_source {
    uint32_t function; /* in INTO */
    uint32_t ordinal;  /* among the functions of that name */
};

/* The name of a function in its source; strings may be NULL. */
struct source_key {
    const char *path, *file, *name;
    uint32_t line, ordinal;
};

static int same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static uint64_t hash_text(const char *text, uint64_t seed)
{
    return text == NULL ? seed : hash_bytes(text, strlen(text), seed);
}

/* Copies TEXT into PROFILE. Returns NULL for NULL; and without memory, which sets FAILED. */
static const char *keep(struct profile *profile, const char *text, int *failed)
{
    const char *copy = text == NULL ? NULL : profile_string(profile, text, strlen(text));

    *failed |= text != NULL && copy == NULL;
    return copy;
}

/* --- modules: by build-id, or without one by path, size and time --- */

static uint64_t module_hash(const struct symbolizer_module *module)
{
    if (module->build_id_size > 0)
        return hash_bytes(module->build_id, module->build_id_size, 0);
    return hash_text(module->path, module->size ^ (uint64_t)module->mtime);
}

static int same_module(const void *owner, uint32_t value, const void *key)
{
    const struct symbolizer_module *a = &((const struct profile *)owner)->modules[value].file, *b = key;

    if (a->build_id_size != b->build_id_size)
        return 0;
    if (a->build_id_size > 0)
        return memcmp(a->build_id, b->build_id, a->build_id_size) == 0;
    return a->size == b->size && a->mtime == b->mtime && same_text(a->path, b->path);
}

/* Finds or adds a module of FROM, and fills INDEX with its place in INTO. Returns 0, or -1 without memory. */
static int find_module(struct merge_functions *functions, const struct profile *from, uint32_t module,
                       uint32_t *index)
{
    struct profile *into = functions->into;
    struct profile_module *added;
    int failed = 0;

    *index = PROFILE_NONE;
    if (module == PROFILE_NONE)
        return 0;
    const struct symbolizer_module *file = &from->modules[module].file;
    uint64_t hash = module_hash(file);
    *index = hash_find(&functions->modules, hash, (struct hash_lookup){same_module, into}, file);
    if (*index != HASH_NONE)
        return 0;
    *index = (uint32_t)into->module_count;
    added = ARRAY_APPEND(into->modules, into->module_count);
    if (added == NULL)
        return -1;
    *added = from->modules[module];
    added->file.path = keep(into, file->path == NULL ? "" : file->path, &failed);
    return failed ? -1 : hash_insert(&functions->modules, hash, *index);
}

/* --- places: exact --- */

static uint64_t place_hash(const struct merge_place *place)
{
    return hash_bytes(&place->offset, sizeof place->offset, place->module);
}

static int same_place(const void *owner, uint32_t value, const void *key)
{
    const struct merge_place *a = &((const struct merge_functions *)owner)->places[value], *b = key;

    return a->offset == b->offset && a->module == b->module;
}

static uint64_t claim_hash(const struct merge_place *place)
{
    return hash_bytes(&place->function, sizeof place->function, place->module);
}

static int same_claim(const void *owner, uint32_t value, const void *key)
{
    const struct merge_place *a = &((const struct merge_functions *)owner)->places[value], *b = key;

    return a->function == b->function && a->module == b->module;
}

static int add_place(struct merge_functions *functions, const struct merge_place *place)
{
    uint32_t index = (uint32_t)functions->place_count;
    struct merge_place *added = ARRAY_APPEND(functions->places, functions->place_count);

    if (added == NULL)
        return -1;
    *added = *place;
    if (hash_insert(&functions->places_index, place_hash(place), index) != 0)
        return -1;
    return hash_insert(&functions->claims, claim_hash(place), index);
}

/* Returns 1 if PLACE's module has the function already, at another offset. */
static int is_claimed(const struct merge_functions *functions, const struct merge_place *place)
{
    const struct hash_lookup lookup = {same_claim, functions};

    return hash_find(&functions->claims, claim_hash(place), lookup, place) != HASH_NONE;
}

/* --- sources: where builds differ --- */

static const char *module_path(const struct profile *profile, uint32_t module)
{
    return module == PROFILE_NONE ? "" : profile->modules[module].file.path;
}

static struct source_key source_key(const struct profile *profile, const struct profile_function *function,
                                    uint32_t ordinal)
{
    return (struct source_key){.path = module_path(profile, function->module),
                               .file = function->file,
                               .name = function->name,
                               .line = function->line,
                               .ordinal = ordinal};
}

static uint64_t source_hash(const struct source_key *key)
{
    uint64_t hash = hash_bytes(&key->ordinal, sizeof key->ordinal, key->line);

    return hash_text(key->path, hash_text(key->file, hash_text(key->name, hash)));
}

static int same_source(const void *owner, uint32_t value, const void *key)
{
    const struct merge_functions *functions = owner;
    const struct merge_source *source = &functions->sources[value];
    const struct source_key *b = key;
    struct source_key a =
        source_key(functions->into, &functions->into->functions[source->function], source->ordinal);

    return a.line == b->line && a.ordinal == b->ordinal && same_text(a.name, b->name) &&
           same_text(a.file, b->file) && same_text(a.path, b->path);
}

static uint64_t anywhere_hash(const struct profile_function *function)
{
    return hash_text(function->file, hash_text(function->name, function->line));
}

static int same_anywhere(const void *owner, uint32_t value, const void *key)
{
    const struct merge_functions *functions = owner;
    const struct profile_function *a = &functions->into->functions[functions->sources[value].function],
                                  *b = key;

    return a->line == b->line && same_text(a->name, b->name) && same_text(a->file, b->file);
}

static int add_source(struct merge_functions *functions, const struct source_key *key, uint32_t function)
{
    uint32_t index = (uint32_t)functions->source_count;
    struct merge_source *added = ARRAY_APPEND(functions->sources, functions->source_count);

    if (added == NULL)
        return -1;
    *added = (struct merge_source){.function = function, .ordinal = key->ordinal};
    const struct profile_function *named = &functions->into->functions[function];
    const struct hash_lookup lookup = {same_anywhere, functions};
    if (hash_find(&functions->anywhere, anywhere_hash(named), lookup, named) == HASH_NONE &&
        hash_insert(&functions->anywhere, anywhere_hash(named), index) != 0)
        return -1;
    return hash_insert(&functions->sources_index, source_hash(key), index);
}

/* --- sources in modules of other paths --- */

static int compare_paths(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Fills PATHS and TAKEN. The first function that needs them calls this: in most profiles none does. */
static int prepare_paths(struct merge_functions *functions, const struct profile *from)
{
    functions->paths = calloc(from->module_count + 1, sizeof *functions->paths);
    functions->taken = calloc(functions->before, 1);
    if (functions->paths == NULL || functions->taken == NULL)
        return -1;
    for (uint32_t i = 0; i < from->module_count; i++)
        functions->paths[i] = module_path(from, i);
    if (from->module_count > 0)
        qsort(functions->paths, from->module_count, sizeof *functions->paths, compare_paths);
    return 0;
}

/* Looks for a function with the name of WANTED in a module of another path, and puts it into PLACE. Returns 1
 * if there is one, 0 if not, and -1 without memory. */
static int find_anywhere(struct merge_functions *functions, const struct profile *from,
                         const struct profile_function *wanted, struct merge_place *place)
{
    const struct hash_lookup lookup = {same_anywhere, functions};

    if (functions->before == 0 || wanted->name == NULL || wanted->file == NULL)
        return 0;
    uint32_t source = hash_find(&functions->anywhere, anywhere_hash(wanted), lookup, wanted);
    if (source == HASH_NONE || functions->sources[source].function >= functions->before)
        return 0;
    if (functions->paths == NULL && prepare_paths(functions, from) != 0)
        return -1;
    uint32_t found = functions->sources[source].function;
    const char *path = module_path(functions->into, functions->into->functions[found].module);
    if (functions->taken[found] ||
        bsearch(&path, functions->paths, from->module_count, sizeof path, compare_paths) != NULL)
        return 0;
    functions->taken[found] = 1;
    place->function = found;
    return 1;
}

/* Looks for the function that other builds have by the name of KEY, and puts it into PLACE. Returns 1 if
 * there is one, or 0: KEY has the ordinal of a new one then. */
static int find_source(const struct merge_functions *functions, struct source_key *key,
                       struct merge_place *place)
{
    const struct hash_lookup lookup = {same_source, functions};

    for (key->ordinal = 0; key->name != NULL && key->ordinal < SAME_SOURCE_MAX; key->ordinal++) {
        uint32_t found = hash_find(&functions->sources_index, source_hash(key), lookup, key);
        if (found == HASH_NONE)
            return 0;
        place->function = functions->sources[found].function;
        if (!is_claimed(functions, place))
            return 1;
    }
    return 0;
}

static int add_function(struct merge_functions *functions, const struct profile_function *function,
                        const struct source_key *key, struct merge_place *place)
{
    struct profile *into = functions->into;
    struct profile_function *added;
    int failed = 0;

    place->function = (uint32_t)into->function_count;
    added = ARRAY_APPEND(into->functions, into->function_count);
    if (added == NULL)
        return -1;
    *added = *function;
    added->module = place->module;
    added->name = keep(into, function->name, &failed);
    added->file = keep(into, function->file, &failed);
    if (failed || key->name == NULL || key->ordinal >= SAME_SOURCE_MAX)
        return failed ? -1 : 0;
    return add_source(functions, key, place->function);
}

uint32_t merge_functions_find(struct merge_functions *functions, const struct profile *from,
                              uint32_t function)
{
    const struct profile_function *wanted = &from->functions[function];
    const struct hash_lookup lookup = {same_place, functions};
    struct merge_place place = {.offset = wanted->offset};

    if (find_module(functions, from, wanted->module, &place.module) != 0)
        return PROFILE_NONE;
    uint32_t found = hash_find(&functions->places_index, place_hash(&place), lookup, &place);
    if (found != HASH_NONE)
        return functions->places[found].function;
    struct source_key key = source_key(from, wanted, 0);
    int is_known = find_source(functions, &key, &place);
    if (!is_known)
        is_known = find_anywhere(functions, from, wanted, &place);
    if (is_known < 0 || (!is_known && add_function(functions, wanted, &key, &place) != 0))
        return PROFILE_NONE;
    return add_place(functions, &place) == 0 ? place.function : PROFILE_NONE;
}

void merge_functions_begin(struct merge_functions *functions)
{
    free(functions->paths);
    free(functions->taken);
    functions->paths = NULL;
    functions->taken = NULL;
    functions->before = functions->into->function_count;
}

void merge_functions_free(struct merge_functions *functions)
{
    free(functions->paths);
    free(functions->taken);
    hash_free(&functions->anywhere);
    free(functions->places);
    free(functions->sources);
    hash_free(&functions->modules);
    hash_free(&functions->places_index);
    hash_free(&functions->claims);
    hash_free(&functions->sources_index);
    *functions = (struct merge_functions){0};
}
