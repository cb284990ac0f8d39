#!/bin/sh
# Tests the timers that sample a program where the kernel refuses perf_event_open: the program does not notice.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# shellcheck source=tests/lib/edges.sh
. "$(dirname "$0")/../lib/edges.sh"

# shellcheck source=tests/lib/samples.sh
. "$(dirname "$0")/../lib/samples.sh"

# needs_timers: skips the test where no timer can be used.
needs_timers() {
    compile_busy
    "$profile" --sampler timer -o probe.prof ./busy || :
    [ "$(sampler_of probe.prof)" = timer ] || skip "there are no timers"
}

test_case "where perf_event_open is refused, a timer takes the samples, and the report says so" '
    compile_refuse
    needs_timers
    { echo "$spend"; cat <<END; } >program.c
#include <stdio.h>
int main(void) { return printf("%u\n", spend(100)) < 2; }
END
    compile program -O2 <program.c
    for error in 1 13 38; do # EPERM, EACCES, ENOSYS
        run ./refuse $error "$profile" -o out.prof ./program
        expect_status 0
        expect_no_stderr
        expect_equal "$(cat "$stdout")" "$(calls_of leaf)"
        expect_equal timer "$(sampler_of)"
        run "$stats" out.prof
        expect_stdout_match "^   Time: [0-9]+ samples of a timer, "
        expect_agreement
    done
'

test_case "--sampler=timer and --sampler=none take no samples of the kernel" '
    needs_timers
    expect_equal timer "$(sampler_of probe.prof)"
    "$profile" --sampler none -o out.prof ./busy || :
    expect_equal none "$(sampler_of)"
'

${CC:-cc} -g -finstrument-functions "$top/tests/programs/sigprof.c" -o "$test_work/sigprof" -pthread || exit 1
for thing in $("$test_work/sigprof"); do
    test_case "a program that $(echo "$thing" | tr _ " ") sees no timer" "
        needs_timers
        run '$test_work/sigprof' $thing
        without=\$status
        cp \"\$stdout\" expected
        run \"\$profile\" --sampler timer -o out.prof '$test_work/sigprof' $thing
        expect_status \"\$without\"
        expect_same expected \"\$stdout\"
        expect_agreement
    "
done

for small in signal_stack thread_stack limit_of_signals; do
    test_case "a program that has a small $(echo $small | tr _ " ") has no timer from then on" "
        needs_timers
        run \"\$profile\" --sampler timer -o out.prof '$test_work/sigprof' has_small_$small
        expect_status 0
        taken=\$(samples_of out.prof)
        [ \"\${taken:-0}\" -le 10 ] || fail \"there are \$taken samples in 20 ms\"
    "
done

test_case "each thread and each forked child has a timer of its own" '
    compile_refuse
    needs_timers
    { echo "$spend"; cat <<END; } >program.c
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
static void *work(void *calls) { *(unsigned *)calls = spend(60); return NULL; }
static void run(void)
{
    unsigned calls[4], all = 0;
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, work, &calls[i]);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        all += calls[i];
    }
    printf("%u\n", all);
}
int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 1000);
    run();
    if (fork() == 0) {
        run();
        return 0;
    }
    wait(NULL);
    return 0;
}
END
    compile program -O2 -pthread <program.c
    run ./refuse 1 "$profile" -o out.prof ./program
    expect_status 0
    expect_no_stderr
    expect_equal "$(awk "{ calls += \$1 } END { print calls }" "$stdout")" "$(calls_of leaf)"
    expect_equal timer "$(sampler_of)"
    "$stats" --by thread --csv out.prof | awk -F, "NR > 1 { print \$1 }" | sort -u >threads
    expect_agreement
    for process in $("$stats" --by process --csv out.prof | awk -F, "NR > 1 { print \$1 }" | sort -u); do
        [ "$(samples_of out.prof --process "$process")" -gt 4 ] || fail "process $process has no samples"
    done
'

