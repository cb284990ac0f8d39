/*
 * process.c - the beginning and the end of the process, as far as recording goes, and the settings it runs
 * by.
 *
 * PROFILE_SPOOL names the directory of a launcher that waits for us: images get names of their own in it.
 * Without it the program was linked with the library and runs alone: its image is PROFILE_OUT, by default
 * profile.PID.prof, unless the program wants none. PROFILE_OPTIONS holds what else there is to say. The
 * settings are read once, before the program can change its environment, and serve forked children too.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/core/runtime.h"
#include "runtime/format/note.h"
#include "runtime/format/settings.h"
#include "runtime/format/spool.h"
#include "runtime/format/text.h"
#include "runtime/gate/filter.h"
#include "runtime/gate/gate.h"
#include "runtime/gate/points.h"
#include "runtime/system/anchor.h"
#include "runtime/system/system.h"

__attribute__((section(".note.profile"), used, aligned(4))) static const struct note note = {
    sizeof note.name, sizeof note.value, NOTE_TYPE, NOTE_NAME, IMAGE_VERSION};

#ifndef CLOCK_READS
#define CLOCK_READS IMAGE_READS_SAMPLED /* unless the settings say otherwise */
#endif

enum {
    ENVIRONMENT_MAX = 256 * 1024,
    MAX_CONTEXTS = (256 << 20) / IMAGE_UNIT, /* unless the settings say otherwise */
};

static struct {
    int read;
    uint32_t pid; /* of the process that read them */
    char spool[PATH_MAX];
    char preload[PATH_MAX]; /* the path by which the launcher has us loaded */
    char out[PATH_MAX];
    char temporary[PATH_MAX];
    char options[PATH_MAX]; /* NAME=NUMBER, with commas between them; and at the end, timer=TEXT */
    char timer[PATH_MAX];   /* that text, as timer.c takes it apart */
    uint64_t max_contexts;
    enum image_reads reads;
    int is_paused; /* from the start */
} settings;

struct process *process_current;
static struct image_header *parent_header; /* in a child: of the nearest one that has an image */
/* A word, which clang would make a byte if it were not volatile: glibc takes thread-local storage back only
 * from libraries whose blocks adjoin (namespace.c). */
static __thread volatile intptr_t in_slow_path __attribute__((tls_model("initial-exec")));

int slow_enter(struct slow *slow)
{
    static const uint64_t all = ~(uint64_t)0;

    system_signal_mask(SIG_SETMASK, &all, &slow->mask);
    if (in_slow_path) {
        system_signal_mask(SIG_SETMASK, &slow->mask, NULL);
        return -1;
    }
    in_slow_path = 1;
    slow->saved_errno = errno;
    return 0;
}

void slow_leave(const struct slow *slow)
{
    errno = slow->saved_errno;
    in_slow_path = 0;
    system_signal_mask(SIG_SETMASK, &slow->mask, NULL);
}

static void lock(int *word)
{
    while (__atomic_exchange_n(word, 1, __ATOMIC_ACQUIRE) != 0)
        system_yield();
}

static void unlock(int *word)
{
    __atomic_store_n(word, 0, __ATOMIC_RELEASE);
}

void process_lock(struct process *process)
{
    lock(&process->lock);
}

void process_unlock(struct process *process)
{
    unlock(&process->lock);
}

void process_lock_retired(struct process *process)
{
    lock(&process->lock_retired);
}

void process_unlock_retired(struct process *process)
{
    unlock(&process->lock_retired);
}

static struct image_anchor anchor(const struct image_header *header)
{
    struct image_anchor now = anchor_take(system_clock);

    if (header->clock == IMAGE_CLOCK_MONOTONIC)
        now.ticks = now.monotonic;
    return now;
}

/* Nanoseconds a tick, by two anchors, which are a moment apart. */
static double tick_length(const struct image_anchor *from, const struct image_anchor *to)
{
    return to->ticks > from->ticks && to->monotonic > from->monotonic
               ? (double)(to->monotonic - from->monotonic) / (double)(to->ticks - from->ticks)
               : 0;
}

void process_anchor(struct process *process)
{
    struct image_anchor last = anchor(process->header);

    process_lock(process);
    process->header->last = last;
    process_unlock(process);
}

