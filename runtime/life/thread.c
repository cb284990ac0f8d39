/*
 * thread.c - the beginning and the end of a thread, as far as recording goes: its first event and its
 * destructor.
 */
#include <limits.h>
#include <pthread.h>
#include <sys/prctl.h>

#include "runtime/core/runtime.h"
#include "runtime/format/text.h"
#include "runtime/gate/filter.h"
#include "runtime/gate/gate.h"
#include "runtime/records/account.h"
#include "runtime/system/system.h"

enum {
    SHARED_SIZE = 16 * 1024, /* bytes of the image that a thread begins with */
    FIRST_FRAMES = 64,       /* of these, 64 bytes each */
    FIRST_SLOTS = 512,
    PRIVATE_SIZE = 12 * 1024,
};

_Static_assert(sizeof(struct thread) <= PRIVATE_SIZE - sizeof(struct table),
               "a thread and its table's head fit");

static pthread_key_t end_key;
static int end_key_made;

/* The thread's struct and its first table lie in one piece of memory. */
static struct thread *thread_allocate(size_t *size)
{
    *size = PRIVATE_SIZE + FIRST_SLOTS * sizeof(struct slot);
    return space_private(*size);
}

static uint32_t take(struct thread *thread, uint32_t units)
{
    uint32_t unit = thread->arena_next;

    thread->arena_next += units;
    return unit;
}

/* A record that calls without one of their own go to: it has a function and an edge, as any other. NEXT: the
 * first of them that reads the clock. */
static uint32_t record_aside(struct thread *thread, uint64_t next)
{
    uint32_t unit = take(thread, 1);
    struct image_record *record = image_at(thread->base, unit);

    record->target = unit;
    record->function = take(thread, 1);
    record->edge = take(thread, 1);
    record->next = next;
    return unit;
}

static void shared_start(struct thread *thread, struct process *process, uint32_t first)
{
    struct image_thread *shared = image_at(thread->base, first);

    thread->shared = shared;
    thread->arena_next = first;
    thread->arena_end = first + SHARED_SIZE / IMAGE_UNIT;
    take(thread, sizeof *shared / IMAGE_UNIT);
    shared->root = take(thread, 1);
    ((struct image_record *)image_at(thread->base, shared->root))->target = shared->root;
    context_forget_recent(thread);
    shared->spare = record_aside(thread, thread->first_reading);
    if (filter_depth != UINT32_MAX)
        thread->deep = record_aside(thread, UINT64_MAX);
    shared->overflow = take(thread, 1);
    shared->stack = take(thread, FIRST_FRAMES);
    stack_start(thread, shared->stack, FIRST_FRAMES);
    process_lock(process);
    shared->next = process->header->threads;
    __atomic_store_n(&process->header->threads, first, __ATOMIC_RELEASE);
    process_unlock(process);
}

void thread_set_reads(struct thread *thread)
{
    const struct image_header *header = (const struct image_header *)thread->base;
    enum image_reads reads = (enum image_reads)header->reads;
    const struct image_costs *costs = &header->costs;

    thread->own_timer = NULL;
    thread->sampled = reads == IMAGE_READS_SAMPLED;
    thread->has_timer = !timer_is_counter();
    thread->first_reading = reads == IMAGE_READS_NONE ? UINT64_MAX : 0;
    thread->clock_inside = (float)costs->sampled / IMAGE_COST_UNIT;
    thread->clock_price = (float)costs->outside / IMAGE_COST_UNIT + thread->clock_inside;
    thread->random = clock_read();
}

static struct thread *thread_make(struct process *process)
{
    struct thread *thread;
    uint32_t first;
    size_t size;

    if ((thread = thread_allocate(&size)) == NULL)
        return NULL;
    if ((first = space_allocate(process, SHARED_SIZE)) == 0) {
        space_private_free(thread, size);
        return NULL;
    }
    thread->base = process->base;
    thread->table = (struct table *)((char *)thread + PRIVATE_SIZE - sizeof *thread->table);
    thread->table->size = size;
    thread->slots = thread->table->slots;
    thread->slot_mask = FIRST_SLOTS - 1;
    thread->generation = __atomic_load_n(&process->generation, __ATOMIC_RELAXED);
    thread_set_reads(thread);
    shared_start(thread, process, first);
    return thread;
}

void thread_read_name(struct thread *thread)
{
    SYSTEM_CALL(SYS_prctl, PR_GET_NAME, thread->shared->name, 0, 0, 0, 0);
}

struct thread *thread_new(struct thread *native, uint32_t profile)
{
    struct process *process = process_self();
    struct thread *thread = process != NULL ? thread_reuse(process) : NULL;

