/*
 * oracle.h - what the hooks should count and time: a model of cProfile's rules (_lsprof.c), written from its
 * description and not from our code: a stack, and levels in two tables.
 */
#ifndef ORACLE_H
#define ORACLE_H

#include "play.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FUNCTIONS = 12, STEP = PLAY_STEP, FIRST_ADDRESS = PLAY_ADDRESS };

/* ---- what is expected: cProfile's bookkeeping ---- */

struct figures {
    uint64_t calls, primitive, self, cumulative;
    int level;
};

struct oracle {
    struct figures functions[FUNCTIONS];
    struct figures edges[FUNCTIONS + 1][FUNCTIONS]; /* by caller, the last for none */
    struct activation {
        int function;
        uint64_t start, callees;
    } stack[4096];
    int depth;
    uint64_t clock;
    unsigned excluded; /* functions that have no activations, as bits */
    int deepest;       /* activations on the stack beyond which there are none; 0: no bound */
};

static inline void figures_leave(struct figures *figures, uint64_t total, uint64_t self)
{
    figures->calls++;
    figures->self += self;
    if (--figures->level == 0) {
        figures->cumulative += total;
        figures->primitive++;
    }
}

static inline int oracle_caller(const struct oracle *oracle)
{
    return oracle->depth > 0 ? oracle->stack[oracle->depth - 1].function : FUNCTIONS;
}

/* Whether the call has an activation. */
static inline int oracle_enter(struct oracle *oracle, int function)
{
    if ((oracle->excluded >> function & 1) || (oracle->deepest != 0 && oracle->depth >= oracle->deepest))
        return 0;
    oracle->functions[function].level++;
    oracle->edges[oracle_caller(oracle)][function].level++;
    oracle->stack[oracle->depth++] = (struct activation){function, oracle->clock, 0};
    return 1;
}

static inline void oracle_leave(struct oracle *oracle)
{
    struct activation top = oracle->stack[--oracle->depth];
    uint64_t total = oracle->clock - top.start;
    uint64_t self = total - top.callees;

    figures_leave(&oracle->functions[top.function], total, self);
    figures_leave(&oracle->edges[oracle_caller(oracle)][top.function], total, self);
    if (oracle->depth > 0)
        oracle->stack[oracle->depth - 1].callees += total;
}

/* ---- what was recorded, by the formulas of model.h ---- */

static inline int function_number(const struct profile *profile, uint32_t function)
{
    if (function == PROFILE_NONE)
        return FUNCTIONS;
    assert_in_range(profile->functions[function].offset, FIRST_ADDRESS,
                    FIRST_ADDRESS + STEP * (FUNCTIONS - 1));
    return (int)(profile->functions[function].offset - FIRST_ADDRESS) / STEP;
}

static inline void tally(const struct profile *profile, struct oracle *sums)
{
    for (size_t i = 0; i < profile->record_count; i++) {
        const struct profile_record *record = &profile->records[i];

        if (record->parent == PROFILE_NONE)
            continue;
        int callee = function_number(profile, record->function);
        int caller = function_number(profile, profile->records[record->parent].function);
        struct figures *both[] = {&sums->functions[callee], &sums->edges[caller][callee]};

        for (int j = 0; j < 2; j++) {
            both[j]->calls += record->calls;
            both[j]->primitive += record->calls;
            both[j]->self += record->self;
            both[j]->cumulative += record->inclusive;
        }
    }
    for (size_t i = 0; i < profile->edge_count; i++) {
        const struct profile_edge *edge = &profile->edges[i];
        int callee = function_number(profile, edge->callee);
        struct figures *figures = &sums->edges[function_number(profile, edge->caller)][callee];

        sums->functions[callee].primitive -= edge->nested;
        figures->primitive -= edge->nested - edge->nested_outermost;
        figures->cumulative += edge->nested_inclusive;
    }
}

static inline void expect_figures(const struct figures *expected, const struct figures *actual,
                                  const char *what)
{
    if (memcmp(expected, actual, offsetof(struct figures, level)) != 0)
        fail_msg("%s: expected %" PRIu64 "/%" PRIu64 " self %" PRIu64 " cum %" PRIu64 ", recorded %" PRIu64
                 "/%" PRIu64 " self %" PRIu64 " cum %" PRIu64,
                 what, expected->calls, expected->primitive, expected->self, expected->cumulative,
                 actual->calls, actual->primitive, actual->self, actual->cumulative);
}

static inline void expect_as_oracle(const struct profile *profile, const struct oracle *oracle)
{
    struct oracle *sums = calloc(1, sizeof *sums);
    char what[64];

    tally(profile, sums);
    for (int callee = 0; callee < FUNCTIONS; callee++) {
        snprintf(what, sizeof what, "function %d", callee);
        expect_figures(&oracle->functions[callee], &sums->functions[callee], what);
        for (int caller = 0; caller <= FUNCTIONS; caller++) {
            snprintf(what, sizeof what, "edge %d -> %d", caller, callee);
            expect_figures(&oracle->edges[caller][callee], &sums->edges[caller][callee], what);
        }
    }
    free(sums);
}

/* ---- playing events ---- */

/* Plays a script, the same on the hooks and on the oracle: a letter enters that function, a digit passes that
 * many ticks, a point leaves the innermost. Recursion on the real stack gives each activation its own stack
 * pointer. */
static inline const char *play_script(struct oracle *oracle, const char *script)
{
    while (*script != '\0' && *script != '.') {
        if (*script >= '0' && *script <= '9') {
            settable_clock += (uint64_t)(*script - '0');
            if (oracle != NULL)
                oracle->clock += (uint64_t)(*script - '0');
            script++;
            continue;
        }
        int function = *script - 'a', is_active = 0;

        if (oracle != NULL)
            is_active = oracle_enter(oracle, function);
        else
            play_enter(function);
        script = play_script(oracle, script + 1);
        if (is_active)
            oracle_leave(oracle);
        else if (oracle == NULL)
            play_leave(function);
        if (*script == '.')
            script++;
    }
    return script;
}

static inline void play_on_hooks(void *script)
{
    play_script(NULL, script);
}

static inline void expect_script(const char *script)
{
    struct oracle *oracle = calloc(1, sizeof *oracle);
    struct profile profile = {0};

    play_script(oracle, script);
    play(play_on_hooks, (void *)(uintptr_t)script, &profile);
    expect_as_oracle(&profile, oracle);
    profile_free(&profile);
    free(oracle);
}

static inline uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* A random script of about SIZE events over COUNT functions. */
static inline void random_script(char *script, int size, int count, uint32_t *seed)
{
    int depth = 0;

    while (size-- > 0) {
        uint32_t choice = next_random(seed) % 5;

        if (choice < 2 && depth < 200) {
            *script++ = (char)('a' + (int)(next_random(seed) % (uint32_t)count));
            depth++;
        } else if (choice < 4 && depth > 0) {
            *script++ = '.';
            depth--;
        } else {
            *script++ = (char)('0' + (int)(next_random(seed) % 10));
        }
    }
    *script = '\0';
}

#endif
