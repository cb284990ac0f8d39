/*
 * lookup.c - opens a module, looks for its functions, and writes and reads the answer. See lookup.h.
 *
 * The answer is a header, a record for each symbol in the order of the request, and the strings. Parent and
 * child are one program, so the answer's integers and structs are those of the machine.
 */
#include "symbolizer/lookup.h"
#include "symbolizer/debug_files.h"
#include "symbolizer/dwarf_functions.h"
#include "symbolizer/elf_stubs.h"
#include "symbolizer/elf_symbols.h"
#include "symbolizer/fetch.h"
#include "symbolizer/isolation.h"
#include "symbolizer/wanted.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct answer_header {
    uint64_t count;   /* of the records; 0 if there is only a message */
    uint64_t strings; /* bytes */
    char message[SYMBOLIZER_MESSAGE_MAX];
    struct lookup_missing missing;
};

struct answer_symbol {
    uint64_t name, file; /* offsets into the strings, in bytes, or NO_STRING */
    uint32_t line, language;
};

#define NO_STRING UINT64_MAX

/* A lookup under way. */
struct session {
    const struct lookup *lookup;
    struct elf_file module;
    struct elf_file separate;  /* the separate debug file; zeroed if there is none */
    struct elf_file alternate; /* the alternate file of the file with the DWARF; zeroed if there is none */
    struct alternate_link link;
    struct elf_symbols elf_symbols;
    struct wanted wanted;
    uint64_t *addresses; /* for each symbol, its address, or that of the function behind its PLT entry */
    char message[SYMBOLIZER_MESSAGE_MAX];
    struct lookup_missing missing;
};

/* Returns the most bytes of strings that are kept for COUNT addresses. */
static size_t string_limit(size_t count)
{
    enum { BASE = 64 << 20, EACH = 4 << 10 };

    return count < ((size_t)1 << 31) / EACH ? BASE + count * EACH : (size_t)1 << 31;
}

/* libdwarf unpacks compressed sections into the heap, and the mapped file counts too. */
uint64_t lookup_memory(uint64_t file_size)
{
    return 4 * file_size;
}

/* One second for 2 MiB, up to an hour: about 100 times what finding every function of a 300 MB file took. */
unsigned lookup_seconds(uint64_t file_size)
{
    return (unsigned)(file_size >> 21 < 3600 ? file_size >> 21 : 3600);
}

size_t lookup_answer_limit(size_t count)
{
    return sizeof(struct answer_header) + count * sizeof(struct answer_symbol) + string_limit(count);
}

