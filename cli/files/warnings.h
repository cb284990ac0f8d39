/*
 * warnings.h - the lines about what could not be loaded, each printed once.
 *
 * Many files are often of one program. A library without symbols would be named for each of them.
 */
#ifndef CLI_FILES_WARNINGS_H
#define CLI_FILES_WARNINGS_H

#include <stdio.h>

#include "cli/base/intern.h"
#include "cli/model/model.h"

/* With a stream, and else zeroed, nothing has been printed. */
struct warnings {
    FILE *stream;
    struct intern printed;
};

/* Prints the warnings of PROFILE that have not been printed. */
void warnings_print(struct warnings *warnings, const struct profile *profile);

/* Frees what WARNINGS holds; a zeroed struct is fine. */
void warnings_free(struct warnings *warnings);

#endif
