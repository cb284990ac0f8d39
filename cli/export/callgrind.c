/*
 * callgrind.c - writes the graph of functions in callgrind's format, for callgrind_annotate and KCachegrind.
 *
 * Names are written once, as "(NUMBER) NAME", and after that as "(NUMBER)". A function is known by its file
 * and name, so functions of one name get their lines. Where in a function a call stands is not known: its
 * line is the function's.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/text.h"
#include "cli/export/exporters.h"
#include "cli/export/graph.h"
#include "cli/export/labels.h"
#include "cli/export/put.h"
#include "cli/ui/version.h"

/* Numbers of names, from 1, by the address of the name: equal names of a table are one string. */
struct numbers {
    const char **names;
    uint32_t count;
    struct hash index;
};

struct writer {
    FILE *stream;
    const struct export *export;
    const struct graph *graph;
    unsigned char *shared;     /* labels_shared() */
    unsigned char *is_written; /* by node: its name has been */
    struct numbers files, modules;
    int failed; /* there was not enough memory */
};

static int same_name(const void *owner, uint32_t value, const void *key)
{
    return ((const struct numbers *)owner)->names[value] == *(const char *const *)key;
}

/* Writes "KEY=(NUMBER)", with the name if it is new. */
static void put_name(struct writer *writer, const char *key, struct numbers *numbers, const char *name)
{
    uint64_t hash = hash_bytes(&name, sizeof name, 0);
    uint32_t index = hash_find(&numbers->index, hash, (struct hash_lookup){same_name, numbers}, &name);

    put_text(writer->stream, key);
    put_text(writer->stream, "=(");
    put_number(writer->stream, (index != HASH_NONE ? index : numbers->count) + (uint64_t)1);
    putc_unlocked(')', writer->stream);
    if (index == HASH_NONE) {
        putc_unlocked(' ', writer->stream);
        text_print(writer->stream, name);
        writer->failed |= hash_insert(&numbers->index, hash, numbers->count) != 0;
        numbers->names[numbers->count++] = name;
    }
    putc_unlocked('\n', writer->stream);
}

/* Returns the row of NODE, or NULL if it is no function. */
static const struct table_row *row_of(const struct writer *writer, uint32_t node)
{
    return node < writer->graph->left_out ? &writer->export->table->rows[node] : NULL;
}

static uint32_t line_of(const struct writer *writer, uint32_t node)
{
    const struct table_row *row = row_of(writer, node);

    return row != NULL ? row->line : 0;
}

static void put_label(const struct writer *writer, uint32_t node)
{
    const struct graph *graph = writer->graph;
    FILE *stream = writer->stream;

    if (node < graph->first_thread) {
        label_function(stream, writer->export, writer->shared, node < graph->left_out ? node : CONTEXT_NONE,
                       ';');
        return;
    }
    putc_unlocked('[', stream);
    if (writer->export->has_threads)
        label_thread(stream, writer->export, node - graph->first_thread, ';');
    else
        put_text(stream, "all threads");
    putc_unlocked(']', stream);
}

/* Writes where NODE is, with KEYS for its module, file and name. */
static void put_node(struct writer *writer, const char *const keys[3], uint32_t node)
{
    static const char unknown[] = "???";
    const struct table_row *row = row_of(writer, node);

    put_name(writer, keys[0], &writer->modules, row != NULL && *row->module != '\0' ? row->module : unknown);
    put_name(writer, keys[1], &writer->files, row != NULL && row->has_source ? row->file : unknown);
    put_text(writer->stream, keys[2]);
    put_text(writer->stream, "=(");
    put_number(writer->stream, node + (uint64_t)1);
    putc_unlocked(')', writer->stream);
    if (!writer->is_written[node]) {
        putc_unlocked(' ', writer->stream);
        put_label(writer, node);
        writer->is_written[node] = 1;
    }
    putc_unlocked('\n', writer->stream);
}

static void put_cost(const struct writer *writer, uint32_t line, uint64_t cost)
{
    put_number(writer->stream, line);
    putc_unlocked(' ', writer->stream);
    put_number(writer->stream, cost);
    putc_unlocked('\n', writer->stream);
}

static void put_edge(struct writer *writer, const struct graph_edge *edge)
{
    static const char *const keys[] = {"cob", "cfi", "cfn"};

    put_node(writer, keys, edge->callee);
    put_text(writer->stream, "calls=");
    put_number(writer->stream, edge->calls);
    putc_unlocked(' ', writer->stream);
    put_number(writer->stream, line_of(writer, edge->callee));
    putc_unlocked('\n', writer->stream);
    put_cost(writer, line_of(writer, edge->caller), edge->inclusive);
}

/* Writes a part for each node that has time or calls others. */
static void put_nodes(struct writer *writer)
{
    static const char *const keys[] = {"ob", "fl", "fn"};
    const struct graph *graph = writer->graph;
    size_t next = 0;

    for (uint32_t node = 0; node < graph->node_count; node++) {
        int calls = next < graph->edge_count && graph->edges[next].caller == node;

        if (graph->selfs[node] == 0 && !calls)
            continue;
        putc_unlocked('\n', writer->stream);
        put_node(writer, keys, node);
        put_cost(writer, line_of(writer, node), graph->selfs[node]);
        for (; next < graph->edge_count && graph->edges[next].caller == node; next++)
            put_edge(writer, &graph->edges[next]);
    }
}

static void put_head(const struct writer *writer)
{
    const struct profile *profile = writer->export->profile;
    FILE *stream = writer->stream;

    put_text(stream, "# callgrind format\nversion: 1\ncreator: stats " PROFILE_VERSION "\n");
    if (profile->process_count > 0) {
        fprintf(stream, "pid: %" PRIu64 "\ncmd: ", profile->processes[0].pid);
        text_print(stream, profile->processes[0].command);
        putc_unlocked('\n', stream);
    }
    put_text(stream,
             "desc: Contexts: summed up by caller and callee, for this format is a graph of functions\n"
             "positions: line\nevent: T : ");
    text_print(stream, writer->export->table->counts ? writer->export->measure : "Time (ns)");
    fprintf(stream, "\nevents: T\nsummary: %" PRIu64 "\n", writer->export->contexts->total);
}

static int write_graph(struct writer *writer)
{
    size_t room = writer->graph->node_count + (size_t)1;

    writer->shared = labels_shared(writer->export->table);
    writer->is_written = calloc(room, 1);
    writer->files.names = reallocarray(NULL, room, sizeof *writer->files.names);
    writer->modules.names = reallocarray(NULL, room, sizeof *writer->modules.names);
    if (writer->shared == NULL || writer->is_written == NULL || writer->files.names == NULL ||
        writer->modules.names == NULL)
        return -1;
    put_head(writer);
    put_nodes(writer);
    fprintf(writer->stream, "totals: %" PRIu64 "\n", writer->export->contexts->total);
    return writer->failed ? -1 : 0;
}

int export_callgrind(FILE *stream, const struct export *export, struct message *message)
{
    struct graph graph = {0};
    struct writer writer = {.stream = stream, .export = export, .graph = &graph};
    int result = graph_make(&graph, export);

    if (result == 0)
        result = write_graph(&writer);
    free(writer.shared);
    free(writer.is_written);
    free(writer.files.names);
    free(writer.modules.names);
    hash_free(&writer.files.index);
    hash_free(&writer.modules.index);
    graph_free(&graph);
    return result == 0 ? 0 : message_no_memory(message);
}
