/*
 * tally.h - what the compilers of a build have done: the wrappers note it, `profile build` reads it.
 *
 * A tally is a folder in $PATH. Nothing else tells the wrappers of it, so a build sees no new variable.
 * Builds may be nested, so there may be several.
 */
#ifndef CLI_BUILD_TALLY_H
#define CLI_BUILD_TALLY_H

#include "cli/base/message.h"
#include "cli/base/strings.h"

/* The name of the folder begins so. */
#define TALLY_PREFIX "profile-build."

/* The tallies in $PATH: none, unless `profile build` runs. */
struct tallies {
    struct strings folders;
};

/* Fills TALLIES, to be freed. */
void tallies_find(struct tallies *tallies);

/* Counts a compilation with hooks. */
void tallies_count(const struct tallies *tallies);

/* Notes TEXT, why hooks are not as they should be, unless there is such a note. */
void tallies_note(const struct tallies *tallies, const char *text);

/* Frees what TALLIES hold. */
void tallies_free(struct tallies *tallies);

/* Makes the files of a tally in FOLDER. Returns 0, or -1 and fills MESSAGE. */
int tally_make(const char *folder, struct message *message);

/* Returns the number of compilations counted in FOLDER. Fills NOTE with the note, or "". */
long tally_read(const char *folder, struct message *note);

#endif
