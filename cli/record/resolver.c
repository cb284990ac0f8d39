/*
 * resolver.c - matches patterns with the functions of a module. See resolver.h.
 */
#include "cli/record/resolver.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/base/bytes.h"
#include "cli/base/file.h"
#include "cli/base/output.h"
#include "cli/model/fold.h"
#include "runtime/format/filter_file.h"
#include "symbolizer/symbolizer.h"

/* ---- one module ---- */

/* The functions of a module, with their names. */
struct listing {
    struct symbolizer_functions functions;
    struct symbol *symbols;
    char *storage;
};

static void listing_free(struct listing *listing)
{
    free(listing->functions.addresses);
    free(listing->symbols);
    free(listing->storage);
}

static int listing_make(struct listing *listing, const char *path, struct message *message)
{
    struct symbolizer_functions *functions = &listing->functions;
    struct symbolizer_module module = {.path = path};
    char problem[SYMBOLIZER_MESSAGE_MAX];

    if (symbolizer_list(path, functions, problem) != 0)
        return message_set(message, "%s", problem);
    listing->symbols = calloc(functions->count + 1, sizeof *listing->symbols);
    if (listing->symbols == NULL)
        return message_no_memory(message);
    for (size_t i = 0; i < functions->count; i++)
        listing->symbols[i].address = functions->addresses[i];
    if (symbolizer_resolve(&module, listing->symbols, functions->count, &listing->storage, problem) != 0)
        return message_set(message, "%s", problem);
    return 0;
}

/* Calls filters_exclude() with the names that stats prints. */
static int exclude(struct filters *filters, const struct symbol *symbol, struct message *message)
{
    char *name = NULL, *full_name = NULL;
    int result;

    if (symbol->name != NULL) {
        name = symbolizer_demangle(symbol->name, symbol->language, 0);
        full_name = symbolizer_demangle(symbol->name, symbol->language, 1);
    }
    result = filters_exclude(filters, name != NULL ? name : symbol->name, full_name, symbol->file, message);
    free(name);
    free(full_name);
    return result;
}

/* Writes the file of a module. Several resolvers may work on one module at a time: each replaces the whole
 * file. */
static int save(const struct filters *filters, const struct filter_file *file, const uint64_t *exceptions,
                const char *path, struct message *message)
{
    struct byte_writer out = {0};
    int result;

    bytes_write(&out, file, sizeof *file);
    bytes_write(&out, exceptions, file->count * sizeof *exceptions);
    for (size_t i = 0; i < filters->count; i++) {
        char has_matched = (char)filters->items[i].has_matched;

        bytes_write(&out, &has_matched, 1);
    }
    result =
        out.failed ? message_no_memory(message) : output_replace(path, 0600, out.bytes, out.size, message);
    free(out.bytes);
    return result;
}

static int write_exceptions(struct filters *filters, const struct listing *listing, const char *path,
                            struct message *message)
{
    struct filter_file file = {.magic = FILTER_FILE_MAGIC,
                               .excluded = (uint32_t)filters->has_only,
                               .patterns = (uint32_t)filters->count};
    uint64_t *exceptions = calloc(listing->functions.count + 1, sizeof *exceptions);
    int result = -1;

    if (exceptions == NULL)
        return message_no_memory(message);
    for (size_t i = 0; i < listing->functions.count; i++) {
        int is_excluded = exclude(filters, &listing->symbols[i], message);

        if (is_excluded < 0)
            goto end;
        if (is_excluded != (int)file.excluded)
            exceptions[file.count++] = listing->functions.addresses[i];
    }
    result = save(filters, &file, exceptions, path, message);
end:
    free(exceptions);
    return result;
}

/* Fills KEY with the identity of the module at PATH. Returns 0, or -1 and fills MESSAGE. */
static int key_of(struct filter_key *key, const struct listing *listing, const char *path,
                  struct message *message)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return message_set(message, "cannot read %s: %s", path, strerror(errno));
    *key = (struct filter_key){.build_id = listing->functions.build_id,
                               .build_id_size = listing->functions.build_id_size,
                               .path = path,
                               .size = (uint64_t)status.st_size,
                               .mtime = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec};
    return 0;
}

static int resolve(struct filters *filters, const char *spool, const char *path, struct message *message)
{
    struct listing listing = {0};
    struct filter_key key = {.path = path};
    char file[PATH_MAX];
    int result = -1;

    if (listing_make(&listing, path, message) == 0 && key_of(&key, &listing, path, message) == 0) {
        filter_file_path(file, sizeof file, spool, &key);
        result = write_exceptions(filters, &listing, file, message);
    }
    listing_free(&listing);
    return result;
}

/* ---- the launcher, before the run ---- */

static int write_text(const struct filters *filters, const char *spool, struct message *message)
{
    char *text = filters_text(filters, 0), *path = NULL;
    FILE *stream = NULL;
    int result = -1;

    if (text != NULL && asprintf(&path, "%s/" FILTER_TEXT, spool) >= 0 &&
        (stream = fopen(path, "wxe")) != NULL) {
        fputs(text, stream);
        result = fclose(stream);
    }
    if (result != 0)
        message_set(message, "cannot write the filters to %s: %s", spool, strerror(errno));
    free(text);
    free(path);
    return result;
}

