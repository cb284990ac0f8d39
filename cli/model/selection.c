/*
 * selection.c - the threads and processes that the user wants to see. See selection.h.
 */
#include "cli/model/selection.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/model/threads.h"

int selection_add_thread(struct selection *selection, const char *text, struct message *message)
{
    const char **added = ARRAY_APPEND(selection->threads, selection->thread_count);

    if (added == NULL)
        return message_no_memory(message);
    *added = text;
    return 0;
}

int selection_add_process(struct selection *selection, const char *text, struct message *message)
{
    if (*text == '\0' || text[strspn(text, "0123456789")] != '\0')
        return message_set(message, "invalid process ID '%s'", text);
    uint64_t *added = ARRAY_APPEND(selection->processes, selection->process_count);
    if (added == NULL)
        return message_no_memory(message);
    *added = strtoull(text, NULL, 10);
    return 0;
}

int selection_is_active(const struct selection *selection)
{
    return selection->thread_count > 0 || selection->process_count > 0;
}

int selection_say_missing(const struct selection *selection, struct message *message)
{
    const char *noun = selection->thread_count > 0 ? "thread" : "process";

    message_set(message, "no %s", noun);
    for (size_t i = 0; i < selection->thread_count; i++)
        message_set(message, "%s%s '%s'", message->text, i > 0 ? " or" : "", selection->threads[i]);
    if (selection->thread_count > 0 && selection->process_count > 0)
        message_set(message, "%s of process", message->text);
    for (size_t i = 0; i < selection->process_count; i++)
        message_set(message, "%s%s %" PRIu64, message->text, i > 0 ? " or" : "", selection->processes[i]);
    return message_set(message, "%s in the profile; see --by %s", message->text, noun);
}

static int wants_process(const struct selection *selection, const struct profile_process *process)
{
    for (size_t i = 0; i < selection->process_count; i++)
        if (selection->processes[i] == process->pid)
            return 1;
    return selection->process_count == 0;
}

static int wants_thread(const struct selection *selection, const struct profile_thread *thread)
{
    char tid[32];

    snprintf(tid, sizeof tid, "%" PRIu64, thread->tid);
    for (size_t i = 0; i < selection->thread_count; i++)
        if (strcmp(selection->threads[i], tid) == 0 || fnmatch(selection->threads[i], thread->name, 0) == 0)
            return 1;
    return selection->thread_count == 0;
}

/* Moves a thread's records down to the index ROOT. */
static void move_records(struct profile *profile, struct profile_thread *thread, uint32_t root)
{
    uint32_t distance = thread->root - root;

    memmove(profile->records + root, profile->records + thread->root,
            thread->record_count * sizeof *profile->records);
    for (uint32_t i = root; i < root + thread->record_count; i++) {
        struct profile_record *record = &profile->records[i];
        record->target -= distance;
        if (record->parent != PROFILE_NONE)
            record->parent -= distance;
    }
    thread->root = root;
}

static void move_edges(struct profile *profile, struct profile_thread *thread, uint32_t first)
{
    memmove(profile->edges + first, profile->edges + thread->first_edge,
            thread->edge_count * sizeof *profile->edges);
    thread->first_edge = first;
}

void selection_apply(struct selection *selection, struct profile *profile)
{
    uint32_t records = 0, edges = 0;
    size_t kept = 0;

    if (!selection_is_active(selection))
        return;
    for (size_t i = 0; i < profile->thread_count; i++) {
        struct profile_thread thread = profile->threads[i];
        if (!wants_process(selection, &profile->processes[thread.process]) ||
            !wants_thread(selection, &thread)) {
            profile->processes[thread.process].cpu = 0; /* it is not that of the rest */
            continue;
        }
        profile->threads[kept++] = thread;
        if (profile->source != NULL)
            continue;
        if (thread.record_count > 0)
            move_records(profile, &thread, records);
        if (thread.edge_count > 0)
            move_edges(profile, &thread, edges);
        records += thread.record_count;
        edges += thread.edge_count;
        profile->threads[kept - 1] = thread;
    }
    selection->has_matched |= kept > 0;
    if (profile->source != NULL) {
        profile->source->is_part |= kept < profile->thread_count;
        profile->thread_count = kept;
        return;
    }
    profile->thread_count = kept;
    profile->record_count = records;
    profile->edge_count = edges;
}

void selection_free(struct selection *selection)
{
    free(selection->threads);
    free(selection->processes);
    *selection = (struct selection){0};
}
