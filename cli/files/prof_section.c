/*
 * prof_section.c - the section of a finished profile. See prof_section.h, and prof(5) for the layout.
 *
 * The functions stand in the order of the layout. One function writes a thing, and the next one reads it.
 *
 * An index that may be missing is written plus one, with 0 for none. Records refer to their parents and
 * targets by distance, so most numbers take one byte.
 */
#include "cli/files/prof_section.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/memory.h"

/* Flags in the number that holds enum profile_reads. */
enum { READS_PAUSED = 4, READS_RESET = 8 };

/* A factor of enum profile_sampler in the number that holds profile_process.samples_kernel too. */
enum { SAMPLER_UNIT = 2 };

/* The least bytes of each thing. So no count in a file makes the reader take much more memory than the file
 * has. */
enum {
    LEAST_PROCESS = 97,
    LEAST_MODULE = 5,
    LEAST_FUNCTION = 6,
    LEAST_THROTTLED = 11,
    LEAST_RECORD = 16,
    LEAST_EDGE = 6,
    LEAST_THREAD = 15 + LEAST_RECORD
};

/* A reader, and the profile that it fills and checks indexes against. */
struct section {
    struct byte_reader bytes;
    struct profile *profile;
    int out_of_memory;
};

/* Returns an array of COUNT zeroed elements for the profile. Fails the reader and returns NULL without
 * memory. */
static void *section_array(struct section *section, size_t count, size_t size)
{
    void *items = calloc(count ? count : 1, size);

    memory_use_large_pages(items, count * size);
    if (items == NULL)
        section->out_of_memory = section->bytes.failed = 1;
    return items;
}

/* Reads a string into the profile. Returns LAST, which may be NULL, if that is equal; or "" on failure. */
static const char *section_string_again(struct section *section, const char *last)
{
    size_t length = bytes_read_count(&section->bytes, 1);
    const unsigned char *bytes = bytes_read(&section->bytes, length);
    const char *text;

    if (bytes == NULL || memchr(bytes, '\0', length) != NULL) {
        section->bytes.failed = 1;
        return "";
    }
    if (last != NULL && strncmp(last, (const char *)bytes, length) == 0 && last[length] == '\0')
        return last;
    text = profile_string(section->profile, (const char *)bytes, length);
    if (text == NULL)
        section->out_of_memory = section->bytes.failed = 1;
    return text != NULL ? text : "";
}

static const char *section_string(struct section *section)
{
    return section_string_again(section, NULL);
}

/* Writes an optional string: a flag, then the string. */
static void write_optional(struct byte_writer *out, const char *text)
{
    bytes_write_number(out, text != NULL);
    if (text != NULL)
        bytes_write_string(out, text);
}

static const char *read_optional(struct section *section, const char *last)
{
    return bytes_read_below(&section->bytes, 2) ? section_string_again(section, last) : NULL;
}

/* Writes an optional index. */
static void write_index(struct byte_writer *out, uint32_t index)
{
    bytes_write_number(out, index == PROFILE_NONE ? 0 : (uint64_t)index + 1);
}

static uint32_t read_index(struct section *section, size_t count)
{
    uint64_t index = bytes_read_below(&section->bytes, (uint64_t)count + 1);

    return index == 0 ? PROFILE_NONE : (uint32_t)(index - 1);
}

static void write_process(struct byte_writer *out, const struct profile_process *process)
{
    bytes_write_number(out, process->pid);
    bytes_write_number(out, process->parent);
    bytes_write_number(out, process->count);
    bytes_write_number(out, process->runs);
    bytes_write_string(out, process->command);
    bytes_write_double(out, process->tick_ns);
    bytes_write_number(out, process->start);
    bytes_write_number(out, process->end);
    bytes_write_signed(out, process->start_time);
    bytes_write_double(out, process->cpu);
    bytes_write_number(out, process->exit);
    bytes_write_number(out, process->exit_value);
    bytes_write_number(out, process->children_lost);
    bytes_write_number(out, (uint64_t)process->reads | (process->is_paused ? READS_PAUSED : 0) |
                                (process->is_reset ? READS_RESET : 0));
    bytes_write_double(out, process->costs.inside);
    bytes_write_double(out, process->costs.sampled);
    bytes_write_double(out, process->costs.outside);
    bytes_write_double(out, process->costs.unclocked);
    bytes_write_number(out, process->timer);
    bytes_write_string(out, process->unit != NULL ? process->unit : "");
    bytes_write_double(out, process->tick);
    bytes_write_number(out, process->waits != 0);
    bytes_write_double(out, process->period);
    bytes_write_number(out, process->unsampled);
    bytes_write_number(out, (uint64_t)process->sampler * SAMPLER_UNIT + (process->samples_kernel != 0));
    bytes_write_double(out, process->asleep);
    bytes_write_double(out, process->astray);
}

