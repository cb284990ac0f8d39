/*
 * image_load.c - reads one process's image (runtime/format/image.h) into a profile.
 *
 * An image may be damaged, and may have been caught at any instant of its writer's work. A reference that
 * leads beyond what was read was made while we read, and is left out; one to the wrong kind of thing is
 * damage. Every unit is visited at most once, so references in circles end. Open frames are closed here, as
 * of the end of their thread: the profile has no open ends.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/files/image_reader.h"
#include "cli/files/load.h"
#include "cli/model/compensate.h"
#include "runtime/format/image.h"

/* By how much two clocks may differ and yet go alike: nanoseconds, and a part of the time. */
#define CLOCKS_APART_NS    1e8
#define CLOCKS_APART_SHARE 0.01

/* Ticks, some minutes: by no more may a sum be negative for being estimated, as that of callers is which have
 * many calls to be made good for. */
#define ESTIMATE_APART ((int64_t)1 << 40)

static int out_of_memory(struct image_reader *reader)
{
    return message_set(reader->message, "%s: out of memory while loading", reader->path);
}

static int damaged(struct image_reader *reader, const char *what)
{
    return message_set(reader->message, "%s is damaged: %s", reader->path, what);
}

/* The SIZE bytes of the thing at UNIT, or NULL if they are not all there. */
static const void *reader_at(const struct image_reader *reader, uint32_t unit, size_t size)
{
    uint64_t offset = (uint64_t)unit * IMAGE_UNIT;

    if (unit == 0 || offset < IMAGE_HEADER_SIZE || offset > reader->size || size > reader->size - offset)
        return NULL;
    return reader->data + offset;
}

/* Marks a unit as being of KIND and having INDEX. -1 if it has been marked before. */
static int reader_claim(struct image_reader *reader, uint32_t unit, enum unit_kind kind, uint32_t index)
{
    if (reader->units[unit].kind != UNIT_NONE)
        return -1;
    reader->units[unit].kind = (uint8_t)kind;
    reader->units[unit].index = index;
    return 0;
}

uint32_t reader_index(const struct image_reader *reader, uint32_t unit, enum unit_kind kind)
{
    if (reader_at(reader, unit, IMAGE_UNIT) == NULL || reader->units[unit].kind != kind)
        return PROFILE_NONE;
    return reader->units[unit].index;
}

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
        return damaged(reader, "its header makes no sense");
    return 0;
}

static int module_same(const void *owner, uint32_t value, const void *key)
{
    const struct symbolizer_module *file = &((const struct profile *)owner)->modules[value].file;
    const struct image_module *module = key;

    return strlen(file->path) == module->path_size &&
           memcmp(file->path, module->path, module->path_size) == 0 &&
           file->build_id_size == module->build_id_size &&
           memcmp(file->build_id, module->build_id, module->build_id_size) == 0 &&
           file->size == module->file_size && file->mtime == module->file_mtime;
}

static int module_add(struct image_reader *reader, const struct image_module *module, uint32_t *index)
{
    struct profile *profile = reader->loader->profile;
    struct hash *modules = &reader->loader->modules;
    uint64_t hash = hash_bytes(module->path, module->path_size, (uint64_t)module->file_mtime);
    struct profile_module *added;
    const char *path;

    *index = hash_find(modules, hash, (struct hash_lookup){module_same, profile}, module);
    if (*index != HASH_NONE)
        return 0;
    *index = (uint32_t)profile->module_count;
    path = profile_string(profile, module->path, module->path_size);
    added = path != NULL ? ARRAY_APPEND(profile->modules, profile->module_count) : NULL;
    if (added == NULL)
        return out_of_memory(reader);
    added->file.path = path;
    if (hash_insert(modules, hash, *index) != 0)
        return out_of_memory(reader);
    added->file.build_id_size = module->build_id_size;
    memcpy(added->file.build_id, module->build_id, module->build_id_size);
    added->file.size = module->file_size;
    added->file.mtime = module->file_mtime;
    return 0;
}

static void warn_unfiltered(struct profile *profile, const char *path)
{
    struct message warning;

    message_set(&warning, "the filters left nothing out of %s: its functions could not be looked up in time",
                path);
    profile_warn(profile, warning.text);
}

