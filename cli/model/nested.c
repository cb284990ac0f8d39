/*
 * nested.c - which records lie below another record of their kind. See nested.h.
 *
 * The records are numbered so that those below a record follow it without a gap. A pass in that order keeps a
 * stack of the open records of each kind. It takes a time in proportion to the records, however deep they
 * lie.
 */
#include "cli/model/nested.h"

#include <stdlib.h>
#include <string.h>

struct numbering {
    uint32_t *sizes; /* by record: it and the records below it */
    uint32_t *next;  /* by record: the number of its next child; in the end, the first number behind it */
    uint32_t *order; /* by number: the record */
    uint32_t *last;  /* by kind: the record of it that was met last, or PROFILE_NONE */
};

/* Parents stand before their children. */
static void number(const struct profile_record *records, const struct profile_thread *thread,
                   const struct numbering *numbering)
{
    for (uint32_t i = thread->record_count; i-- > 0;) {
        numbering->sizes[i]++;
        if (i > 0)
            numbering->sizes[records[i].parent - thread->root] += numbering->sizes[i];
    }
    numbering->order[0] = 0;
    numbering->next[0] = 1;
    for (uint32_t i = 1; i < thread->record_count; i++) {
        uint32_t *place = &numbering->next[records[i].parent - thread->root];

        numbering->order[*place] = i;
        numbering->next[i] = *place + 1;
        *place += numbering->sizes[i];
    }
}

static void find(const struct profile_thread *thread, const struct numbering *numbering,
                 const uint32_t *kinds, uint32_t *above)
{
    for (uint32_t at = 0; at < thread->record_count; at++) {
        uint32_t record = numbering->order[at], open = PROFILE_NONE;

        if (kinds[record] != PROFILE_NONE) {
            open = numbering->last[kinds[record]];
            while (open != PROFILE_NONE && at >= numbering->next[open])
                open = above[open];
            numbering->last[kinds[record]] = record;
        }
        above[record] = open;
    }
}

int nested_find(const struct profile_record *records, const struct profile_thread *thread,
                const uint32_t *kinds, uint32_t count, uint32_t *above)
{
    size_t room = thread->record_count + (size_t)1;
    struct numbering numbering = {.sizes = calloc(room, sizeof *numbering.sizes),
                                  .next = calloc(room, sizeof *numbering.next),
                                  .order = calloc(room, sizeof *numbering.order),
                                  .last = reallocarray(NULL, (size_t)count + 1, sizeof *numbering.last)};
    int result = -1;

    if (numbering.sizes != NULL && numbering.next != NULL && numbering.order != NULL &&
        numbering.last != NULL) {
        memset(numbering.last, 0xff, count * sizeof *numbering.last); /* PROFILE_NONE */
        number(records, thread, &numbering);
        find(thread, &numbering, kinds, above);
        result = 0;
    }
    free(numbering.sizes);
    free(numbering.next);
    free(numbering.order);
    free(numbering.last);
    return result;
}
