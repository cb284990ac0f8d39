/*
 * suggest_flags.h - says suggestions in the words of gcc and of its plugin, so that they leave out exactly
 * the suggested functions among those that were called.
 */
#ifndef CLI_ANALYSIS_SUGGEST_FLAGS_H
#define CLI_ANALYSIS_SUGGEST_FLAGS_H

#include "cli/analysis/suggest.h"
#include "cli/base/strings.h"

struct suggest_flags {
    struct strings patterns;  /* for the plugin; none for headers, which it leaves out by another flag */
    struct strings functions; /* items of gcc's list of functions */
    struct strings files;     /* items of gcc's list of files */
    const struct table_row **marks; /* functions to mark in the source: items would match others too */
    size_t mark_count;
};

/* Fills the zeroed FLAGS from SUGGESTIONS, whose table must outlive them. Returns 0, or -1 without memory.
 * The caller frees them in either case. */
int suggest_flags_make(struct suggest_flags *flags, const struct suggestions *suggestions);

/* Frees what FLAGS hold. */
void suggest_flags_free(struct suggest_flags *flags);

#endif
