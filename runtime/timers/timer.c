/*
 * timer.c - what is measured of calls, where that is not the clock: CPU time, page faults, other events, or
 * whatever a function says that the user has brought.
 *
 * What is not about calls (starts, ends) is told by the clock all the same. That is CLOCK_MONOTONIC, and a
 * timer too, where the machine's own counter does not go on at one rate, or the kernel or the user does not
 * trust it. Most timers are system calls, so they are far from free; what they cost is measured with them
 * (calibrate.c). Threads have their own: each is read by its thread alone.
 */
#include <errno.h>
#include <sys/resource.h>

#include "clock.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/format/settings.h"
#include "runtime/system/perf_event.h"
#include "runtime/system/system.h"
#include "runtime/timers/now.h"
#include "runtime/timers/perf.h"
#include "runtime/timers/timer.h"

#include "runtime/timers/trust.h"
#include "runtime/timers/wait.h"

static uint64_t no_timer(struct thread *thread)
{
    (void)thread;
    return 0;
}

uint64_t (*timer_read)(struct thread *thread) = no_timer;

static struct {
    enum image_timer kind;
    const char *unit; /* "": time */
    double tick;      /* nanoseconds or units */
    const char *library, *function;
    uint64_t (*custom)(void);
    struct perf_event event;
    int is_event;
    int is_missing;
    int is_monotonic; /* the clock */
} chosen = {.unit = ""};

static uint64_t read_monotonic(struct thread *thread)
{
    (void)thread;
    return system_clock(CLOCK_MONOTONIC);
}

static uint64_t read_cpu(struct thread *thread)
{
    (void)thread;
    return system_clock(CLOCK_THREAD_CPUTIME_ID);
}

