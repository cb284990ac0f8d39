/*
 * speedscope.c - writes speedscope's own format: a timeline on which each context is open for the time that
 * it took with all below it.
 *
 * The timeline is made up: the calls of a context stand together, in the order in which contexts were first
 * met. That takes two events for each context, however deep the contexts are. A profile holds one figure, so
 * there are two for each thread: one of time, and one of calls.
 * https://www.speedscope.app/file-format-schema.json is the schema.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/export/exporters.h"
#include "cli/export/labels.h"
#include "cli/export/put.h"
#include "cli/ui/version.h"

struct writer {
    FILE *stream;
    const struct export *export;
    uint32_t *
        frames; /* by row: its frame, or CONTEXT_NONE; behind the rows: that of contexts that were left out */
    uint64_t *calls; /* by context: its calls and those of all below it */
    int is_first;    /* no profile has been written */
};

/* Returns the place of CONTEXT's row in the frames. */
static size_t frame_of(const struct writer *writer, const struct context *context)
{
    return context->row == CONTEXT_NONE ? writer->export->table->row_capacity : context->row;
}

/* Numbers the rows that contexts have, in the order of the table. Returns 0, or -1 without memory. */
static int number_frames(struct writer *writer)
{
    const struct contexts *contexts = writer->export->contexts;
    size_t room = writer->export->table->row_capacity + 1;
    uint32_t count = 0;

    writer->frames = reallocarray(NULL, room, sizeof *writer->frames);
    if (writer->frames == NULL)
        return -1;
    memset(writer->frames, 0xff, room * sizeof *writer->frames); /* CONTEXT_NONE */
    for (size_t i = 0; i < contexts->count; i++)
        writer->frames[frame_of(writer, &contexts->items[i])] = 0;
    for (size_t i = 0; i < room; i++)
        if (writer->frames[i] != CONTEXT_NONE)
            writer->frames[i] = count++;
    return 0;
}

static int sum_calls(struct writer *writer)
{
    const struct contexts *contexts = writer->export->contexts;

    writer->calls = calloc(contexts->count + 1, sizeof *writer->calls);
    if (writer->calls == NULL)
        return -1;
    for (size_t i = contexts->count; i-- > 0;) {
        const struct context *context = &contexts->items[i];
        writer->calls[i] += context->calls;
        if (context->parent != CONTEXT_NONE)
            writer->calls[context->parent] += writer->calls[i];
    }
    return 0;
}

static void put_frame(const struct writer *writer, size_t i)
{
    const struct table *table = writer->export->table;
    FILE *stream = writer->stream;

    put_text(stream, writer->frames[i] > 0 ? ",\n{\"name\":" : "\n{\"name\":");
    put_json_string(stream, i < table->row_capacity ? table->rows[i].name : LABEL_LEFT_OUT);
    if (i < table->row_capacity && table->rows[i].has_source) {
        put_text(stream, ",\"file\":");
        put_json_string(stream, table->rows[i].file);
        put_text(stream, ",\"line\":");
        put_number(stream, table->rows[i].line);
    }
    putc_unlocked('}', stream);
}

static void put_event(const struct writer *writer, char type, uint32_t context, uint64_t at)
{
    FILE *stream = writer->stream;

    put_text(stream, type == 'O' ? "{\"type\":\"O\",\"frame\":" : "{\"type\":\"C\",\"frame\":");
    put_number(stream, writer->frames[frame_of(writer, &writer->export->contexts->items[context])]);
    put_text(stream, ",\"at\":");
    put_number(stream, at);
    putc_unlocked('}', stream);
}

static uint64_t length_of(const struct writer *writer, uint32_t context, int of_calls)
{
    return of_calls ? writer->calls[context] : writer->export->contexts->items[context].total;
}

/* Closes the contexts from OPEN up to, not including, UPTO. Moves *AT to where the last one ends. STARTS
 * tells, by level, where a context that is open starts. */
static void close_contexts(const struct writer *writer, uint32_t open, uint32_t upto, int of_calls,
                           const uint64_t *starts, uint64_t *at)
{
    for (; open != upto; open = writer->export->contexts->items[open].parent) {
        *at = starts[writer->export->contexts->items[open].level] + length_of(writer, open, of_calls);
        put_text(writer->stream, ",\n");
        put_event(writer, 'C', open, *at);
    }
}

