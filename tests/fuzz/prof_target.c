/*
 * prof_target.c - fuzzes the loaders of finished profiles: our own (cli/files/prof_file.c) and Python's
 * (cli/files/marshal_read.c).
 *
 * Our section is packed and has checksums, which random changes break. So mutations of the section unpack a
 * block of it, pack it again and correct the checksums.
 * Some mutations load the profile, change it, and write it again. So code after the loader gets profiles that
 * the loader accepts.
 */
#include <string.h>
#include <zlib.h>

#include "cli/files/marshal_read.h"
#include "cli/files/prof_file.h"
#include "cli/model/threads.h"
#include "cli/table/add.h"
#include "cli/table/finish.h"
#include "tests/fuzz/fuzz.h"
#include "tests/lib/section.h"

size_t fuzz_from_file(uint8_t *data, size_t size)
{
    (void)data;
    return size;
}

uint8_t *fuzz_to_file(const uint8_t *data, size_t size, size_t *file_size)
{
    uint8_t *file = malloc(size + 1);

    REQUIRE(file != NULL);
    if (size > 0)
        memcpy(file, data, size);
    *file_size = size;
    return file;
}

/* Makes the table that may take its sums from the file, unless the file lacks them and a thread is damaged.
 */
static void use_sums(const struct profile *profile)
{
    struct message message = {""};
    struct table table = {0};
    int is_added = table_add(&table, profile, &message) == 0;

    REQUIRE(is_added || profile->source->is_damaged);
    REQUIRE(!is_added || table_finish(&table, &message) == 0);
    table_free(&table);
}

/* Sums the threads of a profile up, which are loaded one after another. The sums must be those of WHOLE, or
 * fail where it could not be loaded. */
static void use_threads(const struct profile *whole, const uint8_t *data, size_t size)
{
    struct message message = {""};
    struct profile profile = {0};
    struct table table = {.has_edges = 1, .has_recording = 1}, expected = table;

    if (prof_open(&profile, data, size, "x.prof", &message) == 0) {
        use_sums(&profile);
        int is_summed = table_add(&table, &profile, &message) == 0;

        REQUIRE(is_summed != profile_is_damaged(&profile));
        REQUIRE(is_summed == (whole->source == NULL));
        if (is_summed) {
            REQUIRE(table_add(&expected, whole, &message) == 0);
            REQUIRE(table_finish(&table, &message) == 0 && table_finish(&expected, &message) == 0);
            REQUIRE(table.calls == expected.calls && table.tottime == expected.tottime);
        }
    }
    table_free(&expected);
    table_free(&table);
    model_free(&profile);
}

