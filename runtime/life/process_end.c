/*
 * process_end.c - the end of the process, as far as recording goes. See process_end.h.
 */
#include "runtime/life/process_end.h"

#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/life/command.h"
#include "runtime/life/cpu_time.h"
#include "runtime/life/image_file.h"
#include "runtime/life/thread.h"
#include "runtime/system/system.h"
#include "runtime/timers/sampler.h"
#include "runtime/timers/timer.h"

void process_exec(int begins)
{
    struct process *process = process_self();
    struct slow slow;

    /* A child that vfork made shares our memory: its end is not ours. */
    if (process == NULL || !process_is_ours(process) || slow_enter(&slow) != 0)
        return;
    if (begins)
        threads_note_waits(process);
    if (begins && process->is_forked && !sampler_is_forbidden() && !system_is_confined())
        command_note(process->header);
    process_anchor(process);
    thread_note_timer();
    process->header->ended = begins ? timer_clock() : 0;
    slow_leave(&slow);
}

__attribute__((destructor)) void process_end(void)
{
    struct process *process = process_self();
    struct slow slow;
    int is_free;

    if (process == NULL || slow_enter(&slow) != 0)
        return;
    thread_note_samples();
    threads_read_names(process);
    threads_note_waits(process);
    process_anchor(process);
    thread_note_timer();
    is_free = cpu_time_is_allowed();
    if (is_free && process->is_forked)
        command_note(process->header);
    if (is_free)
        process->header->cpu_ended = system_clock(CLOCK_PROCESS_CPUTIME_ID);
    process->header->ended = timer_clock();
    if (process->is_hidden && process->length == 0)
        image_remove(process);
    slow_leave(&slow);
}
