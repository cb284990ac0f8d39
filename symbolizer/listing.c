/*
 * listing.c - symbolizer_list(): the addresses of all functions of a module. See symbolizer.h.
 */
#include "symbolizer/debug_files.h"
#include "symbolizer/elf_symbols.h"
#include "symbolizer/isolation.h"
#include "symbolizer/lookup.h"
#include "symbolizer/symbolizer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { CPU_SECONDS = 15, MEMORY = 1 << 30 }; /* what any listing may take, the memory in bytes */

/* The child's answer. */
struct answer {
    uint64_t build_id_size;
    unsigned char build_id[SYMBOLIZER_BUILD_ID_MAX];
    uint64_t addresses[];
};

static int answer_make(const struct elf_symbols *symbols, Elf *module, void **answer, size_t *size)
{
    struct answer *made = calloc(1, sizeof *made + symbols->count * sizeof *made->addresses);
    size_t count = 0;

    if (made == NULL)
        return -1;
    made->build_id_size = elf_build_id(module, made->build_id, sizeof made->build_id);
    for (size_t i = 0; i < symbols->count; i++)
        if (count == 0 || symbols->functions[i].address != made->addresses[count - 1])
            made->addresses[count++] = symbols->functions[i].address;
    *answer = made;
    *size = sizeof *made + count * sizeof *made->addresses;
    return 0;
}

/* Lists the functions: an isolation_work whose ARGUMENT is the path. */
static int list_work(void *argument, void **answer, size_t *size)
{
    struct elf_file module, separate = {0};
    struct elf_symbols symbols = {0};
    int result;

    if (elf_file_open(&module, argument) != 0)
        return -1;
    if (elf_file_section(&module, ".symtab") == ELF_SECTION_NONE &&
        debug_files_open(&separate, &module, argument, DEBUG_FILES_ROOT) == 0)
        isolation_allow(lookup_memory(separate.size), lookup_seconds(separate.size));
    result = elf_symbols_load(&symbols, &separate, &module);
    if (result == 0)
        result = answer_make(&symbols, module.elf, answer, size);
    elf_symbols_free(&symbols);
    elf_file_close(&separate);
    elf_file_close(&module);
    return result;
}

/* Fills FUNCTIONS from ANSWER, of SIZE bytes. Returns -1 if it is not well-formed or memory is short. */
static int answer_take(const struct answer *answer, size_t size, struct symbolizer_functions *functions)
{
    size_t count;

    if (size < sizeof *answer || (size - sizeof *answer) % sizeof *answer->addresses != 0 ||
        answer->build_id_size > sizeof answer->build_id)
        return -1;
    count = (size - sizeof *answer) / sizeof *answer->addresses;
    for (size_t i = 1; i < count; i++)
        if (answer->addresses[i] <= answer->addresses[i - 1])
            return -1;
    functions->addresses = calloc(count + 1, sizeof *functions->addresses);
    if (functions->addresses == NULL)
        return -1;
    functions->count = count;
    memcpy(functions->addresses, answer->addresses, count * sizeof *functions->addresses);
    functions->build_id_size = answer->build_id_size;
    memcpy(functions->build_id, answer->build_id, sizeof functions->build_id);
    return 0;
}

int symbolizer_list(const char *path, struct symbolizer_functions *functions, char *message)
{
    struct stat status;
    uint64_t file = stat(path, &status) == 0 ? (uint64_t)status.st_size : 0;
    /* A symbol takes more bytes in the file than in the answer. */
    const struct isolation_limits limits = {.cpu_seconds = CPU_SECONDS + lookup_seconds(file),
                                            .memory = MEMORY + lookup_memory(file),
                                            .answer = MEMORY};
    void *answer = NULL;
    size_t size = 0;
    int result = isolation_run(list_work, (void *)(uintptr_t)path, &limits, &answer, &size);

    *functions = (struct symbolizer_functions){0};
    if (result == 0)
        result = answer_take(answer, size, functions);
    if (result != 0)
        lookup_message(message, path, ": its functions cannot be listed");
    free(answer);
    return result == 0 ? 0 : -1;
}
