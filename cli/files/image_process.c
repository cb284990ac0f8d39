/*
 * image_process.c - the process that an image tells of. See image_process.h.
 */
#include "cli/files/image_process.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/base/quote.h"
#include "cli/files/image_turns.h"
#include "cli/files/open_frames.h"
#include "runtime/format/image.h"

/* Two clocks that differ by no more than the sum of these go alike: nanoseconds, and a share of the time. */
#define CLOCKS_APART_NS    1e8
#define CLOCKS_APART_SHARE 0.01

/* Returns SIZE without the NULs at the end of WORDS. A program that changes what ps(1) shows of it pads its
 * command line with them. */
static size_t without_padding(const char *words, size_t size)
{
    size_t end = size;

    while (end > 0 && words[end - 1] == '\0')
        end--;
    return size - end > 2 ? end + 1 : size;
}

/* Returns the words of a command line as a shell would take them, or NULL without memory. */
static const char *command_text(struct profile *profile, const char *words, size_t size)
{
    char *text = NULL;
    size_t length, written;
    FILE *stream = open_memstream(&text, &written);
    const char *result = NULL;
    int failed;

    if (stream == NULL)
        return NULL;
    for (size_t i = 0; i < size; i += length + 1) {
        length = strnlen(words + i, size - i);
        if (i > 0)
            fputc(' ', stream);
        quote_print(stream, words + i, length);
    }
    failed = ferror(stream);
    if (fclose(stream) == 0 && !failed)
        result = profile_string(profile, text, written);
    free(text);
    return result;
}

/* Returns the nanoseconds of a tick, by the anchors at the start and at END. */
static double tick_length(const struct image_header *header, const struct image_anchor *end)
{
    uint64_t ticks = end->ticks - header->start.ticks;
    uint64_t nanoseconds = end->monotonic - header->start.monotonic;

    if (header->clock != IMAGE_CLOCK_TSC || ticks == 0 || end->ticks < header->start.ticks ||
        nanoseconds == 0)
        return 1;
    return (double)nanoseconds / (double)ticks;
}

/*
 * Notes if the machine slept, or if the counter went otherwise than at the start. It may, if a real or
 * virtual machine is suspended. A tick then has the length that it had at the start, for no other is known.
 *
 * The bounds allow for errors of measurement: a process may lose its processor between two readings, and the
 * rate at the start is measured in a moment.
 */
static void check_clock(struct profile_process *process, const struct image_header *header,
                        const struct image_anchor *end)
{
    const struct image_anchor *start = &header->start;
    double elapsed = (double)(int64_t)(end->monotonic - start->monotonic);
    double asleep = (double)(int64_t)(end->boottime - start->boottime) - elapsed;
    double astray = (double)(int64_t)(end->ticks - start->ticks) * header->rate - elapsed;

    if (elapsed <= 0) /* the end was seen after another start of the machine */
        return;
    if (asleep > CLOCKS_APART_NS)
        process->asleep = asleep;
    if (header->clock == IMAGE_CLOCK_TSC && header->rate > 0 && isfinite(astray) &&
        fabs(astray) > CLOCKS_APART_NS + CLOCKS_APART_SHARE * elapsed) {
        process->astray = astray;
        process->tick_ns = header->rate;
    }
}

/* Returns the reading of the process's clock at NOW. */
static uint64_t ticks_at(const struct image_reader *reader, const struct image_anchor *now)
{
    return reader->header->clock == IMAGE_CLOCK_MONOTONIC ? now->monotonic : now->ticks;
}

/* Moves the end of a process to the last thing that it did. It was killed, or ended by a system call of its
 * own. */
static void guess_end(const struct image_reader *reader, struct profile_process *process,
                      const struct image_anchor *now)
{
    uint64_t latest = reader->header->timer == IMAGE_TIMER_CLOCK ? open_frames_latest(reader) : 0;

    if (now != NULL && latest > ticks_at(reader, now))
        latest = ticks_at(reader, now);
    if (latest > process->end)
        process->end = latest;
}