/* The process, if it has been started and is in STATE; or NULL. */
static struct process *process_in(int state)
{
    struct process *process = __atomic_load_n(&process_current, __ATOMIC_ACQUIRE);

    return process != NULL && __atomic_load_n(&process->state, __ATOMIC_ACQUIRE) == state ? process : NULL;
}

void process_lose(void)
{
    struct process *process = process_in(PROCESS_READY);

    if (process != NULL)
        __atomic_fetch_add(&process->header->lost, 1, __ATOMIC_RELAXED);
}

/* A child by vfork, which shares our memory, may have closed its descriptors: ours are open. */
void process_miss_timer(void)
{
    struct process *process = process_in(PROCESS_READY);

    if (process != NULL && process->header->pid == system_pid())
        process->header->timer_missing = IMAGE_MISSING_READINGS;
}

int process_is_on(void)
{
    return process_in(PROCESS_READY) != NULL;
}

int process_is_off(void)
{
    return process_in(PROCESS_OFF) != NULL;
}

/* Copies the value of setting NAME= out of ENTRY, if that is what it is. */
static void setting_take(const char *entry, const char *name, char *value)
{
    size_t length = strlen(name);

    if (strncmp(entry, name, length) == 0 && strlen(entry + length) < PATH_MAX)
        memcpy(value, entry + length, strlen(entry + length) + 1);
}

static void settings_take(const char *entry)
{
    setting_take(entry, SETTINGS_SPOOL "=", settings.spool);
    setting_take(entry, "LD_PRELOAD=", settings.preload);
    setting_take(entry, SETTINGS_OUT "=", settings.out);
    setting_take(entry, "TMPDIR=", settings.temporary);
    setting_take(entry, SETTINGS_OPTIONS "=", settings.options);
}

/* Before libc has set environ (in an ifunc resolver), the kernel's copy has to do. */
static void settings_read_kernel(void)
{
    char *text = space_private(ENVIRONMENT_MAX);
    long size = text != NULL ? system_read_file("/proc/self/environ", text, ENVIRONMENT_MAX) : 0;

    for (long i = 0; i < size; i += (long)strlen(text + i) + 1)
        settings_take(text + i);
    if (text != NULL)
        space_private_free(text, ENVIRONMENT_MAX);
}

/* What follows option NAME=, or NULL. The timer is the last, for its text may have commas. */
static const char *option_find(const char *name)
{
    const char *option = settings.options;

    while (strncmp(option, name, strlen(name)) != 0) {
        if (strncmp(option, SETTING_TIMER, sizeof SETTING_TIMER - 1) == 0)
            return NULL;
        option += strcspn(option, ",");
        if (*option++ == '\0')
            return NULL;
    }
    return option + strlen(name);
}

/* The number of option NAME=, or FALLBACK. */
static uint64_t option_number(const char *name, uint64_t fallback)
{
    const char *option = option_find(name);
    uint64_t number = 0;

    if (option == NULL || *option < '0' || *option > '9')
        return fallback;
    for (; *option >= '0' && *option <= '9' && number < UINT32_MAX; option++)
        number = 10 * number + (uint64_t)(*option - '0');
    return number;
}

static void settings_read(void)
{
    const char *timer;

    if (settings.read)
        return;
    if (environ != NULL) {
        for (char **entry = environ; *entry != NULL; entry++)
            settings_take(*entry);
    } else {
        settings_read_kernel();
    }
    settings.preload[strcspn(settings.preload, " :")] = '\0'; /* the launcher puts it first */
    settings.max_contexts = option_number(SETTING_MAX_CONTEXTS, MAX_CONTEXTS);
    if ((timer = option_find(SETTING_TIMER)) != NULL)
        memcpy(settings.timer, timer, strlen(timer) + 1);
    timer_choose(settings.timer);
    /* What a reading costs says nothing of how many are wanted, where it is not time that counts; and who
     * waited is only known where all calls are timed. */
    settings.reads = (enum image_reads)option_number(
        SETTING_READS, timer_counts() || timer_waits() ? IMAGE_READS_EVERY : CLOCK_READS);
    settings.is_paused = option_number(SETTING_PAUSED, 0) != 0;
    filter_choose(&(struct filter_settings){
        .has_patterns = settings.spool[0] != '\0' && option_number(SETTING_FILTERS, 0) != 0,
        .depth = (uint32_t)option_number(SETTING_DEPTH, 0),
        .throttle_calls = option_number(SETTING_THROTTLE_CALLS, 0),
        .throttle_ns = option_number(SETTING_THROTTLE_NS, 0),
    });
    vdso_find();
    settings.pid = system_pid();
    settings.read = 1;
}

