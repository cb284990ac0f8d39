/*
 * oracle.h - a model of cProfile's rules (_lsprof.c), which tells what the hooks must count and time.
 *
 * It is written from the description of cProfile, and not from our code. It has a stack and two tables, of
 * functions and edges, with levels of recursion.
 */
#ifndef TESTS_RUNTIME_ORACLE_H
#define TESTS_RUNTIME_ORACLE_H

#include "tests/runtime/play.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/gate/gate.h"

enum { FUNCTIONS = 12, STEP = PLAY_STEP, FIRST_ADDRESS = PLAY_ADDRESS };

/* ---- the model: cProfile's bookkeeping ---- */

/* The figures of a function or an edge. */

struct figures {
    uint64_t calls, primitive, self, cumulative;
    int level;
};

struct oracle {
    struct figures functions[FUNCTIONS];
    struct figures edges[FUNCTIONS + 1][FUNCTIONS]; /* by caller and callee; the last caller is none */
    struct activation {
        int function;
        uint64_t start, callees;
    } stack[4096];
    int depth;
    uint64_t clock;
    int is_paused;
    unsigned excluded; /* the functions that have no activations, as bits */
    int deepest;       /* the most activations on the stack; 0: no bound */
};

enum { UNSEEN = -1 }; /* the function of an activation that is not recorded: it began before or in a pause */

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
    if (oracle->depth == 0 || oracle->stack[oracle->depth - 1].function == UNSEEN)
        return FUNCTIONS;
    return oracle->stack[oracle->depth - 1].function;
}

/* Enters FUNCTION. Returns 1 if the call has an activation, and 0 if it is left out. */
static inline int oracle_enter(struct oracle *oracle, int function)
{
    if (oracle->is_paused) {
        oracle->stack[oracle->depth++] = (struct activation){UNSEEN, 0, 0};
        return 1;
    }
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

    if (top.function == UNSEEN)
        return;
    figures_leave(&oracle->functions[top.function], total, self);
    figures_leave(&oracle->edges[oracle_caller(oracle)][top.function], total, self);
    if (oracle->depth > 0)
        oracle->stack[oracle->depth - 1].callees += total;
}

/* Ends all open calls, as disable() does. Their later returns are ignored. */
static inline void oracle_pause(struct oracle *oracle)
{
    int depth = oracle->depth;

    while (oracle->depth > 0)
        oracle_leave(oracle);
    oracle->is_paused = 1;
    while (oracle->depth < depth)
        oracle_enter(oracle, UNSEEN);
}

static inline void figures_reset(struct figures *figures)
{
    *figures = (struct figures){.level = figures->level};
}

/* Zeroes all figures, as clear() does. Unlike there, open calls go on from here. */
static inline void oracle_reset(struct oracle *oracle)
{
    for (int callee = 0; callee < FUNCTIONS; callee++) {
        figures_reset(&oracle->functions[callee]);
        for (int caller = 0; caller <= FUNCTIONS; caller++)
            figures_reset(&oracle->edges[caller][callee]);
    }
    for (int i = 0; i < oracle->depth; i++)
        oracle->stack[i] = (struct activation){oracle->stack[i].function, oracle->clock, 0};
}

/* ---- the recorded figures, by the formulas of model.h ---- */

static inline int function_number(const struct profile *profile, uint32_t function)
{
    if (function == PROFILE_NONE)
        return FUNCTIONS;
    assert_in_range(profile->functions[function].offset, FIRST_ADDRESS,
                    FIRST_ADDRESS + STEP * (FUNCTIONS - 1));
    return (int)(profile->functions[function].offset - FIRST_ADDRESS) / STEP;
}

/* Adds up the figures of PROFILE by function and by edge. */
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

/* Fails unless the figures of PROFILE are those of ORACLE. */
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

/* Pauses (P), resumes (R) or resets (Z) the oracle, or the recording if ORACLE is NULL, as `profile ctl`
 * does. */
static inline void play_request(struct oracle *oracle, char request)
{
    if (oracle == NULL && request == 'P')
        turn_pause(&gate, settable_clock);
    else if (oracle == NULL && request == 'R')
        turn_resume(&gate);
    else if (oracle == NULL)
        turn_add(&gate, IMAGE_TURN_RESET, settable_clock);
    else if (request == 'P')
        oracle_pause(oracle);
    else if (request == 'R')
        oracle->is_paused = 0;
    else
        oracle_reset(oracle);
}

/*
 * Plays SCRIPT on the oracle, or on the hooks if ORACLE is NULL. A small letter enters that function, and a
 * point leaves the innermost one. A digit passes that many ticks. A capital letter is a request, and an
 * exclamation mark ends the process. Returns the rest of the script after the call is left.
 *
 * Each call is a recursion on the real stack, so that each activation has its own stack pointer.
 */
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
        if (*script == '!') {
            if (oracle == NULL)
                _exit(0);
            return script + strlen(script);
        }
        if (*script >= 'A' && *script <= 'Z') {
            play_request(oracle, *script++);
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

/* Fails unless the hooks record for SCRIPT the figures that the oracle has for MEANING. */
static inline void expect_meaning(const char *script, const char *meaning)
{
    struct oracle *oracle = calloc(1, sizeof *oracle);
    struct profile profile = {0};

    play_script(oracle, meaning);
    play(play_on_hooks, (void *)(uintptr_t)script, &profile);
    expect_as_oracle(&profile, oracle);
    for (size_t i = 0; i < profile.thread_count; i++)
        assert_int_equal(profile.threads[i].unmatched + profile.threads[i].unwound, 0);
    model_free(&profile);
    free(oracle);
}

/* Fails unless the hooks record for SCRIPT the figures of the oracle. */
static inline void expect_script(const char *script)
{
    expect_meaning(script, script);
}

static inline uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Makes a random script of at most SIZE events over COUNT functions. Some are of REQUESTS if that is not
 * NULL. */
static inline void random_script(char *script, int size, int count, const char *requests, uint32_t *seed)
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
        } else if (requests != NULL && next_random(seed) % 8 == 0) {
            *script++ = requests[next_random(seed) % strlen(requests)];
        } else {
            *script++ = (char)('0' + (int)(next_random(seed) % 10));
        }
    }
    *script = '\0';
}

#endif
