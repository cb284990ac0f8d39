/*
 * fork.c - a forked child inherits the calls that its thread was in. See fork.h.
 *
 * The child's first event finds no state and starts an image of its own (hooks/start.c). Its calls belong
 * below the path that forked. So the parent notes the path before the fork, while nobody changes it. The
 * child takes it over, without counting the calls again. Their time passes from the child's first event on.
 *
 * A child that was made in another way (clone, vfork) starts without a path.
 */
#include <pthread.h>
#include <sys/mman.h>

#include "runtime/core/modules.h"
#include "runtime/core/process.h"
#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/gate/gate.h"
#include "runtime/life/fork.h"

#include "runtime/records/regions.h"
#include "runtime/stack/frames.h"
#include "runtime/system/system.h"

enum { INHERITED_MAX = 1 << 20 };

struct inherited_frame {
    uint64_t function, call_site, sp;
};

struct inheritance {
    size_t count;
    uint32_t pid;                    /* of the parent */
    const char *base, *end;          /* its image, which the child has too */
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

static int is_activation(const struct image_frame *frame)
{
    return frame->sp != 0 && frame->record != 0 && frame->position != 0 && frame->function != 0;
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
            end[-(ptrdiff_t)count] =
                (struct inherited_frame){frame->function & ~FRAME_MARKS, frame->call_site, frame->sp};
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
        inheritance->end = thread->base + process_self()->reserved;
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

static void after_fork_in_child(void)
{
    slow_after_fork_in_child();
    modules_after_fork_in_child();
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