const char *process_spool(void)
{
    return settings.spool;
}

const char *process_preload(void)
{
    return settings.preload;
}

const char *process_options(void)
{
    return settings.options;
}

uint64_t process_max_contexts(void)
{
    return settings.max_contexts;
}

static void image_remove(const struct process *process)
{
    SYSTEM_CALL(SYS_unlinkat, AT_FDCWD, process->path, 0, 0, 0, 0);
}

/* Opens an image in the launcher's spool: PID.TICKS.image. */
static int image_open_spooled(struct process *process)
{
    size_t length = append(process->path, PATH_MAX, 0, settings.spool);

    length = append(process->path, PATH_MAX, length, "/");
    length = append_number(process->path, PATH_MAX, length, system_pid());
    length = append(process->path, PATH_MAX, length, ".");
    length = append_number(process->path, PATH_MAX, length, clock_read());
    append(process->path, PATH_MAX, length, SPOOL_IMAGE_SUFFIX);
    return space_open(process, process->path, O_EXCL | O_NOFOLLOW);
}

/* An image of a program that runs alone, in the file it asks for; its forked children add their pids. */
static int image_open_alone(struct process *process)
{
    size_t length = 0;
    long result;

    if (settings.out[0] != '/' && (result = system_getcwd(process->path, PATH_MAX)) > 1) {
        length = (size_t)result - 1;
        length = append(process->path, PATH_MAX, length, "/");
    }
    if (settings.out[0] != '\0') {
        length = append(process->path, PATH_MAX, length, settings.out);
        if (system_pid() != settings.pid) {
            length = append(process->path, PATH_MAX, length, ".");
            append_number(process->path, PATH_MAX, length, system_pid());
        }
    } else {
        length = append(process->path, PATH_MAX, length, "profile.");
        length = append_number(process->path, PATH_MAX, length, system_pid());
        append(process->path, PATH_MAX, length, ".prof");
    }
    return space_open(process, process->path, O_TRUNC);
}

/* The program has its profiles from profile.h alone, and wants no other (PROFILE_ONLY_API). */
extern const int profile_only_api __attribute__((weak, visibility("default")));

/* An image that nobody is to see, in DIRECTORY. It has no name any more, if it can grow without one. */
static int image_open_hidden(struct process *process, const char *directory)
{
    size_t length = append(process->path, PATH_MAX, 0, directory);
    int result;

    length = append(process->path, PATH_MAX, length, "/profile.");
    length = append_number(process->path, PATH_MAX, length, system_pid());
    length = append(process->path, PATH_MAX, length, ".");
    append_number(process->path, PATH_MAX, length, clock_read());
    result = space_open(process, process->path, O_EXCL | O_NOFOLLOW);
    if (result == 0 ? process->length != 0 : result != -EEXIST)
        image_remove(process);
    process->is_hidden = 1;
    return result;
}

static int image_open(struct process *process)
{
    if (settings.spool[0] != '\0')
        return image_open_spooled(process);
    if (&profile_only_api == NULL || !profile_only_api)
        return image_open_alone(process);
    if (image_open_hidden(process, "/dev/shm") == 0)
        return 0;
    return image_open_hidden(process, settings.temporary[0] == '/' ? settings.temporary : "/tmp");
}

static void command_read(struct image_header *header)
{
    long size = system_read_file("/proc/self/cmdline", header->command, IMAGE_COMMAND_MAX);

    header->command_size = size > 0 ? (uint32_t)size : 0;
}

