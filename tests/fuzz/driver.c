/*
 * driver.c - runs a fuzz target without libFuzzer, on inputs and on mutations of them, for the test suite.
 *
 *     image_driver [-f] [-n COUNT] [-i DIRECTORY] [-w DIRECTORY] PATH...
 *
 * Each PATH is an input, or a directory of inputs. With -f, PATHs are files from which inputs are made; with
 * -i, these inputs are written to DIRECTORY and not run. COUNT mutations of each input are run too, the same
 * ones in each run; with -w, they are written to DIRECTORY as files, and nothing is run.
 *
 * No input may take more than SECONDS_MAX or MEMORY_MAX. An input that fails is written to `failed-input`.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/base/file.h"
#include "tests/fuzz/fuzz.h"

enum { SECONDS_MAX = 20, MEMORY_MAX = 512 << 20, INPUT_MAX = 64 << 10 }; /* memory and input in bytes */

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

static struct {
    int are_files;
    uint32_t count;
    const char *inputs, *mutations; /* the directories to write to, or NULL */
} settings;

static const uint8_t *current;
static size_t current_size;
static uint32_t random_state = 1;
static unsigned written;

void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static void keep_input(void)
{
    int file = open("failed-input", O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (file >= 0 && write(file, current, current_size) >= 0)
        fputs("the input is in failed-input\n", stderr);
}

static void fail(int signal_number)
{
    if (signal_number == SIGALRM)
        fprintf(stderr, "an input takes more than %d seconds\n", SECONDS_MAX);
    keep_input();
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void set_limits(void)
{
    signal(SIGALRM, fail);
    signal(SIGABRT, fail);
    if (__sanitizer_set_death_callback != NULL)
        __sanitizer_set_death_callback(keep_input);
#ifndef __SANITIZE_ADDRESS__
    struct rlimit limit = {MEMORY_MAX, MEMORY_MAX};

    signal(SIGSEGV, fail);
    signal(SIGBUS, fail);
    signal(SIGFPE, fail);
    setrlimit(RLIMIT_AS, &limit);
#endif
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
    size_t at = fuzz_random(&random_state, (uint32_t)size + 1);
    size_t length = fuzz_random(&random_state, 8) + 1;

    switch (fuzz_random(&random_state, 4)) {
    case 0: /* removes bytes */
        length = length < size - at ? length : size - at;
        memmove(data + at, data + at + length, size - at - length);
        return size - length;
    case 1: /* inserts bytes */
        length = length < max_size - size ? length : max_size - size;
        memmove(data + at + length, data + at, size - at);
        for (size_t i = 0; i < length; i++)
            data[at + i] = (uint8_t)fuzz_random(&random_state, 256);
        return size + length;
    case 2:
        if (at < size)
            data[at] ^= (uint8_t)(1U << fuzz_random(&random_state, 8));
        return size;
    default:
        if (at < size)
            data[at] = (uint8_t)fuzz_random_number(&random_state);
        return size;
    }
}

/* Runs the input in a block of exactly its size, so that a sanitizer sees a read beyond it. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    REQUIRE(copy != NULL);
    memcpy(copy, data, size);
    current = copy;
    current_size = size;
    alarm(SECONDS_MAX);
    LLVMFuzzerTestOneInput(copy, size);
    alarm(0);
    free(copy);
}

static void write_to(const char *directory, const uint8_t *data, size_t size)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%04u", directory, written++);
    file = fopen(path, "wb");
    REQUIRE(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

static void write_file(const uint8_t *data, size_t size)
{
    size_t file_size;
    uint8_t *file = fuzz_to_file(data, size, &file_size);

    write_to(settings.mutations, file, file_size);
    free(file);
}

static void run_input(const char *path)
{
    static uint8_t mutated[INPUT_MAX];
    struct message message = {""};
    unsigned char *data;
    size_t size;

    if (file_read(path, &data, &size, &message) != 0) {
        fprintf(stderr, "%s\n", message.text);
        exit(1);
    }
    if (settings.are_files)
        size = fuzz_from_file(data, size);
    if (settings.inputs != NULL)
        write_to(settings.inputs, data, size);
    else if (settings.mutations == NULL)
        run(data, size);
    if (size > INPUT_MAX)
        size = INPUT_MAX;
    for (uint32_t i = 1; i <= settings.count; i++) {
        memcpy(mutated, data, size);
        size_t mutated_size = LLVMFuzzerCustomMutator(mutated, size, INPUT_MAX, i);
        if (settings.mutations != NULL)
            write_file(mutated, mutated_size);
        else
            run(mutated, mutated_size);
    }
    free(data);
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void run_path(const char *path)
{
    struct dirent **entries;
    struct stat status;
    char entry[4096];
    int count = stat(path, &status) == 0 && S_ISDIR(status.st_mode)
                    ? scandir(path, &entries, is_shown, alphasort)
                    : -1;

    if (count < 0) {
        run_input(path);
        return;
    }
    for (int i = 0; i < count; i++) {
        snprintf(entry, sizeof entry, "%s/%s", path, entries[i]->d_name);
        run_input(entry);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    for (int option; (option = getopt(argc, argv, "fi:n:w:")) != -1;)
        if (option == 'f')
            settings.are_files = 1;
        else if (option == 'n')
            settings.count = (uint32_t)strtoul(optarg, NULL, 10);
        else if (option == 'i')
            settings.inputs = optarg;
        else if (option == 'w')
            settings.mutations = optarg;
        else
            return 2;
    set_limits();
    for (int i = optind; i < argc; i++)
        run_path(argv[i]);
    return 0;
}