static void use_section(const uint8_t *data, size_t size)
{
    struct message message = {""};
    struct profile profile = {0};

    if (prof_read(&profile, data, size, "x.prof", &message) == 0)
        fuzz_use_profile(&profile);
    else
        fuzz_check_refusal(&message);
    use_threads(&profile, data, size);
    model_free(&profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (prof_recognise(data, size))
        use_section(data, size);
    if (marshal_recognise(data, size))
        fuzz_use_dictionary(data, size);
    return 0;
}

/* Changes bytes of the front, and seals the file. Returns the file's size. */
static size_t mutate_front(uint8_t *data, size_t size, size_t max_size, size_t start)
{
    uint8_t trailer[SECTION_TRAILER_SIZE];
    size_t end = size - SECTION_TRAILER_SIZE, room = max_size - size + start, rest = end - start;
    uint8_t *part = malloc(room + 1);

    REQUIRE(part != NULL);
    memcpy(trailer, data + end, sizeof trailer);
    memcpy(part, data, start);
    size_t changed = LLVMFuzzerMutate(part, start, room);
    memmove(data + changed, data + start, rest);
    memcpy(data, part, changed);
    free(part);
    return section_seal(data, changed, changed + rest, trailer);
}

static size_t change_bytes(uint8_t *bytes, size_t size, size_t room, void *seed)
{
    (void)seed;
    return LLVMFuzzerMutate(bytes, size, room);
}

/* Replaces a byte by a number of several bytes, which random changes seldom make. */
static size_t change_number(uint8_t *bytes, size_t size, size_t room, void *seed)
{
    uint8_t number[10];
    size_t length = 0, at = fuzz_random(seed, (uint32_t)size + 1);
    uint64_t value = fuzz_random_number(seed);

    for (; value >= 0x80; value >>= 7)
        number[length++] = (uint8_t)(value | 0x80);
    number[length++] = (uint8_t)value;
    if (at >= size || bytes[at] >= 0x80 || size + length > room)
        return size;
    memmove(bytes + at + length, bytes + at + 1, size - at - 1);
    memcpy(bytes + at, number, length);
    return size + length - 1;
}

/* Unpacks a block of the section, changes it, packs it and seals the file. Returns the file's size. */
static size_t mutate_block(uint8_t *data, size_t size, size_t max_size, section_change *change,
                           uint32_t *seed)
{
    size_t count = section_block_count(data, size);
    struct byte_writer out = {0};

    if (count > 0 &&
        section_change_file(&out, data, size, fuzz_random(seed, (uint32_t)count), change, seed) == 0 &&
        out.size <= max_size) {
        memcpy(data, out.bytes, out.size);
        size = out.size;
    }
    free(out.bytes);
    return size;
}

/* Changes bytes of the section behind its magic, packed as they are, and seals the file. Returns the file's
 * size. */
static size_t mutate_packed(uint8_t *data, size_t size, size_t start)
{
    uint8_t trailer[SECTION_TRAILER_SIZE];
    size_t end = size - SECTION_TRAILER_SIZE, from = start + SECTION_MAGIC_SIZE;

    memcpy(trailer, data + end, sizeof trailer);
    end = from + LLVMFuzzerMutate(data + from, end - from, end - from);
    return section_seal(data, start, end, trailer);
}

static void change_function(struct profile *profile, uint32_t *seed)
{
    static const char *const texts[] = {"main", "_ZN1AC1Ev", "_ZN1AC2Ev", "_ZN3foo3barE17h0123456789abcdefE",
                                        "~",    "<x>",       "\xff\x1b",  "a/b.c",
                                        "",     NULL};
    size_t count = sizeof texts / sizeof *texts;
    struct profile_function *function;

    if (profile->function_count == 0)
        return;
    function = &profile->functions[fuzz_random(seed, (uint32_t)profile->function_count)];
    switch (fuzz_random(seed, 5)) {
    case 0:
        function->name = texts[fuzz_random(seed, (uint32_t)count)];
        break;
    case 1:
        function->file = texts[fuzz_random(seed, (uint32_t)count)];
        break;
    case 2: /* makes two functions equal, or nearly so after further changes */
        *function = profile->functions[fuzz_random(seed, (uint32_t)profile->function_count)];
        break;
    case 3:
        function->line = (uint32_t)fuzz_random_number(seed);
        break;
    default:
        function->language = (enum symbolizer_language)fuzz_random(seed, SYMBOLIZER_LANGUAGE_COUNT);
    }
}

/* Moves a context of THREAD below another, or makes it lead back to one. */
static void change_record(struct profile *profile, const struct profile_thread *thread, uint32_t *seed)
{
    uint32_t index = thread->root + fuzz_random(seed, thread->record_count);
    uint32_t other = thread->root + fuzz_random(seed, index - thread->root + 1);
    struct profile_record *record = &profile->records[index];

    if (index == thread->root)
        return;
    switch (fuzz_random(seed, 6)) {
    case 0:
        record->parent = other < index ? other : thread->root;
        break;
    case 1:
        if (profile->records[other].function == record->function)
            record->target = other;
        break;
    case 2: /* a record and its target must have one function: records that led back here lead to themselves
             */
        record->function = fuzz_random(seed, (uint32_t)profile->function_count);
        for (uint32_t i = index; i < thread->root + thread->record_count; i++)
            if (profile->records[profile->records[i].target].function != profile->records[i].function)
                profile->records[i].target = i;
        break;
    case 3:
        record->calls = fuzz_random_number(seed);
        break;
    case 4:
        record->self = fuzz_random_number(seed);
        break;
    default:
        record->inclusive = fuzz_random_number(seed);
    }
}

static void change_rest(struct profile *profile, struct profile_thread *thread, uint32_t *seed)
{
    struct profile_process *process = &profile->processes[thread->process];

    switch (fuzz_random(seed, 7)) {
    case 0:
        thread->process = fuzz_random(seed, (uint32_t)profile->process_count);
        break;
    case 1:
        thread->is_strand ^= 1;
        break;
    case 2:
        thread->tid = fuzz_random(seed, 2) ? profile->threads[0].tid : fuzz_random_number(seed);
        break;
    case 3:
        process->parent = profile->processes[fuzz_random(seed, (uint32_t)profile->process_count)].pid;
        break;
    case 4:
        process->pid = profile->processes[fuzz_random(seed, (uint32_t)profile->process_count)].pid;
        break;
    case 5:
        process->tick_ns = (double)(fuzz_random_number(seed) | 1) / (double)(fuzz_random_number(seed) | 1);
        break;
    default:
        if (profile->edge_count > 0)
            profile->edges[fuzz_random(seed, (uint32_t)profile->edge_count)].nested =
                fuzz_random_number(seed);
    }
}

/* Loads the profile of the file, changes it, and writes it again. Returns the file's size. */
static size_t mutate_profile(uint8_t *data, size_t size, size_t max_size, uint32_t *seed)
{
    struct message message = {""};
    struct profile profile = {0};
    struct byte_writer out = {0};
    int has_threads = prof_read(&profile, data, size, "x", &message) == 0 && profile.thread_count > 0;

    for (uint32_t i = fuzz_random(seed, 4) + 1; has_threads && i > 0; i--) {
        struct profile_thread *thread = &profile.threads[fuzz_random(seed, (uint32_t)profile.thread_count)];

        switch (fuzz_random(seed, 4)) {
        case 0:
            change_function(&profile, seed);
            break;
        case 1:
            change_rest(&profile, thread, seed);
            break;
        default:
            change_record(&profile, thread, seed);
        }
    }
    if (has_threads && prof_write(&out, &profile, &message) == 0 && out.size <= max_size) {
        memcpy(data, out.bytes, out.size);
        size = out.size;
    }
    free(out.bytes);
    model_free(&profile);
    return size;
}

/* Inserts a piece that Python writes, or a piece of the file, or overwrites bytes by it. Returns the file's
 * size. */
static size_t mutate_marshal(uint8_t *data, size_t size, size_t max_size, uint32_t *seed)
{
    static const struct {
        const char *bytes;
        size_t size;
    } pieces[] = {
#define PIECE(text) {text, sizeof(text) - 1}
        PIECE("{"),
        PIECE("\xfb"),
        PIECE("0"),
        PIECE("N"),
        PIECE("r\0\0\0\0"),
        PIECE("r\1\0\0\0"),
        PIECE("r\4\0\0\0"),
        PIECE("R\0\0\0\0"),
        PIECE("t\1\0\0\0x"),
        PIECE("z\1f"),
        PIECE("\xda\1g"),
        PIECE("s\2\0\0\0a\xff"),
        PIECE("u\3\0\0\0\xe4\xb8\xad"),
        PIECE("u\xff\xff\xff\x7f"),
        PIECE("i\1\0\0\0"),
        PIECE("\xe9\xff\xff\xff\xff"),
        PIECE("I\1\0\0\0\0\0\0\0"),
        PIECE("l\3\0\0\0\xff\x7f\xff\x7f\1\0"),
        PIECE("l\xfe\xff\xff\xff\1\0\1\0"),
        PIECE("T"),
        PIECE("F"),
        PIECE("f\3"
              "1.5"),
        PIECE("f\4"
              "-inf"),
        PIECE("g\0\0\0\0\0\0\xf0\x7f"),
        PIECE("g\0\0\0\0\0\0\xf8\x3f"),
        PIECE("\xe7\0\0\0\0\0\0\xf0\xff"),
        PIECE(")\3"),
        PIECE("\xa9\3"),
        PIECE(")\4"),
        PIECE(")\5"),
        PIECE("(\5\0\0\0"),
        PIECE("\xe3\0\0\0\0"),
        PIECE(")\3z\1fi\3\0\0\0z\1g)\5i\1\0\0\0i\1\0\0\0i\1\0\0\0i\1\0\0\0{0"),
        PIECE(")\3z\1fi\3\0\0\0z\1g)\4i\1\0\0\0i\1\0\0\0i\1\0\0\0i\1\0\0\0"),
        PIECE(")\3z\1fi\3\0\0\0z\1gi\2\0\0\0"),
#undef PIECE
    };
    uint32_t which = fuzz_random(seed, 2 * sizeof pieces / sizeof *pieces);
    size_t at = fuzz_random(seed, (uint32_t)size + 1), from, length, over;
    uint8_t piece[128];

    if (which < sizeof pieces / sizeof *pieces) {
        length = pieces[which].size;
        memcpy(piece, pieces[which].bytes, length);
    } else {
        from = fuzz_random(seed, (uint32_t)size + 1);
        length = fuzz_random(seed, sizeof piece);
        length = length < size - from ? length : size - from;
        memcpy(piece, data + from, length);
    }
    over = fuzz_random(seed, 3) == 0 ? length : fuzz_random(seed, 12);
    over = over < size - at ? over : size - at;
    if (size - over + length > max_size)
        return size;
    memmove(data + at + length, data + at + over, size - at - over);
    memcpy(data + at, piece, length);
    return size - over + length;
}

/* Changes what the trailer tells of the section, with the right checksum. Returns the file's size. */
static size_t mutate_trailer(uint8_t *data, size_t size, uint32_t *seed)
{
    uint8_t *trailer = data + size - SECTION_TRAILER_SIZE;

    section_put(trailer + 8 * fuzz_random(seed, 3), fuzz_random_number(seed), 1 + fuzz_random(seed, 8));
    section_put(trailer + 28, crc32_z(0, trailer, 28), 4);
    return size;
}

static size_t mutate_once(uint8_t *data, size_t size, size_t max_size, uint32_t *seed)
{
    size_t start = section_start(data, size);
    uint32_t kind = fuzz_random(seed, 16);

    if (kind == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    if (start == 0)
        return kind < 8 ? LLVMFuzzerMutate(data, size, max_size) : mutate_marshal(data, size, max_size, seed);
    if (kind < 8)
        return mutate_profile(data, size, max_size, seed);
    if (kind < 11)
        return mutate_block(data, size, max_size, change_number, seed);
    if (kind > 11)
        return mutate_block(data, size, max_size, change_bytes, seed);
    switch (fuzz_random(seed, 8)) {
    case 0:
        return mutate_trailer(data, size, seed);
    case 1:
        return mutate_packed(data, size, start);
    default:
        return mutate_front(data, size, max_size, start);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    uint32_t state = fuzz_random_state(seed);

    for (uint32_t i = fuzz_random(&state, 3) + 1; i > 0; i--)
        size = mutate_once(data, size, max_size, &state);
    return size;
}
