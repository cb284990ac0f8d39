/*
 * image_functions.c - the modules, functions and regions of an image. See image_functions.h.
 */
#include "cli/files/image_functions.h"

#include <string.h>

#include "cli/base/array.h"
#include "runtime/format/image.h"

static int module_same(const void *owner, uint32_t value, const void *key)
{
    const struct symbolizer_module *file = &((const struct profile *)owner)->modules[value].file;
    const struct image_module *module = key;

    return strlen(file->path) == module->path_size &&
           memcmp(file->path, module->path, module->path_size) == 0 &&
           file->build_id_size == module->build_id_size &&
           memcmp(file->build_id, module->build_id, module->build_id_size) == 0 &&
           file->size == module->file_size && file->mtime == module->file_mtime;
}

static int module_add(struct image_reader *reader, const struct image_module *module, uint32_t *index)
{
    struct profile *profile = reader->loader->profile;
    struct hash *modules = &reader->loader->modules;
    uint64_t hash = hash_bytes(module->path, module->path_size, (uint64_t)module->file_mtime);
    struct profile_module *added;
    const char *path;

    *index = hash_find(modules, hash, (struct hash_lookup){module_same, profile}, module);
    if (*index != HASH_NONE)
        return 0;
    *index = (uint32_t)profile->module_count;
    path = profile_string(profile, module->path, module->path_size);
    added = path != NULL ? ARRAY_APPEND(profile->modules, profile->module_count) : NULL;
    if (added == NULL)
        return reader_no_memory(reader);
    added->file.path = path;
    if (hash_insert(modules, hash, *index) != 0)
        return reader_no_memory(reader);
    added->file.build_id_size = module->build_id_size;
    memcpy(added->file.build_id, module->build_id, module->build_id_size);
    added->file.size = module->file_size;
    added->file.mtime = module->file_mtime;
    return 0;
}

static void warn_unfiltered(struct profile *profile, const char *path)
{
    struct message warning;

    message_set(&warning, "the filters left nothing out of %s: its functions could not be looked up in time",
                path);
    profile_warn(profile, warning.text);
}

int image_functions_load_modules(struct image_reader *reader)
{
    const struct image_module *module;
    uint32_t index;

    for (uint32_t unit = reader->header->modules; unit != 0; unit = module->next) {
        if ((module = reader_at(reader, unit, sizeof *module)) == NULL ||
            reader_at(reader, unit, sizeof *module + module->path_size) == NULL)
            break;
        if (module->build_id_size > IMAGE_BUILD_ID_MAX ||
            memchr(module->path, '\0', module->path_size) != NULL)
            return reader_damaged(reader, "a module's description makes no sense");
        if (module_add(reader, module, &index) != 0)
            return -1;
        if (reader_claim(reader, unit, UNIT_MODULE, index) != 0)
            return reader_damaged(reader, "its list of modules is broken");
        if (module->unfiltered)
            warn_unfiltered(reader->loader->profile, reader->loader->profile->modules[index].file.path);
    }
    return 0;
}

struct function_key {
    uint32_t module;
    uint64_t offset;
};

static int function_same(const void *owner, uint32_t value, const void *key)
{
    const struct profile *profile = owner;
    const struct function_key *wanted = key;

    return profile->functions[value].module == wanted->module &&
           profile->functions[value].offset == wanted->offset;
}

static int function_add(struct image_reader *reader, struct function_key key, uint32_t *index)
{
    struct profile *profile = reader->loader->profile;
    struct hash *functions = &reader->loader->functions;
    uint64_t hash = hash_bytes(&key.offset, sizeof key.offset, key.module);
    struct profile_function *added;

    *index = hash_find(functions, hash, (struct hash_lookup){function_same, profile}, &key);
    if (*index != HASH_NONE)
        return 0;
    *index = (uint32_t)profile->function_count;
    added = ARRAY_APPEND(profile->functions, profile->function_count);
    if (added == NULL || hash_insert(functions, hash, *index) != 0)
        return reader_no_memory(reader);
    added->module = key.module;
    added->offset = key.offset;
    return 0;
}

int image_functions_add(struct image_reader *reader, uint64_t address, uint32_t unit, uint32_t *index)
{
    struct function_key key = {.module = reader_index(reader, unit, UNIT_MODULE), .offset = address};

    if (key.module != PROFILE_NONE)
        key.offset -=
            ((const struct image_module *)reader_at(reader, unit, sizeof(struct image_module)))->base;
    return function_add(reader, key, index);
}

/* Returns the name of REGION in a profile, in angle brackets as Python names things that are not functions.
 * Returns NULL without memory. */
static const char *region_name(struct image_reader *reader, const struct image_region *region)
{
    char name[IMAGE_REGION_MAX + 2] = "<";

    memcpy(name + 1, region->name, region->name_size);
    name[region->name_size + 1] = '>';
    return profile_string(reader->loader->profile, name, region->name_size + 2);
}

/* Finds or adds REGION: regions of one name are one. */
static int region_add(struct image_reader *reader, const struct image_region *region, uint32_t *index)
{
    struct profile *profile = reader->loader->profile;
    struct function_key key = {PROFILE_NONE, 0};
    struct profile_function *function;

    if (region->name_size > IMAGE_REGION_MAX || memchr(region->name, '\0', region->name_size) != NULL)
        return reader_damaged(reader, "a region's name makes no sense");
    key.offset = hash_bytes(region->name, region->name_size, 0);
    if (function_add(reader, key, index) != 0)
        return -1;
    function = &profile->functions[*index];
    if (function->name == NULL && ((function->name = region_name(reader, region)) == NULL ||
                                   (function->file = profile_string(profile, "~", 1)) == NULL))
        return reader_no_memory(reader);
    return 0;
}

/* Returns the whole region at UNIT, or NULL if it lies beyond the bytes read. */
static const struct image_region *region_at(const struct image_reader *reader, uint32_t unit)
{
    const struct image_region *region = reader_at(reader, unit, sizeof *region);

    return region != NULL ? reader_at(reader, unit, sizeof *region + region->name_size) : NULL;
}

int image_functions_load(struct image_reader *reader, uint32_t unit, uint32_t *index)
{
    const struct image_function *function = reader_at(reader, unit, sizeof *function);
    const struct image_region *region;
    int result;

    *index = reader_index(reader, unit, UNIT_FUNCTION);
    if (function == NULL || *index != PROFILE_NONE)
        return 0;
    region = region_at(reader, function->region);
    if (function->region != 0 && region == NULL)
        return 0;
    result = region != NULL ? region_add(reader, region, index)
                            : image_functions_add(reader, function->address, function->module, index);
    if (result != 0)
        return -1;
    if (reader_claim(reader, unit, UNIT_FUNCTION, *index) != 0)
        return reader_damaged(reader, "a record's function has the wrong kind");
    reader->thread_lost_functions |= function->lost != 0 && !reader->missed.is_reset;
    return 0;
}
