/*
 * sample.c - decides whether a record has proved hot and short, so that it is sampled. See sample.h.
 */
#include "runtime/records/sample.h"

#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/records/records.h"

/* Counts a round of THREAD that was beyond its budget, or within it. */
static void thrift_adjust(struct thread *thread, int is_dear)
{
    const uint32_t most = (SAMPLE_THRIFT_MOST + 1) * SAMPLE_THRIFT - 1;

    if (!is_dear)
        thread->sample_dear -= thread->sample_dear > 0;
    else if (thread->sample_dear < most)
        thread->sample_dear++;
}

/* Returns the ticks that a round takes if it keeps to the budget. With each degree of thrift, a timed call is
 * taken to cost twice as much: with 131,000 records, it costs ten times its readings. */
static float round_due(const struct thread *thread)
{
    float price = thread->clock_price * (float)(1U << sample_thrift(thread));

    return SAMPLE_ROUND * SAMPLE_BUDGET * price;
}

/* The share moves by a quarter at most, as a program may do one thing for a moment only. */
void sample_adjust(struct thread *thread, uint64_t now)
{
    float elapsed = (float)(now - thread->sample_start);
    int is_dear = elapsed < round_due(thread);
    float share = thread->sample_share * (is_dear ? 1.25f : 0.8f);

    if (share > SAMPLE_SHARE_MOST || !is_dear)
        thrift_adjust(thread, is_dear);
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
