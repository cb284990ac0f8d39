/*
 * calibrate.h - measures the cost of the hooks.
 */
#ifndef RUNTIME_HOOKS_CALIBRATE_H
#define RUNTIME_HOOKS_CALIBRATE_H

#include "runtime/format/image.h"

/* Returns the cost of the hooks a call, for calls that read the clock as READS says. Signals must be blocked
 * and the gate open. */
struct image_costs calibrate(enum image_reads reads);

#endif
