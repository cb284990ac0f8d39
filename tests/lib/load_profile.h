/*
 * load_profile.h - reads the file of a profile, for tests that look at what was recorded.
 *
 * Not by cli/files/load.h: that knows tables, and a test of the runtime has another struct table.
 */
#ifndef TESTS_LIB_LOAD_PROFILE_H
#define TESTS_LIB_LOAD_PROFILE_H

#include <stdlib.h>

#include "cli/base/file.h"
#include "cli/files/image_load.h"
#include "cli/files/prof_file.h"
#include "cli/model/symbolize.h"

/* The cost of recording a call in images that are loaded, in nanoseconds; NULL: as measured. */
static const double *load_bias;

static inline int load_image_data(struct profile *profile, const unsigned char *data, size_t size,
                                  const char *path, struct message *message)
{
    struct image_loader loader;
    int result;

    image_loader_open(&loader, profile);
    loader.bias = load_bias;
    result = image_load(&loader, data, size, path, NULL, 0, message);
    image_loader_close(&loader);
    return result == 0 ? profile_symbolize(profile, message) : -1;
}

/* Fills the zeroed PROFILE from the file PATH, an image or a finished profile. Returns 0, or -1 and fills
 * MESSAGE. */
static inline int load_profile(struct profile *profile, const char *path, struct message *message)
{
    unsigned char *data;
    size_t size;
    int result;

    if (file_read(path, &data, &size, message) != 0)
        return -1;
    result = prof_recognise(data, size) ? prof_read(profile, data, size, path, message)
                                        : load_image_data(profile, data, size, path, message);
    free(data);
    if (result != 0)
        model_free(profile);
    return result;
}

#endif
