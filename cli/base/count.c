/*
 * count.c - sums of counts, which stop at the largest count. See count.h.
 */
#include "cli/base/count.h"

int count_is_capped;