static int is_cost(double ticks)
{
    return isfinite(ticks) && ticks >= 0;
}

static void read_process(struct section *section, struct profile_process *process)
{
    struct byte_reader *in = &section->bytes;
    uint64_t reads, sampler;

    process->pid = bytes_read_number(in);
    process->parent = bytes_read_number(in);
    process->count = bytes_read_number(in);
    process->runs = bytes_read_number(in);
    process->command = section_string(section);
    process->tick_ns = bytes_read_double(in);
    process->start = bytes_read_number(in);
    process->end = bytes_read_number(in);
    process->start_time = bytes_read_signed(in);
    process->cpu = bytes_read_double(in);
    process->exit = (enum profile_exit)bytes_read_below(in, PROFILE_EXIT_SIGNAL + 1);
    process->exit_value = (uint32_t)bytes_read_below(in, (uint64_t)UINT32_MAX + 1);
    process->children_lost = bytes_read_number(in);
    reads = bytes_read_below(in, READS_RESET << 1);
    process->reads = (enum profile_reads)(reads & PROFILE_READS_NONE);
    process->is_paused = (reads & READS_PAUSED) != 0;
    process->is_reset = (reads & READS_RESET) != 0;
    process->costs.inside = bytes_read_double(in);
    process->costs.sampled = bytes_read_double(in);
    process->costs.outside = bytes_read_double(in);
    process->costs.unclocked = bytes_read_double(in);
    process->timer = (enum profile_timer)bytes_read_below(in, PROFILE_TIMER_CUSTOM + 1);
    process->unit = section_string(section);
    process->tick = bytes_read_double(in);
    process->waits = (int)bytes_read_below(in, 2);
    process->period = bytes_read_double(in);
    process->unsampled = bytes_read_number(in);
    sampler = bytes_read_below(in, ((uint64_t)PROFILE_SAMPLER_TIMER + 1) * SAMPLER_UNIT);
    process->sampler = (enum profile_sampler)(sampler / SAMPLER_UNIT);
    process->samples_kernel = (int)(sampler % SAMPLER_UNIT);
    process->asleep = bytes_read_double(in);
    process->astray = bytes_read_double(in);
    if (!profile_is_tick(process->tick_ns) || process->tick_ns == 0 || !is_cost(process->costs.inside) ||
        !is_cost(process->costs.sampled) || !is_cost(process->costs.outside) ||
        !is_cost(process->costs.unclocked) || !profile_is_tick(process->tick) || !is_cost(process->asleep) ||
        !is_cost(process->period) || !is_cost(process->cpu) || !isfinite(process->astray))
        in->failed = 1;
}

static void write_module(struct byte_writer *out, const struct profile_module *module)
{
    bytes_write_string(out, module->file.path);
    bytes_write_number(out, module->file.build_id_size);
    bytes_write(out, module->file.build_id, module->file.build_id_size);
    bytes_write_number(out, module->file.size);
    bytes_write_signed(out, module->file.mtime);
    bytes_write_number(out, module->symbolized != 0);
}

static void read_module(struct section *section, struct profile_module *module)
{
    struct byte_reader *in = &section->bytes;
    const unsigned char *build_id;

    module->file.path = section_string(section);
    module->file.build_id_size = bytes_read_below(in, SYMBOLIZER_BUILD_ID_MAX + 1);
    build_id = bytes_read(in, module->file.build_id_size);
    if (build_id != NULL)
        memcpy(module->file.build_id, build_id, module->file.build_id_size);
    module->file.size = bytes_read_number(in);
    module->file.mtime = bytes_read_signed(in);
    module->symbolized = (int)bytes_read_below(in, 2);
}

