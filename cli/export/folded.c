/*
 * folded.c - writes a line for each calling context, as flamegraph.pl, speedscope and others read it:
 *
 *     main;parse;read_line 1234
 *
 * The number is the weight of the context alone. A function on the path is known by its name alone.
 */
#include <stdlib.h>

#include "cli/export/exporters.h"
#include "cli/export/labels.h"
#include "cli/export/put.h"
#include "cli/export/weight.h"

/* The names of a path, and where that of each level ends. */
struct path {
    char *text;
    size_t size;
    FILE *stream; /* writes to TEXT */
    long *ends;
};

static int open_path(struct path *path, const struct contexts *contexts)
{
    *path = (struct path){.ends = reallocarray(NULL, contexts->deepest + (size_t)1, sizeof *path->ends)};
    path->stream = open_memstream(&path->text, &path->size);
    return path->ends != NULL && path->stream != NULL ? 0 : -1;
}

static void close_path(struct path *path)
{
    if (path->stream != NULL)
        fclose(path->stream);
    free(path->text);
    free(path->ends);
}

/* Makes the path that of CONTEXT. All above it is there. */
static void extend(struct path *path, const struct export *export, const unsigned char *shared,
                   const struct context *context)
{
    long start = context->level > 0 ? path->ends[context->level - 1] : 0;

    fseek(path->stream, start, SEEK_SET);
    if (context->level == 0 && export->has_threads) {
        label_thread(path->stream, export, context->thread, ':');
        start = ftell(path->stream);
    }
    if (start > 0)
        putc_unlocked(';', path->stream);
    label_function(path->stream, export, shared, context->row, ':');
    path->ends[context->level] = ftell(path->stream);
}

static int write_lines(FILE *stream, const struct export *export, const unsigned char *shared)
{
    const struct contexts *contexts = export->contexts;
    struct path path;
    int result = open_path(&path, contexts);

    for (size_t i = 0; i < contexts->count && result == 0; i++) {
        const struct context *context = &contexts->items[i];
        uint64_t weight = weight_of(export, context);

        extend(&path, export, shared, context);
        result = ferror(path.stream) ? -1 : 0;
        if (weight == 0)
            continue;
        fflush(path.stream); /* TEXT may have moved */
        fwrite_unlocked(path.text, 1, (size_t)path.ends[context->level], stream);
        putc_unlocked(' ', stream);
        put_number(stream, weight);
        putc_unlocked('\n', stream);
    }
    close_path(&path);
    return result;
}

int export_folded(FILE *stream, const struct export *export, struct message *message)
{
    unsigned char *shared;
    int result;

    if (weight_check(export, message) != 0)
        return -1;
    shared = labels_shared(export->table);
    result = shared == NULL || write_lines(stream, export, shared) != 0 ? message_no_memory(message) : 0;
    free(shared);
    return result;
}
