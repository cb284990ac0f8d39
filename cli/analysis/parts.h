/*
 * parts.h - the processes and threads of which runs consist: what `stats --by process` and `--by thread`
 * print.
 *
 *          pid   parent  threads    ncalls  tottime     wall  ended       command
 *         1200     1100        2      1104  1.209ms  2.000ms  status 0    ./server
 *         1201     1200        1         4  0.100ms  1.000ms  signal 9    └─./worker 'a b'
 *
 *          pid      tid    ncalls  tottime     wall  thread           command
 *         1200     1200      1000  1.109ms  2.000ms  server           ./server
 *
 * A process stands below its parent, in the order in which they started; the threads of a process stand
 * together, the one with most time first. What made no calls is left out. Strings are escaped.
 */
#ifndef CLI_ANALYSIS_PARTS_H
#define CLI_ANALYSIS_PARTS_H

#include <stdint.h>
#include <stdio.h>

#include "cli/base/intern.h"
#include "cli/base/message.h"
#include "cli/model/model.h"
#include "cli/report/text_table.h"

struct parts_figures {
    uint64_t calls, unwound;
    double self; /* ns, or what timers count */
    double wall; /* ns */
};

struct parts_process {
    uint64_t pid, parent, threads;
    const char *command;
    enum profile_exit exit;
    uint32_t exit_value;
    uint32_t level; /* 0: it has no parent here */
    int is_last;    /* of its siblings */
    struct parts_figures figures;
};

struct parts_thread {
    uint64_t pid, tid;
    uint64_t count; /* threads that it stands for */
    int is_strand;  /* only parts.c reads it: a coroutine's stack */
    const char *name, *command;
    uint32_t process; /* only parts.c reads it */
    struct parts_figures figures;
};

/* Zeroed, there are none. */
struct parts {
    struct parts_process *processes;
    size_t process_count;
    struct parts_thread *threads;
    size_t thread_count;
    int counts; /* their timers count something else than time */
    struct intern strings;
};

enum parts_kind { PARTS_PROCESSES, PARTS_THREADS };

struct parts_report {
    const struct parts *parts;
    enum parts_kind kind;
    enum report_unit unit;
    int64_t limit; /* lines; -1: all */
    int unwound;   /* with a column for the calls that were left without a return */
};

/* Adds the processes and threads of PROFILE, which may be freed afterwards. -1 with a message without memory.
 */
int parts_add(struct parts *parts, const struct profile *profile, struct message *message);

/* Errors are left in the stream's error flag. */
void parts_print(FILE *stream, const struct parts_report *report);
void parts_print_csv(FILE *stream, const struct parts_report *report);

void parts_free(struct parts *parts);

#endif
