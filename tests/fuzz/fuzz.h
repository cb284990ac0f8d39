/*
 * fuzz.h - what the fuzz targets share. A target is a loader of hostile files, and all that `stats` does with
 * what it has loaded.
 *
 * libFuzzer runs a target (`make fuzz`), or driver.c where there is none (`make test`). Both call the three
 * functions that begin with LLVMFuzzer, and give the fourth.
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

/* Loads the input and uses it. Aborts if what holds of all that is loaded does not. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Changes the input so that it stays worth loading. Returns its new size, at most MAX_SIZE. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* Changes bytes without knowing what they are. Returns their new count, at most MAX_SIZE. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* Inputs are files, perhaps with something left out that would only slow the fuzzer down. These make an input
 * of a file in place, and a file of an input; to be freed. */
size_t fuzz_from_file(uint8_t *data, size_t size);
uint8_t *fuzz_to_file(const uint8_t *data, size_t size, size_t *file_size);

#define REQUIRE(condition) ((condition) ? (void)0 : fuzz_broken(__FILE__, __LINE__, #condition))

static inline void fuzz_broken(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, condition);
    abort();
}

/* The message of a loader that refused: it says something, but not that small files need much memory. */
void fuzz_check_refusal(const struct message *message);

/* Does with what was loaded all that `stats` does with it, and checks it on the way. */
void fuzz_use_profile(const struct profile *profile);
void fuzz_use_table(const struct table *table);

/* Reads a file as Python's pstats would, and uses it. Returns whether it could be read. */
int fuzz_use_dictionary(const uint8_t *data, size_t size);

/* Random numbers: the state is never 0. */
static inline uint32_t fuzz_random_state(unsigned seed)
{
    return (seed + 1) * 2654435761U | 1;
}

static inline uint32_t fuzz_random(uint32_t *seed, uint32_t limit)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed % limit;
}

/* A number at which something may go wrong. */
uint64_t fuzz_random_number(uint32_t *seed);

#endif