static void write_function(struct byte_writer *out, const struct profile_function *function)
{
    write_index(out, function->module);
    bytes_write_number(out, function->offset);
    write_optional(out, function->name);
    write_optional(out, function->file);
    bytes_write_number(out, function->line);
    bytes_write_number(out, function->language);
}

/* Reads a function. LAST is the function before, which often has the file of this one. */
static void read_function(struct section *section, struct profile_function *function,
                          const struct profile_function *last)
{
    struct byte_reader *in = &section->bytes;

    function->module = read_index(section, section->profile->module_count);
    function->offset = bytes_read_number(in);
    function->name = read_optional(section, NULL);
    function->file = read_optional(section, last->file);
    function->line = (uint32_t)bytes_read_below(in, (uint64_t)UINT32_MAX + 1);
    function->language = (enum symbolizer_language)bytes_read_below(in, SYMBOLIZER_LANGUAGE_COUNT);
}

static void write_record(struct byte_writer *out, const struct profile_record *record, uint32_t index)
{
    write_index(out, record->function);
    bytes_write_number(out, record->parent == PROFILE_NONE ? 0 : index - record->parent);
    bytes_write_number(out, index - record->target);
    bytes_write_number(out, record->calls);
    bytes_write_number(out, record->calls - record->clocked);
    bytes_write_signed(out, record->self);
    bytes_write_signed(out, record->inclusive);
    bytes_write_signed(out, record->overhead);
    bytes_write_signed(out, record->inclusive_overhead);
    bytes_write_number(out, record->variance < 0x1p63 ? (uint64_t)ceil(record->variance) : UINT64_MAX);
    bytes_write_number(out, record->unwound);
    bytes_write_number(out, record->waited);
    bytes_write_number(out, record->samples);
    bytes_write_number(out, record->hook_samples);
    bytes_write_number(out, record->blocked);
    bytes_write_number(out, record->preempted);
}

static void read_record(struct section *section, struct profile_record *record, uint32_t index, uint32_t root)
{
    struct byte_reader *in = &section->bytes;
    uint64_t unclocked;
    uint32_t distance;

    record->function = read_index(section, section->profile->function_count);
    distance = (uint32_t)bytes_read_below(in, (uint64_t)index - root + 1);
    record->parent = distance == 0 ? PROFILE_NONE : index - distance;
    record->target = index - (uint32_t)bytes_read_below(in, (uint64_t)index - root + 1);
    record->calls = bytes_read_number(in);
    unclocked = bytes_read_number(in);
    record->self = bytes_read_signed(in);
    record->inclusive = bytes_read_signed(in);
    record->overhead = bytes_read_signed(in);
    record->inclusive_overhead = bytes_read_signed(in);
    record->variance = (double)bytes_read_number(in);
    record->unwound = bytes_read_number(in);
    record->waited = bytes_read_number(in);
    record->samples = bytes_read_number(in);
    record->hook_samples = bytes_read_number(in);
    record->blocked = bytes_read_number(in);
    record->preempted = bytes_read_number(in);
    record->clocked = record->calls - unclocked;
    if (unclocked > record->calls || (index == root) != (record->parent == PROFILE_NONE) ||
        (index == root) != (record->function == PROFILE_NONE) ||
        section->profile->records[record->target].function != record->function)
        in->failed = 1;
}

static void write_edge(struct byte_writer *out, const struct profile_edge *edge)
{
    write_index(out, edge->caller);
    write_index(out, edge->callee);
    bytes_write_number(out, edge->nested);
    bytes_write_number(out, edge->nested_outermost);
    bytes_write_signed(out, edge->nested_inclusive);
    bytes_write_signed(out, edge->nested_overhead);
}

static void read_edge(struct section *section, struct profile_edge *edge)
{
    struct byte_reader *in = &section->bytes;

    edge->caller = read_index(section, section->profile->function_count);
    edge->callee = read_index(section, section->profile->function_count);
    edge->nested = bytes_read_number(in);
    edge->nested_outermost = bytes_read_number(in);
    edge->nested_inclusive = bytes_read_signed(in);
    edge->nested_overhead = bytes_read_signed(in);
    if (edge->callee == PROFILE_NONE)
        in->failed = 1;
}

