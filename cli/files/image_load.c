/*
 * image_load.c - reads the image of a process into a profile. See image_load.h.
 *
 * An image may be damaged, and its writer may be at work. A reference that leads beyond the bytes read was
 * made after they were read: it is left out. A reference to the wrong kind of thing is damage. Each unit is
 * visited at most once, so circles of references end. Open frames are closed as of the end of their thread:
 * all calls of a profile have ended.
 */
#include "cli/files/image_load.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/files/image_functions.h"
#include "cli/files/image_process.h"
#include "cli/files/image_reader.h"
#include "cli/files/image_records.h"
#include "cli/files/image_turns.h"
#include "cli/files/image_waits.h"
#include "cli/files/open_frames.h"
#include "cli/model/ledger.h"
#include "runtime/format/image.h"

static int check_header(struct image_reader *reader)
{
    const struct image_header *header = reader->header;

    if (reader->size < IMAGE_HEADER_SIZE || memcmp(header->magic, IMAGE_MAGIC, sizeof header->magic) != 0)
        return message_set(reader->message, "%s is not a profile", reader->path);
    if (header->version > IMAGE_VERSION)
        return message_set(reader->message,
                           "%s was written by a newer version of profile: read it with that one",
                           reader->path);
    if (header->version != IMAGE_VERSION || header->clock < IMAGE_CLOCK_MONOTONIC ||
        header->clock > IMAGE_CLOCK_SETTABLE || header->reads < IMAGE_READS_EVERY ||
        header->reads > IMAGE_READS_NONE || header->command_size > sizeof header->command ||
        header->timer > IMAGE_TIMER_CUSTOM || !profile_is_tick(header->timer_tick) ||
        !profile_is_tick(header->rate))
        return reader_damaged(reader, "its header makes no sense");
    return 0;
}

/* Returns the ticks of THREAD, which has just been loaded, that are in no record: 0 if that is not known. */
static int64_t outside_of(const struct image_reader *reader, const struct image_thread *thread)
{
    const struct profile *profile = reader->loader->profile;
    const struct profile_thread *added = reader->thread;
    uint64_t end = thread->suspended != 0 && thread->suspended < added->end ? thread->suspended : added->end;
    int64_t outside;

    if (reader->header->timer != IMAGE_TIMER_CLOCK || reader->header->reads == IMAGE_READS_NONE ||
        thread->count > 1 || reader->missed.is_reset)
        return 0;
    outside = ticks_subtract((int64_t)(end - added->start), (int64_t)thread->paused);
    for (size_t i = added->root + (size_t)1; i < profile->record_count; i++)
        outside = ticks_subtract(outside, profile->records[i].self);
    return outside;
}

/* Notes whether THREAD, which has just been loaded, was sampled. A timer never finds a thread that has
 * blocked its signal: so it tells nothing if it has found none. */
static void note_samples(struct image_reader *reader, const struct image_thread *thread)
{
    struct profile *profile = reader->loader->profile;
    struct profile_process *process = &profile->processes[profile->process_count - 1];
    int is_missed =
        thread->is_sampled && process->sampler == PROFILE_SAMPLER_TIMER && thread->sample_time == 0;

    reader->thread->is_unsampled = !thread->is_sampled || is_missed;
    process->unsampled += (uint64_t)is_missed;
    reader->sample_time += (double)thread->sample_time;
}

