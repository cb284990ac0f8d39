/*
 * process.h - the private state of the process: its image, its threads, its modules.
 *
 * process_start() (hooks/start.c) starts the process at its first event. All other code calls process_self(),
 * which only reads.
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
struct timer_head;

struct process {
    int state; /* enum process_state */
    int lock;  /* guards the image's space and lists, and ranges */

    /* Guarded by lock_retired. A thread that needs both locks takes lock_retired first. */
    int lock_retired;
    uint32_t retired;                  /* ended threads that keep figures of their own */
    struct thread *collectors;         /* they hold the figures of threads that have ended */
    struct thread *spare_threads;      /* states for threads that start */
    struct thread *live;               /* threads that run */
    struct timer_head *sampler_timers; /* timers of threads (timers/sampler_timer.c) */
    uint32_t profiles;                 /* profiles that the program has made */
    uint32_t region_count;

    char *base;         /* the image */
    uint64_t reserved;  /* bytes of address space for it */
    uint64_t allocated; /* bytes of the file that may be touched */
    uint64_t length;    /* bytes of the file, if the rest of it is a hole; else 0 */
    struct image_header *header;
    char path[PATH_MAX];
    int is_forked; /* another process of the same program has made this one */
    int is_hidden; /* the image is private: it leaves no file behind */
    int no_follow; /* O_NOFOLLOW if the path must not be a symbolic link, else 0 */

    uint64_t contexts;           /* records, without folded ones and those directly below a root */
    uint64_t aliases;            /* slots that lead from a path to a folded record */
    struct module_range *ranges; /* listed modules */
    size_t range_count, range_capacity;
    uint32_t generation; /* counts the times at which modules have gone */
    uint64_t ignores;    /* like thread.ignores, for threads that have recorded nothing */
    uint32_t *regions;   /* the hash table of regions, or NULL */

    int lock_filter; /* guards filters and filter_modules */
    struct filter_table *filters;
    struct filter_module *filter_modules;
};

/* The process, or NULL. It is wiped in a forked child. */
extern HIDDEN struct process *process_current;

/* Returns the process if it has an image, else NULL. */
struct process *process_self(void);

/* Returns 1 if the process could not get an image: nothing will be recorded. */
int process_is_off(void);

/* Returns 0 if a child that vfork made is running in the memory of PROCESS. Where the program has forbidden
 * itself to ask for its number, it has no such child. */
int process_is_ours(const struct process *process);

/* Counts a call that no thread could record. */
void process_lose(void);

/* Notes in the image that the timer could not be read. */
void process_miss_timer(void);

void process_lock(struct process *process);
void process_unlock(struct process *process);
void process_lock_retired(struct process *process);
void process_unlock_retired(struct process *process);

/* Returns this instant on the clock of the image with HEADER, and on the kernel's clocks. A thread that may
 * not read them gets the last one that was noted. */
struct image_anchor process_instant(const struct image_header *header);

/* Notes this instant in the image as the last at which the process ran. */
void process_anchor(struct process *process);

#endif