static int link_resolver(const char *spool, struct message *message)
{
    char self[PATH_MAX], *path = NULL;
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    int result = -1;

    self[length > 0 ? length : 0] = '\0';
    if (asprintf(&path, "%s/" FILTER_RESOLVER, spool) >= 0)
        result = symlink(self, path);
    if (result != 0)
        message_set(message, "cannot link %s into %s: %s", self, spool, strerror(errno));
    free(path);
    return result;
}

/* A script has no functions. It starts other programs, for which the runtime starts the resolver. */
int filter_prepare(struct filters *filters, const struct spool *spool, const char *path,
                   struct message *message)
{
    struct symbolizer_functions functions;
    char problem[SYMBOLIZER_MESSAGE_MAX], real[PATH_MAX];

    if (!filters_are_on(filters))
        return 0;
    if (write_text(filters, spool->path, message) != 0)
        return -1;
    if (filters->count == 0)
        return 0;
    if (link_resolver(spool->path, message) != 0)
        return -1;
    if (realpath(path, real) == NULL || symbolizer_list(real, &functions, problem) != 0)
        return 0;
    free(functions.addresses);
    return resolve(filters, spool->path, real, message);
}

/* ---- the resolver ---- */

int filter_is_resolver(int argc, char *const *argv)
{
    return argc == 3 && strcmp(argv[0], FILTER_RESOLVER) == 0;
}

/* The program's handling of signals is inherited, and all are blocked. Nobody would read a message. */
int filter_resolver(char *const *argv)
{
    struct filters filters = {0};
    struct message message;
    char *path = NULL;
    sigset_t none;
    int result;

    signal(SIGCHLD, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    result = asprintf(&path, "%s/" FILTER_TEXT, argv[1]) < 0 ? -1 : filters_read(&filters, path, &message);
    if (result == 0)
        result = resolve(&filters, argv[1], argv[2], &message);
    filters_free(&filters);
    free(path);
    return result == 0 ? 0 : 1;
}

/* ---- the launcher, after the run ---- */

/* Notes which patterns have matched in the module whose file is DATA. */
static void note_matches(struct filters *filters, const unsigned char *data, size_t size)
{
    struct filter_file file;
    size_t matches;

    if (size < sizeof file)
        return;
    memcpy(&file, data, sizeof file);
    if (memcmp(file.magic, FILTER_FILE_MAGIC, sizeof file.magic) != 0 || file.count >= FILTER_FILE_MOST ||
        file.patterns != filters->count)
        return;
    matches = sizeof file + file.count * sizeof *file.exceptions;
    for (size_t i = 0; size >= matches + filters->count && i < filters->count; i++)
        filters->items[i].has_matched |= data[matches + i] != 0;
}

static int note_all_matches(struct filters *filters, const char *spool, struct message *message)
{
    DIR *directory = opendir(spool);
    const struct dirent *entry;

    if (directory == NULL)
        return message_set(message, "cannot read %s: %s", spool, strerror(errno));
    while ((entry = readdir(directory)) != NULL) {
        size_t length = strlen(entry->d_name), ending = strlen(FILTER_ENDING);
        char path[PATH_MAX + sizeof entry->d_name];
        struct message ignored;
        unsigned char *data;
        size_t size;

        if (length < ending || strcmp(entry->d_name + length - ending, FILTER_ENDING) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", spool, entry->d_name);
        if (file_read_own(path, &data, &size, &ignored) != 0)
            continue;
        note_matches(filters, data, size);
        free(data);
    }
    closedir(directory);
    return 0;
}

static int warn_of_unmatched(struct filters *filters, const char *spool, struct profile *profile,
                             struct message *message)
{
    struct message warning;

    if (filters->count > 0 && note_all_matches(filters, spool, message) != 0)
        return -1;
    for (size_t i = 0; i < filters->count; i++)
        if (!filters->items[i].has_matched) {
            message_set(&warning, "--%s '%s' matches no %s", filters->items[i].is_only ? "only" : "exclude",
                        filters->items[i].pattern.text,
                        filters->items[i].pattern.is_for_files ? "file of any function" : "function");
            profile_warn(profile, warning.text);
        }
    return 0;
}

static int conclude(struct filters *filters, const char *spool, struct profile *profile,
                    struct message *message)
{
    char *text = filters_text(filters, 1);

    profile->filters = text != NULL ? profile_string(profile, text, strlen(text)) : NULL;
    free(text);
    if (profile->filters == NULL)
        return message_no_memory(message);
    if (warn_of_unmatched(filters, spool, profile, message) != 0)
        return -1;
    return filters->min_time > 0 ? profile_fold(profile, filters->min_time, message) : 0;
}

int filter_conclude(const struct spool *spool, struct profile *profile, struct message *message)
{
    struct filters filters = {0};
    char *path;
    int result = 0;

    if (asprintf(&path, "%s/" FILTER_TEXT, spool->path) < 0)
        return message_no_memory(message);
    if (access(path, F_OK) == 0 && (result = filters_read(&filters, path, message)) == 0)
        result = conclude(&filters, spool->path, profile, message);
    filters_free(&filters);
    free(path);
    return result;
}