static int load_thread(struct image_reader *reader, const struct image_thread *thread)
{
    struct profile *profile = reader->loader->profile;
    struct profile_thread *added = ARRAY_APPEND(profile->threads, profile->thread_count);

    if (added == NULL || (added->name = profile_string(profile, thread->name,
                                                       strnlen(thread->name, sizeof thread->name))) == NULL)
        return reader_no_memory(reader);
    reader->thread = added;
    reader->thread_lost_functions = 0;
    added->process = (uint32_t)profile->process_count - 1;
    added->tid = thread->tid;
    added->count = thread->count;
    added->is_strand = thread->is_strand != 0;
    added->start = thread->start;
    added->end = thread->end;
    if (!reader->missed.is_reset) {
        added->unwound = thread->unwound;
        added->unmatched = thread->unmatched;
        added->lost = thread->lost;
        added->backwards = thread->backwards;
    }
    added->root = (uint32_t)profile->record_count;
    added->first_edge = (uint32_t)profile->edge_count;
    if (image_records_load(reader, thread->root) != 0)
        return -1;
    if (profile->record_count == added->root)
        return reader_damaged(reader, "a thread has no root");
    if (image_records_load_lost(reader) != 0 || open_frames_close(reader, thread) != 0)
        return -1;
    image_records_forget_steps_back(profile, added);
    added->record_count = (uint32_t)(profile->record_count - added->root);
    added->edge_count = (uint32_t)(profile->edge_count - added->first_edge);
    if (added->end > added->start)
        added->start += turns_unrecorded(reader, added->start, added->end);
    added->outside = outside_of(reader, thread);
    note_samples(reader, thread);
    if (waits_share(profile, added, thread) != 0)
        return reader_no_memory(reader);
    return 0;
}

/* Finds the mean time that a sample stands for: the kernel changes the period a little all the time. There is
 * none if the kernel has refused all samples. */
static void find_period(const struct image_reader *reader, size_t first_record)
{
    struct profile *profile = reader->loader->profile;
    struct profile_process *process = &profile->processes[profile->process_count - 1];
    double samples = 0;

    for (size_t i = first_record; i < profile->record_count; i++)
        samples += (double)profile->records[i].samples + (double)profile->records[i].hook_samples;
    if (samples > 0 && reader->sample_time > 0)
        process->period = reader->sample_time / samples;
    else if (process->unsampled > 0)
        process->period = 0;
}

/* Takes the CPU time of a process that was killed from its samples. They must stand for all of it. */
static void guess_cpu_time(const struct image_reader *reader)
{
    struct profile *profile = reader->loader->profile;
    struct profile_process *process = &profile->processes[profile->process_count - 1];
    int are_all = process->period > 0 && process->samples_kernel && process->unsampled == 0 &&
                  !process->is_paused && !process->is_reset;

    if (process->cpu <= 0 && are_all && isfinite(reader->sample_time))
        process->cpu = reader->sample_time;
}

/* Takes the bias for the cost of recording a call. Samples say nothing about that then. */
static void set_bias(const struct image_reader *reader)
{
    struct profile *profile = reader->loader->profile;
    struct profile_process *process = &profile->processes[profile->process_count - 1];
    double tick = profile_tick(process), ticks;

    if (reader->loader->bias == NULL)
        return;
    ticks = tick > 0 ? *reader->loader->bias / tick : 0;
    process->costs =
        (struct profile_costs){.inside = ticks, .sampled = ticks, .outside = 0, .unclocked = ticks};
    process->period = 0;
}

/* Finds the turns that THREAD has missed. Returns 1 if it has figures: one that ended before a reset has
 * none. */
static int has_figures(struct image_reader *reader, const struct image_thread *thread)
{
    reader->missed = turns_missed(reader, thread);
    return thread->count != 0 && !(reader->missed.is_reset && thread->end != 0);
}

/* Returns 1 if the image is about THREAD. An image may be about one profile that the program made. Any other
 * leaves out the threads with timers of such profiles, which cannot be added up with the rest. */
static int is_wanted(const struct image_header *header, const struct image_thread *thread)
{
    return header->profile != 0 ? thread->profile == header->profile : !thread->has_timer;
}

static void warn_of_timers(struct image_reader *reader)
{
    struct message warning;

    message_set(&warning,
                "process %" PRIu32 " has profiles with timers of their own, which are not shown here: it "
                "must save these itself (profile_dump_stats)",
                reader->header->pid);
    profile_warn(reader->loader->profile, warning.text);
}

