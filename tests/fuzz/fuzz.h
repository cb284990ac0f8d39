/*
 * fuzz.h - the functions that the fuzz targets share. A target loads a hostile file, and does with it all
 * that `stats` does.
 *
 * libFuzzer runs a target for `make fuzz`, and driver.c for `make test`. Both call LLVMFuzzerTestOneInput()
 * and LLVMFuzzerCustomMutator() of the target, and define LLVMFuzzerMutate().
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/table/rows.h"

/* Loads the input and uses it. Aborts if an invariant of loaded profiles is broken. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Changes the input so that it stays worth loading. Returns its new size, at most MAX_SIZE. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* Changes bytes of any meaning. Returns their new count, at most MAX_SIZE. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* Turns the file DATA into an input, in place. Returns the input's size in bytes. An input may leave out
 * parts of a file that would only slow the fuzzer down. */
size_t fuzz_from_file(uint8_t *data, size_t size);

/* Returns the file of an input, and stores its bytes in *FILE_SIZE. The caller frees the file. */
uint8_t *fuzz_to_file(const uint8_t *data, size_t size, size_t *file_size);

#define REQUIRE(condition) ((condition) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #condition))

static inline void fuzz_broken(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, condition);
    abort();
}

/* Aborts unless MESSAGE is a loader's reason to refuse a file. Lack of memory is none, because files are
 * small. */
void fuzz_check_refusal(const struct message *message);

/* Does with a loaded profile or table all that `stats` does. Aborts if an invariant is broken. */
void fuzz_use_profile(const struct profile *profile);
void fuzz_use_table(const struct table *table);

/* Reads a file as Python's pstats does, and uses it. Returns 1, or 0 if it could not be read. */
int fuzz_use_dictionary(const uint8_t *data, size_t size);

/* Returns a state for fuzz_random(), which is never 0. */
static inline uint32_t fuzz_random_state(unsigned seed)
{
    return (seed + 1) * 2654435761U | 1;
}

/* Returns a random number below LIMIT. */
static inline uint32_t fuzz_random(uint32_t *seed, uint32_t limit)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed % limit;
}

/* Returns a number at which code may go wrong, such as a power of 2. */
uint64_t fuzz_random_number(uint32_t *seed);

#endif
