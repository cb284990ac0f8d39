/*
 * prof_records.c - the records and edges of a thread in a file. See prof_records.h, and prof(5) for the
 * layout.
 */
#include "cli/files/prof_records.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/base/memory.h"

/* The columns in the order of the file. */
enum column {
    CONTEXT, /* less that of the record before it, and less 1 */
    CALLS,
    UNCLOCKED,
    OWN, /* self without the overhead */
    OVERHEAD,
    INCLUSIVE,          /* less the sum that follows from the tree */
    INCLUSIVE_OVERHEAD, /* less the sum that follows from the tree */
    VARIANCE,
    VARIANCE_REST,
    UNWOUND,
    WAITED,
    SAMPLES,
    HOOK_SAMPLES,
    BLOCKED,
    PREEMPTED,
    COLUMN_COUNT
};

/* The self time and overhead of a record and all below it, in ticks. They wrap around, whatever a file has.
 */
struct prof_below {
    uint64_t self, overhead;
};

/* ---- variances ---- */

/* A variance has five significant bits, which is more than anybody can tell of it. Numbers below
 * VARIANCE_EXACT are themselves. From there on, VARIANCE_STEPS numbers double a variance. The sum of a
 * thread's variances must be right, though. So the largest, of which there are VARIANCE_WHOLE at most, have
 * their rest in another column. */
enum {
    VARIANCE_EXACT = 32,
    VARIANCE_STEPS = 16,
    VARIANCE_BITS = 5,
    VARIANCE_LIMIT = VARIANCE_EXACT + VARIANCE_STEPS * 512,
    VARIANCE_WHOLE = 1024
};

enum { DOUBLE_BIAS = 1023, DOUBLE_FRACTION = 52 }; /* of the exponent; bits */

static uint64_t pack_variance(double variance)
{
    int exponent;

    if (!(variance > 0))
        return 0;
    if (variance < 0x1p53)
        variance = ceil(variance);
    if (variance <= VARIANCE_EXACT)
        return (uint64_t)variance;
    if (!isfinite(variance))
        return VARIANCE_LIMIT - 1;
    double part = frexp(variance, &exponent);                                    /* 0.5 to 1 */
    uint64_t rounded = (uint64_t)(part * VARIANCE_EXACT + 0.5) - VARIANCE_STEPS; /* 0 to VARIANCE_STEPS */
    uint64_t number = VARIANCE_EXACT + (uint64_t)(exponent - VARIANCE_BITS - 1) * VARIANCE_STEPS + rounded;
    return number < VARIANCE_LIMIT ? number : VARIANCE_LIMIT - 1;
}

/* Puts the bits of the number together: ldexp() took a tenth of the time of reading a big profile. */
static double unpack_variance(uint64_t number)
{
    if (number < VARIANCE_EXACT)
        return (double)number;
    number -= VARIANCE_EXACT;
    uint64_t exponent = number / VARIANCE_STEPS + VARIANCE_BITS;
    uint64_t bits = (DOUBLE_BIAS + exponent) << DOUBLE_FRACTION |
                    number % VARIANCE_STEPS << (DOUBLE_FRACTION - VARIANCE_BITS + 1);
    double variance;

    memcpy(&variance, &bits, sizeof variance);
    return variance;
}

/* ---- writing ---- */

/* The columns of a thread. */
struct writer {
    struct byte_writer columns[COLUMN_COUNT];
    unsigned used; /* bits 1 << enum column: a number is not 0 */
    struct prof_below *below;
    double variance; /* the sum of all, with five bits: so it is the same when they are read */
    uint64_t *order; /* the records in the order of their contexts: context << 32 | record */
};

static void put(struct writer *writer, enum column column, uint64_t number)
{
    bytes_write_number(&writer->columns[column], number);
    writer->used |= (unsigned)(number != 0) << column;
}

static void put_signed(struct writer *writer, enum column column, uint64_t number)
{
    put(writer, column, number << 1 ^ (number >> 63 ? UINT64_MAX : 0));
}

