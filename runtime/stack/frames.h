/*
 * frames.h - the shadow stack of a thread: its frames, and what ends them. Slow paths only.
 *
 * SP is the stack pointer at an event. NOW is what the stack's own timer says, in ticks (stack_time()).
 */
#ifndef RUNTIME_STACK_FRAMES_H
#define RUNTIME_STACK_FRAMES_H

#include <stdint.h>

#include "runtime/core/thread.h"
#include "runtime/format/image.h"

/* Makes a chain of the COUNT frames at FIRST. The first becomes the bottom of the thread's stack. */
void stack_start(struct thread *thread, uint32_t first, uint32_t count);

/* Puts the stack, which is empty, at BOUNDS. */
void stack_place(struct thread *thread, struct stack_bounds bounds);

int stack_is_empty(const struct thread *thread);

/* Returns the stack pointer of the innermost function; without any, the highest one on the stack. */
uint64_t stack_pointer(const struct thread *thread);

/* Returns the stack pointer of the outermost function; 0 without any. */
uint64_t stack_outermost(const struct thread *thread);

/* Returns what the stack's own timer says when the thread's says NOW: less, by the time of its suspensions.
 */
uint64_t stack_time(const struct thread *thread, uint64_t now);

/* Notes that a signal handler runs on a stack of its own, at BOUNDS: its frames follow those of what it
 * interrupted. Returns -1 without space. */
int stack_nest(struct thread *thread, struct stack_bounds bounds);

/* Closes what signal handlers have left on their stacks: code runs below these again. */
void stack_unnest(struct thread *thread, uint64_t now);

/* Goes back from a signal handler's stack if the handler has no frame left there. */
void stack_pop_nest(struct thread *thread);

/* Counts a call of FUNCTION. Returns its frame, not yet timed, or NULL if there is none for it. */
struct image_frame *stack_call(struct thread *thread, uint64_t function, uint64_t call_site, uint64_t sp);

/* Pushes the frame of a call that began, and was counted, in another process or state. Returns -1 without
 * space. */
int stack_resume(struct thread *thread, uint64_t function, uint64_t call_site, uint64_t sp);

/* Closes the top frame. UNWOUND: its function was left other than by a return. */
void stack_pop(struct thread *thread, uint64_t now, int unwound);

/* Ends one of the activations for which there was no frame. The top frame stands for all of them. */
void stack_pop_overflow(struct thread *thread, uint64_t now);

/* Returns 1 if the top frame stands for activations without frames. */
int stack_is_overflow(const struct thread *thread);

/* Closes the frames that a jump to SP leaves: those below SP, and those that a hook below SP has claimed but
 * not filled. Other claimed frames stay. The signal handler that jumps has interrupted their hook, and will
 * return to it. */
void stack_unwind(struct thread *thread, uint64_t sp, uint64_t now);

/* Closes the frames that cannot be alive while code runs at SP. */
void stack_close_dead(struct thread *thread, uint64_t sp, uint64_t now);

/* Closes all frames, as left without a return. */
void stack_unwind_all(struct thread *thread, uint64_t now);

/* Closes all frames, as returns. A call that began after NOW has taken no time. No hook of the thread may be
 * at work: it would go on with a closed frame. */
void stack_close_all(struct thread *thread, uint64_t now);

/* Lets all frames begin anew, and counts their calls once more. Their functions must have no outermost frame.
 */
void stack_restart(struct thread *thread, uint64_t now);

/* Closes all frames, as returns, while code runs at SP. The calls go on in TO, where they are not counted
 * again. */
void stack_hand_over(struct thread *thread, uint64_t sp, uint64_t now, struct thread *to);

/* Closes the frames that cannot be alive when FUNCTION is entered at SP, from CALL_SITE. Two frames with one
 * SP are alive if one of the functions was inlined into the other, and then they have one call site. */
void stack_close_dead_at_entry(struct thread *thread, uint64_t function, uint64_t call_site, uint64_t sp,
                               uint64_t now);

/* Sets or clears the mark of the top frame that it is left by unwinding. A marked frame sends its exit to the
 * slow path. */
void frame_mark(struct thread *thread, int unwinding);

/* Returns the topmost filled frame at or below FRAME. The bottom is always filled. */
const struct image_frame *frame_filled(const struct thread *thread, const struct image_frame *frame);

/* Returns 1 if FRAME, which lies below SP, is alive all the same: its function was inlined. */
int frame_is_inlined(const struct thread *thread, const struct image_frame *frame, uint64_t sp);

#endif
