/*
 * parts.h - collects the processes and threads of runs.
 *
 * A process stands below its parent, and siblings stand in the order in which they started. The threads of a
 * process stand together, the one with most time first. Processes and threads without calls are left out.
 */
#ifndef CLI_ANALYSIS_PARTS_H
#define CLI_ANALYSIS_PARTS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/base/intern.h"
#include "cli/base/message.h"
#include "cli/model/model.h"

struct parts_figures {
    uint64_t calls, unwound;
    double self;     /* ns, or what timers count */
    double variance; /* of it, squared */
    double wall;     /* ns */
};

struct parts_process {
    uint64_t pid, parent, threads;
    const char *command;
    enum profile_exit exit;
    uint32_t exit_value;
    uint32_t level; /* 0: its parent is not listed */
    int is_last;    /* of its siblings */
    struct parts_figures figures;
};

struct parts_thread {
    uint64_t pid, tid;
    uint64_t count; /* threads that it stands for */
    int is_strand;  /* it is the stack of a coroutine; only parts.c reads this */
    const char *name, *command;
    uint32_t process; /* only parts.c reads this */
    struct parts_figures figures;
};

/* A zeroed struct has no processes and threads. */
struct parts {
    struct parts_process *processes;
    size_t process_count;
    struct parts_thread *threads;
    size_t thread_count;
    int counts; /* the timers do not measure time */
    struct intern strings;
};

/* Adds the processes and threads of PROFILE, which may be freed afterwards. Returns 0, or -1 and fills
 * MESSAGE. */
int parts_add(struct parts *parts, const struct profile *profile, struct message *message);

/* Frees what PARTS holds. */
void parts_free(struct parts *parts);

#endif
