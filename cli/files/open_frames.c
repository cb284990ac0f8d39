/*
 * open_frames.c - finishes the activations that were open when an image was taken. See open_frames.h.
 *
 * It does the work of the exit hook at the end of the thread (runtime/records/account.h), innermost frame
 * first. It counts the levels anew from the frames alone: a process that was killed inside a hook leaves them
 * half changed.
 */
#include "cli/files/open_frames.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/files/image_reader.h"
#include "cli/files/image_turns.h"

struct open_frame {
    uint64_t entry;     /* ticks */
    uint64_t accounted; /* ticks of the thread's, at entry */
    int is_timed;
    uint32_t record;    /* index in the profile */
    uint32_t edge;      /* index in the profile */
    int outermost;      /* of its function */
    int edge_outermost; /* of its edge; known only if it is nested */
};

/* Returns the unit of the next frame inwards; 0 after the last. */
static uint32_t unit_above(const struct image_frame *frame)
{
    return frame->above & ~FRAME_APART;
}

/* Adds the frames of the chain at UNIT, outermost first. A frame that is free or was being filled has no sp,
 * and a bottom has no record: both are left out. */
static int frames_collect(struct image_reader *reader, uint32_t unit, struct open_frame **frames,
                          size_t *count)
{
    struct profile *profile = reader->loader->profile;

    while (unit != 0 && unit < reader->unit_count && reader->units[unit].kind == UNIT_NONE) {
        const struct image_frame *frame =
            (const struct image_frame *)(reader->data + (size_t)unit * IMAGE_UNIT);
        uint32_t record = reader_index(reader, frame->record, UNIT_RECORD);
        const struct image_record *context;
        struct open_frame *open;
        uint32_t edge;

        reader->units[unit].kind = UNIT_FRAME;
        unit = unit_above(frame);
        if (reader->missed.has_no_frames || frame->sp == 0 || record == PROFILE_NONE ||
            record <= reader->thread->root || record >= profile->record_count)
            continue;
        context = (const struct image_record *)(reader->data + (size_t)frame->record * IMAGE_UNIT);
        edge = reader_index(reader, context->edge, UNIT_EDGE);
        if (edge != PROFILE_NONE && edge < reader->thread->first_edge)
            edge = PROFILE_NONE; /* of another thread: the file is damaged */
        open = ARRAY_APPEND(*frames, *count);
        if (open == NULL)
            return reader_no_memory(reader);
        *open = (struct open_frame){.entry = frame->entry,
                                    .accounted = frame->accounted,
                                    .is_timed = frame->weight != 0,
                                    .record = record,
                                    .edge = edge};
    }
    return 0;
}

/* Finds which frames are the outermost of their function, and which nested frames are the outermost of their
 * edge. */
static void frames_level(const struct profile *profile, struct open_frame *frames, size_t count,
                         uint32_t *outermost, uint8_t *edge_active, uint32_t first_edge)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t function = profile->records[frames[i].record].function;
        uint32_t edge = frames[i].edge;

        frames[i].outermost = outermost[function] == PROFILE_NONE;
        if (frames[i].outermost) {
            outermost[function] = edge;
        } else if (edge != PROFILE_NONE) {
            frames[i].edge_outermost = !edge_active[edge - first_edge] && outermost[function] != edge;
            edge_active[edge - first_edge] = 1;
        }
    }
}

/* Returns the ticks from START to END; 0 if that is before it. */
static int64_t span(uint64_t start, uint64_t end)
{
    return end > start ? (int64_t)(end - start) : 0;
}

/* Returns the self ticks of a call of INCLUSIVE ticks, of which its callees have CALLEES. These may be more,
 * if the end of the call is a guess. */
static int64_t self_of(int64_t inclusive, int64_t callees)
{
    int64_t self = ticks_subtract(inclusive, callees);

    return self > 0 ? self : 0;
}

