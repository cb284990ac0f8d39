/*
 * fork.c - a forked child inherits the calls that its thread was in. See fork.h.
 *
 * The child's first event finds no state and starts an image of its own (hooks/start.c). Its calls belong
 * below the path that forked. So the parent notes the path before the fork, while nobody changes it. The
 * child takes it over, without counting the calls again. Their time passes from the child's first event on.
 *
 * A child that was made in another way (clone, vfork) starts without a path.
 *
 * If a signal handler forks that has interrupted a hook, the child goes on in the middle of the hook when the
 * handler returns. Its state there would be wiped, and the image is still its parent's. So the hook gets back
 * its state and a copy of the image, and ends with these. Nobody looks at them any more.
 */
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "runtime/core/modules.h"
#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/gate/gate.h"
#include "runtime/life/fork.h"

#include "runtime/records/records.h"
#include "runtime/records/regions.h"
#include "runtime/stack/bounds.h"
#include "runtime/stack/frames.h"
#include "runtime/system/system.h"
#include "runtime/timers/sampler.h"
#include "runtime/timers/sampler_ring.h"

enum { INHERITED_MAX = 1 << 20 };

struct inherited_frame {
    uint64_t function, call_site, sp;
};

struct inheritance {
    size_t count;
    uint32_t pid;               /* of the parent */
    char *base;                 /* its image, which the child has too */
    const char *end;            /* of the address space for it */
    uint64_t used;              /* bytes of it that may be touched */
    struct thread *interrupted; /* the state that a hook works on which was interrupted; NULL: none was */
    struct thread state;        /* ... and what it held */
    struct inherited_frame frames[]; /* outermost first */
};

/* Not in memory_private(), which a child finds wiped. */
static __thread struct inheritance *inheritance __attribute__((tls_model("initial-exec")));

static size_t inheritance_size(size_t count)
{
    return sizeof(struct inheritance) + count * sizeof(struct inherited_frame);
}

static void inheritance_drop(void)
{
    if (inheritance != NULL)
        system_unmap(inheritance, inheritance_size(inheritance->count));
    inheritance = NULL;
}

/* An activation is counted, but its hook may not have finished. */
static int is_activation(const struct image_frame *frame)
{
    return frame->record != 0 && frame->position != 0 && frame->function != 0;
}

static struct inherited_frame frame_note(const struct image_frame *frame)
{
    return (struct inherited_frame){frame->function & ~FRAME_MARKS, frame->call_site,
                                    frame->sp != 0 ? frame->sp : frame->accounted};
}

/* Returns COUNT and the activations of THREAD's stack. With END, writes them below END, innermost first. */
static size_t stack_note(const struct thread *thread, struct inherited_frame *end, size_t count)
{
    for (const struct image_frame *frame = thread->top; frame->below != 0 && count < INHERITED_MAX;
         frame = frame_below(thread, frame)) {
        if (!is_activation(frame))
            continue;
        count++;
        if (end != NULL)
            end[-(ptrdiff_t)count] = frame_note(frame);
    }
    return count;
}

/* Does that for the whole path of the thread. While a profile is enabled, the path begins in the native
 * state. */
static size_t frames_note(const struct thread *thread, struct inherited_frame *end)
{
    size_t count = stack_note(thread, end, 0);

    return thread->shared->profile != 0 ? stack_note(thread->native, end, count) : count;
}

static void path_note(void)
{
    struct thread *thread = thread_self();
    struct process *process = process_self();
    struct slow slow;
    size_t count;
    long memory;

    if (thread->top == NULL || slow_enter(&slow) != 0)
        return;
    inheritance_drop();
    if (thread->turn != gate.turn && gate_is_paused()) { /* a pause has ended its calls */
        slow_leave(&slow);
        return;
    }
    count = frames_note(thread, NULL);
    memory = system_map(inheritance_size(count), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    if (memory > 0) {
        inheritance = (struct inheritance *)memory;
        inheritance->count = count;
        inheritance->pid = system_pid();
        inheritance->base = thread->base;
        inheritance->end = thread->base + process->reserved;
        process_lock(process);
        inheritance->used = process->allocated;
        process_unlock(process);
        if (stack_holds_hook(thread, (uint64_t)__builtin_frame_address(0))) {
            inheritance->interrupted = thread;
            memcpy(&inheritance->state, thread, sizeof *thread);
        }
        frames_note(thread, inheritance->frames + count);
    }
    slow_leave(&slow);
}

static void before_fork(void)
{
    path_note();
    modules_before_fork();
}

static void after_fork_in_parent(void)
{
    modules_after_fork_in_parent();
    inheritance_drop();
}

/* Replaces the SIZE bytes at MEMORY by private ones with the same contents, or with zeros. */
static void make_private(void *memory, uint64_t size, int is_copied)
{
    long copy = system_map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);

    if (system_is_error(copy))
        return;
    if (is_copied)
        memcpy((void *)copy, memory, size);
    SYSTEM_CALL(SYS_mremap, copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, memory, 0);
}

/* Lets an interrupted hook end apart from the child's own state. The ring of samples is not inherited. */
static void detach_hook(void)
{
    struct thread *thread = inheritance != NULL ? inheritance->interrupted : NULL;

    if (thread == NULL)
        return;
    make_private(inheritance->base, inheritance->used, 1);
    *thread = inheritance->state;
    if (thread->native->sampler.ring != NULL)
        make_private(thread->native->sampler.ring, RING_MAP_SIZE, 0);
    context_forget_order(thread); /* an entry that has not begun comes to the child's own state */
    thread->native = thread->current = thread;
    thread->ring_filled = &sampler_none;
    thread->ring_seen = 0;
    thread_offset = 0;
}

static void after_fork_in_child(void)
{
    slow_after_fork_in_child();
    modules_after_fork_in_child();
    detach_hook();
}

void fork_hook_create(void)
{
    pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/* Returns what stands in the child for FUNCTION of its parent: a region has another address there. */
static uint64_t inherited_function(uint64_t function)
{
    const char *address = (const char *)function;

    return address >= inheritance->base && address < inheritance->end ? region_inherit(function) : function;
}

void fork_inherit(struct thread *thread, uint64_t sp)
{
    if (inheritance == NULL)
        return;
    if (inheritance->pid != system_pid() &&
        gate.pauses == 0) /* else this is the parent, in the middle of its fork, or the child begins paused */
        for (size_t i = 0; i < inheritance->count; i++) {
            const struct inherited_frame *frame = &inheritance->frames[i];

            if (frame->sp < sp ||
                stack_resume(thread, inherited_function(frame->function), frame->call_site, frame->sp) != 0)
                break;
        }
    inheritance_drop();
}
