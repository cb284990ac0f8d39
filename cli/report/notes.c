/*
 * notes.c - what the reader of a report should know. See notes.h.
 *
 * Calls that had not returned are no news where the program ended by itself: whoever calls exit() leaves
 * some.
 */
#include "cli/report/notes.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report/text_table.h"

static void add_clock(struct notes *notes, const struct profile_process *process)
{
    if (process->asleep > notes->asleep)
        notes->asleep = process->asleep;
    if (fabs(process->astray) > fabs(notes->astray))
        notes->astray = process->astray;
}

static void add_process(struct notes *notes, const struct profile *profile, uint32_t process)
{
    if (profile->processes[process].exit != PROFILE_EXIT_SIGNAL)
        return;
    if (process > 0)
        notes->children++;
    else if (notes->killed++ == 0)
        notes->signal = profile->processes[process].exit_value;
}

/* Names the function FUNCTION of PROFILE in TEXT. */
static void name_function(char text[NOTES_TEXT_MAX], const struct profile *profile, uint32_t function)
{
    const struct profile_function *named = &profile->functions[function];
    char *name = named->name == NULL ? NULL : symbolizer_demangle(named->name, named->language, 0);

    if (named->name == NULL)
        snprintf(text, NOTES_TEXT_MAX, "the function at 0x%" PRIx64, named->offset);
    else
        snprintf(text, NOTES_TEXT_MAX, "%s", name != NULL ? name : named->name);
    free(name);
}

void notes_add_throttled(struct notes *notes, const struct profile *profile)
{
    for (size_t i = 0; i < profile->throttled_count; i++) {
        const struct profile_throttled *throttled = &profile->throttled[i];
        char name[NOTES_TEXT_MAX], after[REPORT_TIME_MAX];
        struct message text;

        if (notes->throttled++ >= NOTES_THROTTLED)
            continue;
        name_function(name, profile, throttled->function);
        report_time(after, throttled->after, REPORT_UNIT_AUTO);
        message_set(
            &text, "%s was recorded only until %s after the start, after some %" PRIu64 " calls (--throttle)",
            name, after, throttled->calls);
        snprintf(notes->throttled_texts[notes->throttled - 1], NOTES_TEXT_MAX, "%.*s", NOTES_TEXT_MAX - 1,
                 text.text);
    }
}

void notes_add(struct notes *notes, const struct profile *profile)
{
    notes->programs += profile->process_count > 0;
    notes_add_throttled(notes, profile);
    for (size_t i = 0; i < profile->process_count; i++) {
        add_process(notes, profile, (uint32_t)i);
        add_clock(notes, &profile->processes[i]);
        notes->unrecorded += profile->processes[i].children_lost;
        notes->is_untimed |= profile->processes[i].reads == PROFILE_READS_NONE;
    }
    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];
        notes->lost += thread->lost;
        notes->folded += thread->folded;
        *(profile->processes[thread->process].timer < PROFILE_TIMER_CPU ? &notes->rewound
                                                                        : &notes->backwards) +=
            thread->backwards;
        if (profile->processes[thread->process].exit == PROFILE_EXIT_SIGNAL)
            notes->open += thread->open;
    }
    for (size_t i = 0; i < profile->record_count; i++)
        notes->has_calls |= profile->records[i].function != PROFILE_NONE &&
                            (profile->records[i].calls != 0 || profile->records[i].self != 0);
}

static void print_killed(const struct notes *notes, const char *command, FILE *stream)
{
    const char *name = strsignal((int)notes->signal);

    if (notes->programs == 1)
        fprintf(stream, "%s: the program was killed by signal %" PRIu32 " (%s)", command, notes->signal,
                name);
    else
        fprintf(stream, "%s: %zu of %zu programs were killed, the first by signal %" PRIu32 " (%s)", command,
                notes->killed, notes->programs, notes->signal, name);
    if (notes->open > 0)
        fprintf(stream, "; calls that had not returned, %" PRIu64 ", are timed up to then", notes->open);
    fputc('\n', stream);
}

void notes_print_clock(const struct notes *notes, const char *command, FILE *stream)
{
    if (notes->asleep > 0 && notes->astray == 0)
        fprintf(stream, "%s: the machine slept for %.1fs while the program ran: times leave that out\n",
                command, notes->asleep * 1e-9);
    if (notes->astray != 0) {
        fprintf(stream, "%s: the processor's clock went %.1fs %s than the kernel's while the program ran",
                command, fabs(notes->astray) * 1e-9, notes->astray > 0 ? "further" : "less far");
        if (notes->asleep > 0)
            fprintf(stream, ", in which the machine slept for %.1fs", notes->asleep * 1e-9);
        fputs(": calls that were open at the time are wrong by as much; use profile --timer=monotonic\n",
              stream);
    }
    if (notes->rewound > 0)
        fprintf(stream,
                "%s: the clock stepped back in %" PRIu64
                " contexts, whose times are left out; use profile --timer=monotonic\n",
                command, notes->rewound);
}

void notes_print_throttled(const struct notes *notes, const char *command, FILE *stream)
{
    for (uint64_t i = 0; i < notes->throttled && i < NOTES_THROTTLED; i++)
        fprintf(stream, "%s: %s\n", command, notes->throttled_texts[i]);
    if (notes->throttled > NOTES_THROTTLED)
        fprintf(stream, "%s: and %" PRIu64 " functions more\n", command, notes->throttled - NOTES_THROTTLED);
}

void notes_print(const struct notes *notes, const char *command, FILE *stream)
{
    if (!notes->has_calls)
        fprintf(stream, "%s: no calls were recorded: was the program compiled with -finstrument-functions?\n",
                command);
    if (notes->is_untimed)
        fprintf(stream, "%s: there are no times: the program was run with profile --clock=none\n", command);
    notes_print_clock(notes, command, stream);
    if (notes->backwards > 0)
        fprintf(stream, "%s: the timer went backwards %" PRIu64 " times\n", command, notes->backwards);
    if (notes->lost > 0)
        fprintf(stream, "%s: %" PRIu64 " calls are missing: there was no space to record them\n", command,
                notes->lost);
    if (notes->folded > 0)
        fprintf(stream,
                "%s: %" PRIu64
                " calls appear in trees below their caller alone: there were more contexts than "
                "profile --max-contexts allows\n",
                command, notes->folded);
    if (notes->unrecorded > 0)
        fprintf(stream,
                "%s: %" PRIu64
                " forked processes are missing: when they made their first call they could no longer "
                "reach profile's directory\n",
                command, notes->unrecorded);
    notes_print_throttled(notes, command, stream);
    if (notes->killed > 0)
        print_killed(notes, command, stream);
    if (notes->children > 0)
        fprintf(stream, "%s: %" PRIu64 " of the program's other processes were killed; see --by process\n",
                command, notes->children);
}