/* Returns 1 if the edge has figures. An edge that was never nested has none. It may have a time, if its
 * process was killed while it counted, or its file is damaged. */
static int is_edge_used(const struct profile_edge *edge)
{
    return (edge->nested | edge->nested_outermost) != 0 || edge->nested_inclusive != 0;
}

static size_t edges_used(const struct profile *profile, const struct profile_thread *thread)
{
    size_t used = 0;

    for (uint32_t i = 0; i < thread->edge_count; i++)
        used += (size_t)is_edge_used(&profile->edges[thread->first_edge + i]);
    return used;
}

static void write_throttled(struct byte_writer *out, const struct profile_throttled *throttled)
{
    bytes_write_number(out, throttled->process);
    bytes_write_number(out, throttled->function);
    bytes_write_number(out, throttled->calls);
    bytes_write_double(out, throttled->after);
}

static void read_throttled(struct section *section, struct profile_throttled *throttled)
{
    struct byte_reader *in = &section->bytes;

    throttled->process = (uint32_t)bytes_read_below(in, section->profile->process_count);
    throttled->function = (uint32_t)bytes_read_below(in, section->profile->function_count);
    throttled->calls = bytes_read_number(in);
    throttled->after = bytes_read_double(in);
    if (!isfinite(throttled->after))
        in->failed = 1;
}

/* Writes a thread, and its records and edges behind it. */
static void write_thread(struct byte_writer *out, const struct profile *profile,
                         const struct profile_thread *thread)
{
    bytes_write_number(out, thread->process);
    bytes_write_number(out, thread->tid);
    bytes_write_string(out, thread->name);
    bytes_write_number(out, thread->count);
    bytes_write_number(out, thread->is_strand != 0);
    bytes_write_number(out, thread->start);
    bytes_write_number(out, thread->end);
    bytes_write_number(out, thread->unwound);
    bytes_write_number(out, thread->unmatched);
    bytes_write_number(out, thread->open);
    bytes_write_number(out, thread->lost);
    bytes_write_number(out, thread->folded);
    bytes_write_number(out, thread->backwards);
    bytes_write_number(out, thread->record_count);
    for (uint32_t i = thread->root; i < thread->root + thread->record_count; i++)
        write_record(out, &profile->records[i], i);
    bytes_write_number(out, edges_used(profile, thread));
    for (uint32_t i = 0; i < thread->edge_count; i++)
        if (is_edge_used(&profile->edges[thread->first_edge + i]))
            write_edge(out, &profile->edges[thread->first_edge + i]);
}

/* Takes the next COUNT elements of an array of LIMIT, of which TAKEN are taken. Returns the first, or fails
 * the reader. */
static uint32_t section_take(struct section *section, size_t *taken, size_t limit, size_t count)
{
    uint32_t first = (uint32_t)*taken;

    if (count > limit - *taken) {
        section->bytes.failed = 1;
        return 0;
    }
    *taken += count;
    return first;
}

static void read_thread(struct section *section, struct profile_thread *thread, size_t *records,
                        size_t *edges)
{
    struct profile *profile = section->profile;
    struct byte_reader *in = &section->bytes;

    thread->process = (uint32_t)bytes_read_below(in, profile->process_count);
    thread->tid = bytes_read_number(in);
    thread->name = section_string(section);
    thread->count = bytes_read_number(in);
    thread->is_strand = (int)bytes_read_below(in, 2);
    thread->start = bytes_read_number(in);
    thread->end = bytes_read_number(in);
    thread->unwound = bytes_read_number(in);
    thread->unmatched = bytes_read_number(in);
    thread->open = bytes_read_number(in);
    thread->lost = bytes_read_number(in);
    thread->folded = bytes_read_number(in);
    thread->backwards = bytes_read_number(in);
    thread->record_count = (uint32_t)bytes_read_count(in, LEAST_RECORD);
    thread->root = section_take(section, records, profile->record_count, thread->record_count);
    for (uint32_t i = thread->root; i < thread->root + thread->record_count && !in->failed; i++)
        read_record(section, &profile->records[i], i, thread->root);
    thread->edge_count = (uint32_t)bytes_read_count(in, LEAST_EDGE);
    thread->first_edge = section_take(section, edges, profile->edge_count, thread->edge_count);
    for (uint32_t i = 0; i < thread->edge_count && !in->failed; i++)
        read_edge(section, &profile->edges[thread->first_edge + i]);
    if (thread->record_count == 0)
        in->failed = 1;
}

