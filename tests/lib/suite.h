/*
 * suite.h - makes up the profile of a test suite: many short processes of one program, each with a part of
 * its contexts.
 */
#ifndef TESTS_LIB_SUITE_H
#define TESTS_LIB_SUITE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/model/model.h"

enum { SUITE_FUNCTIONS = 1400, SUITE_GROUP = 64 /* contexts that a process has together */ };

/* Returns a number that A and B tell, as a generator of random numbers would. */
static inline uint64_t suite_random(uint64_t a, uint64_t b)
{
    uint64_t number = (a + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ (b + 1) * UINT64_C(0xff51afd7ed558ccd);

    number = (number ^ number >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return number ^ number >> 29;
}

/* Returns the context that calls context I. It is mostly near it in the list, as it is where calls were met
 * in order. */
static inline uint32_t suite_parent(uint32_t i)
{
    uint64_t random = suite_random(i, 0);
    uint32_t reach = random % 4 == 0 ? 4000 : 12;

    return i - 1 - (uint32_t)((random >> 8) % (i < reach ? i : reach));
}

/* A context of the program. Context 0 is the root. */
struct suite_context {
    uint32_t parent, function;
    uint32_t children; /* so far */
};

/* Fills in the contexts of the program. The children of a context are of different functions. */
static inline void suite_contexts(struct suite_context *contexts, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct suite_context *parent = &contexts[suite_parent(i)];

        contexts[i].parent = suite_parent(i);
        contexts[i].function = (parent->function * 7 + 131 * parent->children++ + 1) % SUITE_FUNCTIONS;
    }
}

/* Fills in the calls and times of a record of PROCESS: most calls are few and short, and their times are
 * whole steps of a counter. */
static inline void suite_figures(struct profile_record *record, uint32_t i, uint32_t process)
{
    uint64_t noise = suite_random(i, process + 1);

    record->calls = 1 + (suite_random(i, 1) % 4 == 0 ? noise % 8 : 0);
    record->clocked = record->calls;
    record->overhead = (int64_t)(26 * (2 * record->calls + (noise >> 8) % 3));
    record->self = record->overhead + (noise >> 12) % 2 * (int64_t)(26 * ((noise >> 16) % 80));
    record->variance = (double)(record->self * record->self / 9 + (int64_t)((noise >> 24) % 1000));
}

/* Fills in the times with callees of THREAD. */
static inline void suite_sum(struct profile_record *records, uint32_t count)
{
    for (uint32_t i = count; i-- > 1;) {
        records[i].inclusive += records[i].self;
        records[i].inclusive_overhead += records[i].overhead;
        if (records[i].parent > 0) {
            records[records[i].parent].inclusive += records[i].inclusive;
            records[records[i].parent].inclusive_overhead += records[i].inclusive_overhead;
        }
    }
}

/* Fills RECORDS with those of PROCESS, by their places in its thread. Returns their number. PLACES has room
 * for COUNT numbers. */
static inline uint32_t suite_records(struct profile_record *records, uint32_t process,
                                     const struct suite_context *contexts, uint32_t count, uint32_t *places)
{
    uint32_t used = 1;

    records[0] = (struct profile_record){.function = PROFILE_NONE, .parent = PROFILE_NONE};
    places[0] = 0;
    for (uint32_t i = 1; i < count; i++) {
        uint32_t parent = places[contexts[i].parent];

        places[i] = PROFILE_NONE;
        if (parent == PROFILE_NONE || (i >= SUITE_GROUP && suite_random(i / SUITE_GROUP, process) % 50 == 0))
            continue;
        places[i] = used;
        records[used] =
            (struct profile_record){.function = contexts[i].function, .parent = parent, .target = used};
        suite_figures(&records[used++], i, process);
    }
    suite_sum(records, used);
    return used;
}

static inline void suite_functions(struct profile *profile)
{
    char text[128];

    for (uint32_t i = 0; i < SUITE_FUNCTIONS; i++) {
        struct profile_function *function = &profile->functions[i];

        *function = (struct profile_function){
            .offset = 16 * i, .line = 10 + i % 997, .language = SYMBOLIZER_LANGUAGE_C};
        snprintf(text, sizeof text, "function_with_a_name_%u", (unsigned)i);
        function->name = profile_string(profile, text, strlen(text));
        snprintf(text, sizeof text, "/usr/src/program/file_%u.c", (unsigned)i / 50);
        function->file = profile_string(profile, text, strlen(text));
    }
}

/* Moves the records of a thread behind those of PROFILE, and adds their process and thread. */
static inline void suite_add(struct profile *profile, const struct profile_record *records, uint32_t count)
{
    uint32_t process = (uint32_t)profile->process_count++, root = (uint32_t)profile->record_count;

    for (uint32_t i = 0; i < count; i++) {
        struct profile_record *record = &profile->records[root + i];

        *record = records[i];
        record->target += root;
        record->parent += i > 0 ? root : 0;
    }
    profile->record_count += count;
    profile->processes[process] = (struct profile_process){
        .pid = 1000 + process, .parent = 999, .command = "program", .tick_ns = 0.385};
    profile->threads[profile->thread_count++] = (struct profile_thread){.process = process,
                                                                        .tid = 1000 + process,
                                                                        .name = "program",
                                                                        .count = 1,
                                                                        .root = root,
                                                                        .record_count = count};
}

/* Fills the zeroed PROFILE with PROCESSES of a program that has COUNT contexts. Returns 0, or -1 without
 * memory. The caller calls model_free() in either case. */
static inline int suite_make(struct profile *profile, uint32_t processes, uint32_t count)
{
    struct suite_context *contexts = calloc(count, sizeof *contexts);
    struct profile_record *records = calloc(count, sizeof *records);
    uint32_t *places = calloc(count, sizeof *places);
    int result = -1;

    profile->processes = calloc(processes, sizeof *profile->processes);
    profile->threads = calloc(processes, sizeof *profile->threads);
    profile->modules = calloc(1, sizeof *profile->modules);
    profile->functions = calloc(SUITE_FUNCTIONS, sizeof *profile->functions);
    profile->records = calloc((size_t)processes * count, sizeof *profile->records);
    if (contexts != NULL && records != NULL && places != NULL && profile->processes != NULL &&
        profile->threads != NULL && profile->modules != NULL && profile->functions != NULL &&
        profile->records != NULL) {
        profile->modules[profile->module_count++].file.path = "/usr/bin/program";
        profile->function_count = SUITE_FUNCTIONS;
        suite_functions(profile);
        suite_contexts(contexts, count);
        for (uint32_t i = 0; i < processes; i++)
            suite_add(profile, records, suite_records(records, i, contexts, count, places));
        result = 0;
    }
    free(contexts);
    free(records);
    free(places);
    return result;
}

#endif
