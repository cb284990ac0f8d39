/*
 * notes.c - prints what the reader of a report should know. See notes.h.
 */
#include "cli/report/notes.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/base/count.h"
#include "cli/base/message.h"
#include "cli/report/figures.h"

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
        fprintf(stream, "; calls that had not returned (%" PRIu64 ") are timed up to then", notes->open);
    fputc('\n', stream);
}

void notes_print_clock(const struct notes *notes, const char *command, FILE *stream)
{
    if (notes->asleep > 0 && notes->astray == 0)
        fprintf(stream, "%s: the machine slept for %.1fs while the program ran: times do not include that\n",
                command, notes->asleep * 1e-9);
    if (notes->astray != 0) {
        fprintf(stream, "%s: the processor's clock ran %.1fs %s the kernel's while the program ran", command,
                fabs(notes->astray) * 1e-9, notes->astray > 0 ? "ahead of" : "behind");
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

/* Names come from files: message_set() makes them harmless. */
static void print_throttled(const struct notes_throttled *throttled, const char *command, FILE *stream)
{
    char after[REPORT_TIME_MAX];
    struct message text;

    report_time(after, throttled->after, REPORT_UNIT_AUTO);
    message_set(&text,
                "%s was recorded only until %s after the start, after some %" PRIu64 " calls (--throttle)",
                throttled->name, after, throttled->calls);
    fprintf(stream, "%s: %s\n", command, text.text);
}

void notes_print_throttled(const struct notes *notes, const char *command, FILE *stream)
{
    for (uint64_t i = 0; i < notes->throttled && i < NOTES_THROTTLED; i++)
        print_throttled(&notes->first_throttled[i], command, stream);
    if (notes->throttled > NOTES_THROTTLED)
        fprintf(stream, "%s: and %" PRIu64 " more functions\n", command, notes->throttled - NOTES_THROTTLED);
}

/* Prints a line that begins with COUNT, if that is not 0. */
static void print_count(uint64_t count, const char *text, const char *command, FILE *stream)
{
    if (count > 0)
        fprintf(stream, "%s: %" PRIu64 " %s\n", command, count, text);
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
    if (count_is_capped)
        fprintf(stream, "%s: a count of %" PRIu64 " stands for that many or more\n", command, COUNT_MAX);
    print_count(notes->lost, "calls are missing: there was no space to record them", command, stream);
    print_count(notes->folded,
                "calls appear in trees only below their caller: there were more contexts than "
                "profile --max-contexts allows",
                command, stream);
    print_count(notes->unrecorded,
                "forked processes are missing: when they made their first call they could no longer "
                "reach profile's directory",
                command, stream);
    notes_print_throttled(notes, command, stream);
    if (notes->killed > 0)
        print_killed(notes, command, stream);
    print_count(notes->children, "of the program's other processes were killed; see --by process", command,
                stream);
}
