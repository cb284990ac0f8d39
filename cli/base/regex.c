/*
 * regex.c - regular expressions. See regex.h.
 *
 * An expression may backtrack without end, so each search has bounds.
 */
#include "cli/base/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <string.h>

enum { STEPS_MAX = 1000000, HEAP_MAX_KIB = 64 * 1024, SECONDS_MAX = 10 };

int regex_compile(struct regex *regex, const char *text, size_t length, struct message *message)
{
    /* Names are UTF-8. PCRE2 matches one that is not around its bad bytes, and does not fail. */
    const uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF;
    PCRE2_UCHAR reason[256];
    size_t place;
    int code;

    regex->code = pcre2_compile((PCRE2_SPTR)text, length, options, &code, &place, NULL);
    if (regex->code != NULL)
        return 0;
    pcre2_get_error_message(code, reason, sizeof reason);
    return message_set(message, "bad regular expression '%.*s': %s, at offset %zu", (int)length, text,
                       (char *)reason, place);
}

void regex_free(struct regex *regex)
{
    pcre2_code_free(regex->code);
    regex->code = NULL;
}

static time_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

int regex_search_open(struct regex_search *search, const struct regex *regex)
{
    *search = (struct regex_search){.regex = regex,
                                    .data = pcre2_match_data_create(1, NULL),
                                    .limits = pcre2_match_context_create(NULL),
                                    .expiry = now() + SECONDS_MAX};
    if (search->data == NULL || search->limits == NULL) {
        regex_search_close(search);
        return -1;
    }
    pcre2_set_match_limit(search->limits, STEPS_MAX);
    pcre2_set_heap_limit(search->limits, HEAP_MAX_KIB);
    return 0;
}

int regex_search_in(const struct regex_search *search, const char *text)
{
    int result =
        pcre2_match(search->regex->code, (PCRE2_SPTR)text, strlen(text), 0, 0, search->data, search->limits);

    if (now() > search->expiry)
        return -1;
    if (result >= 0)
        return 1;
    return result == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

void regex_search_close(struct regex_search *search)
{
    pcre2_match_data_free(search->data);
    pcre2_match_context_free(search->limits);
    *search = (struct regex_search){0};
}

int regex_matches(const struct regex *regex, const char *text)
{
    struct regex_search search;
    int result;

    if (regex_search_open(&search, regex) != 0)
        return -1;
    result = regex_search_in(&search, text);
    regex_search_close(&search);
    return result;
}
