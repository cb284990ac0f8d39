/*
 * timer_names.c - the timers that `profile --timer` names. See timer_names.h.
 *
 * A library with a timer is looked at, but not loaded: it may need symbols that only the program has.
 */
#include "cli/record/timer_names.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/format/image.h"
#include "runtime/format/settings.h"

static int is_named(const char *text)
{
    size_t length = strlen(text);

    for (const char *name = TIMER_NAMES; *name != '\0'; name += strspn(name, " ")) {
        size_t size = strcspn(name, " ");
        if (size == length && memcmp(name, text, size) == 0)
            return 1;
        name += size;
    }
    return 0;
}

int timer_parse(const char *text, struct message *message)
{
    const char *function = strchr(text, ':');
    const char *unit = function != NULL ? strchr(function + 1, ':') : NULL;

    struct event event;

    if (is_named(text) || event_find(text, &event) == 0)
        return 0;
    if (function == NULL || function == text || function[1] == '\0' || unit == function + 1)
        return message_set(message,
                           "unknown timer '%s' (use " TIMER_NAMES
                           ", another event of perf, or LIBRARY:FUNCTION[:UNIT])",
                           text);
    if (unit != NULL &&
        (strchr(unit + 1, ':') != NULL || unit[1] == '\0' || strlen(unit + 1) >= IMAGE_UNIT_NAME_MAX))
        return message_set(message, "invalid unit '%s' (use 1 to %d bytes without a colon)", unit + 1,
                           IMAGE_UNIT_NAME_MAX - 1);
    return 0;
}

/* Returns 1 if one of the dynamic symbols of SECTION defines FUNCTION. */
static int section_defines(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, const char *function)
{
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;

    for (int i = 0; data != NULL && gelf_getsym(data, i, &symbol) != NULL; i++) {
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
        if (name != NULL && strcmp(name, function) == 0 && symbol.st_shndx != SHN_UNDEF &&
            GELF_ST_TYPE(symbol.st_info) == STT_FUNC)
            return 1;
    }
    return 0;
}

static int library_defines(Elf *elf, const char *function)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;

    while ((section = elf_nextscn(elf, section)) != NULL)
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == SHT_DYNSYM &&
            section_defines(elf, section, &header, function))
            return 1;
    return 0;
}

/* Returns 1 if the file is a library that this machine can load. */
static int is_library(Elf *elf)
{
    GElf_Ehdr header;

    return elf != NULL && gelf_getehdr(elf, &header) != NULL && header.e_type == ET_DYN &&
           gelf_getclass(elf) == (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32);
}

static int check_library(const char *path, const char *function, struct message *message)
{
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    Elf *elf = NULL;
    int result = 0;

    if (descriptor < 0)
        return message_set(message, "cannot load the timer %s: %s", path, strerror(errno));
    if (elf_version(EV_CURRENT) != EV_NONE)
        elf = elf_begin(descriptor, ELF_C_READ, NULL);
    if (!is_library(elf))
        result = message_set(message, "cannot load the timer %s: it is not a shared library", path);
    else if (!library_defines(elf, function))
        result = message_set(message, "%s has no function %s that could be the timer", path, function);
    elf_end(elf);
    close(descriptor);
    return result;
}

/* Fills OPTION for LIBRARY:FUNCTION[:UNIT], always with a unit, and with the full path: the program may
 * change its directory. */
static int custom_option(const char *text, char **option, struct message *message)
{
    size_t length = strcspn(text, ":");
    char *library = strndup(text, length), *path = NULL;
    const char *unit = strchr(text + length + 1, ':');
    char *function = strndup(text + length + 1, strcspn(text + length + 1, ":"));
    int result = -1;

    if (library == NULL || function == NULL)
        message_no_memory(message);
    else if (check_library(library, function, message) != 0)
        ; /* which has said why */
    else if ((path = realpath(library, NULL)) == NULL ||
             asprintf(option, SETTING_TIMER "%s:%s:%s", path, function, unit != NULL ? unit + 1 : "ticks") <
                 0)
        message_set(message, "cannot load the timer %s: %s", library, strerror(errno));
    else
        result = 0;
    free(library);
    free(function);
    free(path);
    return result;
}

static int is_alloc(const char *text)
{
    return text != NULL && strcmp(text, "alloc") == 0;
}

/* Otherwise a wait in a call that is not timed would count for another call. */
int timer_needs_every(const char *text)
{
    return text != NULL && strcmp(text, "wall,cpu") == 0;
}

const char *timer_library(const char *text)
{
    return is_alloc(text) ? "libprofile-alloc.so" : "libprofile.so";
}

/* A malloc in the program itself comes before the preloaded one, which counts. */
int timer_check_program(const char *text, const char *path, struct message *message)
{
    int descriptor = is_alloc(text) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    Elf *elf = NULL;
    int result = 0;

    if (descriptor < 0)
        return 0;
    if (elf_version(EV_CURRENT) != EV_NONE)
        elf = elf_begin(descriptor, ELF_C_READ, NULL);
    if (elf != NULL && elf_kind(elf) == ELF_K_ELF && library_defines(elf, "malloc"))
        result = message_set(message,
                             "%s has a malloc of its own, which alloc does not see: count in it, and name "
                             "the function that returns the count (LIBRARY:FUNCTION)",
                             path);
    elf_end(elf);
    close(descriptor);
    return result;
}

static int event_option(const char *name, const struct event *event, char **option, struct message *message)
{
    if (event_check(name, event, message) != 0)
        return -1;
    return asprintf(option, SETTING_TIMER SETTING_TIMER_EVENT "%" PRIu32 ":%" PRIu64 ":%s", event->type,
                    event->config, event->unit) >= 0
               ? 0
               : message_no_memory(message);
}

int timer_option(const char *text, char **option, struct message *message)
{
    struct event event;

    *option = NULL;
    if (strcmp(text, "wall") == 0)
        return 0;
    if (strchr(text, ':') != NULL)
        return custom_option(text, option, message);
    if (is_alloc(text)) /* a function of the runtime's library */
        text = ":__profile_allocated:bytes";
    if (event_find(text, &event) == 0)
        return event_option(text, &event, option, message);
    return asprintf(option, SETTING_TIMER "%s", text) >= 0 ? 0 : message_no_memory(message);
}