static int load_threads(struct image_reader *reader)
{
    const struct image_thread *thread;
    int left_out = 0;

    for (uint32_t unit = reader->header->threads; unit != 0; unit = thread->next) {
        if ((thread = reader_at(reader, unit, sizeof *thread)) == NULL)
            break;
        if (reader_claim(reader, unit, UNIT_THREAD, 0) != 0)
            return reader_damaged(reader, "its list of threads is broken");
        if (!has_figures(reader, thread))
            continue;
        if (is_wanted(reader->header, thread)) {
            if (load_thread(reader, thread) != 0)
                return -1;
        } else {
            left_out |= reader->header->profile == 0;
        }
    }
    if (left_out)
        warn_of_timers(reader);
    return 0;
}

/* Adds the throttled functions in order of time: the newest comes first in the image. */
static int load_throttled(struct image_reader *reader)
{
    struct profile *profile = reader->loader->profile;
    const struct profile_process *process = &profile->processes[profile->process_count - 1];
    size_t first = profile->throttled_count;
    const struct image_throttled *throttled;

    for (uint32_t unit = reader->header->throttled; unit != 0; unit = throttled->next) {
        struct profile_throttled *added;
        uint32_t function;

        if ((throttled = reader_at(reader, unit, sizeof *throttled)) == NULL)
            break;
        if (reader_claim(reader, unit, UNIT_DONE, 0) != 0)
            return reader_damaged(reader, "its list of throttled functions is broken");
        if (image_functions_add(reader, throttled->function, throttled->module, &function) != 0 ||
            (added = ARRAY_APPEND(profile->throttled, profile->throttled_count)) == NULL)
            return reader_no_memory(reader);
        *added = (struct profile_throttled){.process = (uint32_t)profile->process_count - 1,
                                            .function = function,
                                            .calls = throttled->calls,
                                            .after = (double)(int64_t)(throttled->ticks - process->start) *
                                                     process->tick_ns};
    }
    for (size_t last = profile->throttled_count; first + 1 < last; first++) {
        struct profile_throttled newest = profile->throttled[first];

        profile->throttled[first] = profile->throttled[--last];
        profile->throttled[last] = newest;
    }
    return 0;
}

void image_loader_open(struct image_loader *loader, struct profile *profile)
{
    *loader = (struct image_loader){.profile = profile};
}

void image_loader_close(struct image_loader *loader)
{
    hash_free(&loader->functions);
    hash_free(&loader->modules);
}

/* Adds all that the image has, whose header has been checked. */
static int load(struct image_reader *reader, const struct image_anchor *now, int lasted)
{
    struct profile *profile = reader->loader->profile;
    size_t first = profile->thread_count, first_record = profile->record_count;

    if (image_process_load(reader, now, lasted) != 0 || image_functions_load_modules(reader) != 0 ||
        load_throttled(reader) != 0 || load_threads(reader) != 0)
        return -1;
    if (profile->thread_count > first)
        profile->threads[first].lost += reader->header->lost; /* of an unknown thread */
    find_period(reader, first_record);
    guess_cpu_time(reader);
    set_bias(reader);
    if (ledger_solve(profile, (uint32_t)profile->process_count - 1) != 0)
        return reader_no_memory(reader);
    return 0;
}

int image_load(struct image_loader *loader, const unsigned char *data, size_t size, const char *path,
               const struct image_anchor *now, int lasted, struct message *message)
{
    struct image_reader reader = {
        .loader = loader, .data = data, .size = size, .path = path, .message = message};
    struct profile *profile = loader->profile;
    const struct profile before = *profile;
    int result;

    reader.header = (const struct image_header *)data;
    if (check_header(&reader) != 0)
        return -1;
    reader.unit_count = (uint32_t)(size / IMAGE_UNIT);
    reader.units = calloc(reader.unit_count, sizeof *reader.units);
    if (reader.units == NULL)
        return reader_no_memory(&reader);
    result = load(&reader, now, lasted);
    free(reader.units);
    if (result != 0) { /* functions and modules stay: they have no figures */
        profile->process_count = before.process_count;
        profile->thread_count = before.thread_count;
        profile->record_count = before.record_count;
        profile->edge_count = before.edge_count;
        profile->throttled_count = before.throttled_count;
    }
    return result;
}
