/*
 * sample.c - decides whether a record has proved hot and short, so that it is sampled. See sample.h.
 */
#include "runtime/records/sample.h"

#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/records/records.h"

/* The share moves by a quarter at most, as a program may do one thing for a moment only. */
void sample_adjust(struct thread *thread, uint64_t now)
{
    float elapsed = (float)(now - thread->sample_start);
    float cost = SAMPLE_ROUND * thread->clock_price * SAMPLE_BUDGET;
    float share = thread->sample_share * (cost > elapsed ? 1.25f : 0.8f);

    if (share >= SAMPLE_SHARE_LEAST && share <= SAMPLE_SHARE_MOST)
        thread->sample_share = share;
    thread->sample_start = now;
    thread->sample_count = 0;
}

/* Finds or makes details for RECORD. Most contexts are made shortly before, when spare details were laid up:
 * these cost no system call. */
static struct image_details *details_of(struct thread *thread, struct image_record *record)
{
    struct image_details *details = context_spare_details(thread, record);
    struct slow slow;

    if (details == NULL && slow_enter(&slow) == 0) {
        context_reserve_details(thread);
        details = context_details(thread, record);
        slow_leave(&slow);
    }
    return details;
}

void sample_consider(struct thread *thread, struct image_record *record, uint64_t inclusive)
{
    struct image_details *details;

    if ((float)inclusive > sample_long(thread) || (details = details_of(thread, record)) == NULL)
        return;
    details->typical = (float)inclusive;
    details->last = record->calls;
    details->is_sampled = 1;
}
