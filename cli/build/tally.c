/*
 * tally.c - what the compilers of a build have done. See tally.h.
 *
 * Compilers run at the same time. Each adds a byte to the file `count`; its size is the number. The first
 * that has something to say writes the file `note`.
 */
#include "cli/build/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/base/file.h"
#include "cli/base/folders.h"
#include "cli/build/names.h"

#define COUNT "count"
#define NOTE  "note"

/* Opens the file NAME of FOLDER if that is a tally. Returns a descriptor, or -1. */
static int open_in(const char *folder, const char *name, int flags)
{
    char *path;
    int descriptor;

    if (strncmp(names_base(folder), TALLY_PREFIX, strlen(TALLY_PREFIX)) != 0 ||
        asprintf(&path, "%s/%s", folder, name) < 0)
        return -1;
    descriptor = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
    free(path);
    return descriptor;
}

static int visit_folder(const char *folder, void *argument)
{
    struct tallies *tallies = argument;
    int descriptor = open_in(folder, COUNT, O_WRONLY);

    if (descriptor < 0)
        return 0;
    close(descriptor);
    return strings_add(&tallies->folders, folder, strlen(folder));
}

void tallies_find(struct tallies *tallies)
{
    *tallies = (struct tallies){0};
    folders_visit(visit_folder, tallies);
}

/* Appends TEXT to the file NAME of each tally. */
static void write_each(const struct tallies *tallies, const char *name, int flags, const char *text)
{
    for (size_t i = 0; i < tallies->folders.count; i++) {
        int descriptor = open_in(tallies->folders.items[i], name, O_WRONLY | flags);

        if (descriptor < 0)
            continue;
        file_write(descriptor, text, strlen(text));
        close(descriptor);
    }
}

void tallies_count(const struct tallies *tallies)
{
    write_each(tallies, COUNT, O_APPEND, "+");
}

void tallies_note(const struct tallies *tallies, const char *text)
{
    write_each(tallies, NOTE, O_CREAT | O_EXCL, text);
}

void tallies_free(struct tallies *tallies)
{
    strings_free(&tallies->folders);
}

int tally_make(const char *folder, struct message *message)
{
    int descriptor = open_in(folder, COUNT, O_WRONLY | O_CREAT | O_EXCL);

    if (descriptor < 0)
        return message_set(message, "cannot write in %s: %s", folder, strerror(errno));
    close(descriptor);
    return 0;
}

long tally_read(const char *folder, struct message *note)
{
    int descriptor = open_in(folder, COUNT, O_RDONLY);
    char text[MESSAGE_MAX] = "";
    struct stat status = {0};
    ssize_t size = 0;

    if (descriptor >= 0) {
        fstat(descriptor, &status);
        close(descriptor);
    }
    if ((descriptor = open_in(folder, NOTE, O_RDONLY)) >= 0) {
        size = read(descriptor, text, sizeof text - 1);
        close(descriptor);
    }
    message_set(note, "%.*s", size > 0 ? (int)size : 0, text);
    return (long)status.st_size;
}
