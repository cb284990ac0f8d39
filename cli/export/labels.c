/*
 * labels.c - the names of functions and threads. See labels.h.
 */
#include "cli/export/labels.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/text.h"

static int same_name(const void *owner, uint32_t value, const void *key)
{
    return ((const struct table_row *)owner)[value].name == *(const char *const *)key;
}

/* Equal names of a table are one string. */
unsigned char *labels_shared(const struct table *table)
{
    unsigned char *shared = calloc(table->row_capacity + 1, 1);
    struct hash index = {0};
    int failed = shared == NULL;

    for (uint32_t i = 0; i < table->row_count && !failed; i++) {
        const char *name = table->rows[i].name;
        uint64_t hash = hash_bytes(&name, sizeof name, 0);
        uint32_t first = hash_find(&index, hash, (struct hash_lookup){same_name, table->rows}, &name);

        if (first != HASH_NONE)
            shared[i] = shared[first] = 1;
        else
            failed = hash_insert(&index, hash, i) != 0;
    }
    hash_free(&index);
    if (!failed)
        return shared;
    free(shared);
    return NULL;
}

static void put_label(FILE *stream, const char *text, char colon)
{
    while (*text != '\0')
        if (*text == ';') {
            putc_unlocked(colon, stream);
            text++;
        } else {
            text += text_print_character(stream, text);
        }
}

void label_function(FILE *stream, const struct export *export, const unsigned char *shared, uint32_t i,
                    char colon)
{
    const struct table_row *row;

    if (i == CONTEXT_NONE) {
        fputs_unlocked(LABEL_LEFT_OUT, stream);
        return;
    }
    row = &export->table->rows[i];
    put_label(stream, row->name, colon);
    if (!shared[i])
        return;
    fputs_unlocked(" (", stream);
    put_label(stream, row->has_source ? row->file : row->module, colon);
    fprintf(stream, ":%" PRIu32 ")", row->line);
}

void label_thread(FILE *stream, const struct export *export, uint32_t t, char colon)
{
    const struct profile_thread *thread = &export->profile->threads[t];

    if (thread->tid == 0 && *thread->name == '\0') {
        fputs_unlocked("all threads", stream);
        return;
    }
    put_label(stream, *thread->name != '\0' ? thread->name : "thread", colon);
    if (export->profile->process_count > 1)
        fprintf(stream, " of process %" PRIu64, export->profile->processes[thread->process].pid);
    if (thread->tid != 0)
        fprintf(stream, " %" PRIu64, thread->tid);
    if (thread->is_strand)
        fputs_unlocked(" (coroutine)", stream);
}

/* Closes STREAM, of open_memstream(). Returns the TEXT that was written to it, or NULL without memory. */
static char *finish(FILE *stream, char **text)
{
    int failed = ferror(stream);

    if (fclose(stream) == 0 && !failed)
        return *text;
    free(*text);
    return NULL;
}

char *labels_function(const struct export *export, const unsigned char *shared, uint32_t row)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL)
        return NULL;
    label_function(stream, export, shared, row, ';');
    return finish(stream, &text);
}

char *labels_thread(const struct export *export, uint32_t t)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);

    if (stream == NULL)
        return NULL;
    label_thread(stream, export, t, ';');
    return finish(stream, &text);
}