void prof_section_write(struct byte_writer *out, const struct profile *profile)
{
    size_t edges = 0;

    for (size_t i = 0; i < profile->thread_count; i++)
        edges += edges_used(profile, &profile->threads[i]);
    bytes_write(out, PROF_SECTION_MAGIC, PROF_MAGIC_SIZE);
    bytes_write_number(out, profile->process_count);
    for (size_t i = 0; i < profile->process_count; i++)
        write_process(out, &profile->processes[i]);
    bytes_write_number(out, profile->module_count);
    for (size_t i = 0; i < profile->module_count; i++)
        write_module(out, &profile->modules[i]);
    bytes_write_number(out, profile->function_count);
    for (size_t i = 0; i < profile->function_count; i++)
        write_function(out, &profile->functions[i]);
    write_optional(out, profile->filters);
    bytes_write_number(out, profile->throttled_count);
    for (size_t i = 0; i < profile->throttled_count; i++)
        write_throttled(out, &profile->throttled[i]);
    bytes_write_number(out, profile->record_count);
    bytes_write_number(out, edges);
    bytes_write_number(out, profile->thread_count);
    for (size_t i = 0; i < profile->thread_count; i++)
        write_thread(out, profile, &profile->threads[i]);
}

static void read_section(struct section *section)
{
    struct profile *profile = section->profile;
    struct byte_reader *in = &section->bytes;
    size_t records = 0, edges = 0;

    bytes_read(in, PROF_MAGIC_SIZE);
    profile->process_count = bytes_read_count(in, LEAST_PROCESS);
    profile->processes = section_array(section, profile->process_count, sizeof *profile->processes);
    for (size_t i = 0; i < profile->process_count && !in->failed; i++)
        read_process(section, &profile->processes[i]);
    if (!in->failed && !profile_is_of_one_measure(profile))
        in->failed = 1;
    profile->module_count = bytes_read_count(in, LEAST_MODULE);
    profile->modules = section_array(section, profile->module_count, sizeof *profile->modules);
    for (size_t i = 0; i < profile->module_count && !in->failed; i++)
        read_module(section, &profile->modules[i]);
    profile->function_count = bytes_read_count(in, LEAST_FUNCTION);
    profile->functions = section_array(section, profile->function_count, sizeof *profile->functions);
    for (size_t i = 0; i < profile->function_count && !in->failed; i++)
        read_function(section, &profile->functions[i], &profile->functions[i > 0 ? i - 1 : 0]);
    profile->filters = read_optional(section, NULL);
    profile->throttled_count = bytes_read_count(in, LEAST_THROTTLED);
    profile->throttled = section_array(section, profile->throttled_count, sizeof *profile->throttled);
    for (size_t i = 0; i < profile->throttled_count && !in->failed; i++)
        read_throttled(section, &profile->throttled[i]);
    profile->record_count = bytes_read_count(in, LEAST_RECORD);
    profile->records = section_array(section, profile->record_count, sizeof *profile->records);
    profile->edge_count = bytes_read_count(in, LEAST_EDGE);
    profile->edges = section_array(section, profile->edge_count, sizeof *profile->edges);
    profile->thread_count = bytes_read_count(in, LEAST_THREAD);
    profile->threads = section_array(section, profile->thread_count, sizeof *profile->threads);
    for (size_t i = 0; i < profile->thread_count && !in->failed; i++)
        read_thread(section, &profile->threads[i], &records, &edges);
    if (in->next != in->end || records != profile->record_count || edges != profile->edge_count)
        in->failed = 1;
}

int prof_section_read(struct profile *profile, const unsigned char *data, size_t size, const char *path,
                      struct message *message)
{
    struct section section = {.bytes = {data, data + size, 0}, .profile = profile};

    read_section(&section);
    if (section.out_of_memory)
        return message_set(message, "%s: out of memory while loading", path);
    if (section.bytes.failed)
        return message_set(message, "%s is damaged: its contents make no sense", path);
    return 0;
}