static int load_modules(struct image_reader *reader)
{
    const struct image_module *module;
    uint32_t index;

    for (uint32_t unit = reader->header->modules; unit != 0; unit = module->next) {
        if ((module = reader_at(reader, unit, sizeof *module)) == NULL ||
            reader_at(reader, unit, sizeof *module + module->path_size) == NULL)
            break;
        if (module->build_id_size > IMAGE_BUILD_ID_MAX ||
            memchr(module->path, '\0', module->path_size) != NULL)
            return damaged(reader, "a module's description makes no sense");
        if (module_add(reader, module, &index) != 0)
            return -1;
        if (reader_claim(reader, unit, UNIT_MODULE, index) != 0)
            return damaged(reader, "its list of modules is no list");
        if (module->unfiltered)
            warn_unfiltered(reader->loader->profile, reader->loader->profile->modules[index].file.path);
    }
    return 0;
}

struct function_key {
    uint32_t module;
    uint64_t offset;
};

static int function_same(const void *owner, uint32_t value, const void *key)
{
    const struct profile *profile = owner;
    const struct function_key *wanted = key;

    return profile->functions[value].module == wanted->module &&
           profile->functions[value].offset == wanted->offset;
}

static int function_add(struct image_reader *reader, struct function_key key, uint32_t *index)
{
    struct profile *profile = reader->loader->profile;
    struct hash *functions = &reader->loader->functions;
    uint64_t hash = hash_bytes(&key.offset, sizeof key.offset, key.module);
    struct profile_function *added;

    *index = hash_find(functions, hash, (struct hash_lookup){function_same, profile}, &key);
    if (*index != HASH_NONE)
        return 0;
    *index = (uint32_t)profile->function_count;
    added = ARRAY_APPEND(profile->functions, profile->function_count);
    if (added == NULL || hash_insert(functions, hash, *index) != 0)
        return out_of_memory(reader);
    added->module = key.module;
    added->offset = key.offset;
    return 0;
}

/* The profile's index of the function at ADDRESS in the module at UNIT. */
static int address_add(struct image_reader *reader, uint64_t address, uint32_t unit, uint32_t *index)
{
    struct function_key key = {.module = reader_index(reader, unit, UNIT_MODULE), .offset = address};

    if (key.module != PROFILE_NONE)
        key.offset -=
            ((const struct image_module *)reader_at(reader, unit, sizeof(struct image_module)))->base;
    return function_add(reader, key, index);
}

/* The name of a region as a profile has it: that of a function that is none, as Python's built-in ones are.
 */
static const char *region_name(struct image_reader *reader, const struct image_region *region)
{
    char name[IMAGE_REGION_MAX + 2] = "<";

    memcpy(name + 1, region->name, region->name_size);
    name[region->name_size + 1] = '>';
    return profile_string(reader->loader->profile, name, region->name_size + 2);
}

/* The profile's index of REGION; those of the same name are the same. */
static int region_add(struct image_reader *reader, const struct image_region *region, uint32_t *index)
{
    struct profile *profile = reader->loader->profile;
    struct function_key key = {PROFILE_NONE, 0};
    struct profile_function *function;

    if (region->name_size > IMAGE_REGION_MAX || memchr(region->name, '\0', region->name_size) != NULL)
        return damaged(reader, "a region's name makes no sense");
    key.offset = hash_bytes(region->name, region->name_size, 0);
    if (function_add(reader, key, index) != 0)
        return -1;
    function = &profile->functions[*index];
    if (function->name == NULL && ((function->name = region_name(reader, region)) == NULL ||
                                   (function->file = profile_string(profile, "~", 1)) == NULL))
        return out_of_memory(reader);
    return 0;
}

/* The whole region at UNIT, or NULL if it lies beyond what was read. */
static const struct image_region *region_at(const struct image_reader *reader, uint32_t unit)
{
    const struct image_region *region = reader_at(reader, unit, sizeof *region);

    return region != NULL ? reader_at(reader, unit, sizeof *region + region->name_size) : NULL;
}

/* The profile's index of the function at UNIT; PROFILE_NONE if the unit lies beyond what was read. */
static int load_function(struct image_reader *reader, uint32_t unit, uint32_t *index)
{
    const struct image_function *function = reader_at(reader, unit, sizeof *function);
    const struct image_region *region;
    int result;

    *index = reader_index(reader, unit, UNIT_FUNCTION);
    if (function == NULL || *index != PROFILE_NONE)
        return 0;
    region = region_at(reader, function->region);
    if (function->region != 0 && region == NULL)
        return 0;
    result = region != NULL ? region_add(reader, region, index)
                            : address_add(reader, function->address, function->module, index);
    if (result != 0)
        return -1;
    if (reader_claim(reader, unit, UNIT_FUNCTION, *index) != 0)
        return damaged(reader, "a record's function is none");
    reader->thread_lost_functions |= function->lost != 0 && !reader->missed.is_reset;
    return 0;
}

