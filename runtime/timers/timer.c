/*
 * timer.c - the timers other than the machine's counter: CPU time, page faults, other events,
 * CLOCK_MONOTONIC, or a function of the user's.
 *
 * Starts and ends are readings of the clock, whatever the timer. The clock is CLOCK_MONOTONIC if the rate of
 * the machine's counter varies. It is also that if the kernel or the user does not trust the counter.
 * CLOCK_MONOTONIC is then read as a timer is. Most timers take a system call, so calibrate.c measures the
 * hooks with them. Each thread has a timer of its own, and only that thread reads it.
 */
#include <errno.h>
#include <sys/resource.h>

#include "clock.h"
#include "runtime/core/process.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/format/settings.h"
#include "runtime/format/text.h"
#include "runtime/system/perf_event.h"
#include "runtime/system/system.h"
#include "runtime/timers/now.h"
#include "runtime/timers/perf.h"
#include "runtime/timers/timer.h"
#include "runtime/timers/trust.h"
#include "runtime/timers/wait.h"

/* The timer is the machine's counter, which the hooks read directly. */
static uint64_t no_timer(struct thread *thread)
{
    (void)thread;
    return 0;
}

uint64_t (*timer_read)(struct thread *thread) = no_timer;

/* The timer of the process. */
static struct {
    enum image_timer kind;
    const char *unit;               /* what it counts; "": time */
    double tick;                    /* nanoseconds, or counts of UNIT, in a tick; 0: as of the clock */
    const char *library, *function; /* names of a custom one; library is NULL for others */
    uint64_t (*custom)(void);
    struct perf_event event;
    int is_event;
    int is_missing;   /* it could not be set up */
    int is_monotonic; /* the clock is CLOCK_MONOTONIC */
} chosen = {.unit = ""};

/* Returns READING, or the last one of THREAD if READING is 0: the program has forbidden itself the call. */
static uint64_t reading_or_last(struct thread *thread, uint64_t reading)
{
    struct thread_timer *timer = &thread->native->timer;

    if (reading != 0)
        timer->time = reading;
    else
        process_miss_timer();
    return timer->time;
}

static uint64_t read_monotonic(struct thread *thread)
{
    return reading_or_last(thread, system_clock(CLOCK_MONOTONIC));
}

static uint64_t read_cpu(struct thread *thread)
{
    return reading_or_last(thread, system_clock(CLOCK_THREAD_CPUTIME_ID));
}

static uint64_t read_faults(struct thread *thread)
{
    struct rusage usage = {0};

    SYSTEM_CALL(SYS_getrusage, RUSAGE_THREAD, &usage, 0, 0, 0, 0);
    return reading_or_last(thread, (uint64_t)usage.ru_minflt + (uint64_t)usage.ru_majflt);
}

/* Reads FUNCTION, the user's timer, for THREAD. FUNCTION may change errno, step back, be instrumented itself,
 * or be interrupted by a signal handler that is. The timer of a thread adds up the steps forwards, and stands
 * still at a step back. While FUNCTION runs, events in it find the timer busy and read its last value. */
static uint64_t read_function(struct thread *thread, uint64_t (*function)(void))
{
    struct thread_timer *timer = &thread->timer;
    uint32_t *backwards = &thread->shared->backwards;
    uint64_t sp = (uint64_t)__builtin_frame_address(0);
    int saved_errno = errno;
    int64_t step;
    uint64_t raw;

    if (function == NULL || thread_is_busy(thread, timer->busy, sp))
        return timer->time;
    timer->busy = sp;
    raw = function();
    step = timer->has_raw ? (int64_t)(raw - timer->raw) : 0;
    timer->raw = raw;
    timer->has_raw = 1;
    if (step > 0)
        timer->time += (uint64_t)step;
    else if (step < 0 && *backwards < UINT32_MAX)
        ++*backwards;
    timer->busy = 0;
    errno = saved_errno;
    return timer->time;
}

static uint64_t read_custom(struct thread *thread)
{
    return read_function(thread->native, chosen.custom);
}

/* The value of timer_read before timer_bring() made it read_either. */
static uint64_t (*timer_of_process)(struct thread *thread) = no_timer;

static uint64_t read_either(struct thread *thread)
{
    return thread->own_timer != NULL ? read_function(thread, thread->own_timer) : timer_of_process(thread);
}

/* Cuts TEXT at its last colon. Returns the part behind the colon, or "" if there is no colon. */
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

/* Chooses a custom timer whose ticks are UNITs: a unit of time or a thing. */
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

/* Chooses the timer that counts events, by a SPECIFICATION TYPE:CONFIG:UNIT. */
static void choose_event(char *specification)
{
    const char *config, *type = specification;

    choose(IMAGE_TIMER_CUSTOM, perf_read, cut_off(specification), 1);
    config = cut_off(specification);
    chosen.event.config = take_number(&config);
    chosen.event.type = (uint32_t)take_number(&type);
    chosen.is_event = 1;
}

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

static void own_timers_allow(void)
{
    if (timer_read == read_either)
        return;
    timer_of_process = timer_read;
    __atomic_store_n(&timer_read, read_either, __ATOMIC_RELEASE);
}

/* All calls of THREAD read its timer from now on. Samples tell nothing about it, and the cost of a reading is
 * not known. */
void timer_bring(struct thread *thread, uint64_t (*function)(void))
{
    own_timers_allow();
    thread->own_timer = function;
    thread->has_timer = 1;
    thread->sampled = 0;
    thread->first_reading = 0;
    thread->shared->has_timer = 1;
}

static uint64_t stand_still(void)
{
    return 0;
}

void timer_hold(struct thread *thread)
{
    uint64_t now = thread_now(thread);

    thread->native->may_not_read = 1;
    if (!timer_is_counter() && !chosen.is_monotonic) /* the timer is another */
        return;
    own_timers_allow();
    thread->timer = (struct thread_timer){.time = now};
    thread->own_timer = stand_still;
    thread->has_timer = 1;
}

void timer_release(struct thread *thread)
{
    thread->native->may_not_read = 0;
    if (thread->own_timer != stand_still)
        return;
    thread->own_timer = NULL;
    thread->has_timer = !timer_is_counter();
}

int timer_is_counter(void)
{
    return timer_read == no_timer || (timer_read == read_either && timer_of_process == no_timer);
}

uint64_t timer_clock(void)
{
    const struct image_header *header = (const struct image_header *)thread_self()->base;
    uint64_t now = 0;

    if (!thread_may_not_read())
        now = chosen.is_monotonic ? system_clock(CLOCK_MONOTONIC) : clock_read();
    return now != 0 || header == NULL ? now : header->last.ticks;
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
