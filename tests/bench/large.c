/*
 * large.c - writes a profile of a size that no test program has: large FUNCTIONS CONTEXTS >out.prof
 *
 * The tree is random, but always the same: each context is called from one of the thousand before it, so it
 * is some hundred levels deep, and has the calls and times of a busy program.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/prof_file.h"

enum { NEAR = 1000, NAME_MAX_LENGTH = 64 };

static uint64_t next_random(void)
{
    static uint64_t state = 88172645463325252;

    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static const char *name(struct profile *profile, const char *format, uint32_t number)
{
    char text[NAME_MAX_LENGTH];
    int length = snprintf(text, sizeof text, format, number);

    return profile_string(profile, text, (size_t)length);
}

static void fill_functions(struct profile *profile)
{
    for (uint32_t i = 0; i < profile->function_count; i++)
        profile->functions[i] =
            (struct profile_function){.offset = 0x1000 + 64 * (uint64_t)i,
                                      .module = 0,
                                      .line = i % 3000 + 1,
                                      .name = name(profile, "_ZN7project6module14operation%05uEii", i),
                                      .file = name(profile, "/home/user/project/src/module_%u.cc", i / 50),
                                      .language = SYMBOLIZER_LANGUAGE_CXX};
}

static void fill_records(struct profile *profile)
{
    struct profile_record *records = profile->records;

    records[0] = (struct profile_record){.function = PROFILE_NONE, .parent = PROFILE_NONE};
    for (uint32_t i = 1; i < profile->record_count; i++) {
        uint32_t near = i < NEAR ? i : NEAR;
        records[i] = (struct profile_record){.function = (uint32_t)(next_random() % profile->function_count),
                                             .parent = i - 1 - (uint32_t)(next_random() % near),
                                             .target = i,
                                             .calls = next_random() % 1000 + 1,
                                             .self = next_random() % 1000000};
    }
    for (size_t i = profile->record_count; i-- > 1;) {
        records[i].inclusive += records[i].self;
        records[records[i].parent].inclusive += records[i].inclusive;
    }
}

int main(int argc, char **argv)
{
    struct message message = {""};
    struct profile_process process = {.pid = 1, .command = "large", .tick_ns = 0.4, .end = 1};
    struct profile_module module = {.file = {.path = "/home/user/project/large", .build_id_size = 20},
                                    .symbolized = 1};
    struct profile_thread thread = {.name = "large", .end = 1};
    struct profile profile = {.processes = &process,
                              .process_count = 1,
                              .threads = &thread,
                              .thread_count = 1,
                              .modules = &module,
                              .module_count = 1};

    if (argc != 3)
        return 2;
    profile.function_count = strtoul(argv[1], NULL, 10);
    profile.record_count = strtoul(argv[2], NULL, 10) + 1;
    profile.functions = calloc(profile.function_count, sizeof *profile.functions);
    profile.records = calloc(profile.record_count, sizeof *profile.records);
    if (profile.functions == NULL || profile.records == NULL || profile.function_count == 0)
        return 1;
    thread.record_count = (uint32_t)profile.record_count;
    fill_functions(&profile);
    fill_records(&profile);
    return prof_write(&profile, stdout, &message) == 0 && fflush(stdout) == 0 ? 0 : 1;
}