static void edge_add(struct profile *profile, uint32_t edge, int64_t ticks)
{
    profile->edges[edge].nested_inclusive = ticks_add(profile->edges[edge].nested_inclusive, ticks);
}

/* Ends the COUNT frames at END. ACCOUNTED is what the thread has accounted for so far. */
static void frames_account(struct profile *profile, const struct open_frame *frames, size_t count,
                           uint64_t accounted, uint64_t end)
{
    for (size_t i = count; i-- > 0;) {
        struct profile_record *record = &profile->records[frames[i].record];
        int64_t inclusive = span(frames[i].entry, end), self;

        if (!frames[i].is_timed)
            continue;
        self = self_of(inclusive, span(frames[i].accounted, accounted));
        accounted += (uint64_t)self;
        record->self = ticks_add(record->self, self);
        if (frames[i].outermost)
            record->inclusive = ticks_add(record->inclusive, inclusive);
        else if (frames[i].edge_outermost)
            edge_add(profile, frames[i].edge, inclusive);
    }
}

/* Returns when the frames end, by the clock of their stack: it stood still while the stack was suspended. */
static uint64_t stack_end(const struct image_thread *thread, uint64_t end)
{
    if (thread->suspended != 0 && thread->suspended < end)
        end = thread->suspended;
    return end > thread->paused ? end - thread->paused : 0;
}

/* Returns when the frames end, by a timer that is not the clock: its reading when the process ended, or else
 * its latest known reading. A frame that was left still has the reading of its entry. An open frame has
 * lasted at least as long as its callees. */
static uint64_t timer_end(const struct image_reader *reader, const struct image_thread *thread)
{
    uint64_t latest = 0;
    uint64_t steps = reader->unit_count;
    uint64_t end = thread->suspended != 0               ? thread->suspended
                   : reader->missed.pause == UINT64_MAX ? thread->timer_end
                                                        : 0;

    for (uint32_t place = thread->stack; place != 0 && place < reader->unit_count && steps > 0; steps--) {
        const struct image_frame *frame =
            (const struct image_frame *)(reader->data + (size_t)place * IMAGE_UNIT);
        uint64_t known = frame->entry;

        if (frame->sp != 0 && frame->weight != 0)
            known += (uint64_t)span(frame->accounted, thread->accounted);

        place = unit_above(frame);
        if (frame->record != 0 && known > latest) /* else it is a bottom */
            latest = known;
    }
    return end > thread->paused && end - thread->paused > latest ? end - thread->paused : latest;
}

/* A frame that was left still has the time of its entry. This walk marks no units, so it counts its steps:
 * chains in circles end. */
uint64_t open_frames_latest(const struct image_reader *reader)
{
    int64_t steps = reader->unit_count; /* both loops may take the last */
    uint64_t latest = 0;

    for (uint32_t unit = reader->header->threads; unit != 0 && unit < reader->unit_count - 1 && steps > 0;
         steps--) {
        const struct image_thread *thread =
            (const struct image_thread *)(reader->data + (size_t)unit * IMAGE_UNIT);

        unit = thread->next;
        for (uint32_t place = thread->stack; place != 0 && place < reader->unit_count && steps > 0; steps--) {
            const struct image_frame *frame =
                (const struct image_frame *)(reader->data + (size_t)place * IMAGE_UNIT);

            place = unit_above(frame);
            if (frame->record != 0 && frame->entry > latest) /* else it is a bottom */
                latest = frame->entry;
        }
    }
    return latest;
}

/* Returns the end of a thread that has none: that of the process, or later if the thread has spent more time,
 * or an open frame has lasted as long as its callees. Destructors may run after the end of the process was
 * noted. */