/* Fills BELOW. Parents stand before their children. */
static void sum_below(const struct profile_record *records, const struct profile_thread *thread,
                      struct prof_below *below)
{
    for (uint32_t i = thread->record_count; i-- > 1;) {
        struct prof_below *parent = &below[records[i].parent - thread->root];

        below[i].self += (uint64_t)records[i].self;
        below[i].overhead += (uint64_t)records[i].overhead;
        parent->self += below[i].self;
        parent->overhead += below[i].overhead;
    }
}

static void put_variance(struct writer *writer, double variance)
{
    uint64_t number = pack_variance(variance);
    double rounded = unpack_variance(number);
    int has_rest =
        variance > VARIANCE_EXACT && variance < 0x1p53 && rounded * VARIANCE_WHOLE >= writer->variance;

    put(writer, VARIANCE, number);
    put_signed(writer, VARIANCE_REST, has_rest ? (uint64_t)(int64_t)(ceil(variance) - rounded) : 0);
}

static void put_record(struct writer *writer, const struct profile_record *record,
                       const struct prof_below *expected)
{
    put(writer, CALLS, record->calls);
    put(writer, UNCLOCKED, record->calls - record->clocked);
    put_signed(writer, OWN, (uint64_t)record->self - (uint64_t)record->overhead);
    put_signed(writer, OVERHEAD, (uint64_t)record->overhead);
    put_signed(writer, INCLUSIVE, (uint64_t)record->inclusive - expected->self);
    put_signed(writer, INCLUSIVE_OVERHEAD, (uint64_t)record->inclusive_overhead - expected->overhead);
    put_variance(writer, record->variance);
    put(writer, UNWOUND, record->unwound);
    put(writer, WAITED, record->waited);
    put(writer, SAMPLES, record->samples);
    put(writer, HOOK_SAMPLES, record->hook_samples);
    put(writer, BLOCKED, record->blocked);
    put(writer, PREEMPTED, record->preempted);
}

static int compare_numbers(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

static void put_records(struct writer *writer, const struct profile_record *records,
                        const struct profile_thread *thread, const uint32_t *ids)
{
    static const struct prof_below none;
    uint32_t last = 0;

    for (uint32_t i = 0; i < thread->record_count; i++) {
        writer->order[i] = (uint64_t)ids[i] << 32 | i;
        writer->variance += unpack_variance(pack_variance(records[i].variance));
    }
    qsort(writer->order, thread->record_count, sizeof *writer->order, compare_numbers);
    for (uint32_t i = 0; i < thread->record_count; i++) {
        uint32_t at = (uint32_t)writer->order[i];
        int has_sum = at > 0 && records[at].target == thread->root + at;

        if (at > 0)
            put(writer, CONTEXT, ids[at] - last - 1);
        last = ids[at];
        put_record(writer, &records[at], has_sum ? &writer->below[at] : &none);
    }
}

static void write_columns(struct byte_writer *out, const struct writer *writer)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        const struct byte_writer *column = &writer->columns[i];
        int is_written = i == CONTEXT || (writer->used & 1U << i) != 0;

        out->failed |= column->failed;
        bytes_write_number(out, is_written ? column->size : 0);
        if (is_written)
            bytes_write(out, column->bytes, column->size);
    }
}