test_case "a program that forbids itself system calls by a filter that kills runs as ever, also its later threads" '
    compile program -O2 -pthread <<END
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
static volatile unsigned sink;
__attribute__((noinline)) static void leaf(unsigned x) { sink = x; }
static void *work(void *p) { for (unsigned i = 0; i < 1000000; i++) leaf(i); return p; }
int main(int argc, char **argv)
{
    struct sock_filter no_samples[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 4, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_timer_create, 3, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_gettime, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigreturn, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    };
    struct sock_fprog filter = {7, no_samples};
    pthread_t thread;

    (void)argv;
    work(NULL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if ((argc > 1 ? (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter)
                  : prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) != 0)
        return 77;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) == 0) /* fails: the first filter stays */
        return 4;
    pthread_create(&thread, NULL, work, NULL);
    work(NULL);
    pthread_join(thread, NULL);
    return 3;
}
END
    for sampler in perf timer; do
        for way in "" syscall; do
            # shellcheck disable=SC2086
            run "$profile" --sampler $sampler -o out.prof ./program $way
            [ "$status" -ne 77 ] || skip "there is no seccomp"
            expect_status 3
            expect_equal 3000000 "$(calls_of leaf)"
            expect_agreement
        done
    done
'

test_case "a filter that kills whoever asks the kernel for samples does not kill the program" '
    compile_refuse
    needs_timers
    run ./refuse kill "$profile" -o out.prof ./busy
    expect_status 3
    expect_equal 1000000 "$(calls_of leaf)"
    expect_equal timer "$(sampler_of)"
    run ./refuse kill "$profile" --sampler perf -o out.prof ./busy
    expect_status 3
    expect_equal none "$(sampler_of)"
    # The launcher does not see the filter of a program that executes another.
    run "$profile" -o out.prof ./refuse kill ./busy
    expect_status 3
    expect_equal 1000000 "$(calls_of leaf)"
    expect_equal none "$(sampler_of)"
'

test_case "the times agree on alternate stacks and stacks of coroutines, where timers end" '
    export PROFILE_OPTIONS=sampler=2
    profile_built "${CC:-gcc}" -O2 stacks.c -pthread
    expect_status 0
    expect_edges
    expect_agreement
'

test_case "without samples, waiting for a processor is not the time of the function that calls the others" '
    compile program -O2 <<END
static volatile unsigned sink;
__attribute__((noinline)) static void leaf(unsigned x) { sink = x; }
int main(void) { for (unsigned i = 0; i < 4000000; i++) leaf(i); return 0; }
END
    [ -r /proc/self/schedstat ] || skip "the kernel does not tell how long threads wait"
    spinners=
    for i in 1 2 3 4 5 6; do
        timeout 20 sh -c "while :; do :; done" &
        spinners="$spinners $!"
    done
    for i in 1 2 3; do
        "$profile" --sampler none -o $i.prof ./program
        total=$("$stats" --csv $i.prof | awk -F, "NR > 1 { sum += \$3 } END { printf \"%d\", sum }")
        run=$("$stats" --raw --csv $i.prof | awk -F, "NR > 1 { sum += \$3 } END { printf \"%d\", sum }")
        echo "$((100 * total / run))"
    done >shares
    # shellcheck disable=SC2086
    kill $spinners
    [ "$(sort -n shares | head -n 1)" -lt 50 ] || fail "the program has $(cat shares) % of the run"
'

test_case "the time of one call that blocks, of 100,000 that are not timed, is not taken for that of the hooks" '
    compile_blocking program
    [ -r /proc/self/schedstat ] || skip "the kernel does not tell how long threads run"
    for sampler in timer none; do
        "$profile" --sampler $sampler -o out.prof ./program
        expect_agreement
        total=$("$stats" --csv out.prof | awk -F, "NR > 1 { sum += \$3 } END { printf \"%d\", sum }")
        [ "$total" -ge 190000000 ] || fail "$sampler: $total ns"
    done
'

for end in "" "exit(0);" "_exit(0);"; do
    test_case "without samples, the times are within the run in a program that ends by ${end:-the return of main}" "
        compile program -O2 <<END
#include <stdlib.h>
#include <unistd.h>
static volatile unsigned sink;
__attribute__((noinline)) static void leaf(unsigned x) { sink = x; }
int main(void) { for (unsigned i = 0; i < 4000000; i++) leaf(i); $end return 0; }
END
        for sampler in timer none; do
            \"\$profile\" --sampler \$sampler -o out.prof ./program
            expect_agreement
            total=\$(\"\$stats\" --csv out.prof | awk -F, 'NR > 1 { sum += \$3 } END { printf \"%d\", sum }')
            run=\$(\"\$stats\" --raw --csv out.prof | awk -F, 'NR > 1 { sum += \$3 } END { printf \"%d\", sum }')
            [ \"\$total\" -lt \"\$run\" ] || fail \"\$sampler: \$total ns of \$run\"
        done
    "
done

test_done