static uint64_t thread_end(const struct image_reader *reader, const struct image_thread *thread,
                           const struct open_frame *frames, size_t count)
{
    const struct profile *profile = reader->loader->profile;
    uint64_t process_end = profile->processes[reader->thread->process].end;
    int64_t end = (int64_t)reader->thread->start;

    if (reader->header->timer != IMAGE_TIMER_CLOCK)
        return process_end;
    for (size_t i = reader->thread->root; i < profile->record_count; i++)
        end = ticks_add(end, profile->records[i].self);
    for (size_t i = 0; i < count; i++) {
        int64_t until = ticks_add((int64_t)(frames[i].entry + thread->paused),
                                  span(frames[i].accounted, thread->accounted));

        if (frames[i].is_timed && until > end)
            end = until;
    }
    return end > 0 && (uint64_t)end > process_end ? (uint64_t)end : process_end;
}

/* Returns when the frames end, by the timer of the image. */
static uint64_t frames_end(const struct image_reader *reader, const struct image_thread *thread)
{
    uint64_t end = reader->thread->end;

    if (reader->header->timer != IMAGE_TIMER_CLOCK)
        return timer_end(reader, thread);
    return stack_end(thread, end < reader->missed.pause ? end : reader->missed.pause);
}

/* Lets the frames begin anew at the reset, and counts them once more, as the runtime does. By a timer that is
 * not the clock they take no time: its reading at the reset is not known. */
static void frames_restart(const struct image_reader *reader, const struct image_thread *thread,
                           struct open_frame *frames, size_t count, uint64_t end)
{
    struct profile *profile = reader->loader->profile;
    int is_clock = reader->header->timer == IMAGE_TIMER_CLOCK;
    uint64_t start = is_clock ? stack_end(thread, reader->missed.reset) : end;

    for (size_t i = 0; i < count; i++) {
        struct open_frame *frame = &frames[i];
        struct profile_record *record = &profile->records[frame->record];

        frame->entry = start;
        frame->accounted = thread->accounted;
        frame->is_timed = reader->header->reads != IMAGE_READS_NONE;
        record->calls++;
        record->clocked += (uint64_t)frame->is_timed;
        if (!frame->outermost && frame->edge != PROFILE_NONE) {
            profile->edges[frame->edge].nested++;
            profile->edges[frame->edge].nested_outermost += (uint64_t)frame->edge_outermost;
        }
    }
}

/* Adds the times of the COUNT frames, whose levels are known. */
static void frames_finish(struct image_reader *reader, const struct image_thread *thread,
                          struct open_frame *frames, size_t count)
{
    uint64_t end = frames_end(reader, thread);

    if (reader->missed.is_reset)
        frames_restart(reader, thread, frames, count, end);
    frames_account(reader->loader->profile, frames, count, thread->accounted, end);
    if (reader->missed.pause == UINT64_MAX) /* else the pause has ended them */
        reader->thread->open = count;
}

/* Finds the levels of the COUNT frames, and finishes them. */
static int frames_close(struct image_reader *reader, const struct image_thread *thread,
                        struct open_frame *frames, size_t count)
{
    struct profile *profile = reader->loader->profile;
    size_t edge_count = profile->edge_count - reader->thread->first_edge;
    uint32_t *outermost = malloc(profile->function_count * sizeof *outermost);
    uint8_t *edge_active = calloc(edge_count + 1, 1);
    int result = 0;

    if (outermost == NULL || edge_active == NULL) {
        result = reader_no_memory(reader);
    } else {
        memset(outermost, 0xff, profile->function_count * sizeof *outermost); /* PROFILE_NONE */
        frames_level(profile, frames, count, outermost, edge_active, reader->thread->first_edge);
        frames_finish(reader, thread, frames, count);
    }
    free(outermost);
    free(edge_active);
    return result;
}

int open_frames_close(struct image_reader *reader, const struct image_thread *thread)
{
    struct open_frame *frames = NULL;
    size_t count = 0;
    int result = frames_collect(reader, thread->stack, &frames, &count);

    if (reader->thread->end == 0)
        reader->thread->end = thread_end(reader, thread, frames, count);
    if (result == 0 && count > 0)
        result = frames_close(reader, thread, frames, count);
    free(frames);
    return result;
}