/* Replaces control characters by "?", so that a path or a damaged answer cannot break the user's line. */
static void message_clean(char *message)
{
    for (char *at = message; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
}

void lookup_message(char *message, const char *path, const char *text)
{
    size_t room = SYMBOLIZER_MESSAGE_MAX - 1 - strlen("...") - strlen(text), length = strlen(path);

    if (length > room)
        snprintf(message, SYMBOLIZER_MESSAGE_MAX, "...%s%s", path + length - room, text);
    else
        snprintf(message, SYMBOLIZER_MESSAGE_MAX, "%s%s", path, text);
    message_clean(message);
}

/* Returns 1 if FILE is the one that the addresses were taken from, as far as MODULE tells. */
static int unchanged(const struct symbolizer_module *module, const struct elf_file *file)
{
    unsigned char id[SYMBOLIZER_BUILD_ID_MAX];
    struct stat status;

    if (module->build_id_size > 0)
        return module->build_id_size <= sizeof module->build_id &&
               elf_build_id(file->elf, id, sizeof id) == module->build_id_size &&
               memcmp(id, module->build_id, module->build_id_size) == 0;
    if (module->size == 0)
        return 1;
    return fstat(file->fd, &status) == 0 && (uint64_t)status.st_size == module->size &&
           (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec == module->mtime;
}

/* Returns the file that has the DWARF, if any has. */
static const struct elf_file *dwarf_file(const struct session *session)
{
    return session->separate.elf != NULL ? &session->separate : &session->module;
}

/* Raises the child's limits for FILE. */
static void file_allow(const struct elf_file *file)
{
    isolation_allow(lookup_memory(file->size), lookup_seconds(file->size));
}

static int has_dwarf(const struct elf_file *file)
{
    return elf_file_section(file, ".debug_info") != ELF_SECTION_NONE ||
           elf_file_section(file, ".zdebug_info") != ELF_SECTION_NONE;
}

/* Opens the separate debug file of the module, or notes that it is missing. */
static void separate_open(struct session *session)
{
    const struct lookup *lookup = session->lookup;
    struct lookup_missing *missing = &session->missing;
    size_t size = elf_build_id(session->module.elf, missing->build_id, sizeof missing->build_id);

    if (debug_files_open(&session->separate, &session->module, lookup->module->path, DEBUG_FILES_ROOT) == 0 ||
        debug_files_open_at(&session->separate, lookup->separate, missing->build_id, size) == 0)
        file_allow(&session->separate);
    else
        missing->build_id_size = size;
}

/* Opens the debug file of a module that is gone, by its build-id, or notes that it is missing. Returns 0, or
 * -1 if there is none. */
static int orphan_open(struct session *session)
{
    const struct symbolizer_module *module = session->lookup->module;
    size_t size = module->build_id_size <= sizeof module->build_id ? module->build_id_size : 0;

    if (debug_files_open_by_id(&session->separate, module->build_id, size, DEBUG_FILES_ROOT) == 0 ||
        debug_files_open_at(&session->separate, session->lookup->separate, module->build_id, size) == 0) {
        file_allow(&session->separate);
        return 0;
    }
    session->missing.build_id_size = size;
    memcpy(session->missing.build_id, module->build_id, size);
    return -1;
}

/* Opens the module by its path. Returns 0, or -1 and fills the message if it cannot be opened or has changed.
 */
static int module_open(struct session *session)
{
    const struct symbolizer_module *module = session->lookup->module;
    char text[128];

    if (elf_file_open(&session->module, module->path) != 0) {
        if (errno == 0)
            snprintf(text, sizeof text, " is not an ELF file: its functions are shown as addresses");
        else
            snprintf(text, sizeof text, " cannot be read (%s): its functions are shown as addresses",
                     strerror(errno));
        lookup_message(session->message, module->path, text);
        return -1;
    }
    if (unchanged(module, &session->module))
        return 0;
    lookup_message(session->message, module->path,
                   " has changed since the run: its functions are shown as addresses; profile it again");
    elf_file_close(&session->module);
    return -1;
}

/* Opens the module where it is kept. Returns 0, or -1 if it is kept nowhere. */
static int kept_open(struct session *session)
{
    const struct symbolizer_module *module = session->lookup->module;

    if (module->kept == NULL || elf_file_open(&session->module, module->kept) != 0)
        return -1;
    if (unchanged(module, &session->module)) {
        file_allow(&session->module);
        return 0;
    }
    elf_file_close(&session->module);
    return -1;
}

/* Opens the module, its separate debug file and its alternate file. Returns 0, or -1 and fills the message if
 * the module cannot be opened or has changed. Its debug file may do without it. */
static int session_open(struct session *session)
{
    int is_gone = module_open(session) != 0 && kept_open(session) != 0;

    if (is_gone && orphan_open(session) != 0)
        return -1;
    session->message[0] = '\0';
    if (!is_gone && !has_dwarf(&session->module))
        separate_open(session);
    alternate_link_read(&session->link, dwarf_file(session));
    if (session->link.path[0] != '\0' &&
        (alternate_open(&session->alternate, dwarf_file(session), &session->link, DEBUG_FILES_ROOT) == 0 ||
         alternate_open_at(&session->alternate, session->lookup->alternate, &session->link) == 0))
        file_allow(&session->alternate);
    return 0;
}

static void session_close(struct session *session)
{
    elf_symbols_free(&session->elf_symbols);
    wanted_free(&session->wanted);
    free(session->addresses);
    elf_file_close(&session->alternate);
    elf_file_close(&session->separate);
    elf_file_close(&session->module);
}

/* Fills in the session's addresses and makes the wanted set of them. Returns 0, or -1 if memory is short. */
static int addresses_choose(struct session *session)
{
    const struct lookup *lookup = session->lookup;

    for (size_t i = 0; i < lookup->count; i++)
        session->addresses[i] = lookup->symbols[i].address;
    if (elf_stubs_follow(session->module.elf, &session->elf_symbols, session->addresses, lookup->count) != 0)
        return -1;
    return wanted_init(&session->wanted, session->addresses, lookup->count, string_limit(lookup->count));
}

/* Warns that the alternate file is missing, and notes it. The end of a long path tells more than its
 * beginning. */
static void alternate_warn(struct session *session)
{
    enum { PATH_SHOWN = 200 };
    char text[SYMBOLIZER_MESSAGE_MAX];
    const char *path = session->link.path;
    size_t length = strlen(path);
    int is_long = length > PATH_SHOWN;

    session->missing =
        (struct lookup_missing){.build_id_size = session->link.build_id_size, .is_alternate = 1};
    memcpy(session->missing.build_id, session->link.build_id, session->link.build_id_size);
    snprintf(
        text, sizeof text,
        ": a part of its debug information is in %s%.*s, which is missing: some functions may lack their "
        "file and line; install the debug package that has this file%s",
        is_long ? "..." : "", PATH_SHOWN, is_long ? path + length - PATH_SHOWN : path,
        fetch_allowed() ? "" : ", or set DEBUGINFOD_URLS");
    lookup_message(session->message, session->lookup->module->path, text);
}

static void dwarf_search(struct session *session)
{
    const struct elf_file *alternate = session->alternate.elf != NULL ? &session->alternate : NULL;
    const char *path = session->lookup->module->path;
    int lacks_alternate = 0;

    switch (dwarf_functions_find(&session->wanted, dwarf_file(session), alternate, &lacks_alternate)) {
    case DWARF_READ:
        if (lacks_alternate)
            alternate_warn(session);
        break;
    case DWARF_DAMAGED:
        lookup_message(session->message, path,
                       " has damaged debug information: some functions may lack their file and line");
        break;
    case DWARF_COMPRESSED:
        lookup_message(session->message, path,
                       " has debug information compressed by a method that libdwarf cannot read: its "
                       "functions lack file "
                       "and line; to uncompress it, run objcopy --decompress-debug-sections");
        break;
    }
}

/* Keeps the function's own name in NAME. */
static const char *own_name_keep(struct string_pool *pool, const char *name)
{
    const char *kept;
    size_t length;
    char *own;

    if (name == NULL)
        return NULL;
    name = elf_symbols_own_name(name, &length);
    own = strndup(name, length);
    if (own == NULL)
        return NULL;
    kept = string_pool_keep(pool, own);
    free(own);
    return kept;
}

/* Returns 1 if FUNCTION's symbol says no more than its DW_AT_name. That is so for Fortran's procedures
 * outside of modules: their symbols are "name_", "name.0" or "MAIN__", and in modules "__module_MOD_name". */
static int plain_name_is_enough(const struct wanted_function *function)
{
    return function->language == SYMBOLIZER_LANGUAGE_FORTRAN && function->plain_name != NULL &&
           (function->linkage_name == NULL || strstr(function->linkage_name, "_MOD_") == NULL);
}

/* Returns 1 if SYMBOL is NAME with a suffix, as those that gcc gives to the versions of target_clones in C.
 */
static int is_version(const char *symbol, const char *name)
{
    size_t length = name != NULL ? strlen(name) : 0;

    return length > 0 && strncmp(symbol, name, length) == 0 && symbol[length] == '.';
}

/* Chooses the name of each function. In this order: DWARF's linkage name, the symbol at the address,
 * DW_AT_name, and the symbol of the function that holds the address. */
static void names_choose(struct session *session)
{
    const struct elf_symbols *symbols = &session->elf_symbols;
    struct string_pool *pool = &session->wanted.strings;

    for (size_t i = 0; i < session->wanted.count; i++) {
        struct wanted_function *function = &session->wanted.functions[i];

        const struct elf_function *exact =
            elf_symbols_exact(symbols, function->address, function->plain_name);
        const struct elf_function *around = elf_symbols_covering(symbols, function->address);

        function->name = plain_name_is_enough(function) ? function->plain_name
                                                        : own_name_keep(pool, function->linkage_name);
        if (function->name == NULL && exact != NULL && !is_version(exact->name, function->plain_name))
            function->name = own_name_keep(pool, exact->name);
        if (function->name == NULL)
            function->name = function->plain_name;
        if (function->name == NULL && around != NULL)
            function->name = own_name_keep(pool, around->name);
    }
}

/* Returns 1 if the module's own functions have hooks, as far as it shows. A library of the system may hold
 * the one definition of a function that another module was compiled with too. */
static int has_hooks(const struct elf_file *module)
{
    return module->elf != NULL &&
           (elf_symbols_presence(module->elf, "__cyg_profile_func_enter") != ELF_ABSENT ||
            elf_file_section(module, ".dynsym") == ELF_SECTION_NONE);
}

/* Warns of a module without symbols, or without debug information, unless there is a warning already. */
static void lack_warn(struct session *session)
{
    size_t unnamed = 0;

    for (size_t i = 0; i < session->wanted.count; i++)
        unnamed += session->wanted.functions[i].name == NULL;
    if (session->message[0] != '\0' || has_dwarf(dwarf_file(session)) || !has_hooks(&session->module))
        return;
    lookup_message(
        session->message, session->lookup->module->path,
        unnamed > 0 && elf_file_section(dwarf_file(session), ".symtab") == ELF_SECTION_NONE
            ? " is stripped, or was linked with -s: its functions are shown as addresses, unless it exports "
              "them"
            : " has no debug information: its functions lack file and line; compile it with -g");
}

/* Makes the session's answer. If FOUND is 0, the module was not usable, and the answer is only a message. */
static int answer_make(struct session *session, int found, void **answer, size_t *size)
{
    struct answer_header header = {.count = found ? session->lookup->count : 0,
                                   .strings = found ? session->wanted.strings.bytes : 0};
    struct answer_symbol *records;
    char *block;

    memcpy(header.message, session->message, sizeof header.message);
    header.missing = session->missing;
    *size = sizeof header + header.count * sizeof *records + header.strings;
    block = malloc(*size);
    if (block == NULL)
        return -1;
    memcpy(block, &header, sizeof header);
    records = (struct answer_symbol *)(void *)(block + sizeof header);
    for (size_t i = 0; i < header.count; i++) {
        const struct wanted_function *function = wanted_at(&session->wanted, session->addresses[i]);
        records[i] = (struct answer_symbol){
            .name = function->name != NULL ? string_pool_offset(function->name) : NO_STRING,
            .file = function->file != NULL ? string_pool_offset(function->file) : NO_STRING,
            .line = function->line,
            .language = function->language};
    }
    if (found)
        string_pool_write(&session->wanted.strings, block + sizeof header + header.count * sizeof *records);
    *answer = block;
    return 0;
}

int lookup_work(void *argument, void **answer, size_t *size)
{
    struct session session = {.lookup = argument};
    int found = 0, result = -1;

    session.addresses = calloc(session.lookup->count, sizeof *session.addresses);
    if (session.addresses == NULL)
        return -1;
    if (session_open(&session) == 0) {
        if (elf_symbols_load(&session.elf_symbols, &session.separate, &session.module) != 0 ||
            addresses_choose(&session) != 0)
            goto close;
        if (!session.lookup->without_dwarf)
            dwarf_search(&session);
        names_choose(&session);
        lack_warn(&session);
        found = 1;
    }
    result = answer_make(&session, found, answer, size);
close:
    session_close(&session);
    return result;
}

static int string_sound(uint64_t offset, uint64_t size)
{
    return offset == NO_STRING || offset < size;
}

int lookup_decode(char *answer, size_t size, struct symbol *symbols, size_t count, char *message,
                  struct lookup_missing *missing)
{
    const struct answer_symbol *records =
        (const struct answer_symbol *)(void *)(answer + sizeof(struct answer_header));
    struct answer_header header;
    char *strings;

    if (size < sizeof header)
        return -1;
    memcpy(&header, answer, sizeof header);
    if ((header.count != 0 && header.count != count) ||
        memchr(header.message, '\0', sizeof header.message) == NULL ||
        header.missing.build_id_size > sizeof header.missing.build_id ||
        header.count > (size - sizeof header) / sizeof *records ||
        header.strings != size - sizeof header - header.count * sizeof *records ||
        (header.strings > 0 && answer[size - 1] != '\0'))
        return -1;
    for (size_t i = 0; i < header.count; i++)
        if (!string_sound(records[i].name, header.strings) ||
            !string_sound(records[i].file, header.strings) ||
            records[i].language >= SYMBOLIZER_LANGUAGE_COUNT)
            return -1;
    strings = answer + size - header.strings;
    for (size_t i = 0; i < header.count; i++) {
        symbols[i].name = records[i].name != NO_STRING ? strings + records[i].name : NULL;
        symbols[i].file = records[i].file != NO_STRING ? strings + records[i].file : NULL;
        symbols[i].line = records[i].line;
        symbols[i].language = (enum symbolizer_language)records[i].language;
    }
    memcpy(message, header.message, sizeof header.message);
    message_clean(message);
    *missing = header.missing;
    return 0;
}
