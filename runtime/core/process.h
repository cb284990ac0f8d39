/*
 * process.h - the private state of the process: its image, its threads, its modules.
 *
 * hooks/start.c starts the process at its first event. All others ask process_self(), which reads and does
 * nothing else.
 *
 *     PROCESS_NEW ---> PROCESS_STARTING ---> PROCESS_READY    it has an image
 *      ^                               `---> PROCESS_OFF      it could not get one: nothing is recorded
 *      `-- fork: the child finds zeros
 */
#ifndef RUNTIME_CORE_PROCESS_H
#define RUNTIME_CORE_PROCESS_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/core/compiler.h"
#include "runtime/format/image.h"

enum process_state { PROCESS_NEW, PROCESS_STARTING, PROCESS_READY, PROCESS_OFF };

struct thread;
struct module_range;
struct filter_table;
struct filter_module;

struct process {
    int state; /* enum process_state */
    int lock;  /* of the image's space and lists, and of ranges */

    /* Under lock_retired, which is taken before lock. */
    int lock_retired;
    uint32_t retired;
    struct thread *collectors;    /* have the figures of threads that ended */
    struct thread *spare_threads; /* for threads that start */
    struct thread *live;          /* threads that run */
    uint32_t profiles;            /* that the program has made */
    uint32_t region_count;

    char *base;         /* the image */
    uint64_t reserved;  /* bytes of address space that it has */
    uint64_t allocated; /* bytes of the file that may be touched */
    uint64_t length;    /* bytes of the file, if the rest of it is a hole; else 0 */
    struct image_header *header;
    char path[PATH_MAX];
    int is_hidden; /* nobody is to see the image */
    int no_follow; /* O_NOFOLLOW, if the path must lead through no link */

    uint64_t contexts;           /* records, without folded ones ... */
    uint64_t aliases;            /* ... and slots that lead from a path to a folded record */
    struct module_range *ranges; /* known modules */
    size_t range_count, range_capacity;
    uint32_t generation; /* how often modules have gone */
    uint64_t ignores;    /* as thread.ignores, for threads that have recorded nothing */
    uint32_t *regions;   /* a hash table of image_regions, or NULL */

    int lock_filter; /* of the next two */
    struct filter_table *filters;
    struct filter_module *filter_modules;
};

/* The process, or NULL. It is wiped in a forked child. */
extern HIDDEN struct process *process_current;

/* Returns the process if it has an image, else NULL. */
struct process *process_self(void);

/* Returns 1 if the process could not get an image: nothing will be recorded. */
int process_is_off(void);

/* Counts a call that no thread could record. */
void process_lose(void);

/* Notes in the image that the timer could not be read. */
void process_miss_timer(void);

void process_lock(struct process *process);
void process_unlock(struct process *process);
void process_lock_retired(struct process *process);
void process_unlock_retired(struct process *process);

/* Returns this instant on the clock of the image with HEADER, and on the kernel's. */
struct image_anchor process_instant(const struct image_header *header);

/* Notes this instant in the image, as the last at which the process was seen to run. */
void process_anchor(struct process *process);

#endif
