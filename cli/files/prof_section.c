/*
 * prof_section.c - the section of a finished profile. See prof_section.h, and prof(5) for the layout.
 *
 * The functions stand in the order of the layout. One function writes a thing, and the next one reads it.
 *
 * An index that may be missing is written plus one, with 0 for none. Each thread's records and edges are
 * packed apart from the rest, so that a reader can take the threads one after another (cli/model/threads.h).
 */
#include "cli/files/prof_section.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/memory.h"
#include "cli/base/pack.h"
#include "cli/files/prof_contexts.h"
#include "cli/files/prof_records.h"
#include "cli/files/prof_sums.h"
#include "cli/model/threads.h"

/* Flags in the number that holds enum profile_reads. */
enum { READS_PAUSED = 4, READS_RESET = 8 };

/* A factor of enum profile_sampler in the number that holds profile_process.samples_kernel too. */
enum { SAMPLER_UNIT = 2 };

/* The least bytes of each thing. So no count in a file makes the reader take much more memory than the file
 * has. */
enum { LEAST_PROCESS = 97, LEAST_MODULE = 5, LEAST_FUNCTION = 7, LEAST_THROTTLED = 11, LEAST_THREAD = 17 };

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

static void write_function(struct byte_writer *out, const struct profile_function *function,
                           enum profile_use use)
{
    write_index(out, function->module);
    bytes_write_number(out, function->offset);
    write_optional(out, function->name);
    write_optional(out, function->file);
    bytes_write_number(out, function->line);
    bytes_write_number(out, function->language);
    bytes_write_number(out, use);
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
    function->use = (enum profile_use)bytes_read_below(in, PROFILE_USE_CALLED + 1);
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

static size_t edges_used(const struct profile *profile, const struct profile_thread *thread)
{
    size_t used = 0;

    for (uint32_t i = 0; i < thread->edge_count; i++)
        used += (size_t)prof_edge_is_used(&profile->edges[thread->first_edge + i]);
    return used;
}

/* Writes a thread. Its records and edges are in a block of their own. */
static void write_thread(struct byte_writer *out, const struct profile *profile,
                         const struct profile_thread *thread)
{
    struct profile_sums sums = profile_sums(profile, thread);

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
    bytes_write_number(out, sums.calls);
    bytes_write_signed(out, sums.self);
    bytes_write_double(out, is_cost(sums.variance) ? sums.variance : 0);
    bytes_write_number(out, thread->record_count);
    bytes_write_number(out, edges_used(profile, thread));
}

static void read_thread(struct section *section, struct profile_thread *thread)
{
    struct byte_reader *in = &section->bytes;

    thread->process = (uint32_t)bytes_read_below(in, section->profile->process_count);
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
    thread->sums.calls = bytes_read_number(in);
    thread->sums.self = bytes_read_signed(in);
    thread->sums.variance = bytes_read_double(in);
    thread->record_count = (uint32_t)bytes_read_below(in, UINT32_MAX);
    thread->edge_count = (uint32_t)bytes_read_below(in, UINT32_MAX);
    if (thread->record_count == 0 || !is_cost(thread->sums.variance))
        in->failed = 1;
}

/* Fills USES, by function. */
static void find_uses(const struct profile *profile, unsigned char *uses)
{
    for (size_t i = 0; i < profile->record_count; i++) {
        const struct profile_record *record = &profile->records[i];

        if (record->function == PROFILE_NONE)
            continue;
        if (!profile_is_empty(record))
            uses[record->function] = PROFILE_USE_CALLED;
        else if (uses[record->function] == PROFILE_USE_NONE)
            uses[record->function] = PROFILE_USE_UNCALLED;
    }
}

static void write_functions(struct byte_writer *out, const struct profile *profile)
{
    unsigned char *uses = calloc(profile->function_count + 1, 1);

    bytes_write_number(out, profile->function_count);
    if (uses != NULL)
        find_uses(profile, uses);
    else
        out->failed = 1;
    for (size_t i = 0; i < profile->function_count && uses != NULL; i++)
        write_function(out, &profile->functions[i], (enum profile_use)uses[i]);
    free(uses);
}

/* Writes the block of all that does not belong to one thread. */
static void write_head(struct byte_writer *out, const struct profile *profile,
                       const struct prof_contexts *contexts)
{
    struct byte_writer head = {0};

    bytes_write_number(&head, profile->process_count);
    for (size_t i = 0; i < profile->process_count; i++)
        write_process(&head, &profile->processes[i]);
    bytes_write_number(&head, profile->module_count);
    for (size_t i = 0; i < profile->module_count; i++)
        write_module(&head, &profile->modules[i]);
    write_functions(&head, profile);
    write_optional(&head, profile->filters);
    bytes_write_number(&head, profile->throttled_count);
    for (size_t i = 0; i < profile->throttled_count; i++)
        write_throttled(&head, &profile->throttled[i]);
    prof_contexts_write(&head, contexts);
    bytes_write_number(&head, profile->thread_count);
    for (size_t i = 0; i < profile->thread_count; i++)
        write_thread(&head, profile, &profile->threads[i]);
    out->failed |= head.failed;
    if (!head.failed)
        pack_write(out, head.bytes, head.size);
    free(head.bytes);
}

/* Writes the block of the sums. */
static void write_sums(struct byte_writer *out, const struct profile *profile)
{
    struct byte_writer block = {0};

    prof_sums_write(&block, profile);
    out->failed |= block.failed;
    if (!block.failed)
        pack_write(out, block.bytes, block.size);
    free(block.bytes);
}

/* Writes the block of a thread. */
static void write_block(struct byte_writer *out, const struct profile *profile,
                        const struct profile_thread *thread, const uint32_t *ids)
{
    struct byte_writer block = {0};

    prof_records_write(&block, profile, thread, ids);
    out->failed |= block.failed;
    if (!block.failed)
        pack_write(out, block.bytes, block.size);
    free(block.bytes);
}

void prof_section_write(struct byte_writer *out, const struct profile *profile)
{
    struct prof_contexts_maker maker = {0};
    uint32_t *ids = reallocarray(NULL, profile->record_count + 1, sizeof *ids);

    for (size_t i = 0; i < profile->thread_count && ids != NULL; i++)
        if (prof_contexts_add(&maker, profile, &profile->threads[i], ids + profile->threads[i].root) != 0)
            out->failed = 1;
    out->failed |= ids == NULL;
    if (!out->failed) {
        bytes_write(out, PROF_SECTION_MAGIC, PROF_MAGIC_SIZE);
        write_head(out, profile, &maker.list);
        write_sums(out, profile);
        for (size_t i = 0; i < profile->thread_count; i++)
            write_block(out, profile, &profile->threads[i], ids + profile->threads[i].root);
    }
    prof_contexts_maker_free(&maker);
    free(ids);
}

/* The source of a profile that is read from a section. */
struct section_source {
    struct profile_source source;
    struct prof_records records;
    struct packed *blocks; /* by number of the thread */
    unsigned char *bytes;  /* of the thread that is being loaded */
};

/* Frees what only loading a thread needs. */
static void release(struct section_source *section)
{
    prof_records_close(&section->records);
    free(section->bytes);
    section->bytes = NULL;
}

static void close_source(struct profile_source *source)
{
    struct section_source *section = (struct section_source *)source;

    release(section);
    free(source->figures);
    free(section->blocks);
    free(section);
}

/* Returns 1 if the section tells the truth about the records of THREAD, the first of PROFILE's: their sums,
 * and that their functions are used. */
static int is_true(const struct profile *profile, const struct profile_thread *thread)
{
    const struct profile whole = {.records = profile->records};
    struct profile_sums sums = profile_sums(&whole, thread);

    for (uint32_t i = 1; i < thread->record_count; i++) {
        const struct profile_record *record = &profile->records[i];

        if (profile->functions[record->function].use <
            (profile_is_empty(record) ? PROFILE_USE_UNCALLED : PROFILE_USE_CALLED))
            return 0;
    }
    return sums.calls == thread->sums.calls && sums.self == thread->sums.self;
}

static int load_thread(struct profile_source *source, const struct profile *profile,
                       const struct profile_thread *thread)
{
    struct section_source *section = (struct section_source *)source;
    const struct packed *block = &section->blocks[thread->number];

    if (section->bytes == NULL)
        return -1;
    struct byte_reader in = {section->bytes, section->bytes + block->size, 0};

    if (pack_unpack(block, section->bytes) == 0)
        prof_records_read(&section->records, &in, profile, thread);
    else
        in.failed = 1;
    if (in.failed || !is_true(profile, thread))
        source->is_damaged = 1;
    if (profile->thread_count == 1) /* it stays loaded */
        release(section);
    return source->is_damaged ? -1 : 0;
}

static void read_head(struct section *section, struct prof_contexts *contexts)
{
    struct profile *profile = section->profile;
    struct byte_reader *in = &section->bytes;

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
    if (prof_contexts_read(in, profile->function_count, contexts) != 0)
        section->out_of_memory = in->failed = 1;
    profile->thread_count = bytes_read_count(in, LEAST_THREAD);
    profile->threads = section_array(section, profile->thread_count, sizeof *profile->threads);
    for (size_t i = 0; i < profile->thread_count && !in->failed; i++)
        read_thread(section, &profile->threads[i]);
    if (in->next != in->end)
        in->failed = 1;
}

/* Unpacks the next block, and makes it what the section reads. Returns its bytes, to be given to
 * close_block(), or NULL on failure. REST is the section behind it. */
static unsigned char *open_block(struct section *section, struct byte_reader *rest)
{
    struct packed packed = pack_read(&section->bytes);
    unsigned char *bytes = malloc(packed.size + 1);

    *rest = section->bytes;
    if (bytes == NULL)
        section->out_of_memory = section->bytes.failed = 1;
    else if (section->bytes.failed || pack_unpack(&packed, bytes) != 0)
        section->bytes.failed = 1;
    else
        section->bytes = (struct byte_reader){bytes, bytes + packed.size, 0};
    if (!section->bytes.failed)
        return bytes;
    free(bytes);
    return NULL;
}

static void close_block(struct section *section, unsigned char *bytes, const struct byte_reader *rest)
{
    int failed = section->bytes.failed;

    section->bytes = *rest;
    section->bytes.failed |= failed;
    free(bytes);
}

/* Reads the blocks that belong to no thread. */
static void read_common(struct section *section, struct section_source *source)
{
    struct byte_reader rest;
    unsigned char *bytes = open_block(section, &rest);

    if (bytes == NULL)
        return;
    read_head(section, &source->records.contexts);
    close_block(section, bytes, &rest);
    bytes = open_block(section, &rest);
    if (bytes == NULL)
        return;
    if (prof_sums_read(&section->bytes, section->profile->function_count, &source->source) != 0)
        section->out_of_memory = section->bytes.failed = 1;
    close_block(section, bytes, &rest);
}

/* Finds the blocks of the threads. Fills in what the largest of all threads needs. */
static void find_blocks(struct section *section, struct section_source *source)
{
    struct profile *profile = section->profile;
    struct byte_reader *in = &section->bytes;
    size_t bytes = 0;

    source->blocks = section_array(section, profile->thread_count, sizeof *source->blocks);
    for (uint32_t i = 0; i < profile->thread_count && !in->failed; i++) {
        struct profile_thread *thread = &profile->threads[i];
        struct packed block = source->blocks[i] = pack_read(in);

        thread->number = i;
        if ((thread->record_count - 1) > block.size / PROF_LEAST_RECORD ||
            thread->edge_count > block.size / PROF_LEAST_EDGE)
            in->failed = 1;
        bytes = block.size > bytes ? block.size : bytes;
        if (thread->record_count > profile->record_count)
            profile->record_count = thread->record_count;
        if (thread->edge_count > profile->edge_count)
            profile->edge_count = thread->edge_count;
    }
    if (in->next != in->end)
        in->failed = 1;
    if (in->failed)
        return;
    source->bytes = section_array(section, bytes, 1);
    profile->records = section_array(section, profile->record_count, sizeof *profile->records);
    profile->edges = section_array(section, profile->edge_count, sizeof *profile->edges);
    if (prof_records_open(&source->records, (uint32_t)profile->record_count) != 0)
        section->out_of_memory = in->failed = 1;
}

int prof_section_open(struct profile *profile, const unsigned char *data, size_t size, const char *path,
                      struct message *message)
{
    struct section section = {.bytes = {data, data + size, 0}, .profile = profile};
    struct section_source *source = calloc(1, sizeof *source);

    if (source == NULL)
        return message_set(message, "%s: out of memory while loading", path);
    source->source =
        (struct profile_source){.load = load_thread, .close = close_source, .loaded = PROFILE_NONE};
    profile->source = &source->source;
    bytes_read(&section.bytes, PROF_MAGIC_SIZE);
    read_common(&section, source);
    if (!section.bytes.failed)
        find_blocks(&section, source);
    if (section.out_of_memory)
        return message_set(message, "%s: out of memory while loading", path);
    if (section.bytes.failed)
        return message_set(message, PROF_DAMAGED, path);
    return 0;
}
