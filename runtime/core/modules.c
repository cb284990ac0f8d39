/*
 * modules.c - finds the module of an address, and notes in the image how to find its file again.
 *
 * A module is listed once, when one of its functions is first called. To list modules at dlopen() would need
 * a wrapper of it. To list them at the end is not safe: a process may be killed before.
 */
#include <elf.h>
#include <link.h>
#include <linux/stat.h>
#include <sys/auxv.h>

#include "runtime/core/compiler.h"
#include "runtime/core/modules.h"

#include "runtime/core/module_file.h"
#include "runtime/core/process.h"
#include "runtime/core/space.h"
#include "runtime/core/thread.h"
#include "runtime/core/turnstile.h"
#include "runtime/format/image.h"
#include "runtime/system/memory.h"
#include "runtime/system/system.h"
#include "runtime/system/vdso.h"

/* Fills the size and modification time of the file, which identify a module without a build-id. It is the
 * file DESCRIPTOR, or that at PATH if DESCRIPTOR is negative. */
static void module_stat(struct image_module *module, int descriptor, const char *path)
{
    struct statx status;
    long result;

    memset(&status, 0, sizeof status);
    result = descriptor >= 0
                 ? SYSTEM_CALL(SYS_statx, descriptor, "", AT_EMPTY_PATH, STATX_SIZE | STATX_MTIME, &status, 0)
                 : SYSTEM_CALL(SYS_statx, AT_FDCWD, path, 0, STATX_SIZE | STATX_MTIME, &status, 0);
    if (result == 0) {
        module->file_size = status.stx_size;
        module->file_mtime = status.stx_mtime.tv_sec * 1000000000 + status.stx_mtime.tv_nsec;
    }
}

/* Notes how to find the file of the module of INFO, at PATH, and hands it to the launcher. */
static void module_identify(struct image_module *module, const struct dl_phdr_info *info, const char *path)
{
    int descriptor = module_file_open(info, path);

    module_stat(module, descriptor, path);
    if (descriptor < 0)
        return;
    module_file_hand_over(descriptor, path);
    system_close(descriptor);
}

/* Copies the build-id, if there is one, from the notes in memory between NOTES and END. */
static void module_build_id(struct image_module *module, const char *notes, const char *end)
{
    while ((size_t)(end - notes) >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)notes;
        const char *name = notes + sizeof *note;
        const char *text = name + ((note->n_namesz + 3u) & ~3u);
        const char *next = text + ((note->n_descsz + 3u) & ~3u);

        if (text > end || next > end || next <= notes)
            return;
        if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 && memcmp(name, "GNU", 4) == 0 &&
            note->n_descsz <= IMAGE_BUILD_ID_MAX) {
            memcpy(module->build_id, text, note->n_descsz);
            module->build_id_size = note->n_descsz;
            return;
        }
        notes = next;
    }
}

/* glibc leaves the program's name empty. musl gives the name that it was started by, which may be of no use
 * as a path. */
int module_is_program(const struct dl_phdr_info *info)
{
    return info->dlpi_name[0] == '\0' || (uint64_t)info->dlpi_phdr == getauxval(AT_PHDR);
}

size_t module_path(const struct dl_phdr_info *info, char *path, size_t size)
{
    const char *name = info->dlpi_name;
    size_t length = 0, name_length = strlen(name);
    long result;

    path[0] = '\0';
    if (module_is_program(info)) {
        result = system_readlink("/proc/self/exe", path, size - 1);
        length = result > 0 ? (size_t)result : 0;
    } else {
        if (name[0] != '/' && (result = system_getcwd(path, size)) > 1 && path[0] == '/') {
            length = (size_t)result - 1;
            path[length++] = '/';
        }
        if (length + name_length < size) {
            memcpy(path + length, name, name_length);
            length += name_length;
        }
    }
    path[length] = '\0';
    return length;
}

/* Adds the addresses from START to before END to the ranges. Returns 0, or -1 without memory. */
static int range_add(struct process *process, uint64_t start, uint64_t end, uint32_t module)
{
    if (process->range_count == process->range_capacity) {
        size_t capacity = process->range_capacity ? 2 * process->range_capacity : 64;
        struct module_range *ranges = memory_private(capacity * sizeof *ranges);

        if (ranges == NULL)
            return -1;
        for (size_t i = 0; i < process->range_count; i++)
            ranges[i] = process->ranges[i];
        if (process->ranges != NULL)
            memory_private_free(process->ranges, process->range_capacity * sizeof *ranges);
        process->ranges = ranges;
        process->range_capacity = capacity;
    }
    process->ranges[process->range_count++] = (struct module_range){start, end, module, 0, 0};
    return 0;
}

/* ---- the loader's list, and forks ---- */

/*
 * A forked child inherits the lock of glibc's list of modules in its state at the fork. If another thread
 * held the lock, the child would wait for it for ever at its first event. So a fork waits until no search of
 * ours runs, and a search waits until no fork runs.
 *
 * The program may search the list itself, and its callback, which runs under the lock, may call a new
 * function. Our search for that function then waits for a fork. The fork waits for other searches, and those
 * wait for the lock. The limit of a turnstile ends that.
 */
static struct turnstile searches;

void modules_before_fork(void)
{
    turnstile_close(&searches, 0);
}

void modules_after_fork_in_parent(void)
{
    turnstile_open(&searches);
}

/* The threads that were searching or forking do not exist in the child. */
void modules_after_fork_in_child(void)
{
    searches = (struct turnstile){0, 0};
}