static int process_start(struct process *process)
{
    int is_paused = gate_is_paused(); /* the parent, in a forked child */
    struct image_header *header;
    struct image_anchor before;

    settings_read();
    if (image_open(process) != 0) {
        if (parent_header != NULL)
            __atomic_fetch_add(&parent_header->children_lost, 1, __ATOMIC_RELAXED);
        return PROCESS_OFF;
    }
    if (parent_header == NULL && settings.spool[0] != '\0')
        points_read(settings.spool);
    filter_start(process);
    header = process->header;
    header->version = IMAGE_VERSION;
    header->reads = settings.reads;
    timer_describe(header);
    before = anchor(header);
    header->costs = parent_header != NULL ? parent_header->costs : gate_calibrate(settings.reads);
    header->start = header->last = anchor(header);
    header->rate = parent_header != NULL ? parent_header->rate : tick_length(&before, &header->start);
    if (timer_waits())
        wait_begin(header->clock == IMAGE_CLOCK_TSC ? header->rate : 1);
    header->waits = (uint32_t)wait_is_known();
    header->pid = system_pid();
    header->parent_pid = system_parent_pid();
    header->start_time = (int64_t)system_clock(CLOCK_REALTIME);
    command_read(header);
    header->lost = hooks_too_early;
    hooks_too_early = 0;
    thread_end_hook_create();
    if (is_paused || (parent_header == NULL && settings.is_paused))
        gate_pause();
    memcpy(header->magic, IMAGE_MAGIC, sizeof header->magic);
    parent_header = header; /* its children's: the mapping is theirs too */
    return PROCESS_READY;
}

struct process *process_self(void)
{
    struct process *process = __atomic_load_n(&process_current, __ATOMIC_ACQUIRE);
    int state = PROCESS_NEW;

    if (process == NULL) {
        struct process *fresh = space_private(sizeof *fresh);

        if (fresh == NULL)
            return NULL;
        if (__atomic_compare_exchange_n(&process_current, &process, fresh, 0, __ATOMIC_ACQ_REL,
                                        __ATOMIC_ACQUIRE))
            process = fresh;
        else
            space_private_free(fresh, sizeof *fresh);
    }
    if (__atomic_compare_exchange_n(&process->state, &state, PROCESS_STARTING, 0, __ATOMIC_ACQ_REL,
                                    __ATOMIC_ACQUIRE)) {
        state = process_start(process);
        __atomic_store_n(&process->state, state, __ATOMIC_RELEASE);
    }
    while (state == PROCESS_STARTING) { /* in another thread */
        system_yield();
        state = __atomic_load_n(&process->state, __ATOMIC_ACQUIRE);
    }
    return state == PROCESS_READY ? process : NULL;
}

void process_exec(int begins)
{
    struct process *process = process_in(PROCESS_READY);
    struct slow slow;

    /* A child by vfork shares our memory; its end is not ours. */
    if (process == NULL || process->header->pid != system_pid() || slow_enter(&slow) != 0)
        return;
    process_anchor(process);
    thread_note_timer();
    process->header->ended = begins ? timer_clock() : 0;
    slow_leave(&slow);
}

__attribute__((destructor)) static void process_end(void)
{
    struct process *process = process_in(PROCESS_READY);
    struct slow slow;

    if (process == NULL || slow_enter(&slow) != 0)
        return;
    threads_read_names(process);
    process_anchor(process);
    thread_note_timer();
    process->header->ended = timer_clock();
    if (process->is_hidden && process->length == 0)
        image_remove(process);
    slow_leave(&slow);
}

/* Has what could not be had when the process was started: constructors that run before ours may be
 * instrumented. */
static void process_timer_find(void)
{
    struct process *process;
    struct slow slow;

    timer_find();
    process = process_in(PROCESS_READY);
    if (process == NULL || slow_enter(&slow) != 0)
        return;
    timer_describe(process->header);
    process->header->costs = gate_calibrate(settings.reads);
    slow_leave(&slow);
}

/* Settings are read before main, which may change the environment. */
__attribute__((constructor(101))) static void process_load(void)
{
    settings_read();
    if (timer_is_waiting())
        process_timer_find();
    fork_hook_create();
    (void)at_quick_exit(process_end); /* the first to be registered is the last to run */
}
