/*
 * support.h - compiles the fixtures and asks the symbolizer about them, for the tests of the symbolizer.
 *
 * The expected addresses come from nm, and the expected lines from the sources. In the sources, a comment
 * with
 * "@SYMBOL" marks the line of the symbol's name.
 */
#ifndef TESTS_SYMBOLIZER_SUPPORT_H
#define TESTS_SYMBOLIZER_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "symbolizer/symbolizer.h"

/* A test uses a part of this file. */
#pragma GCC diagnostic ignored "-Wunused-function"

#define SENTENCE(text, function)                                                                             \
    {                                                                                                        \
        .name = text, .test_func = function                                                                  \
    }

enum { SYMBOLS_MAX = 512 };

static char folder[PATH_MAX];  /* of the compiled programs */
static char sources[PATH_MAX]; /* of the fixtures, absolute */

/* A compiled program or library, and its functions as nm lists them. */
struct binary {
    char path[PATH_MAX];
    struct {
        char name[256];
        uint64_t address;
    } symbols[SYMBOLS_MAX];
    size_t count;
};

/* The symbols of a call of symbolizer_resolve(), and its results. */
struct answers {
    struct symbol symbols[SYMBOLS_MAX];
    size_t count;
    char *storage;
    char message[SYMBOLIZER_MESSAGE_MAX];
};

/* ---- programs ---- */