/* ---- searches ---- */

struct modules_source modules_elsewhere[MODULES_ELSEWHERE];

int modules_visit(modules_visitor *visit, void *argument)
{
    int result;

    turnstile_enter(&searches);
    result = dl_iterate_phdr(visit, argument);
    for (int i = 0; result == 0 && i < MODULES_ELSEWHERE; i++) {
        struct modules_source *source = &modules_elsewhere[i];
        modules_function *modules;

        if (__atomic_load_n(&source->modules, __ATOMIC_RELAXED) == NULL)
            continue;
        __atomic_add_fetch(&source->users, 1, __ATOMIC_SEQ_CST);
        modules = __atomic_load_n(&source->modules, __ATOMIC_SEQ_CST);
        if (modules != NULL)
            result = modules(visit, argument);
        __atomic_sub_fetch(&source->users, 1, __ATOMIC_SEQ_CST);
    }
    turnstile_leave(&searches);
    return result;
}

/* A search for the module that holds ADDRESS. */
struct search {
    struct process *process;
    uint64_t address;
    uint32_t module;
};

/* Adds the module of INFO, whose executable code lies from START to before END, to the image and the ranges.
 * PATH has PATH_MAX bytes to work with. Returns its unit, or 0 without space. */
static uint32_t module_add_with(struct process *process, const struct dl_phdr_info *info, uint64_t start,
                                uint64_t end, char *path)
{
    size_t path_size = module_path(info, path, PATH_MAX);
    size_t size = (sizeof(struct image_module) + path_size + IMAGE_UNIT - 1) / IMAGE_UNIT * IMAGE_UNIT;
    uint32_t unit = space_allocate(process, size);
    struct image_module *module = image_at(process->base, unit);

    if (unit == 0)
        return 0;
    module->base = info->dlpi_addr;
    module->start = start;
    module->end = end;
    module->path_size = (uint32_t)path_size;
    memcpy(module->path, path, path_size);
    module_identify(module, info, path);
    for (size_t i = 0; i < info->dlpi_phnum && module->build_id_size == 0; i++)
        if (info->dlpi_phdr[i].p_type == PT_NOTE) {
            const char *notes = (const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);

            module_build_id(module, notes, notes + info->dlpi_phdr[i].p_memsz);
        }
    process_lock(process);
    module->next = process->header->modules;
    __atomic_store_n(&process->header->modules, unit, __ATOMIC_RELEASE);
    if (range_add(process, start, end, unit) != 0)
        unit = 0;
    process_unlock(process);
    return unit;
}

/* module_add_with() with a path in memory of its own: the stack may be a small one of a signal handler or of
 * a coroutine. */
static uint32_t module_add(struct process *process, const struct dl_phdr_info *info, uint64_t start,
                           uint64_t end)
{
    char *path = memory_private(PATH_MAX);
    uint32_t unit = path != NULL ? module_add_with(process, info, start, end, path) : 0;

    if (path != NULL)
        memory_private_free(path, PATH_MAX);
    return unit;
}

/* Returns the unit of the listed module that holds ADDRESS, or 0. */
static uint32_t range_find(struct process *process, uint64_t address)
{
    uint32_t module = 0;

    process_lock(process);
    for (size_t i = process->range_count; i-- > 0 && module == 0;)
        if (!process->ranges[i].is_dead && address >= process->ranges[i].start &&
            address < process->ranges[i].end)
            module = process->ranges[i].module;
    process_unlock(process);
    return module;
}

/* Fills START and END with the bounds of the executable code of the module of INFO. Returns 1 if that holds
 * ADDRESS, else 0. START is UINT64_MAX if there is no such code. */
static int module_bounds(const struct dl_phdr_info *info, uint64_t address, uint64_t *start, uint64_t *end)
{
    int holds = 0;

    *start = UINT64_MAX;
    *end = 0;
    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uint64_t from = info->dlpi_addr + segment->p_vaddr;

        if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
            continue;
        *start = from < *start ? from : *start;
        *end = from + segment->p_memsz > *end ? from + segment->p_memsz : *end;
        holds |= address >= from && address < from + segment->p_memsz;
    }
    return holds;
}

/* Adds the module of INFO if it holds the address of the search. Returns 1 if so, which ends the search. */
static int module_visit(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct search *search = argument;
    uint64_t start, end;

    (void)size;
    if (!module_bounds(info, search->address, &start, &end))
        return 0;
    search->module = module_add(search->process, info, start, end);
    return 1;
}

/* A search takes the loader's lock, and may have to wait for it. */
uint32_t module_find(struct process *process, uint64_t address)
{
    struct search search = {process, address, range_find(process, address)};

    if (search.module == 0 && system_allows(SYS_futex, 0))
        modules_visit(module_visit, &search);
    return search.module;
}

static int module_visit_all(struct dl_phdr_info *info, size_t size, void *argument)
{
    uint64_t start, end;

    (void)size;
    module_bounds(info, 0, &start, &end);
    if (start < end && !vdso_holds(start) && range_find(argument, start) == 0)
        module_add(argument, info, start, end);
    return 0;
}

void modules_list(struct process *process)
{
    modules_visit(module_visit_all, process);
}

uint32_t module_at(struct process *process, size_t place)
{
    uint32_t unit;

    process_lock(process);
    unit = place < process->range_count ? process->ranges[place].module : 0;
    process_unlock(process);
    return unit;
}