static uint64_t read_faults(struct thread *thread)
{
    struct rusage usage = {0};

    (void)thread;
    SYSTEM_CALL(SYS_getrusage, RUSAGE_THREAD, &usage, 0, 0, 0, 0);
    return (uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt;
}

/* The user's FUNCTION may be instrumented itself, be interrupted by a handler that is, step back, or set
 * errno. Each thread's begins at 0, and goes on from where it was when it steps back. */
static uint64_t read_function(struct thread *thread, uint64_t (*function)(void))
{
    struct thread_timer *timer = &thread->timer;
    uint32_t *backwards = &thread->shared->backwards;
    int saved_errno = errno;
    int64_t step;
    uint64_t raw;

    if (function == NULL || timer->is_busy)
        return timer->time;
    timer->is_busy = 1;
    raw = function();
    step = timer->has_raw ? (int64_t)(raw - timer->raw) : 0;
    timer->raw = raw;
    timer->has_raw = 1;
    if (step > 0)
        timer->time += (uint64_t)step;
    else if (step < 0 && *backwards < UINT32_MAX)
        ++*backwards;
    timer->is_busy = 0;
    errno = saved_errno;
    return timer->time;
}

static uint64_t read_custom(struct thread *thread)
{
    return read_function(thread->native, chosen.custom);
}

/* What timer_read() is once a thread has a timer of its own, and what it was before. */
static uint64_t (*timer_of_process)(struct thread *thread) = no_timer;

static uint64_t read_either(struct thread *thread)
{
    return thread->own_timer != NULL ? read_function(thread, thread->own_timer) : timer_of_process(thread);
}

/* Cuts what follows the last colon off TEXT; "" if there is none. */
static const char *cut_off(char *text)
{
    char *colon = strrchr(text, ':');

    if (colon == NULL)
        return "";
    *colon = '\0';
    return colon + 1;
}

static void choose(enum image_timer kind, uint64_t (*read)(struct thread *), const char *unit, double tick)
{
    chosen.kind = kind;
    chosen.unit = unit;
    chosen.tick = tick;
    timer_read = read;
}

/* A custom one counts nanoseconds, or others, or things. */
static void choose_custom(const char *unit)
{
    static const struct {
        const char *name;
        double ns;
    } times[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};

    choose(IMAGE_TIMER_CUSTOM, read_custom, unit, 1);
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        if (strcmp(unit, times[i].name) == 0)
            choose(IMAGE_TIMER_CUSTOM, read_custom, "", times[i].ns);
}

static uint64_t number(const char *text)
{
    uint64_t result = 0;

    for (; *text >= '0' && *text <= '9'; text++)
        result = 10 * result + (uint64_t)(*text - '0');
    return result;
}

/* SPECIFICATION is TYPE:CONFIG:UNIT. */
static void choose_event(char *specification)
{
    choose(IMAGE_TIMER_CUSTOM, perf_read, cut_off(specification), 1);
    chosen.event.config = number(cut_off(specification));
    chosen.event.type = (uint32_t)number(specification);
    chosen.is_event = 1;
}

/* SPECIFICATION is that of profile --timer, with all its parts: LIBRARY:FUNCTION:UNIT. Or
 * perf:TYPE:CONFIG:UNIT. */
void timer_choose(char *specification)
{
    const enum image_clock kind = CLOCK_KIND;

    chosen.is_monotonic = strcmp(specification, "monotonic") == 0 || !clock_is_steady() ||
                          (kind == IMAGE_CLOCK_TSC && !trust_counter());
    if (chosen.is_monotonic)
        timer_read = read_monotonic;
    if (strcmp(specification, "wall,cpu") == 0) {
        timer_read = wait_read;
    } else if (strcmp(specification, "cpu") == 0) {
        choose(IMAGE_TIMER_CPU, read_cpu, "", 1);
    } else if (strcmp(specification, "page-faults") == 0) {
        choose(IMAGE_TIMER_FAULTS, read_faults, "page faults", 1);
    } else if (strncmp(specification, SETTING_TIMER_EVENT, sizeof SETTING_TIMER_EVENT - 1) == 0) {
        choose_event(specification + sizeof SETTING_TIMER_EVENT - 1);
    } else if (strchr(specification, ':') != NULL) {
        choose_custom(cut_off(specification));
        chosen.function = cut_off(specification);
        chosen.library = specification;
        chosen.is_missing = timer_load == NULL;
    }
}

void timer_use(uint64_t (*function)(void))
{
    if (chosen.kind != IMAGE_TIMER_CUSTOM)
        choose_custom("ticks");
    chosen.custom = function;
    chosen.is_missing = function == NULL;
}

void timer_open(struct thread *thread)
{
    if (chosen.is_event)
        perf_begin(thread, chosen.event);
}

void timer_close(struct thread *thread)
{
    if (chosen.is_event)
        perf_end(thread);
}

/* All its calls read it: what that costs is not known, so none can stand for others. */
void timer_bring(struct thread *thread, uint64_t (*function)(void))
{
    if (timer_read != read_either) {
        timer_of_process = timer_read;
        __atomic_store_n(&timer_read, read_either, __ATOMIC_RELEASE);
    }
    thread->own_timer = function;
    thread->has_timer = 1;
    thread->sampled = 0;
    thread->first_reading = 0;
    thread->shared->has_timer = 1;
}

int timer_is_counter(void)
{
    return timer_read == no_timer || (timer_read == read_either && timer_of_process == no_timer);
}

uint64_t timer_clock(void)
{
    return chosen.is_monotonic ? system_clock(CLOCK_MONOTONIC) : clock_read();
}

int timer_counts(void)
{
    return chosen.unit[0] != '\0';
}

int timer_waits(void)
{
    return timer_read == wait_read;
}

void timer_describe(struct image_header *header)
{
    header->clock = chosen.is_monotonic ? IMAGE_CLOCK_MONOTONIC : CLOCK_KIND;
    header->timer = chosen.kind;
    header->timer_tick = chosen.tick;
    memcpy(header->unit, chosen.unit, strnlen(chosen.unit, sizeof header->unit - 1));
    if (chosen.is_missing) {
        header->timer_missing = IMAGE_MISSING_TIMER;
        header->reads = IMAGE_READS_NONE;
    }
}

int timer_is_waiting(void)
{
    return chosen.library != NULL && chosen.custom == NULL && !chosen.is_missing;
}

void timer_find(void)
{
    timer_use(timer_load(chosen.library, chosen.function));
}
