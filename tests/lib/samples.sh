# Sourced by the tests of samples, after harness.sh: what the profile out.prof holds, and programs to sample.
# shellcheck shell=sh

# For the bodies, and set by harness.sh.
: "${profile:?}" "${stats:?}" "${top:?}"

# calls_of FUNCTION: prints the calls of FUNCTION, over all callers.
calls_of() {
    "$TEST_BIN/inspect" out.prof | awk -v name="$1" '$1 == "edge" && $3 == name { calls += $4 } END { print calls + 0 }'
}

# samples_of PROFILE [OPTION...]: prints how many samples the report rests on; nothing if it does not tell.
samples_of() {
    "$stats" "$@" | sed -n 's/^   Time: \([0-9,]*\) samples\{0,1\}.*/\1/p' | tr -d ,
}

# sampler_of [PROFILE]: prints who sampled the processes of the profile: perf or none.
sampler_of() {
    "$TEST_BIN/inspect" "${1:-out.prof}" | awk '$1 == "sampler" { print $3 }' | sort -u
}

# needs_samples: skips the test if the kernel refuses samples.
needs_samples() {
    ! "$stats" "${1:-out.prof}" | grep -q "the kernel refuses them" || skip "the kernel refuses samples"
}

# tottime_of FUNCTION: prints its time without callees in nanoseconds.
tottime_of() {
    "$stats" --csv out.prof | awk -F, -v name="$1" '$7 == name { print $3 }'
}

# expect_agreement [PROFILE [FLAG...]]: fails if two numbers of the profile's reports contradict each other, also in
# those with a FLAG (--strip-dirs).
expect_agreement() {
    [ $# -gt 0 ] || set -- out.prof --strip-dirs
    "$stats" --check "$1" || fail "stats --check finds contradictions in $1"
    command -v python3 >/dev/null || skip "there is no python3"
    python3 "$top/tests/lib/invariants.py" "$stats" "$@" || fail "the times of $1 contradict each other"
}

# expect_profile_agrees OPTION... PROGRAM...: profiles the program and checks its times.
expect_profile_agrees() {
    run "$profile" -o out.prof "$@"
    expect_status 0
    expect_no_stderr
    expect_agreement
}

# compile_refuse: compiles `refuse`, which runs a command for which perf_event_open fails.
compile_refuse() {
    ${CC:-cc} "$top/tests/programs/refuse.c" -o refuse
    ./refuse 1 true || skip "there is no seccomp"
}

# compile_busy: compiles `busy`, which calls leaf 1,000,000 times.
compile_busy() {
    compile busy -O2 <<'END'
static volatile unsigned sink;
__attribute__((noinline)) static void leaf(unsigned x) { sink = x; }
__attribute__((noinline)) static void work(unsigned n) { for (unsigned i = 0; i < n; i++) leaf(i); }
int main(void) { for (int i = 0; i < 10; i++) work(100000); return 3; }
END
}

# compile_blocking PROGRAM: compiles a program that calls hot() 100,000 times, which blocks for 200 ms in one of them.
compile_blocking() {
    compile "$1" -O2 <<'END'
#include <unistd.h>
static volatile unsigned sink;
__attribute__((noinline)) static void hot(unsigned x)
{
    sink = x;
    if (x == 50000)
        usleep(200000);
}
__attribute__((noinline)) static void caller(void) { for (unsigned i = 0; i < 100000; i++) hot(i); }
int main(void) { caller(); return 0; }
END
}

# spend MILLISECONDS: a function for programs that calls leaf for that CPU time of the thread, and counts the calls.
spend='#include <time.h>
static volatile unsigned sink;
__attribute__((noinline)) static void leaf(unsigned x) { sink = x; }
__attribute__((noinline)) static unsigned spend(long milliseconds)
{
    struct timespec now;
    unsigned calls = 0;

    do {
        for (int i = 0; i < 10000; i++)
            leaf(calls++);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    } while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < milliseconds);
    return calls;
}'
: "$spend"
