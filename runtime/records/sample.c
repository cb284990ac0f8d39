/*
 * sample.c - decides whether a record has proved hot and short, so that it is sampled. See sample.h.
 */
#include "runtime/records/sample.h"

#include "runtime/core/slow.h"
#include "runtime/core/thread.h"
#include "runtime/format/image.h"
#include "runtime/records/records.h"

void sample_consider(struct thread *thread, struct image_record *record)
{
    float mean = (float)(int64_t)record->self / (float)record->calls - thread->clock_inside;
    struct image_details *details;
    struct slow slow;

    if (mean > SAMPLE_LONG * thread->clock_price || slow_enter(&slow) != 0)
        return;
    details = context_details(thread, record);
    if (details != NULL && details->stride == 0) {
        details->mean = details->all = mean;
        details->square = details->mean * details->mean;
        details->last = record->calls;
        details->stride = 1;
    }
    slow_leave(&slow);
}
