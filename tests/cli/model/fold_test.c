/*
 * fold_test.c - how --min-time folds the trees of a profile.
 */
#include "tests/lib/case.h"

#include <stdlib.h>
#include <string.h>

#include "cli/model/fold.h"

enum { A, B, C, D, FUNCTIONS };

/* Makes a thread with its root. A tick is a nanosecond. */
static void begin(struct profile *profile, size_t records, size_t edges)
{
    *profile = (struct profile){
        .processes = calloc(1, sizeof *profile->processes),
        .process_count = 1,
        .threads = calloc(1, sizeof *profile->threads),
        .thread_count = 1,
        .functions = calloc(FUNCTIONS, sizeof *profile->functions),
        .function_count = FUNCTIONS,
        .records = calloc(records + 1, sizeof *profile->records),
        .record_count = 1,
        .edges = calloc(edges + 1, sizeof *profile->edges),
    };
    profile->processes[0].tick_ns = 1;
    profile->records[0] = (struct profile_record){.function = PROFILE_NONE, .parent = PROFILE_NONE};
    profile->threads[0].record_count = 1;
}

/* Adds a record, and returns its index. TARGET is PROFILE_NONE for the record itself. */
static uint32_t add(struct profile *profile, uint32_t parent, uint32_t function, uint32_t target,
                    uint64_t calls, int64_t self)
{
    uint32_t index = (uint32_t)profile->record_count++;

    profile->records[index] = (struct profile_record){.function = function,
                                                      .parent = parent,
                                                      .target = target == PROFILE_NONE ? index : target,
                                                      .calls = calls,
                                                      .clocked = calls,
                                                      .self = self,
                                                      .inclusive = self};
    profile->threads[0].record_count++;
    return index;
}

static void add_edge(struct profile *profile, uint32_t caller, uint32_t callee, uint64_t nested)
{
    profile->edges[profile->edge_count++] = (struct profile_edge){.caller = caller,
                                                                  .callee = callee,
                                                                  .nested = nested,
                                                                  .nested_outermost = nested,
                                                                  .nested_inclusive = 5};
    profile->threads[0].edge_count++;
}

static void fold(struct profile *profile, double ns)
{
    struct message message;

    assert_int_equal(profile_fold(profile, ns, &message), 0);
    assert_int_equal(profile->threads[0].record_count, profile->record_count);
}

static void expect(const struct profile *profile, uint32_t index, uint32_t parent, uint32_t function,
                   uint64_t calls, int64_t self)
{
    assert_int_equal(profile->records[index].parent, parent);
    assert_int_equal(profile->records[index].function, function);
    assert_int_equal(profile->records[index].calls, calls);
    assert_int_equal(profile->records[index].self, self);
}

static void what_took_less(void **state)
{
    struct profile profile;

    (void)state;
    begin(&profile, 5, 0);
    add(&profile, 0, A, PROFILE_NONE, 1, 100);
    add(&profile, 1, B, PROFILE_NONE, 2, 6);
    add(&profile, 2, C, PROFILE_NONE, 3, 3);
    add(&profile, 1, D, PROFILE_NONE, 4, 4);
    add(&profile, 4, C, PROFILE_NONE, 5, 50);
    fold(&profile, 10);
    assert_int_equal(profile.record_count, 4);
    expect(&profile, 1, 0, A, 1, 109);
    expect(&profile, 2, 1, D, 4, 4);
    expect(&profile, 3, 2, C, 5, 50);
    model_free(&profile);
}

static void what_took_as_long(void **state)
{
    struct profile profile;

    (void)state;
    begin(&profile, 2, 0);
    add(&profile, 0, A, PROFILE_NONE, 1, 100);
    add(&profile, 1, B, PROFILE_NONE, 2, 10);
    fold(&profile, 10);
    assert_int_equal(profile.record_count, 3);
    fold(&profile, 10.5);
    assert_int_equal(profile.record_count, 2);
    expect(&profile, 1, 0, A, 1, 110);
    model_free(&profile);
}

static void what_a_thread_begins_with(void **state)
{
    struct profile profile;

    (void)state;
    begin(&profile, 2, 0);
    add(&profile, 0, A, PROFILE_NONE, 1, 1);
    add(&profile, 1, B, PROFILE_NONE, 1, 2);
    fold(&profile, 1000);
    assert_int_equal(profile.record_count, 2);
    expect(&profile, 1, 0, A, 1, 3);
    model_free(&profile);
}

static void without_the_hooks_cost(void **state)
{
    struct profile profile;

    (void)state;
    begin(&profile, 2, 0);
    add(&profile, 0, A, PROFILE_NONE, 1, 100);
    add(&profile, 1, B, PROFILE_NONE, 1, 30);
    profile.records[2].overhead = 25;
    fold(&profile, 10);
    assert_int_equal(profile.record_count, 2);
    expect(&profile, 1, 0, A, 1, 130);
    assert_int_equal(profile.records[1].overhead, 25);
    model_free(&profile);
}

/* a calls b, which calls a again. b is short, but must stay. */
static void calls_back_to_what_stays(void **state)
{
    struct profile profile;

    (void)state;
    begin(&profile, 3, 1);
    add(&profile, 0, A, PROFILE_NONE, 1, 100);
    add(&profile, 1, B, PROFILE_NONE, 2, 1);
    add(&profile, 2, A, 1, 2, 1);
    add_edge(&profile, B, A, 2);
    fold(&profile, 10);
    assert_int_equal(profile.record_count, 4);
    assert_int_equal(profile.edges[0].nested, 2);
    model_free(&profile);
}

/* b calls itself in two contexts. One is folded, and its nested calls are no longer nested. */
static void calls_back_within_what_is_folded(void **state)
{
    struct profile profile;

    (void)state;
    begin(&profile, 6, 2);
    add(&profile, 0, A, PROFILE_NONE, 1, 100);
    add(&profile, 1, B, PROFILE_NONE, 2, 1);
    add(&profile, 2, B, 2, 3, 1);
    add(&profile, 1, C, PROFILE_NONE, 1, 50);
    add(&profile, 4, B, PROFILE_NONE, 2, 40);
    add(&profile, 5, B, 5, 4, 40);
    add_edge(&profile, C, B, 0);
    add_edge(&profile, B, B, 7);
    fold(&profile, 10);
    assert_int_equal(profile.record_count, 5);
    expect(&profile, 1, 0, A, 1, 102);
    expect(&profile, 4, 3, B, 4, 40);
    assert_int_equal(profile.records[4].target, 3);
    for (size_t i = 0; i < profile.edge_count; i++)
        if (profile.edges[i].caller == B) {
            assert_int_equal(profile.edges[i].nested, 4);
            assert_int_equal(profile.edges[i].nested_outermost, 4);
        }
    model_free(&profile);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST_ALONE("a context that took less goes into its caller, with its callees", what_took_less),
        TEST_ALONE("a context that took as long stays", what_took_as_long),
        TEST_ALONE("a context that a thread begins with stays, for it has no caller",
                   what_a_thread_begins_with),
        TEST_ALONE("times count without the cost of the hooks, and the cost goes along",
                   without_the_hooks_cost),
        TEST_ALONE("a context that calls back to a function that stays, stays", calls_back_to_what_stays),
        TEST_ALONE("calls back within a folded context are no longer nested",
                   calls_back_within_what_is_folded),
    };

    return cmocka_run_group_tests_name("fold", tests, NULL, NULL);
}
