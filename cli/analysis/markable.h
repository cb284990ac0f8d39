/*
 * markable.h - tells which functions a user can compile without hooks.
 */
#ifndef CLI_ANALYSIS_MARKABLE_H
#define CLI_ANALYSIS_MARKABLE_H

#include "cli/table/rows.h"

enum markable {
    MARKABLE_NOT,     /* of a library of the system, a region, or without a name */
    MARKABLE_HEADERS, /* only together: headers of the system or of the C++ library define it */
    MARKABLE_ALONE,   /* the user's own source defines it */
};

/* Returns how the function of ROW can be left out. */
enum markable markable_of(const struct table_row *row);

#endif