    if (process == NULL || (thread == NULL && (thread = thread_make(process)) == NULL))
        return NULL;
    thread->native = native != NULL ? native : thread;
    thread->destructor_rounds = 0;
    thread->current = thread;
    thread_set_turn(thread, __atomic_load_n(&gate.turn, __ATOMIC_ACQUIRE));
    thread->paused = thread->suspended = thread->idle = 0;
    thread->timer = (struct thread_timer){.time = 1}; /* 0 is never: see suspended */
    thread->wait = (struct thread_wait){0};
    if (native == NULL)
        timer_open(thread);
    thread->shared->paused = thread->shared->suspended = thread->shared->end = 0;
    thread->shared->tid = system_tid();
    thread->shared->is_strand = native != NULL && profile == 0;
    thread->shared->has_timer = 0;
    thread->shared->profile = profile;
    thread->shared->start_function = 0;
    thread->shared->timer_end = 0;
    thread->shared->start = timer_clock();
    thread->shared->count = 1;
    thread_read_name(thread);
    process_anchor(process);
    return thread;
}

/* The highest address of the thread's own stack. Where glibc makes it, the thread's control block ends it;
 * the main thread's lies above all else. */
static uint64_t stack_end(uint64_t sp)
{
    static const uint64_t largest = 1 << 30;
    uint64_t control_block = arch_thread_pointer();

    return control_block > sp && control_block - sp < largest ? control_block : UINT64_MAX;
}

static void live_add(struct process *process, struct thread *thread)
{
    process_lock_retired(process);
    thread->live_before = NULL;
    thread->live_after = process->live;
    if (process->live != NULL)
        process->live->live_before = thread;
    process->live = thread;
    process_unlock_retired(process);
}

static void live_remove(struct process *process, struct thread *thread)
{
    process_lock_retired(process);
    if (thread->live_before != NULL)
        thread->live_before->live_after = thread->live_after;
    else
        process->live = thread->live_after;
    if (thread->live_after != NULL)
        thread->live_after->live_before = thread->live_before;
    process_unlock_retired(process);
}

void threads_read_names(struct process *process)
{
    process_lock_retired(process);
    for (struct thread *thread = process->live; thread != NULL; thread = thread->live_after) {
        char path[64], name[sizeof thread->shared->name] = "";
        size_t length = append(path, sizeof path, 0, "/proc/self/task/");

        length = append_number(path, sizeof path, length, thread->shared->tid);
        append(path, sizeof path, length, "/comm");
        if (system_read_file(path, name, sizeof name) > 0) {
            name[strcspn(name, "\n")] = '\0';
            memcpy(thread->shared->name, name, sizeof name);
        }
    }
    process_unlock_retired(process);
}

void thread_note_timer(void)
{
    struct thread *thread = thread_self();

    if (thread->top != NULL && thread->has_timer)
        thread->shared->timer_end = thread_timer(thread);
}

struct thread *thread_start(uint64_t sp)
{
    struct thread *thread = thread_new(NULL, 0);

    if (thread == NULL)
        return NULL;
    thread->first_sp = sp;
    stack_place(thread, (struct stack_bounds){sp > STACK_NEAR ? sp - STACK_NEAR : 0, stack_end(sp)});
    thread_offset = (char *)thread - (char *)&thread_none;
    live_add(process_self(), thread);
    fork_inherit(thread, sp);
    if (end_key_made)
        pthread_setspecific(end_key, thread);
    return thread;
}

void thread_free(struct thread *thread)
{
    struct table *table = thread->table;

    while (table->older != NULL) {
        struct table *older = table->older;

        space_private_free(table, table->size);
        table = older;
    }
    space_private_free(thread, table->size); /* the oldest table, which lies in one piece with the thread */
}

/*
 * Runs when the thread ends, among the destructors of the program's own thread-specific data, which may be
 * instrumented and come after it. So it lets itself be called as late as it can be.
 */
static void thread_end(void *argument)
{
    struct thread *thread = argument;
    struct slow slow;
    uint64_t now, end;

    if (thread->top == NULL || thread != thread_self()->native || slow_enter(&slow) != 0)
        return;
    if (++thread->destructor_rounds < PTHREAD_DESTRUCTOR_ITERATIONS) {
        pthread_setspecific(end_key, thread);
    } else {
        now = thread_now(thread);
        end = thread->has_timer ? timer_clock() : now;
        gate_catch_up(thread, UINT64_MAX, now);
        profiles_end_thread(thread);
        strands_end(thread, now, end);
        stack_unwind_all(thread, strand_time(thread, now));
        timer_close(thread);
        thread->shared->end = end;
        thread_offset = 0;
        live_remove(process_self(), thread);
        thread_read_name(thread);
        thread_retire(thread);
    }
    slow_leave(&slow);
}

void thread_end_hook_create(void)
{
    if (!end_key_made)
        end_key_made = pthread_key_create(&end_key, thread_end) == 0;
}
