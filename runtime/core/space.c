/*
 * space.c - makes the image file, and allocates space in it.
 *
 * The image is one mapping, at first much longer than its file. The file grows at its end, so the mapping
 * never moves. Space in the file is allocated before it is touched: on a full disk, a store into a hole would
 * raise SIGBUS in the program.
 *
 * In a spool the file is as long as the mapping from the start, with a hole at its end. The kernel fills the
 * hole through the mapping alone (MADV_POPULATE_WRITE). So growth needs no file to be opened. It also works
 * in a process that has changed its user or its root, or has closed all descriptors. Where filling the hole
 * is not possible, the file is opened again for each growth. Either way the runtime keeps no descriptor open.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "runtime/core/process.h"
#include "runtime/core/space.h"

#include "runtime/format/image.h"
#include "runtime/system/sandbox.h"
#include "runtime/system/system.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23 /* Linux 5.14 */
#endif

/* Bytes of address space for an image. Its units stay below 2^26, which leaves upper bits for marks such as
 * IMAGE_FOLDED. */
#define SPACE_LARGEST  ((uint64_t)4 << 30)
#define SPACE_SMALLEST ((uint64_t)1 << 20)

#define SPACE_STEP ((uint64_t)64 << 10) /* bytes by which the file grows at least */

/* Bytes that are laid up for a program that forbids itself system calls: enough for 80,000 new contexts, each
 * with a record, an edge and a function or a frame. They take memory or disk space until the end of the run.
 */
#define SPACE_RESERVE ((uint64_t)16 << 20)

/* Returns the soft limit of RESOURCE; RLIM_INFINITY if it cannot be read. */
static uint64_t limit_read(int resource)
{
    struct rlimit limit = {0};

    if (SYSTEM_CALL(SYS_prlimit64, 0, resource, NULL, &limit, 0, 0) != 0)
        return RLIM_INFINITY;
    return limit.rlim_cur;
}

/* Returns the bytes of address space for the image: 1/16 of the program's limit, but at least SPACE_SMALLEST
 * and at most SPACE_LARGEST. */
static uint64_t space_reservation(void)
{
    uint64_t limit = limit_read(RLIMIT_AS) / 16;

    return limit > SPACE_LARGEST ? SPACE_LARGEST : limit > SPACE_SMALLEST ? limit : SPACE_SMALLEST;
}

/* Allocates SIZE bytes of the file from OFFSET on. Writes zeros if the file system cannot allocate. Returns a
 * negated error number on failure. */
static long file_allocate(int descriptor, uint64_t offset, uint64_t size)
{
    static const char zeros[IMAGE_HEADER_SIZE];
    long result;

    if (offset + size > limit_read(RLIMIT_FSIZE))
        return -EFBIG; /* the kernel would raise SIGXFSZ */
    result = system_allocate(descriptor, offset, size);
    if (result != -EOPNOTSUPP && result != -ENOSYS)
        return result;
    for (uint64_t done = 0; done < size; done += (uint64_t)result) {
        uint64_t left = size - done;

        result = system_write_at(descriptor, zeros, left < sizeof zeros ? left : sizeof zeros, offset + done);
        if (result <= 0)
            return result < 0 ? result : -ENOSPC;
    }
    return 0;
}

/* Lengthens the file by a hole, to the length of the mapping or the limit of file sizes. Returns the length
 * in bytes, or 0 if the kernel cannot fill the hole through the mapping. */
static uint64_t file_lengthen(const struct process *process, int descriptor)
{
    uint64_t limit = limit_read(RLIMIT_FSIZE);
    uint64_t length = process->reserved < limit ? process->reserved : limit;

    if (system_is_error(system_advise(process->base, process->allocated, MADV_POPULATE_WRITE)) ||
        system_is_error(system_truncate(descriptor, length)))
        return 0;
    return length;
}

int space_open(struct process *process, int flags)
{
    long descriptor = system_open(process->path, O_RDWR | O_CREAT | flags, 0666);
    long result, memory = -ENOMEM;
    uint64_t reserved;

    if (system_is_error(descriptor))
        return (int)descriptor;
    result = file_allocate((int)descriptor, 0, SPACE_STEP);
    for (reserved = space_reservation(); !system_is_error(result) && reserved >= SPACE_SMALLEST;
         reserved /= 2) {
        memory = system_map(reserved, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, (int)descriptor);
        if (!system_is_error(memory))
            break;
        result = memory == -ENOMEM ? 0 : memory;
    }
    if (system_is_error(result) || system_is_error(memory)) {
        system_close((int)descriptor);
        return (int)(system_is_error(result) ? result : memory);
    }
    system_advise((void *)memory, reserved, MADV_DONTDUMP);
    process->base = (char *)memory;
    process->header = (struct image_header *)process->base;
    process->reserved = reserved;
    process->allocated = SPACE_STEP;
    process->no_follow = flags & O_NOFOLLOW;
    process->header->used = IMAGE_HEADER_SIZE + IMAGE_GATE_SIZE;
    if (flags & O_EXCL) {
        system_change_mode((int)descriptor, 0600); /* space_grow() may open it again, whatever the umask */
        process->length = file_lengthen(process, (int)descriptor);
    }
    return (int)descriptor;
}

/* Allocates the file's space up to SIZE bytes at least. Returns 0, or -1 without space. */
static int space_grow(struct process *process, uint64_t size)
{
    uint64_t goal = (size + SPACE_STEP - 1) / SPACE_STEP * SPACE_STEP;
    long descriptor, result;

    if (goal > process->reserved)
        return -1;
    if (goal <= process->length) {
        if (system_is_error(system_advise(process->base + process->allocated, goal - process->allocated,
                                          MADV_POPULATE_WRITE)))
            return -1;
        process->allocated = goal;
        return 0;
    }
    descriptor = system_open(process->path, O_RDWR | process->no_follow, 0);
    if (system_is_error(descriptor))
        return -1;
    result = file_allocate((int)descriptor, process->allocated, goal - process->allocated);
    system_close((int)descriptor);
    if (system_is_error(result))
        return -1;
    process->allocated = goal;
    return 0;
}

/* Returns 1 if FILTER forbids space_grow() all that it does. */
static int is_frozen_by(const struct process *process, const struct sandbox_filter *filter)
{
    const long fill[SYSTEM_ARGUMENTS] = {(long)(process->base + process->allocated), SPACE_STEP,
                                         MADV_POPULATE_WRITE};

    return process->length == 0 || !sandbox_filter_allows(filter, SYS_madvise, fill);
}

void space_reserve(struct process *process, const struct sandbox_filter *filter)
{
    uint64_t size = SPACE_RESERVE;

    process_lock(process);
    while (is_frozen_by(process, filter) && process->allocated < process->header->used + size &&
           space_grow(process, process->header->used + size) != 0 && size > SPACE_STEP)
        size /= 2;
    process_unlock(process);
}

uint32_t space_allocate(struct process *process, size_t size)
{
    uint64_t offset = 0;

    process_lock(process);
    if (process->header->used + size <= process->allocated ||
        space_grow(process, process->header->used + size) == 0) {
        offset = process->header->used;
        process->header->used += size;
    }
    process_unlock(process);
    return (uint32_t)(offset / IMAGE_UNIT);
}
