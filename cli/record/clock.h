/*
 * clock.h - the launcher's clocks, read as the runtime reads them.
 */
#ifndef CLI_RECORD_CLOCK_H
#define CLI_RECORD_CLOCK_H

#include "runtime/format/image.h"

/* Returns the present instant on the three clocks that an image knows. */
struct image_anchor clock_anchor(void);

#endif
