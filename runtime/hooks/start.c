/*
 * start.c - the start of the process, as far as recording goes. See start.h.
 *
 * A process starts at its first event, in the thread that has it; others wait. So does a forked child, which
 * finds its parent's state wiped:
 *
 *     process_start              PROCESS_NEW ------> PROCESS_STARTING, in one thread
 *         choose                 once, and serves children too: the timer, the filters, the kernel's clock
 *         image_open             the image, and the gate's page in it; without: PROCESS_OFF
 *         points_read            functions that start and stop the recording
 *         filter_start           the table of filters
 *         image_describe         what the image says of the process and its clock
 *             calibrate_hooks    what the hooks cost; a child has its parent's figures
 *         gate_pause             if the recording is to begin paused
 *                                PROCESS_STARTING -> PROCESS_READY
 *
 * process_load(), a constructor, reads the settings before the program can change its environment.
 * Instrumented constructors of other libraries may run, and start the process, even before that.
 */
#include "runtime/hooks/start.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "runtime/core/process.h"
#include "runtime/core/settings.h"
#include "runtime/core/slow.h"
#include "runtime/format/image.h"
#include "runtime/format/note.h"
#include "runtime/format/settings.h"
#include "runtime/gate/filter.h"
#include "runtime/gate/gate.h"
#include "runtime/gate/points.h"
#include "runtime/hooks/calibrate.h"
#include "runtime/hooks/shut.h"
#include "runtime/hooks/specimen.h"
#include "runtime/life/command.h"
#include "runtime/life/cpu_time.h"
#include "runtime/life/fork.h"
#include "runtime/life/image_file.h"
#include "runtime/life/process_end.h"
#include "runtime/life/refusal.h"
#include "runtime/life/thread.h"
#include "runtime/system/memory.h"
#include "runtime/system/system.h"
#include "runtime/system/vdso.h"
#include "runtime/timers/timer.h"
#include "runtime/timers/wait.h"

__attribute__((section(".note.profile"), used, aligned(4))) static const struct note note = {
    sizeof note.name, sizeof note.value, NOTE_TYPE, NOTE_NAME, IMAGE_VERSION};

#ifndef CLOCK_READS
#define CLOCK_READS IMAGE_READS_SAMPLED /* unless the settings say otherwise */
#endif

static struct image_header *parent_header; /* in a child: that of the nearest ancestor that has an image */

/* Returns which calls read the clock. The kernel's samples tell of time alone, and they tell where calls that
 * are not timed spend it: so all calls are timed where the timer counts things. Waiting is only seen where
 * all calls are timed. */
static enum image_reads choose_reads(void)
{
    if (settings_get()->reads != 0)
        return settings_get()->reads;
    return timer_counts() || timer_waits() ? IMAGE_READS_EVERY : CLOCK_READS;
}

/* Returns the nanoseconds between two samples, or 0 if there are to be none: they tell nothing about what is
 * not time. */
static uint32_t choose_period(const struct image_header *header)
{
    uint32_t frequency = settings_get()->frequency;

    if (frequency == 0 || settings_get()->sampler == SETTING_SAMPLER_NONE ||
        header->clock == IMAGE_CLOCK_SETTABLE || header->reads == IMAGE_READS_NONE || timer_counts() ||
        header->timer == IMAGE_TIMER_CUSTOM)
        return 0;
    return 1000000000 / frequency;
}

static void choose(void)
{
    static int is_done;
    struct settings *settings = settings_get();

    if (is_done)
        return;
    settings_read();
    timer_choose(settings->timer);
    filter_choose(&(struct filter_settings){
        .has_patterns = settings->has_filters,
        .depth = settings->depth,
        .throttle_calls = settings->throttle_calls,
        .throttle_ns = settings->throttle_ns,
    });
    vdso_find();
    is_done = 1;
}

/* Returns what the hooks cost, also where they are to record nothing just now. */
static struct image_costs calibrate_hooks(void)
{
    struct image_costs costs;

    gate_force();
    costs = calibrate(choose_reads());
    gate_release();
    return costs;
}

/* Returns the nanoseconds of a tick, by two instants that are a moment apart; 0 if they do not tell. */
static double tick_length(const struct image_anchor *from, const struct image_anchor *to)
{
    return to->ticks > from->ticks && to->monotonic > from->monotonic
               ? (double)(to->monotonic - from->monotonic) / (double)(to->ticks - from->ticks)
               : 0;
}

