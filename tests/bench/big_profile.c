/*
 * big_profile.c - writes a profile of 100,000 functions and 1,000,000 contexts to standard output; or with
 * the word `suite`, one of 278 processes of one program, with 8,000,000 contexts. `make bench` measures how
 * long stats takes to read them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/file.h"
#include "cli/files/prof_file.h"
#include "tests/lib/suite.h"

enum { FUNCTIONS = 100000, RECORDS = 1000000, SUITE_PROCESSES = 278, SUITE_CONTEXTS = 40000 };

static void add_functions(struct profile *profile)
{
    char text[128];

    for (uint32_t i = 0; i < FUNCTIONS; i++) {
        struct profile_function *function = &profile->functions[i];
        *function = (struct profile_function){
            .offset = 16 * i, .line = 10 + i % 997, .language = SYMBOLIZER_LANGUAGE_C};
        snprintf(text, sizeof text, "function_with_a_name_%u", (unsigned)i);
        function->name = profile_string(profile, text, strlen(text));
        snprintf(text, sizeof text, "/usr/src/program/module_%u/file_%u.c", (unsigned)i / 2500,
                 (unsigned)i / 50);
        function->file = profile_string(profile, text, strlen(text));
    }
}

/* Adds contexts, each below a random earlier one. The generator makes the same numbers in each run. */
static void add_records(struct profile *profile)
{
    uint64_t seed = 1;

    profile->records[0] = (struct profile_record){.function = PROFILE_NONE, .parent = PROFILE_NONE};
    for (uint32_t i = 1; i <= RECORDS; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        profile->records[i] = (struct profile_record){.function = (uint32_t)(seed >> 33) % FUNCTIONS,
                                                      .parent = (uint32_t)((seed >> 20) % i),
                                                      .target = i,
                                                      .calls = 1 + (seed >> 40) % 1000,
                                                      .self = (seed >> 30) % 1000000,
                                                      .inclusive = (seed >> 30) % 10000000};
    }
}

static int write_profile(const struct profile *profile)
{
    struct message message = {""};
    struct byte_writer out = {0};
    int result = prof_write(&out, profile, &message);

    if (result == 0)
        result = file_write(STDOUT_FILENO, out.bytes, out.size);
    if (result != 0)
        fprintf(stderr, "big_profile: cannot write: %s\n", message.text);
    free(out.bytes);
    return result == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int write_suite(void)
{
    struct profile profile = {0};
    int result = EXIT_FAILURE;

    if (suite_make(&profile, SUITE_PROCESSES, SUITE_CONTEXTS) == 0)
        result = write_profile(&profile);
    model_free(&profile);
    return result;
}

int main(int argc, char **argv)
{
    static struct profile_process process = {.command = "big", .tick_ns = 0.4};
    static struct profile_thread thread = {.name = "", .record_count = RECORDS + 1};
    struct profile profile = {.processes = &process,
                              .process_count = 1,
                              .threads = &thread,
                              .thread_count = 1,
                              .functions = calloc(FUNCTIONS, sizeof *profile.functions),
                              .function_count = FUNCTIONS,
                              .records = calloc(RECORDS + 1, sizeof *profile.records),
                              .record_count = RECORDS + 1};
    static struct profile_module module = {.file.path = "/usr/bin/program"};

    if (argc > 1 && strcmp(argv[1], "suite") == 0)
        return write_suite();
    if (profile.functions == NULL || profile.records == NULL)
        return EXIT_FAILURE;
    profile.modules = &module;
    profile.module_count = 1;
    add_functions(&profile);
    add_records(&profile);
    return write_profile(&profile);
}
