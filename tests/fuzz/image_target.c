/*
 * image_target.c - fuzzes the loader of images (runtime/format/image.h).
 *
 * An input is an image without the end of its header page, which is nearly all zeros. It has HEAD_SIZE bytes
 * of the header, then the units, whose numbers start at FIRST_UNIT. Random changes of bytes seldom make a
 * reference to a unit. So most mutations change whole references, numbers and units.
 */
#include <string.h>

#include "cli/files/image_load.h"
#include "runtime/format/image.h"
#include "tests/fuzz/fuzz.h"

enum { HEAD_SIZE = 256, FIRST_UNIT = IMAGE_HEADER_SIZE / IMAGE_UNIT, HIDDEN = IMAGE_HEADER_SIZE - HEAD_SIZE };

static uint32_t get_reference(const uint8_t *slot)
{
    uint32_t reference;

    memcpy(&reference, slot, sizeof reference);
    return reference;
}

/* Returns 1 if UNIT has only zeros and the links of a free frame. */
static int is_free(const uint8_t *unit)
{
    for (size_t i = 0; i < IMAGE_UNIT; i++)
        if (unit[i] != 0 && (i < offsetof(struct image_frame, above) ||
                             i >= offsetof(struct image_frame, below) + sizeof(uint32_t)))
            return 0;
    return 1;
}

/* Renumbers all words that look like references. MAP has the new number of each unit; 0: it is gone. */
static void renumber(uint8_t *data, size_t size, const uint32_t *map, uint32_t units)
{
    for (size_t i = offsetof(struct image_header, modules); i + 4 <= size; i += 4) {
        uint32_t old = get_reference(data + i);

        if (old >= FIRST_UNIT && old - FIRST_UNIT < units)
            memcpy(data + i, &map[old - FIRST_UNIT], 4);
    }
}

/* Leaves out free frames, which are nine tenths of a small image. */
size_t fuzz_from_file(uint8_t *data, size_t size)
{
    uint8_t *units = data + IMAGE_HEADER_SIZE;
    uint32_t count = size > IMAGE_HEADER_SIZE ? (uint32_t)((size - IMAGE_HEADER_SIZE) / IMAGE_UNIT) : 0;
    uint32_t *map = calloc((size_t)count + 1, sizeof *map), kept = 0;

    REQUIRE(map != NULL);
    for (uint32_t i = 0; i < count; i++)
        if (!is_free(units + (size_t)i * IMAGE_UNIT)) {
            memmove(units + (size_t)kept * IMAGE_UNIT, units + (size_t)i * IMAGE_UNIT, IMAGE_UNIT);
            map[i] = FIRST_UNIT + kept++;
        }
    if (size > HEAD_SIZE) {
        size = HEAD_SIZE + (size_t)kept * IMAGE_UNIT;
        memmove(data + HEAD_SIZE, units, size - HEAD_SIZE);
        renumber(data, size, map, count);
    }
    free(map);
    return size;
}

uint8_t *fuzz_to_file(const uint8_t *data, size_t size, size_t *file_size)
{
    size_t head = size < HEAD_SIZE ? size : HEAD_SIZE;
    uint8_t *file = calloc(size + HIDDEN, 1);

    REQUIRE(file != NULL);
    *file_size = size < HEAD_SIZE ? size : size + HIDDEN;
    memcpy(file, data, head);
    memcpy(file + IMAGE_HEADER_SIZE, data + head, size - head);
    return file;
}

/* Loads the image into the loader's profile, which may have others already. */
static int load(struct image_loader *loader, const uint8_t *file, size_t size)
{
    const struct image_anchor now = {.ticks = 1 << 20, .monotonic = 1 << 21};
    struct message message = {""};
    int result = image_load(loader, file, size, "x.image", size & 1 ? &now : NULL, size & 2, &message);

    if (result != 0)
        fuzz_check_refusal(&message);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct profile profile = {0};
    struct image_loader loader;
    size_t file_size;
    uint8_t *file = fuzz_to_file(data, size, &file_size);

    image_loader_open(&loader, &profile);
    /* Load it twice: a launcher collects many images, and a refused image must leave nothing behind. */
    int result = load(&loader, file, file_size);
    REQUIRE(load(&loader, file, file_size) == result);
    REQUIRE(profile.process_count == (result == 0 ? 2 : 0));
    image_loader_close(&loader);
    fuzz_use_profile(&profile);
    model_free(&profile);
    free(file);
    return 0;
}