static int load_edge(struct image_reader *reader, const struct profile_record *record, uint32_t unit)
{
    struct profile *profile = reader->loader->profile;
    const struct image_edge *edge = reader_at(reader, unit, sizeof *edge);
    struct profile_edge *added;

    if (edge == NULL || reader_index(reader, unit, UNIT_EDGE) != PROFILE_NONE)
        return 0;
    if (reader_claim(reader, unit, UNIT_EDGE, (uint32_t)profile->edge_count) != 0)
        return damaged(reader, "a record's edge is none");
    added = ARRAY_APPEND(profile->edges, profile->edge_count);
    if (added == NULL)
        return out_of_memory(reader);
    added->caller = profile->records[record->parent].function;
    added->callee = record->function;
    if (reader->missed.is_reset)
        return 0;
    added->nested = edge->nested;
    added->nested_outermost = edge->nested_outermost;
    added->nested_inclusive = (int64_t)edge->nested_inclusive;
    return 0;
}

static int load_details(struct image_reader *reader, struct profile_record *added,
                        const struct image_record *record)
{
    const struct image_details *details = reader_at(reader, record->details, sizeof *details);
    uint64_t unclocked;

    if (details == NULL)
        return 0;
    if (reader_claim(reader, record->details, UNIT_DONE, 0) != 0)
        return damaged(reader, "a record's details are none");
    added->unwound = details->unwound;
    added->waited = details->waited;
    if (details->stride == 0)
        return 0;
    unclocked = details->unclocked;
    if (details->last < record->calls)
        unclocked += record->calls - details->last;
    added->clocked -= unclocked < added->clocked ? unclocked : added->clocked;
    if (details->variance > 0 && isfinite(details->variance))
        added->variance = details->variance;
    return 0;
}

static int load_figures(struct image_reader *reader, struct profile_record *added,
                        const struct image_record *record)
{
    added->calls = record->calls;
    added->self = (int64_t)record->self;
    added->inclusive = (int64_t)record->inclusive;
    added->clocked = reader->header->reads == IMAGE_READS_NONE ? 0 : record->calls;
    if (record->target & IMAGE_FOLDED)
        reader->thread->folded += record->calls;
    return load_details(reader, added, record);
}

/* Appends the record at UNIT, whose parent is record PARENT. */
static int load_record(struct image_reader *reader, uint32_t unit, uint32_t parent)
{
    struct profile *profile = reader->loader->profile;
    const struct image_record *record = reader_at(reader, unit, sizeof *record);
    uint32_t index = (uint32_t)profile->record_count;
    uint32_t function = PROFILE_NONE;
    struct profile_record *added;

    if (parent != PROFILE_NONE && load_function(reader, record->function, &function) != 0)
        return -1;
    int is_whole = parent == PROFILE_NONE || function != PROFILE_NONE;
    if (reader_claim(reader, unit, is_whole ? UNIT_RECORD : UNIT_DONE, index) != 0)
        return damaged(reader, "its records are no tree");
    if (!is_whole)
        return 0;
    added = ARRAY_APPEND(profile->records, profile->record_count);
    if (added == NULL)
        return out_of_memory(reader);
    added->function = function;
    added->parent = parent;
    added->target =
        (record->target & IMAGE_FOLDED) ? index : reader_index(reader, record->target, UNIT_RECORD);
    if (added->target == PROFILE_NONE || added->target < reader->thread->root ||
        profile->records[added->target].function != function)
        return damaged(reader, "a recursive call leads nowhere");
    if (!reader->missed.is_reset && load_figures(reader, added, record) != 0)
        return -1;
    return parent == PROFILE_NONE ? 0 : load_edge(reader, added, record->edge);
}

struct pending {
    uint32_t unit, parent;
};

static int pending_push(struct image_reader *reader, struct pending **stack, size_t *count,
                        struct pending next)
{
    struct pending *slot;

    if (reader_at(reader, next.unit, sizeof(struct image_record)) == NULL)
        return 0;
    slot = ARRAY_APPEND(*stack, *count);
    if (slot == NULL)
        return out_of_memory(reader);
    *slot = next;
    return 0;
}

