/*
 * load.c - leaves a file to the loader of its kind.
 */
#include "cli/files/load.h"

#include <stdlib.h>

#include "cli/base/file.h"
#include "cli/files/image_load.h"
#include "cli/files/prof_file.h"
#include "cli/model/symbolize.h"

static int load_image(struct profile *profile, const unsigned char *data, size_t size, const char *path,
                      struct message *message)
{
    struct image_loader loader;
    int result;

    image_loader_open(&loader, profile);
    result = image_load(&loader, data, size, path, NULL, 0, message);
    image_loader_close(&loader);
    return result == 0 ? profile_symbolize(profile, message) : -1;
}

int profile_load_data(struct profile *profile, const unsigned char *data, size_t size, const char *path,
                      struct message *message)
{
    int result;

    if (size == 0)
        result = message_set(message, "%s is empty", path);
    else if (prof_recognise(data, size))
        result = prof_read(profile, data, size, path, message);
    else
        result = load_image(profile, data, size, path, message);
    if (result != 0)
        profile_free(profile);
    return result;
}

int profile_load(struct profile *profile, const char *path, struct message *message)
{
    unsigned char *data;
    size_t size;
    int result;

    if (file_read(path, &data, &size, message) != 0)
        return -1;
    result = profile_load_data(profile, data, size, path, message);
    free(data);
    return result;
}
