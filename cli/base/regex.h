/*
 * regex.h - regular expressions (PCRE2), and searching text for them within bounds.
 */
#ifndef CLI_BASE_REGEX_H
#define CLI_BASE_REGEX_H

#include <stddef.h>
#include <time.h>

#include "cli/base/message.h"

/* A compiled expression. A zeroed struct is none. */
struct regex {
    void *code; /* a pcre2_code; owned */
};

/* Compiles the LENGTH bytes at TEXT. Returns 0, or -1 and fills MESSAGE with PCRE2's reason and its place. */
int regex_compile(struct regex *regex, const char *text, size_t length, struct message *message);

/* Frees the expression; a zeroed struct is fine. */
void regex_free(struct regex *regex);

/* Returns as regex_search_in() for one TEXT, or -1 without memory. */
int regex_matches(const struct regex *regex, const char *text);

/* Searches many texts for one expression. */
struct regex_search {
    const struct regex *regex;
    void *data;    /* a pcre2_match_data; owned */
    void *limits;  /* a pcre2_match_context; owned */
    time_t expiry; /* seconds of CLOCK_MONOTONIC after which nothing is found any more */
};

/* Starts to search for REGEX, which must outlive the search. Returns 0, or -1 without memory. */
int regex_search_open(struct regex_search *search, const struct regex *regex);

/* Returns 1 if TEXT has a match anywhere, else 0. Returns -1 if the search takes too long: a million steps in
 * one text (some 20 ms), or ten seconds since it was opened. */
int regex_search_in(const struct regex_search *search, const char *text);

/* Frees what the search holds. */
void regex_search_close(struct regex_search *search);

#endif