/* Loads the tree below the record at ROOT, parents before children. */
static int load_records(struct image_reader *reader, uint32_t root)
{
    struct pending *stack = NULL;
    size_t count = 0;
    int result = pending_push(reader, &stack, &count, (struct pending){root, PROFILE_NONE});

    while (result == 0 && count > 0) {
        struct pending next = stack[--count];
        const struct image_record *record = reader_at(reader, next.unit, sizeof *record);
        uint32_t index;

        if (next.parent != PROFILE_NONE)
            result =
                pending_push(reader, &stack, &count, (struct pending){record->next_sibling, next.parent});
        if (result == 0)
            result = load_record(reader, next.unit, next.parent);
        if (result == 0 && (index = reader_index(reader, next.unit, UNIT_RECORD)) != PROFILE_NONE)
            result = pending_push(reader, &stack, &count, (struct pending){record->first_child, index});
    }
    free(stack);
    return result;
}

/* Calls that were counted by function, for want of a record, get a record below the root that has nothing
 * else. */
static int load_lost(struct image_reader *reader)
{
    struct profile *profile = reader->loader->profile;
    uint32_t root = reader->thread->root;

    if (!reader->thread_lost_functions)
        return 0;
    for (uint32_t unit = 1; unit < reader->unit_count; unit++) {
        const struct image_function *function = reader_at(reader, unit, sizeof *function);
        uint32_t index = reader_index(reader, unit, UNIT_FUNCTION);
        struct profile_record *added;

        if (index == PROFILE_NONE || function->lost == 0)
            continue;
        reader->units[unit].kind = UNIT_DONE;
        added = ARRAY_APPEND(profile->records, profile->record_count);
        if (added == NULL)
            return out_of_memory(reader);
        added->function = index;
        added->parent = root;
        added->target = (uint32_t)(added - profile->records);
        added->calls = function->lost;
    }
    return 0;
}

/* Takes out the times that would be negative because the clock has stepped back: the counters of processors
 * may disagree, and those of a machine that was suspended may begin anew. What is not estimated is never
 * negative else. */
static void forget_steps_back(struct profile *profile, struct profile_thread *thread)
{
    for (size_t i = thread->root; i < profile->record_count; i++) {
        struct profile_record *record = &profile->records[i];

        if (record->inclusive >= (record->clocked == record->calls ? 0 : -ESTIMATE_APART))
            continue;
        record->self = record->self > 0 ? record->self : 0;
        record->inclusive = record->self;
        thread->backwards++;
    }
    for (size_t i = thread->first_edge; i < profile->edge_count; i++)
        if (profile->edges[i].nested_inclusive < -ESTIMATE_APART)
            profile->edges[i].nested_inclusive = 0;
    if (thread->end < thread->start)
        thread->end = thread->start;
}

static int load_thread(struct image_reader *reader, const struct image_thread *thread)
{
    struct profile *profile = reader->loader->profile;
    struct profile_thread *added = ARRAY_APPEND(profile->threads, profile->thread_count);

    if (added == NULL || (added->name = profile_string(profile, thread->name,
                                                       strnlen(thread->name, sizeof thread->name))) == NULL)
        return out_of_memory(reader);
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
    if (load_records(reader, thread->root) != 0)
        return -1;
    if (profile->record_count == added->root)
        return damaged(reader, "a thread has no root");
    if (load_lost(reader) != 0 || open_frames_close(reader, thread) != 0)
        return -1;
    forget_steps_back(profile, added);
    added->record_count = (uint32_t)(profile->record_count - added->root);
    added->edge_count = (uint32_t)(profile->edge_count - added->first_edge);
    if (added->end > added->start)
        added->start += turns_unrecorded(reader, added->start, added->end);
    if (profile_compensate(profile, added) != 0)
        return out_of_memory(reader);
    return 0;
}

/* One that had ended before the figures were reset is as if it had never been. */
static int has_figures(struct image_reader *reader, const struct image_thread *thread)
{
    reader->missed = turns_missed(reader, thread);
    return thread->count != 0 && !(reader->missed.is_reset && thread->end != 0);
}

/* Is the image about this thread? One about all leaves out what is measured by timers of the program's
 * own profiles, which cannot be added up with the rest. */
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
            return damaged(reader, "its list of threads is no list");
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