/* Writes an index plus one, or 0 for PROFILE_NONE. */
static void write_index(struct byte_writer *out, uint32_t index)
{
    bytes_write_number(out, index == PROFILE_NONE ? 0 : (uint64_t)index + 1);
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

int prof_edge_is_used(const struct profile_edge *edge)
{
    return (edge->nested | edge->nested_outermost) != 0 || edge->nested_inclusive != 0;
}

void prof_records_write(struct byte_writer *out, const struct profile *profile,
                        const struct profile_thread *thread, const uint32_t *ids)
{
    const struct profile_record *records = profile->records + thread->root;
    struct writer writer = {.below = calloc(thread->record_count, sizeof *writer.below),
                            .order = reallocarray(NULL, thread->record_count, sizeof *writer.order)};

    if (writer.below != NULL && writer.order != NULL) {
        sum_below(records, thread, writer.below);
        put_records(&writer, records, thread, ids);
        write_columns(out, &writer);
    } else {
        out->failed = 1;
    }
    for (int i = 0; i < COLUMN_COUNT; i++)
        free(writer.columns[i].bytes);
    free(writer.below);
    free(writer.order);
    for (uint32_t i = 0; i < thread->edge_count; i++)
        if (prof_edge_is_used(&profile->edges[thread->first_edge + i]))
            write_edge(out, &profile->edges[thread->first_edge + i]);
}

/* ---- reading ---- */

int prof_records_open(struct prof_records *reader, uint32_t record_count)
{
    reader->places = calloc(reader->contexts.count + 1, sizeof *reader->places);
    reader->ids = reallocarray(NULL, (size_t)record_count + 1, sizeof *reader->ids);
    reader->below = reallocarray(NULL, (size_t)record_count + 1, sizeof *reader->below);
    memory_use_large_pages(reader->below, record_count * sizeof *reader->below);
    return reader->places != NULL && reader->ids != NULL && reader->below != NULL ? 0 : -1;
}

void prof_records_close(struct prof_records *reader)
{
    free(reader->contexts.items);
    free(reader->places);
    free(reader->ids);
    free(reader->below);
    *reader = (struct prof_records){0};
}

/* Returns the next number of a column. A column that is left out has zeros. */
static uint64_t get(struct byte_reader columns[COLUMN_COUNT], enum column column)
{
    return columns[column].end == NULL ? 0 : bytes_read_number(&columns[column]);
}

static uint64_t get_signed(struct byte_reader columns[COLUMN_COUNT], enum column column)
{
    return columns[column].end == NULL ? 0 : (uint64_t)bytes_read_signed(&columns[column]);
}

static void open_columns(struct byte_reader *in, struct byte_reader columns[COLUMN_COUNT])
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        size_t size = bytes_read_count(in, 1);
        const unsigned char *bytes = bytes_read(in, size);

        columns[i] = (struct byte_reader){0};
        if (bytes != NULL && (size > 0 || i == CONTEXT))
            columns[i] = (struct byte_reader){bytes, bytes + size, 0};
    }
}

/* Fails IN if a column was too short or too long. */
static void close_columns(struct byte_reader *in, const struct byte_reader columns[COLUMN_COUNT])
{
    for (int i = 0; i < COLUMN_COUNT; i++)
        if (columns[i].failed || columns[i].next != columns[i].end)
            in->failed = 1;
}

/* Fills in the figures of RECORD. Times with callees still lack the sums that follow from the tree. */
static void read_figures(struct byte_reader columns[COLUMN_COUNT], struct profile_record *record)
{
    uint64_t own, overhead, unclocked;

    record->calls = get(columns, CALLS);
    unclocked = get(columns, UNCLOCKED);
    own = get_signed(columns, OWN);
    overhead = get_signed(columns, OVERHEAD);
    record->self = (int64_t)(own + overhead);
    record->overhead = (int64_t)overhead;
    record->inclusive = (int64_t)get_signed(columns, INCLUSIVE);
    record->inclusive_overhead = (int64_t)get_signed(columns, INCLUSIVE_OVERHEAD);
    record->variance = columns[VARIANCE].end == NULL
                           ? 0
                           : unpack_variance(bytes_read_below(&columns[VARIANCE], VARIANCE_LIMIT));
    if (columns[VARIANCE_REST].end != NULL)
        record->variance = fmax(record->variance + (double)bytes_read_signed(&columns[VARIANCE_REST]), 0);
    record->unwound = get(columns, UNWOUND);
    record->waited = get(columns, WAITED);
    record->samples = get(columns, SAMPLES);
    record->hook_samples = get(columns, HOOK_SAMPLES);
    record->blocked = get(columns, BLOCKED);
    record->preempted = get(columns, PREEMPTED);
    record->leaf_calls = record->leaf_ticks = 0;
    record->clocked = record->calls - unclocked;
    if (unclocked > record->calls)
        columns[UNCLOCKED].failed = 1;
}

