/*
 * gate.c - opens and shuts the gate. See gate.h.
 *
 * Before this library has been relocated, and in a static program before thread-local variables exist, an
 * instrumented ifunc resolver may run. So the gate begins shut, and opens at the first event that is not too
 * early. The pointer below is NULL in the file of a shared library, and filled in by the loader.
 */
#include "runtime/gate/gate.h"

#include <string.h>
#include <sys/mman.h>

#include "arch.h"
#include "runtime/core/compiler.h"
#include "runtime/core/process.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/system/system.h"
#include "runtime/timers/timer.h"

/* In a forked child this page is the parent's, until the child starts an image of its own. */
HIDDEN struct image_gate gate __attribute__((aligned(IMAGE_GATE_SIZE))) = {.opened = (uint64_t)&thread_none,
                                                                           .state = IMAGE_GATE_RUNNING};

uint64_t gate_filtered = UINT64_MAX; /* no gate has this condition */
int gate_has_filters;

static int was_paused; /* a process that this one was forked from */

int gate_is_too_early(void)
{
    static int has_begun; /* threads that are the first at one time all find it out */

    if (LIKELY(__atomic_load_n(&has_begun, __ATOMIC_RELAXED)))
        return 0;
    if (gate.opened == 0 || !arch_has_thread_locals())
        return 1;
    __atomic_store_n(&has_begun, 1, __ATOMIC_RELAXED);
    return 0;
}

/* Returns the condition of the gate when all turns have been obeyed. */
static uint64_t running_condition(void)
{
    const uint32_t parts[] = {IMAGE_GATE_RUNNING, gate.obeyed}; /* state and turn */
    uint64_t condition;

    _Static_assert(sizeof parts == sizeof condition, "a condition is two words");
    memcpy(&condition, parts, sizeof condition);
    return condition;
}

void gate_release(void)
{
    if (gate_has_filters) {
        __atomic_store_n(&gate_filtered, running_condition(), __ATOMIC_SEQ_CST);
        return;
    }
    /* Open first, then look: whoever shuts the gate changes state or turn first. */
    __atomic_store_n(&gate.open, gate.opened, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&gate.state, __ATOMIC_SEQ_CST) != IMAGE_GATE_RUNNING ||
        __atomic_load_n(&gate.turn, __ATOMIC_SEQ_CST) != gate.obeyed)
        __atomic_store_n(&gate.open, 0, __ATOMIC_SEQ_CST);
}

void gate_filter(void)
{
    gate_has_filters = 1;
    __atomic_store_n(&gate.open, 0, __ATOMIC_RELEASE);
    gate_release();
}

void gate_map(struct process *process, int descriptor)
{
    struct image_gate *page = (struct image_gate *)(process->base + IMAGE_HEADER_SIZE);
    long result;

    *page = (struct image_gate){
        .open = gate_has_filters ? 0 : gate.opened, .opened = gate.opened, .state = IMAGE_GATE_RUNNING};
    was_paused = gate_was_paused();
    result = SYSTEM_CALL(SYS_mmap, &gate, sizeof gate, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
                         descriptor, IMAGE_HEADER_SIZE);
    if (result == (long)&gate)
        process->header->gate = IMAGE_HEADER_SIZE / IMAGE_UNIT;
    gate_release();
}

int gate_was_paused(void)
{
    return was_paused || gate.pauses != 0;
}

void gate_force(void)
{
    if (gate_has_filters)
        gate_filtered = gate.condition;
    else
        __atomic_store_n(&gate.open, gate.opened, __ATOMIC_SEQ_CST);
}

void gate_pause(void)
{
    turn_pause(&gate, timer_clock());
}

/* Returns 1 if one of the turns after OBEYED is a reset. */
static int has_reset(uint32_t obeyed)
{
    while (obeyed != gate.turn)
        if (turn_get(&gate, ++obeyed).kind == IMAGE_TURN_RESET)
            return 1;
    return 0;
}

void gate_open(struct process *process)
{
    uint32_t state = IMAGE_GATE_RESUMING;

    process_lock_retired(process);
    if (__atomic_compare_exchange_n(&gate.state, &state, IMAGE_GATE_RUNNING, 0, __ATOMIC_SEQ_CST,
                                    __ATOMIC_SEQ_CST))
        turn_add(&gate, IMAGE_TURN_RESUME, timer_clock());
    if (!gate_is_paused()) {
        if (has_reset(gate.obeyed))
            process->header->lost = 0;
        gate.obeyed = __atomic_load_n(&gate.turn, __ATOMIC_SEQ_CST);
        for (struct thread *thread = process->live; thread != NULL; thread = thread->live_after)
            thread_send(__atomic_load_n(&thread->current, __ATOMIC_SEQ_CST));
        gate_release();
    }
    process_unlock_retired(process);
}
