/*
 * marshal_objects.c - texts and numbers of Python's marshal format. See marshal_objects.h.
 */
#include "cli/files/marshal_objects.h"

#include <stdlib.h>
#include <string.h>

#include "cli/base/array.h"
#include "cli/base/text.h"
#include "cli/files/marshal_codes.h"

void marshal_fail(struct marshal_reader *reader, const char *what)
{
    if (reader->wrong == NULL && !reader->bytes.failed)
        reader->wrong = what;
    reader->bytes.failed = 1;
}

void marshal_fail_memory(struct marshal_reader *reader)
{
    reader->out_of_memory = reader->bytes.failed = 1;
}

uint64_t marshal_read_fixed(struct marshal_reader *reader, size_t size)
{
    const unsigned char *bytes = bytes_read(&reader->bytes, size);
    uint64_t number = 0;

    for (size_t i = 0; bytes != NULL && i < size; i++)
        number |= (uint64_t)bytes[i] << 8 * i;
    return number;
}

static void go_back(struct marshal_reader *reader, struct marshal_object *object)
{
    uint64_t number = marshal_read_fixed(reader, 4);

    if (number >= reader->reference_count) {
        marshal_fail(reader, "a reference to nothing");
        return;
    }
    object->reference = number;
    object->resume = reader->bytes.next;
    reader->bytes.next = object->start = reader->references[number].place;
    reader->again++;
    object->code = (int)marshal_read_fixed(reader, 1) & ~MARSHAL_FLAG_REFERENCE;
}

void marshal_begin(struct marshal_reader *reader, struct marshal_object *object)
{
    struct marshal_reference *reference;

    object->start = reader->bytes.next;
    object->reference = MARSHAL_NO_REFERENCE;
    object->resume = NULL;
    object->code = (int)marshal_read_fixed(reader, 1);
    if (object->code == MARSHAL_REFERENCE) {
        go_back(reader, object);
    } else if (object->code & MARSHAL_FLAG_REFERENCE) {
        object->code &= ~MARSHAL_FLAG_REFERENCE;
        if (reader->again > 0)
            return; /* it got its number the first time */
        reference = ARRAY_APPEND(reader->references, reader->reference_count);
        if (reference == NULL) {
            marshal_fail_memory(reader);
            return;
        }
        reference->place = object->start;
        object->reference = reader->reference_count - 1;
    }
}

void marshal_end(struct marshal_reader *reader, const struct marshal_object *object)
{
    if (object->resume == NULL)
        return;
    uint64_t used = (uint64_t)(reader->bytes.next - object->start);
    if (used > reader->budget)
        marshal_fail(reader, "references without end");
    reader->budget -= used < reader->budget ? used : reader->budget;
    reader->bytes.next = object->resume;
    reader->again--;
}

const char *marshal_keep(struct marshal_reader *reader, const unsigned char *bytes, size_t length)
{
    char *copy = malloc(length + 1), *valid = NULL;
    const char *text = NULL;

    if (copy != NULL) {
        memcpy(copy, bytes, length);
        for (size_t i = 0; i < length; i++)
            copy[i] = (char)(copy[i] == '\0' ? 0xff : copy[i]);
        copy[length] = '\0';
        valid = text_make_valid(copy);
    }
    if (valid != NULL)
        text = intern_string(&reader->table->strings, valid);
    if (text == NULL)
        marshal_fail_memory(reader);
    free(copy);
    free(valid);
    return text;
}

static const char *read_interned(struct marshal_reader *reader)
{
    uint64_t number = marshal_read_fixed(reader, 4);

    if (number < reader->interned_count)
        return reader->interned[number];
    marshal_fail(reader, "a reference to nothing");
    return NULL;
}

static const char *read_characters(struct marshal_reader *reader, size_t length)
{
    const unsigned char *bytes = bytes_read(&reader->bytes, length);

    return bytes == NULL || reader->skipping ? NULL : marshal_keep(reader, bytes, length);
}

const char *marshal_read_numbered(struct marshal_reader *reader)
{
    size_t length = marshal_read_fixed(reader, 4);
    const unsigned char *bytes = bytes_read(&reader->bytes, length);
    const char *text = bytes == NULL ? NULL : marshal_keep(reader, bytes, length);
    const char **added = reader->again > 0 ? NULL : ARRAY_APPEND(reader->interned, reader->interned_count);

    if (added != NULL)
        *added = text == NULL ? "" : text;
    else if (reader->again == 0)
        marshal_fail_memory(reader);
    return text;
}

