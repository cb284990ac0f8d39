/*
 * image_functions.h - the modules, functions and regions of an image, added to a profile. Each stands in the
 * profile once, however many processes have it.
 */
#ifndef CLI_FILES_IMAGE_FUNCTIONS_H
#define CLI_FILES_IMAGE_FUNCTIONS_H

#include <stdint.h>

#include "cli/files/image_reader.h"

/* Adds the image's modules. Returns 0, or -1 and fills the reader's message. */
int image_functions_load_modules(struct image_reader *reader);

/* Finds or adds the function at ADDRESS in the module at unit MODULE. Fills INDEX with its place in the
 * profile. Returns 0, or -1 and fills the reader's message. */
int image_functions_add(struct image_reader *reader, uint64_t address, uint32_t module, uint32_t *index);

/* Finds or adds the function or region at UNIT. Fills INDEX with its place in the profile, or with
 * PROFILE_NONE if the unit lies beyond the bytes read. Returns 0, or -1 and fills the reader's message. */
int image_functions_load(struct image_reader *reader, uint32_t unit, uint32_t *index);

#endif
