/*
 * fixture.h - builds small profiles in memory, for unit tests of code that reads profiles.
 *
 * struct fixture holds the arrays of one profile. The functions append to them and return the new index.
 * Records are appended thread by thread: fixture_thread() begins a thread and appends its root.
 */
#ifndef TESTS_LIB_FIXTURE_H
#define TESTS_LIB_FIXTURE_H

#include <stdint.h>
#include <string.h>

#include "cli/model/model.h"
#include "cli/table/add.h"
#include "cli/table/finish.h"
#include "cli/table/rows.h"
#include "tests/lib/case.h"

enum { FIXTURE_MAX = 64 };

struct fixture {
    struct profile profile;
    struct profile_process processes[FIXTURE_MAX];
    struct profile_thread threads[FIXTURE_MAX];
    struct profile_module modules[FIXTURE_MAX];
    struct profile_function functions[FIXTURE_MAX];
    struct profile_record records[FIXTURE_MAX];
    struct profile_edge edges[FIXTURE_MAX];
};

/* Appends a process, whose clock ticks every TICK_NS nanoseconds, and its first thread. */
static inline void fixture_thread(struct fixture *fixture, double tick_ns)
{
    struct profile *profile = &fixture->profile;
    uint32_t process = (uint32_t)profile->process_count++, root = (uint32_t)profile->record_count++;

    profile->processes = fixture->processes;
    profile->threads = fixture->threads;
    profile->modules = fixture->modules;
    profile->functions = fixture->functions;
    profile->records = fixture->records;
    profile->edges = fixture->edges;
    fixture->processes[process] = (struct profile_process){.command = "", .tick_ns = tick_ns};
    fixture->threads[profile->thread_count++] =
        (struct profile_thread){.process = process,
                                .name = "",
                                .count = 1,
                                .root = root,
                                .record_count = 1,
                                .first_edge = (uint32_t)profile->edge_count};
    fixture->records[root] =
        (struct profile_record){.function = PROFILE_NONE, .parent = PROFILE_NONE, .target = root};
}

static inline void fixture_start(struct fixture *fixture)
{
    memset(fixture, 0, sizeof *fixture);
    fixture_thread(fixture, 1);
}

static inline uint32_t fixture_module(struct fixture *fixture, const char *path, unsigned char build)
{
    fixture->modules[fixture->profile.module_count].file =
        (struct symbolizer_module){.path = path, .build_id = {build}, .build_id_size = 1};
    return (uint32_t)fixture->profile.module_count++;
}

static inline uint32_t fixture_function(struct fixture *fixture, uint32_t module, const char *file,
                                        uint32_t line, const char *name)
{
    uint32_t index = (uint32_t)fixture->profile.function_count++;

    fixture->functions[index] = (struct profile_function){
        .offset = 0x1000 + 16 * index, .module = module, .line = line, .name = name, .file = file};
    return index;
}

/* Appends a context to the last thread. PARENT 0 is the root of the first thread. SELF and INCLUSIVE are in
 * ticks. */
static inline uint32_t fixture_record(struct fixture *fixture, uint32_t function, uint32_t parent,
                                      uint64_t calls, int64_t self, int64_t inclusive)
{
    uint32_t index = (uint32_t)fixture->profile.record_count++;

    fixture->records[index] = (struct profile_record){.function = function,
                                                      .parent = parent,
                                                      .target = index,
                                                      .calls = calls,
                                                      .clocked = calls,
                                                      .self = self,
                                                      .inclusive = inclusive};
    fixture->threads[fixture->profile.thread_count - 1].record_count++;
    return index;
}

/* Appends calls from context PARENT back to its ancestor TARGET. All of them are nested. */
static inline void fixture_back_edge(struct fixture *fixture, uint32_t parent, uint32_t target,
                                     uint64_t calls, int64_t self)
{
    uint32_t function = fixture->records[target].function;
    uint32_t index = fixture_record(fixture, function, parent, calls, self, 0);

    fixture->records[index].target = target;
    fixture->edges[fixture->profile.edge_count++] = (struct profile_edge){
        .caller = fixture->records[parent].function, .callee = function, .nested = calls};
    fixture->threads[fixture->profile.thread_count - 1].edge_count++;
}

/* Adds the profile to TABLE. */
static inline void fixture_add_to(struct table *table, const struct fixture *fixture)
{
    struct message message = {""};

    assert_int_equal(table_add(table, &fixture->profile, &message), 0);
}

/* Adds the profile to TABLE, and finishes the table with HOW. */
static inline void fixture_sum_up(struct table *table, const struct fixture *fixture, int how)
{
    struct message message = {""};

    table->how = how;
    fixture_add_to(table, fixture);
    assert_int_equal(table_finish(table, &message), 0);
}

#endif