/* Returns the number of units in an input of SIZE bytes. */
static uint32_t count_units(size_t size)
{
    return (uint32_t)((size - HEAD_SIZE) / IMAGE_UNIT);
}

/*
 * Returns a random 4-byte slot that holds a reference, or 0 if MAY_BE_EMPTY. It is in the units, or sometimes
 * in the header. Returns NULL if 64 tries find none.
 */
static uint8_t *find_reference(uint8_t *data, size_t size, uint32_t *seed, int may_be_empty)
{
    uint32_t units = count_units(size);

    for (int tries = 0; units > 0 && tries < 64; tries++) {
        size_t offset = fuzz_random(seed, 16) == 0
                            ? offsetof(struct image_header, modules) + 4 * fuzz_random(seed, 2)
                            : HEAD_SIZE + 4 * (size_t)fuzz_random(seed, units * IMAGE_UNIT / 4);
        uint32_t value = get_reference(data + offset);

        if ((value >= FIRST_UNIT && value < FIRST_UNIT + units) || (value == 0 && may_be_empty))
            return data + offset;
    }
    return NULL;
}

static void change_reference(uint8_t *data, size_t size, uint32_t *seed)
{
    uint8_t *slot = find_reference(data, size, seed, fuzz_random(seed, 2) == 0);
    const uint8_t *other = find_reference(data, size, seed, 1);
    uint32_t kind = fuzz_random(seed, 8), value = FIRST_UNIT;

    if (slot == NULL || other == NULL)
        return;
    if (kind == 0)
        value = (uint32_t)fuzz_random_number(seed);
    else if (kind < 4)
        value = get_reference(other); /* to a unit that has references, and may be of the right type */
    else if (kind == 4)
        value = get_reference(slot) + 1;
    else
        value += fuzz_random(seed, count_units(size));
    memcpy(slot, &value, sizeof value);
}

static void change_number(uint8_t *data, size_t size, uint32_t *seed)
{
    uint64_t number = fuzz_random_number(seed);
    size_t width = fuzz_random(seed, 2) ? 8 : 4;

    memcpy(data + width * fuzz_random(seed, (uint32_t)(size / width)), &number, width);
}

/* Appends a copy of one or two units, and makes a reference lead there. Returns the new size. */
static size_t copy_unit(uint8_t *data, size_t size, size_t max_size, uint32_t *seed)
{
    size_t end = HEAD_SIZE + (size_t)count_units(size) * IMAGE_UNIT, length = IMAGE_UNIT;
    uint8_t *slot = find_reference(data, size, seed, fuzz_random(seed, 4) == 0);
    uint32_t from, made = FIRST_UNIT + count_units(size);

    if (fuzz_random(seed, 4) == 0)
        length *= 2;
    if (slot == NULL || end + length > max_size)
        return size;
    from = get_reference(slot);
    if (from == 0)
        from = FIRST_UNIT + fuzz_random(seed, count_units(size));
    if (from - FIRST_UNIT + length / IMAGE_UNIT > count_units(size))
        return size;
    memcpy(data + end, data + HEAD_SIZE + (size_t)(from - FIRST_UNIT) * IMAGE_UNIT, length);
    memcpy(slot, &made, sizeof made);
    return end + length;
}

static size_t mutate_once(uint8_t *data, size_t size, size_t max_size, uint32_t *seed)
{
    switch (fuzz_random(seed, 12)) {
    case 0:
        return LLVMFuzzerMutate(data, size, max_size);
    case 1:
        LLVMFuzzerMutate(data, HEAD_SIZE, HEAD_SIZE);
        return size;
    case 2:
        if (count_units(size) > 0)
            LLVMFuzzerMutate(data + HEAD_SIZE + (size_t)IMAGE_UNIT * fuzz_random(seed, count_units(size)),
                             IMAGE_UNIT, IMAGE_UNIT);
        return size;
    case 3:
        return fuzz_random(seed, 4) == 0 ? HEAD_SIZE + fuzz_random(seed, (uint32_t)(size - HEAD_SIZE) + 1)
                                         : size;
    case 4:
    case 5:
    case 6:
        change_number(data, size, seed);
        return size;
    case 7:
        return copy_unit(data, size, max_size, seed);
    default:
        change_reference(data, size, seed);
        return size;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    uint32_t state = fuzz_random_state(seed);

    for (uint32_t i = fuzz_random(&state, 4) + 1; i > 0; i--)
        size = size < HEAD_SIZE ? LLVMFuzzerMutate(data, size, max_size)
                                : mutate_once(data, size, max_size, &state);
    return size;
}