/* Writes the events of the contexts from FIRST up to, not including, END. */
static void put_events(const struct writer *writer, uint32_t first, uint32_t end, int of_calls,
                       uint64_t *starts)
{
    uint32_t open = CONTEXT_NONE;
    uint64_t at = 0;

    for (uint32_t i = first; i < end; i++) {
        const struct context *context = &writer->export->contexts->items[i];

        close_contexts(writer, open, context->parent, of_calls, starts, &at);
        put_text(writer->stream, i > first ? ",\n" : "\n");
        put_event(writer, 'O', i, at);
        starts[context->level] = at;
        open = i;
    }
    close_contexts(writer, open, CONTEXT_NONE, of_calls, starts, &at);
}

static void put_profile(struct writer *writer, const char *name, uint32_t first, uint32_t end, int of_calls,
                        uint64_t *starts)
{
    const struct contexts *contexts = writer->export->contexts;
    FILE *stream = writer->stream;
    uint64_t length = 0;

    for (uint32_t i = first; i < end; i++)
        if (contexts->items[i].level == 0)
            length += length_of(writer, i, of_calls);
    put_text(stream, writer->is_first ? "\n{" : ",\n{");
    writer->is_first = 0;
    put_text(stream, "\"type\":\"evented\",\"name\":");
    put_json_string(stream, name);
    put_text(stream, ",\"unit\":");
    put_text(stream, of_calls || writer->export->table->counts ? "\"none\"" : "\"nanoseconds\"");
    put_text(stream, ",\"startValue\":0,\"endValue\":");
    put_number(stream, length);
    put_text(stream, ",\"events\":[");
    put_events(writer, first, end, of_calls, starts);
    put_text(stream, "]}");
}

/* Writes both profiles of the contexts from FIRST up to END, which are those of one thread, or all. */
static int put_pair(struct writer *writer, uint32_t first, uint32_t end, uint64_t *starts)
{
    const struct export *export = writer->export;
    char *thread = export->has_threads ? labels_thread(export, export->contexts->items[first].thread)
                                       : strdup("all threads");
    char *calls = NULL, *time = NULL;
    int result = -1;

    if (thread != NULL &&
        asprintf(&time, "%s: %s", export->table->counts ? export->measure : "time", thread) >= 0 &&
        asprintf(&calls, "calls: %s", thread) >= 0) {
        put_profile(writer, time, first, end, 0, starts);
        put_profile(writer, calls, first, end, 1, starts);
        result = 0;
    }
    free(thread);
    free(time);
    free(calls);
    return result;
}

static int put_profiles(struct writer *writer)
{
    const struct contexts *contexts = writer->export->contexts;
    uint64_t *starts = reallocarray(NULL, contexts->deepest + (size_t)1, sizeof *starts);
    uint32_t first = 0;
    int result = starts != NULL ? 0 : -1;

    for (uint32_t i = 1; i <= contexts->count && result == 0; i++)
        if (i == contexts->count ||
            (writer->export->has_threads && contexts->items[i].thread != contexts->items[first].thread)) {
            result = put_pair(writer, first, i, starts);
            first = i;
        }
    free(starts);
    return result;
}

static int put_document(struct writer *writer)
{
    const struct profile *profile = writer->export->profile;
    FILE *stream = writer->stream;

    if (number_frames(writer) != 0 || sum_calls(writer) != 0)
        return -1;
    put_text(stream, "{\"$schema\":\"https://www.speedscope.app/"
                     "file-format-schema.json\",\"exporter\":\"stats " PROFILE_VERSION "\",\"name\":");
    put_json_string(stream, profile->process_count > 0 ? profile->processes[0].command : "");
    put_text(stream, ",\"activeProfileIndex\":0,\n\"shared\":{\"frames\":[");
    for (size_t i = 0; i <= writer->export->table->row_capacity; i++)
        if (writer->frames[i] != CONTEXT_NONE)
            put_frame(writer, i);
    put_text(stream, "]},\n\"profiles\":[");
    if (put_profiles(writer) != 0)
        return -1;
    put_text(stream, "]}\n");
    return 0;
}

int export_speedscope(FILE *stream, const struct export *export, struct message *message)
{
    struct writer writer = {.stream = stream, .export = export, .is_first = 1};
    int result = put_document(&writer);

    free(writer.frames);
    free(writer.calls);
    return result == 0 ? 0 : message_no_memory(message);
}