static const char *read_text_of(struct marshal_reader *reader, int code)
{
    switch (code) {
    case MARSHAL_STRING:
    case MARSHAL_UNICODE:
    case MARSHAL_ASCII:
    case MARSHAL_ASCII_INTERNED:
        return read_characters(reader, marshal_read_fixed(reader, 4));
    case MARSHAL_INTERNED:
        return marshal_read_numbered(reader);
    case MARSHAL_SHORT_ASCII:
    case MARSHAL_SHORT_ASCII_INTERNED:
        return read_characters(reader, marshal_read_fixed(reader, 1));
    case MARSHAL_STRING_REFERENCE:
        return read_interned(reader);
    case MARSHAL_CODE: /* python -m profile gives the program's code as its name */
        if (reader->depth == 0)
            return marshal_read_code(reader);
        break;
    default:
        break;
    }
    marshal_fail(reader, "expected a string");
    return NULL;
}

const char *marshal_read_text(struct marshal_reader *reader)
{
    struct marshal_object object;
    const char *text;

    marshal_begin(reader, &object);
    if (object.resume != NULL && reader->references[object.reference].text != NULL) {
        reader->bytes.next = object.start; /* nothing is read again */
        text = reader->references[object.reference].text;
    } else {
        text = read_text_of(reader, object.code);
        if (object.reference != MARSHAL_NO_REFERENCE)
            reader->references[object.reference].text = text;
    }
    marshal_end(reader, &object);
    return text;
}

static struct marshal_number from_integer(int64_t integer)
{
    return (struct marshal_number){(double)integer, (uint64_t)integer, integer >= 0};
}

static struct marshal_number read_long(struct marshal_reader *reader)
{
    int32_t signed_digits = (int32_t)marshal_read_fixed(reader, 4);
    uint32_t digits = signed_digits < 0 ? -(uint32_t)signed_digits : (uint32_t)signed_digits;
    const unsigned char *bytes = bytes_read(&reader->bytes, 2 * (size_t)digits);
    struct marshal_number number = {.is_count = signed_digits >= 0};

    for (size_t i = digits; bytes != NULL && i-- > 0;) {
        unsigned digit = bytes[2 * i] | (unsigned)bytes[2 * i + 1] << 8;
        if (number.count > (uint64_t)INT64_MAX >> MARSHAL_DIGIT_BITS)
            number.is_count = 0;
        number.count = number.count << MARSHAL_DIGIT_BITS | digit;
        number.value = number.value * (1 << MARSHAL_DIGIT_BITS) + digit;
    }
    if (signed_digits < 0)
        number.value = -number.value;
    return number;
}

/* Versions 0 and 1 of marshal wrote floats as text. */
static struct marshal_number read_decimal(struct marshal_reader *reader)
{
    size_t length = marshal_read_fixed(reader, 1);
    const unsigned char *bytes = bytes_read(&reader->bytes, length);
    char text[256], *end = text;
    struct marshal_number number = {0};

    if (bytes == NULL)
        return number;
    memcpy(text, bytes, length);
    text[length] = '\0';
    number.value = strtod(text, &end);
    if (end == text || *end != '\0')
        marshal_fail(reader, "expected a number");
    return number;
}

struct marshal_number marshal_read_number_of(struct marshal_reader *reader, int code)
{
    switch (code) {
    case MARSHAL_INT:
        return from_integer((int32_t)marshal_read_fixed(reader, 4));
    case MARSHAL_INT64:
        return from_integer((int64_t)marshal_read_fixed(reader, 8));
    case MARSHAL_LONG:
        return read_long(reader);
    case MARSHAL_FALSE:
    case MARSHAL_TRUE:
        return from_integer(code == MARSHAL_TRUE);
    case MARSHAL_DOUBLE:
        return (struct marshal_number){.value = bytes_read_double(&reader->bytes)};
    case MARSHAL_DECIMAL:
        return read_decimal(reader);
    default:
        marshal_fail(reader, "expected a number");
        return (struct marshal_number){0};
    }
}

struct marshal_number marshal_read_number(struct marshal_reader *reader)
{
    struct marshal_object object;
    struct marshal_number number;

    marshal_begin(reader, &object);
    number = marshal_read_number_of(reader, object.code);
    marshal_end(reader, &object);
    return number;
}

int marshal_is_tuple(int code)
{
    return code == MARSHAL_TUPLE || code == MARSHAL_SMALL_TUPLE;
}