/* Returns the record that has CONTEXT, one of the COUNT records so far; or fails COLUMN. */
static uint32_t place_of(const struct prof_records *reader, uint32_t context, uint32_t count,
                         struct byte_reader *column)
{
    uint32_t place;

    if (context < reader->first_count) /* without a look into memory, where most would be cache misses */
        return context;
    place = reader->places[context];
    if (place < count && reader->ids[place] == context)
        return place;
    column->failed = 1;
    return 0;
}

/* Finds out where record INDEX stands in the tree. */
static void read_place(struct prof_records *reader, struct byte_reader *column, struct profile_record *record,
                       uint32_t index)
{
    uint64_t id = (uint64_t)reader->ids[index - 1] + 1;

    id += bytes_read_below(column, reader->contexts.count - (id < reader->contexts.count ? id : 0));
    if (id >= reader->contexts.count) {
        column->failed = 1;
        id = 0;
    }
    const struct prof_context *context = &reader->contexts.items[id];
    reader->ids[index] = (uint32_t)id;
    reader->places[id] = index;
    reader->first_count += id == index && reader->first_count == index;
    record->function = context->function;
    record->parent = id == 0 ? 0 : place_of(reader, context->parent, index, column);
    record->target = id == 0 ? 0 : place_of(reader, context->target, index + 1, column);
}

/* Adds the sums that follow from the tree to the times with callees. */
static void add_below(const struct prof_records *reader, struct profile_record *records, uint32_t count)
{
    struct prof_below *below = reader->below;

    memset(below, 0, count * sizeof *below);
    for (uint32_t i = count; i-- > 1;) {
        struct prof_below *parent = &below[records[i].parent];

        below[i].self += (uint64_t)records[i].self;
        below[i].overhead += (uint64_t)records[i].overhead;
        parent->self += below[i].self;
        parent->overhead += below[i].overhead;
        if (records[i].target != i)
            continue;
        records[i].inclusive = (int64_t)((uint64_t)records[i].inclusive + below[i].self);
        records[i].inclusive_overhead =
            (int64_t)((uint64_t)records[i].inclusive_overhead + below[i].overhead);
    }
}

static uint32_t read_index(struct byte_reader *in, size_t count)
{
    uint64_t index = bytes_read_below(in, (uint64_t)count + 1);

    return index == 0 ? PROFILE_NONE : (uint32_t)(index - 1);
}

static void read_edge(struct byte_reader *in, size_t function_count, struct profile_edge *edge)
{
    edge->caller = read_index(in, function_count);
    edge->callee = read_index(in, function_count);
    edge->nested = bytes_read_number(in);
    edge->nested_outermost = bytes_read_number(in);
    edge->nested_inclusive = bytes_read_signed(in);
    edge->nested_overhead = bytes_read_signed(in);
    if (edge->callee == PROFILE_NONE)
        in->failed = 1;
}

void prof_records_read(struct prof_records *reader, struct byte_reader *in, const struct profile *profile,
                       const struct profile_thread *thread)
{
    struct profile_record *records = profile->records;
    struct byte_reader columns[COLUMN_COUNT];

    open_columns(in, columns);
    reader->ids[0] = reader->places[0] = 0;
    reader->first_count = 1;
    records[0].function = records[0].parent = PROFILE_NONE;
    records[0].target = 0;
    read_figures(columns, &records[0]);
    for (uint32_t i = 1; i < thread->record_count && !columns[CONTEXT].failed; i++) {
        read_place(reader, &columns[CONTEXT], &records[i], i);
        read_figures(columns, &records[i]);
    }
    close_columns(in, columns);
    if (!in->failed)
        add_below(reader, records, thread->record_count);
    for (uint32_t i = 0; i < thread->edge_count && !in->failed; i++)
        read_edge(in, profile->function_count, &profile->edges[i]);
    if (in->next != in->end)
        in->failed = 1;
}
