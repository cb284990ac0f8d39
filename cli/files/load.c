/*
 * load.c - finds the kind of a file, and calls the loader for it. See load.h.
 */
#include "cli/files/load.h"

#include "cli/base/file.h"
#include "cli/files/image_load.h"
#include "cli/files/marshal_read.h"
#include "cli/files/prof_file.h"
#include "cli/model/symbolize.h"

static int load_image(struct profile *profile, const struct file *bytes, const char *path,
                      struct message *message)
{
    struct image_loader loader;
    int result;

    image_loader_open(&loader, profile);
    result = image_load(&loader, bytes->data, bytes->size, path, NULL, 0, message);
    image_loader_close(&loader);
    return result == 0 ? profile_symbolize(profile, message) : -1;
}

/* The loader looks at the bytes of a finished profile twice: it checks their sum, and unpacks them into
 * memory of its own. It looks at an image more often, whose program may still write to it: so that is copied.
 */
static int load_profile(struct profile *profile, struct file *bytes, const char *path,
                        struct message *message)
{
    if (bytes->size == 0)
        return message_set(message, "%s is empty", path);
    if (prof_recognise(bytes->data, bytes->size))
        return prof_open(profile, bytes->data, bytes->size, path, message);
    if (file_own(bytes, path, message) != 0)
        return -1;
    return load_image(profile, bytes, path, message);
}

int load_file(struct stats_file *file, const char *path, const struct table *into, struct warnings *warnings,
              struct message *message)
{
    struct file *bytes = &file->bytes;
    int result;

    if (file_open(bytes, path, message) != 0)
        return -1;
    file->is_table = marshal_recognise(bytes->data, bytes->size) &&
                     (into->in_seconds || !prof_recognise(bytes->data, bytes->size));
    file->table.has_edges = into->has_edges;
    if (file->is_table) {
        result = marshal_read(&file->table, bytes->data, bytes->size, path, message);
    } else {
        result = load_profile(&file->profile, bytes, path, message);
        if (result == 0)
            warnings_print(warnings, &file->profile);
    }
    return result;
}