static int load_timer(struct image_reader *reader, struct profile_process *process)
{
    const struct image_header *header = reader->header;
    struct message warning;

    process->timer = header->timer == IMAGE_TIMER_CPU      ? PROFILE_TIMER_CPU
                     : header->timer == IMAGE_TIMER_FAULTS ? PROFILE_TIMER_FAULTS
                     : header->timer == IMAGE_TIMER_CUSTOM ? PROFILE_TIMER_CUSTOM
                     : header->clock == IMAGE_CLOCK_TSC    ? PROFILE_TIMER_TSC
                                                           : PROFILE_TIMER_MONOTONIC;
    process->tick = header->timer_tick;
    process->unit =
        profile_string(reader->loader->profile, header->unit, strnlen(header->unit, sizeof header->unit));
    if (header->timer_missing != 0) {
        message_set(
            &warning, "process %" PRIu32 " could not %s", header->pid,
            header->timer_missing == IMAGE_MISSING_TIMER
                ? "load its timer: its calls are only counted"
                : "always read its timer, for which it closed the descriptors or had no counter: what "
                  "it missed is left out");
        profile_warn(reader->loader->profile, warning.text);
    }
    return process->unit != NULL ? 0 : reader_no_memory(reader);
}

static void load_sampling(struct profile_process *process, const struct image_header *header)
{
    process->sampler = header->sampler == IMAGE_SAMPLER_PERF    ? PROFILE_SAMPLER_PERF
                       : header->sampler == IMAGE_SAMPLER_TIMER ? PROFILE_SAMPLER_TIMER
                                                                : PROFILE_SAMPLER_NONE;
    process->period = header->period;
    process->sample_cost = header->sampler == IMAGE_SAMPLER_PERF ? header->sample_cost : 0;
    process->unsampled = header->samplers_missing;
    process->samples_kernel = header->samples_kernel != 0;
}

int image_process_load(struct image_reader *reader, const struct image_anchor *now, int lasted)
{
    struct profile *profile = reader->loader->profile;
    const struct image_header *header = reader->header;
    const struct image_gate *gate;
    struct profile_process *added = ARRAY_APPEND(profile->processes, profile->process_count);

    if (added == NULL ||
        (added->command = command_text(profile, header->command,
                                       without_padding(header->command, header->command_size))) == NULL)
        return reader_no_memory(reader);
    added->pid = header->pid;
    added->parent = header->parent_pid;
    added->start_time = header->start_time;
    if (header->ended != 0 && header->cpu_start != 0 && header->cpu_ended > header->cpu_start)
        added->cpu = (double)(header->cpu_ended - header->cpu_start);
    added->children_lost = header->children_lost;
    added->reads = (enum profile_reads)header->reads;
    added->costs = (struct profile_costs){.inside = (double)header->costs.inside / IMAGE_COST_UNIT,
                                          .sampled = (double)header->costs.sampled / IMAGE_COST_UNIT,
                                          .outside = (double)header->costs.outside / IMAGE_COST_UNIT,
                                          .unclocked = (double)header->costs.unclocked / IMAGE_COST_UNIT};
    added->tick_ns = tick_length(header, now != NULL ? now : &header->last);
    added->waits = header->waits != 0;
    load_sampling(added, header);
    check_clock(added, header, now != NULL && lasted ? now : &header->last);
    added->start = header->start.ticks;
    added->end = header->ended           ? header->ended
                 : now != NULL && lasted ? ticks_at(reader, now)
                                         : header->last.ticks;
    reader->end_is_guessed = header->ended == 0 && !(now != NULL && lasted);
    if (reader->end_is_guessed)
        guess_end(reader, added, now);
    if (added->end < added->start)
        added->end = added->start;
    if ((gate = turns_gate(reader)) != NULL) {
        added->is_paused = gate->pauses != 0;
        added->is_reset = gate->resets != 0;
    }
    return load_timer(reader, added);
}