static void image_describe(struct image_header *header)
{
    struct image_anchor before;
    int has_cpu_time;

    header->version = IMAGE_VERSION;
    header->reads = choose_reads();
    timer_describe(header);
    before = process_instant(header);
    header->costs = parent_header != NULL ? parent_header->costs : calibrate_hooks();
    has_cpu_time = cpu_time_is_allowed();
    header->start = header->last = process_instant(header);
    if (has_cpu_time)
        header->cpu_start = system_clock(CLOCK_PROCESS_CPUTIME_ID);
    header->rate = parent_header != NULL ? parent_header->rate : tick_length(&before, &header->start);
    if (timer_waits())
        wait_begin(header->clock == IMAGE_CLOCK_TSC ? header->rate : 1);
    header->waits = (uint32_t)wait_is_known();
    header->period = choose_period(header);
    header->sample_cost = settings_get()->sample_cost;
    header->pid = system_pid();
    header->parent_pid = system_parent_pid();
    header->start_time = (int64_t)system_clock(CLOCK_REALTIME);
    command_note(header);
    header->lost = hooks_too_early;
    hooks_too_early = 0;
}

/* Returns PROCESS_READY or PROCESS_OFF. */
static int start(struct process *process)
{
    int was_paused = gate_is_paused(); /* the parent, in a forked child */
    int error;

    choose();
    if ((error = image_open(process)) != 0) {
        if (parent_header != NULL)
            __atomic_fetch_add(&parent_header->children_lost, 1, __ATOMIC_RELAXED);
        else if (settings_get()->spool[0] == '\0' && settings_get()->out[0] != '\0' && !process->is_hidden)
            refusal_print(settings_get()->out, error);
        return PROCESS_OFF;
    }
    if (parent_header == NULL && settings_get()->spool[0] != '\0')
        points_read(settings_get()->spool);
    process->is_forked = parent_header != NULL;
    filter_start(process);
    filter_set(process, (uint64_t)specimen_instrumented, FILTER_RECORDED); /* what calibrate() calls */
    image_describe(process->header);
    thread_end_hook_create();
    if (was_paused || (parent_header == NULL && settings_get()->is_paused))
        gate_pause();
    memcpy(process->header->magic, IMAGE_MAGIC, sizeof process->header->magic);
    parent_header = process->header; /* a child has this mapping too */
    return PROCESS_READY;
}

/* Returns the state of the process, which is all zeros at first; NULL without memory. */
static struct process *process_get(void)
{
    struct process *process = __atomic_load_n(&process_current, __ATOMIC_ACQUIRE), *fresh;

    if (process != NULL)
        return process;
    if ((fresh = memory_private(sizeof *fresh)) == NULL)
        return NULL;
    if (__atomic_compare_exchange_n(&process_current, &process, fresh, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        return fresh;
    memory_private_free(fresh, sizeof *fresh);
    return process;
}

struct process *process_start(void)
{
    struct process *process = process_get();
    int state = PROCESS_NEW;

    if (process == NULL)
        return NULL;
    if (__atomic_compare_exchange_n(&process->state, &state, PROCESS_STARTING, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        state = start(process);
        __atomic_store_n(&process->state, state, __ATOMIC_RELEASE);
    }
    while (state == PROCESS_STARTING) { /* in another thread */
        system_yield();
        state = __atomic_load_n(&process->state, __ATOMIC_ACQUIRE);
    }
    return state == PROCESS_READY ? process : NULL;
}

/* Loads the library of a custom timer. Constructors that ran before may be instrumented: the process has then
 * started without the timer, and is described again. */
static void load_timer(void)
{
    struct process *process;
    struct slow slow;

    timer_find();
    process = process_self();
    if (process == NULL || slow_enter(&slow) != 0)
        return;
    timer_describe(process->header);
    process->header->costs = calibrate_hooks();
    slow_leave(&slow);
}

__attribute__((constructor(101))) static void process_load(void)
{
    choose();
    if (timer_is_waiting())
        load_timer();
    fork_hook_create();
    (void)at_quick_exit(process_end); /* the first to be registered is the last to run */
}
