/*
 * find.c - symbolizer_find() and symbolizer_hooks(): functions by their names. See symbolizer.h.
 *
 * The ELF symbols are enough, because every instrumented function has one.
 */
#include <stdlib.h>
#include <string.h>

#include "symbolizer/debug_files.h"
#include "symbolizer/elf_symbols.h"
#include "symbolizer/isolation.h"
#include "symbolizer/symbolizer.h"

enum { CPU_SECONDS = 15, MEMORY = 1 << 30 }; /* the child's limits, the memory in bytes */

struct search {
    const char *path, *name;
};

/* Returns 1 if NAME is the linkage name of SYMBOL or its demangled name, with parameters if NAME has some. */
static int is_named(const char *symbol, const char *name)
{
    size_t length;
    const char *own = elf_symbols_own_name(symbol, &length);
    char *linked = strndup(own, length);
    char *written = linked != NULL
                        ? symbolizer_demangle(linked, SYMBOLIZER_LANGUAGE_UNKNOWN, strchr(name, '(') != NULL)
                        : NULL;
    int result =
        (linked != NULL && strcmp(linked, name) == 0) || (written != NULL && strcmp(written, name) == 0);

    free(linked);
    free(written);
    return result;
}

/* Searches the symbols: an isolation_work whose answer is the addresses. */
static int search_work(void *argument, void **answer, size_t *size)
{
    const struct search *search = argument;
    struct elf_file module = {0}, debug = {0};
    struct elf_symbols symbols = {0};
    uint64_t *addresses = NULL;
    size_t count = 0;

    if (elf_file_open(&module, search->path) != 0)
        return -1;
    debug_files_open(&debug, &module, search->path, DEBUG_FILES_ROOT);
    if (elf_symbols_load(&symbols, &debug, &module) != 0 ||
        (addresses = malloc((symbols.count + 1) * sizeof *addresses)) == NULL)
        return -1;
    for (size_t i = 0; i < symbols.count; i++)
        if (is_named(symbols.functions[i].name, search->name) &&
            (count == 0 || addresses[count - 1] != symbols.functions[i].address))
            addresses[count++] = symbols.functions[i].address;
    *answer = addresses;
    *size = count * sizeof *addresses;
    return 0;
}

size_t symbolizer_find(const char *path, const char *name, uint64_t *addresses, size_t max)
{
    struct search search = {path, name};
    struct isolation_limits limits = {.cpu_seconds = CPU_SECONDS, .memory = MEMORY, .answer = MEMORY};
    void *answer = NULL;
    size_t size = 0, count;

    if (isolation_run(search_work, &search, &limits, &answer, &size) != 0)
        size = 0;
    count = size / sizeof *addresses < max ? size / sizeof *addresses : max;
    if (count > 0)
        memcpy(addresses, answer, count * sizeof *addresses);
    free(answer);
    return count;
}

/* Looks for the hooks: an isolation_work whose ARGUMENT is the path, and whose answer is an elf_presence. */
static int hooks_work(void *argument, void **answer, size_t *size)
{
    enum elf_presence *presence = calloc(1, sizeof *presence);
    struct elf_file module;

    *answer = presence;
    *size = sizeof *presence;
    if (presence == NULL)
        return -1;
    if (elf_file_open(&module, argument) == 0) {
        *presence = elf_symbols_presence(module.elf, "__cyg_profile_func_enter");
        elf_file_close(&module);
    }
    return 0;
}

enum symbolizer_hooks symbolizer_hooks(const char *path)
{
    struct isolation_limits limits = {
        .cpu_seconds = CPU_SECONDS, .memory = MEMORY, .answer = sizeof(enum elf_presence)};
    enum elf_presence presence = ELF_ABSENT;
    void *answer = NULL;
    size_t size = 0;

    if (isolation_run(hooks_work, (void *)(uintptr_t)path, &limits, &answer, &size) == 0 &&
        size == sizeof presence)
        memcpy(&presence, answer, size);
    free(answer);
    return presence == ELF_DEFINED     ? SYMBOLIZER_HOOKS_OWN
           : presence == ELF_UNDEFINED ? SYMBOLIZER_HOOKS_CALLED
                                       : SYMBOLIZER_HOOKS_NONE;
}
