/*
 * errors_test.c - whether the standard errors of the ledger hold: the time of a function that is called often
 * lies within two of them of the truth in about 95 of 100 cases.
 *
 * The truth is made up, and so is what the runtime would have measured of it: samples are drawn as the kernel
 * takes them, and windows err as ledger.h says. All numbers come from a generator with a fixed seed.
 */
#include <math.h>

#include "cli/model/inclusive.h"
#include "cli/model/ledger.h"
#include "tests/lib/case.h"
#include "tests/lib/fixture.h"

enum { INSIDE = 20, SAMPLED = 30, OUTSIDE = 52, UNCLOCKED = 8 };
enum { RUNS = 400, FUNCTIONS = 6, CALLS_PER_WINDOW = 100 };

static struct fixture fixture;
static uint64_t state_of_random = 0x9e3779b97f4a7c15;

/* Returns a number from 0 to 1 (xorshift64*, Vigna 2016). */
static double random_part(void)
{
    state_of_random ^= state_of_random >> 12;
    state_of_random ^= state_of_random << 25;
    state_of_random ^= state_of_random >> 27;
    return (double)((state_of_random * 0x2545f4914f6cdd1d) >> 11) / 0x1p53;
}

/* Returns a number from LOW to HIGH, evenly spread over its logarithm. */
static double random_size(double low, double high)
{
    return low * pow(high / low, random_part());
}

/* Returns a Poisson number of this mean, by counting exponential waits. */
static uint64_t random_count(double mean)
{
    uint64_t count = 0;

    for (double waited = -log(1 - random_part()); waited < mean; waited -= log(1 - random_part()))
        count++;
    return count;
}

/* Returns how often the truth has what windows say: on average once, and it errs by half. That is a number of
 * the Gamma distribution of shape 4, the sum of exponential ones. */
static double random_truth(void)
{
    double sum = 0;

    for (int i = 0; i < 4; i++)
        sum -= log(1 - random_part()) / 4;
    return sum;
}

/* The truth about a run, in ticks. */
struct truth {
    double own[FUNCTIONS + 1], all;
};

/* Adds the function I, which main calls often. WINDOW ticks are measured of a call. Its hooks take COST times
 * what is calibrated. */
static void add_function(uint32_t i, double calls, double window, double cost, struct truth *truth)
{
    uint32_t function = fixture_function(&fixture, PROFILE_NONE, "a.c", i + 2, "f");
    double timed = calls / CALLS_PER_WINDOW, others = calls - timed, hooks, measured;
    double own = window * random_truth();

    hooks = cost * (timed * SAMPLED + others * UNCLOCKED / 2.0);
    measured = timed * (window + SAMPLED);
    fixture_record(&fixture, function, 1, (uint64_t)calls, ticks_round(measured), 0);
    struct profile_record *record = &fixture.records[fixture.profile.record_count - 1];
    record->clocked = (uint64_t)timed;
    record->leaf_calls = (uint64_t)calls;
    record->leaf_ticks = (uint64_t)(calls * (window + SAMPLED));
    record->samples = random_count(calls * own / fixture.processes[0].period);
    record->hook_samples = random_count(hooks / fixture.processes[0].period);
    truth->own[i + 1] = calls * own;
    truth->all += calls * own + hooks + cost * (timed * OUTSIDE + others * UNCLOCKED / 2.0);
    fixture.records[1].hook_samples +=
        random_count(cost * (timed * OUTSIDE + others * UNCLOCKED / 2.0) / fixture.processes[0].period);
    fixture.records[1].self -= ticks_round(measured); /* the rest is the caller's, as measured */
}

/* Makes up a run of about SAMPLES samples: main calls FUNCTIONS functions often. */
static void make_run(double samples, struct truth *truth)
{
    double cost = random_size(0.7, 1.5);

    fixture_start(&fixture);
    *truth = (struct truth){.all = 0};
    fixture.processes[0].costs = (struct profile_costs){
        .inside = INSIDE, .sampled = SAMPLED, .outside = OUTSIDE, .unclocked = UNCLOCKED};
    fixture.processes[0].reads = PROFILE_READS_SAMPLED;
    fixture.processes[0].samples_kernel = 1;
    fixture.processes[0].period = 1e8 / samples;
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "main"), 0, 1, 0, 0);
    truth->own[0] = random_size(1e5, 3e7);
    truth->all = truth->own[0];
    for (uint32_t i = 0; i < FUNCTIONS; i++)
        add_function(i, floor(random_size(1e4, 1e6)), random_size(5, 100), cost, truth);
    fixture.records[1].self += ticks_round(truth->all);
    fixture.records[1].samples = random_count(truth->own[0] / fixture.processes[0].period);
    assert_int_equal(ledger_solve(&fixture.profile, 0), 0);
}

/* Returns the part of the functions' times that lie within two errors of the truth, in RUNS runs. */
static double coverage(double samples)
{
    int within = 0;

    for (int run = 0; run < RUNS; run++) {
        struct truth truth;

        make_run(samples, &truth);
        for (uint32_t i = 1; i <= FUNCTIONS; i++) {
            const struct profile_record *record = &fixture.records[i + 1];
            double error = fabs((double)profile_self(record) - truth.own[i]);

            within += error <= 2 * sqrt(record->variance) + 1;
        }
    }
    return (double)within / (RUNS * FUNCTIONS);
}

static void errors_hold(void **state)
{
    static const double samples[] = {30, 300, 3000};

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        double part = coverage(samples[i]);

        if (part < 0.92 || part > 0.99)
            fail_msg("with %.0f samples, %.1f %% of the times lie within two errors", samples[i], 100 * part);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("the time of a hot function lies within two errors of the truth in about 95 of 100 cases",
                   errors_hold),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