/* In the image the newest comes first. */
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
            return damaged(reader, "its list of throttled functions is no list");
        if (address_add(reader, throttled->function, throttled->module, &function) != 0 ||
            (added = ARRAY_APPEND(profile->throttled, profile->throttled_count)) == NULL)
            return out_of_memory(reader);
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

/* A program that changes what ps(1) shows of it leaves the rest of its command line empty: that is no
 * words.
 */
static size_t without_padding(const char *words, size_t size)
{
    size_t end = size;

    while (end > 0 && words[end - 1] == '\0')
        end--;
    return size - end > 2 ? end + 1 : size;
}

/* The command line as a shell would take it: words with anything unusual in them are quoted. */
static const char *command_text(struct profile *profile, const char *words, size_t size)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=,+@%^";
    char *text = malloc(4 * size + 4);
    const char *result;
    char *out = text;

    if (text == NULL)
        return NULL;
    for (size_t i = 0; i < size; i += strnlen(words + i, size - i) + 1) {
        size_t length = strnlen(words + i, size - i);
        int quoted = length == 0 || strspn(words + i, plain) < length;

        if (i > 0)
            *out++ = ' ';
        if (quoted)
            *out++ = '\'';
        for (size_t j = i; j < i + length; j++) {
            if (words[j] == '\'')
                out = (char *)memcpy(out, "'\\'", 3) + 3;
            *out++ = words[j];
        }
        if (quoted)
            *out++ = '\'';
    }
    result = profile_string(profile, text, (size_t)(out - text));
    free(text);
    return result;
}

/* Nanoseconds a tick, from two anchors as far apart as there are. */
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
 * Did the machine sleep, or the counter go otherwise than at the start? It may, where a machine or a
 * virtual one is suspended. A tick is then what it was at the start, for no other is known.
 *
 * The bounds leave out what is not in the clocks: a process may lose its processor between two readings,
 * and what is measured in a moment is not exact.
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

/* What the process's clock said at NOW. */
static uint64_t ticks_at(const struct image_reader *reader, const struct image_anchor *now)
{
    return reader->header->clock == IMAGE_CLOCK_MONOTONIC ? now->monotonic : now->ticks;
}

/* A process that was killed, or left by a system call of its own, did something last. */
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
    return process->unit != NULL ? 0 : out_of_memory(reader);
}

static int load_process(struct image_reader *reader, const struct image_anchor *now, int lasted)
{
    struct profile *profile = reader->loader->profile;
    const struct image_header *header = reader->header;
    const struct image_gate *gate;
    struct profile_process *added = ARRAY_APPEND(profile->processes, profile->process_count);

    if (added == NULL ||
        (added->command = command_text(profile, header->command,
                                       without_padding(header->command, header->command_size))) == NULL)
        return out_of_memory(reader);
    added->pid = header->pid;
    added->parent = header->parent_pid;
    added->start_time = header->start_time;
    added->children_lost = header->children_lost;
    added->reads = (enum profile_reads)header->reads;
    added->costs = (struct profile_costs){.inside = (double)header->costs.inside / IMAGE_COST_UNIT,
                                          .sampled = (double)header->costs.sampled / IMAGE_COST_UNIT,
                                          .outside = (double)header->costs.outside / IMAGE_COST_UNIT,
                                          .unclocked = (double)header->costs.unclocked / IMAGE_COST_UNIT};
    added->tick_ns = tick_length(header, now != NULL ? now : &header->last);
    added->waits = header->waits != 0;
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

void image_loader_open(struct image_loader *loader, struct profile *profile)
{
    *loader = (struct image_loader){.profile = profile};
}

void image_loader_close(struct image_loader *loader)
{
    hash_free(&loader->functions);
    hash_free(&loader->modules);
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
        return out_of_memory(&reader);
    result = load_process(&reader, now, lasted);
    if (result == 0)
        result = load_modules(&reader);
    if (result == 0)
        result = load_throttled(&reader);
    if (result == 0)
        result = load_threads(&reader);
    if (result == 0 && profile->thread_count > before.thread_count)
        profile->threads[before.thread_count].lost += reader.header->lost; /* by whom is not known */
    free(reader.units);
    if (result != 0) { /* functions and modules may stay: they have no figures */
        profile->process_count = before.process_count;
        profile->thread_count = before.thread_count;
        profile->record_count = before.record_count;
        profile->edge_count = before.edge_count;
        profile->throttled_count = before.throttled_count;
    }
    return result;
}