/* Runs a shell command. Returns its exit status, or -1 if it was killed. */
__attribute__((format(printf, 1, 2))) static int run(const char *format, ...)
{
    char command[4 * PATH_MAX];
    va_list arguments;
    int status;

    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Runs a shell command, and fails the test if the command fails. */
__attribute__((format(printf, 1, 2))) static void run_well(const char *format, ...)
{
    char command[4 * PATH_MAX];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    if (system(command) != 0)
        fail_msg("failed: %s", command);
}

static int have(const char *program)
{
    return run("command -v %s >/dev/null 2>&1", program) == 0;
}

/* Skips the test if there is no PROGRAM. */
static void need(const char *program)
{
    if (!have(program))
        skip();
}

/* Reads the functions of BINARY with nm and OPTION. */
static void binary_symbols_read(struct binary *binary, const char *option)
{
    char command[2 * PATH_MAX], line[1024], type;
    unsigned long long address;
    FILE *pipe;

    snprintf(command, sizeof command, "nm %s '%s' 2>/dev/null", option, binary->path);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    binary->count = 0;
    while (fgets(line, sizeof line, pipe) != NULL)
        if (binary->count < SYMBOLS_MAX &&
            sscanf(line, "%llx %c %255s", &address, &type, binary->symbols[binary->count].name) == 3 &&
            strchr("TtWwiu", type) != NULL)
            binary->symbols[binary->count++].address = address;
    pclose(pipe);
}

/* Compiles WHAT, which is flags and fixtures, to the file NAME in the folder. */
static void binary_make(struct binary *binary, const char *name, const char *compiler, const char *what)
{
    snprintf(binary->path, sizeof binary->path, "%.*s/%s", PATH_MAX / 2, folder, name);
    run_well("cd '%s' && %s -w %s -o '%s'", sources, compiler, what, binary->path);
    binary_symbols_read(binary, "");
}

/* Returns the address of the function NAME, according to nm. */
static uint64_t address_of(const struct binary *binary, const char *name)
{
    for (size_t i = 0; i < binary->count; i++)
        if (strcmp(binary->symbols[i].name, name) == 0)
            return binary->symbols[i].address;
    fail_msg("nm knows no %s in %s", name, binary->path);
    return 0;
}

/* ---- asking ---- */

static void answers_get(struct answers *answers, const struct symbolizer_module *module)
{
    assert_int_equal(
        symbolizer_resolve(module, answers->symbols, answers->count, &answers->storage, answers->message), 0);
}

/* Resolves COUNT ADDRESSES in the module at PATH. Returns the symbols. */
static struct symbol *answers_of_path(struct answers *answers, const char *path, const uint64_t *addresses,
                                      size_t count)
{
    struct symbolizer_module module = {.path = path};

    memset(answers, 0, sizeof *answers);
    answers->count = count;
    for (size_t i = 0; i < count; i++)
        answers->symbols[i].address = addresses[i];
    answers_get(answers, &module);
    return answers->symbols;
}

/* Resolves the function NAME alone. Returns its symbol. */
static struct symbol *answer(struct answers *answers, const struct binary *binary, const char *name)
{
    uint64_t address = address_of(binary, name);

    return answers_of_path(answers, binary->path, &address, 1);
}

static void answers_free(struct answers *answers)
{
    free(answers->storage);
    answers->storage = NULL;
}

static int ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Returns 1 if FOUND is EXPECTED, or another name of the same constructor or destructor. */
static int same_name(const char *found, const char *expected)
{
    char *left, *right;
    int same;

    if (strcmp(found, expected) == 0)
        return 1;
    left = symbolizer_demangle(found, SYMBOLIZER_LANGUAGE_CXX, 1);
    right = symbolizer_demangle(expected, SYMBOLIZER_LANGUAGE_CXX, 1);
    same = left != NULL && right != NULL && strcmp(left, right) == 0 &&
           (strstr(found, "C1E") != NULL || strstr(found, "C2E") != NULL || strstr(found, "C4E") != NULL ||
            strstr(found, "D1E") != NULL || strstr(found, "D2E") != NULL || strstr(found, "D4E") != NULL);
    free(left);
    free(right);
    return same;
}

static void symbol_check(const struct symbol *symbol, const char *name, const char *file, unsigned line,
                         const struct binary *binary)
{
    if (symbol->name == NULL || !same_name(symbol->name, name))
        fail_msg("%s: the function is %s, not %s", binary->path, symbol->name, name);
    if (symbol->file == NULL || strcmp(symbol->file, file) != 0)
        fail_msg("%s: %s is in %s, not in %s", binary->path, name, symbol->file, file);
    if (symbol->line != line)
        fail_msg("%s: %s is at line %u, not %u", binary->path, name, symbol->line, line);
}

/* ---- marks in the sources ---- */

/* A symbol that a comment marks. */
struct mark {
    char name[256];
    unsigned line;
};

/* Reads the marks of the fixture FILE to MARKS. Returns their number. */
static size_t marks_read(const char *file, struct mark *marks)
{
    char path[2 * PATH_MAX], text[1024];
    size_t count = 0;
    unsigned line = 0;
    FILE *stream;

    snprintf(path, sizeof path, "%s/%s", sources, file);
    stream = fopen(path, "r");
    assert_non_null(stream);
    while (fgets(text, sizeof text, stream) != NULL) {
        line++;
        for (const char *at = strchr(text, '@'); at != NULL; at = strchr(at + 1, '@'))
            if (sscanf(at + 1, "%255[A-Za-z0-9_$]", marks[count].name) == 1)
                marks[count++].line = line;
    }
    fclose(stream);
    assert_true(count > 0 && count < 100);
    return count;
}

/* Returns the line of the mark NAME in the fixture FILE. */
static unsigned marked_line(const char *file, const char *name)
{
    static struct mark marks[100];
    size_t count = marks_read(file, marks);

    for (size_t i = 0; i < count; i++)
        if (strcmp(marks[i].name, name) == 0)
            return marks[i].line;
    fail_msg("%s has no mark of %s", file, name);
    return 0;
}

/* Checks in one lookup that all addresses of all marked functions of FILE resolve to their marks. */
static void marks_check(const struct binary *binary, const char *file)
{
    static struct mark marks[100];
    static struct answers answers;
    const struct mark *expected[SYMBOLS_MAX];
    size_t marks_count = marks_read(file, marks);
    char path[2 * PATH_MAX];
    struct symbolizer_module module = {.path = binary->path};

    snprintf(path, sizeof path, "%s/%s", sources, file);
    memset(&answers, 0, sizeof answers);
    for (size_t m = 0; m < marks_count; m++) {
        address_of(binary, marks[m].name);
        for (size_t i = 0; i < binary->count; i++)
            if (strcmp(binary->symbols[i].name, marks[m].name) == 0) {
                expected[answers.count] = &marks[m];
                answers.symbols[answers.count++].address = binary->symbols[i].address;
            }
    }
    answers_get(&answers, &module);
    assert_string_equal(answers.message, "");
    for (size_t i = 0; i < answers.count; i++) {
        symbol_check(&answers.symbols[i], expected[i]->name, path, expected[i]->line, binary);
        assert_int_equal(answers.symbols[i].language, ends_with(file, ".cc") || ends_with(file, ".hh")
                                                          ? SYMBOLIZER_LANGUAGE_CXX
                                                          : SYMBOLIZER_LANGUAGE_C);
    }
    answers_free(&answers);
}

/*
 * Compiles FILES with each compiler for C (CXX is 0) or C++. Compiles each version of DWARF, with and without
 * optimisation, and for fixed and variable addresses. Checks the marks of the files MARKED in each program.
 */
static void matrix_check(int cxx, const char *files, const char *const *marked, const char *more)
{
    static const char *const compilers[2][2] = {{"gcc", "clang"}, {"g++", "clang++"}};
    static const char *const positions[] = {"-fPIE -pie", "-fno-pie -no-pie"};
    static struct binary binary;
    int compiled = 0;

    for (int c = 0; c < 2; c++) {
        if (!have(compilers[cxx][c]))
            continue;
        for (int version = 4; version <= 5; version++)
            for (int level = 0; level <= 2; level += 2)
                for (int position = 0; position < 2; position++) {
                    char what[1024];
                    snprintf(what, sizeof what, "-gdwarf-%d -O%d %s %s %s", version, level,
                             positions[position], more, files);
                    binary_make(&binary, "matrix", compilers[cxx][c], what);
                    for (int i = 0; marked[i] != NULL; i++)
                        marks_check(&binary, marked[i]);
                    compiled = 1;
                }
    }
    if (!compiled)
        skip();
}

/* ---- the group ---- */

static int group_setup(void **state)
{
    const char *where = getenv("SYMBOLIZER_FIXTURES"), *temporary = getenv("TMPDIR");

    (void)state;
    unsetenv("DEBUGINFOD_URLS"); /* no test asks the servers of whoever runs it */
    snprintf(folder, sizeof folder, "%s/symbolizer-test-XXXXXX", temporary != NULL ? temporary : "/tmp");
    if (realpath(where != NULL ? where : "tests/symbolizer", sources) == NULL || mkdtemp(folder) == NULL)
        return -1;
    return 0;
}

static int entry_remove(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static int group_teardown(void **state)
{
    (void)state;
    return nftw(folder, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
