#!/bin/sh
# Tests the samples that the kernel takes of a program: the program does not notice, and the times agree with each other.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# shellcheck source=tests/lib/edges.sh
. "$(dirname "$0")/../lib/edges.sh"

# shellcheck source=tests/lib/samples.sh
. "$(dirname "$0")/../lib/samples.sh"

test_case "the report says on how many samples the times rest" '
    compile_busy
    run "$profile" -o out.prof ./busy
    expect_status 3
    expect_no_stderr
    needs_samples
    [ "$(samples_of out.prof)" -gt 0 ] || fail "it does not"
    expect_agreement
'

test_case "--frequency=0 takes no samples, and counts the calls" '
    compile_busy
    run "$profile" --frequency 0 -o out.prof ./busy
    expect_status 3
    expect_equal 1000000 "$(calls_of leaf)"
    run "$stats" out.prof
    ! grep "^   Time: " "$stdout" || fail "the report tells of samples"
    expect_agreement
'

test_case "--sampler says who takes the samples, and the profile says who took them" '
    compile_busy
    for sampler in auto perf none; do
        run "$profile" --sampler $sampler -o out.prof ./busy
        expect_status 3
        expect_no_stderr
        expect_equal 1000000 "$(calls_of leaf)"
        expect_agreement
        taken_by=$(sampler_of)
        case $sampler:$taken_by in
        none:none) expect_equal "" "$(samples_of out.prof)" ;;
        *:perf) [ "$(samples_of out.prof)" -gt 0 ] || fail "there are no samples" ;;
        *) needs_samples; fail "$sampler: $taken_by" ;;
        esac
    done
'

test_case "more samples are taken where more are wanted" '
    compile_busy
    "$profile" --frequency 200 -o few.prof ./busy || :
    "$profile" --frequency 8000 -o out.prof ./busy || :
    needs_samples
    [ "$(samples_of few.prof)" -lt "$(samples_of out.prof)" ] || fail "$(samples_of few.prof) and $(samples_of out.prof)"
'

test_case "a frequency that would stop the program is bounded, and one line says so" '
    compile_busy
    for frequency in 20001 1000000 99999999999999999999; do
        run "$profile" --frequency $frequency -o out.prof ./busy
        expect_status 3
        expect_one_line "$stderr"
        expect_stderr_line "profile: --frequency: 20000 samples a second are taken: more would slow the program down too much"
        needs_samples
        [ "$(samples_of out.prof)" -gt 0 ] || fail "there are no samples"
    done
'

test_case "wrong frequencies and samplers are refused in one line" '
    for wrong in --frequency=often --frequency= --frequency=-1 --frequency=1.5 --sampler=often; do
        run "$profile" "$wrong" true
        expect_status 2
        expect_one_line "$stderr"
    done
'

test_case "where perf_event_open is refused, the program runs as ever, and the report says that there are no samples" '
    compile_refuse
    compile_busy
    for error in 1 13 38; do # EPERM, EACCES, ENOSYS
        run ./refuse $error "$profile" --sampler perf -o out.prof ./busy
        expect_status 3
        expect_no_stdout
        expect_no_stderr
        expect_equal 1000000 "$(calls_of leaf)"
        expect_equal 10 "$(calls_of work)"
        expect_equal none "$(sampler_of)"
        run "$stats" out.prof
        expect_stdout_match "^   Time: no samples \(the kernel refuses them\)"
        expect_stdout_match "^   For better times: "
        expect_agreement
    done
'

test_case "a program that is refused samples by a filter of its own runs as ever" '
    compile_refuse
    compile_busy
    run "$profile" -o out.prof ./refuse 1 ./busy
    expect_status 3
    expect_no_stderr
    expect_equal 1000000 "$(calls_of leaf)"
    expect_agreement
'

test_case "the descriptors of a program are as they were, in each of its threads" '
    compile program -O2 -pthread <<END
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
static volatile unsigned sink;
__attribute__((noinline)) static void leaf(unsigned x) { sink = x; }
static void *print(void *name)
{
    for (unsigned i = 0; i < 300000; i++)
        leaf(i);
    for (int i = 0; i < 1024; i++)
        if (fcntl(i, F_GETFD) != -1)
            printf("%s %d %d\n", (char *)name, i, fcntl(i, F_GETFL));
    return NULL;
}
int main(void)
{
    pthread_t thread;

    print("first");
    pthread_create(&thread, NULL, print, "second");
    pthread_join(thread, NULL);
    print("after");
    return open("/dev/null", O_RDONLY);
}
END
    run ./program
    without=$status
    cp "$stdout" expected
    run "$profile" -o out.prof ./program
    expect_status "$without"
    expect_same expected "$stdout"
'

test_case "no signal arrives and no blocking call is interrupted" '
    compile program -O2 -pthread <<END
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>
static volatile int signals;
static volatile unsigned sink;
__attribute__((noinline)) static void leaf(unsigned x) { sink = x; }
static void count(int number) { (void)number; signals++; }
static int is_interrupted(void)
{
    struct timespec time = {0, 2000000};
    struct timeval limit = {0, 2000};
    sem_t never;

    sem_init(&never, 0, 0);
    if (nanosleep(&time, NULL) != 0 || poll(NULL, 0, 2) != 0 || select(0, NULL, NULL, NULL, &limit) != 0)
        return 1;
    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_nsec += 2000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    while (sem_timedwait(&never, &time) == 0)
        ;
    return time.tv_sec < 0;
}
int main(void)
{
    int interrupted = 0;

    for (int i = 1; i < 65; i++)
        signal(i, count);
    for (int i = 0; i < 40; i++) {
        for (unsigned j = 0; j < 50000; j++)
            leaf(j);
        interrupted += is_interrupted();
    }
    printf("%d signals, %d interrupted\n", signals, interrupted);
    return 0;
}
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_stdout_line "0 signals, 0 interrupted"
    expect_agreement
'

test_case "the time of one call that blocks, of 100,000 that do not, is that of its function" '
    compile_blocking program
    "$profile" -o out.prof ./program
    needs_samples
    [ "$(tottime_of hot)" -ge 190000000 ] || fail "hot took $(tottime_of hot) ns"
    [ "$(tottime_of caller)" -lt 190000000 ] || fail "its caller took $(tottime_of caller) ns"
    expect_agreement
'

test_case "the times agree where some of the timed calls are preempted" '
    compile program -O2 <<END
static volatile unsigned sink;
#define F(n) __attribute__((noinline)) static void f##n(void) { for (int k = 0; k < 30; k++) sink = sink * 5 + k; }
F(0) F(1) F(2) F(3) F(4)
__attribute__((noinline)) static void work(unsigned n)
{
    for (unsigned i = 0; i < n; i++) { f0(); f1(); f2(); f3(); f4(); }
}
int main(void) { for (int i = 0; i < 4; i++) work(50000); return 0; }
END
    spinners=
    for i in 1 2 3; do
        timeout 20 sh -c "while :; do :; done" &
        spinners="$spinners $!"
    done
    for i in 1 2 3; do
        "$profile" -o $i.prof ./program
    done
    # shellcheck disable=SC2086
    kill $spinners
    for i in 1 2 3; do
        expect_agreement $i.prof --strip-dirs
    done
'

for end in "" "exit(0);" "_exit(0);" "finish(0);" "pthread_exit(NULL);"; do
    test_case "the times agree in a program that ends by ${end:-the return of main}" "
        compile program -O2 -pthread <<END
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
static volatile unsigned sink;
__attribute__((noinline)) static void leaf(unsigned x) { sink = x; }
__attribute__((noinline)) void finish(int x) { exit(x); }
__attribute__((noinline)) static void run(unsigned n) { for (unsigned i = 0; i < n; i++) leaf(i); $end }
int main(void) { run(1000000); return 0; }
END
        for i in 1 2 3; do expect_profile_agrees ./program; done
        expect_equal 1000000 \"\$(calls_of leaf)\"
    "
done

test_case "the times agree in a program whose main has no hooks" '
    compile program -O2 <<END
static volatile unsigned sink;
__attribute__((noinline)) static void leaf(unsigned x) { sink = x; }
__attribute__((no_instrument_function)) int main(void) { for (unsigned i = 0; i < 1000000; i++) leaf(i); return 0; }
END
    for i in 1 2 3; do expect_profile_agrees ./program; done
'

test_case "the times agree if a thread still waits when the program ends" '
    compile program -O2 -pthread <<END
#include <pthread.h>
#include <unistd.h>
static volatile unsigned sink, is_done;
__attribute__((noinline)) static void leaf(unsigned x) { sink = x; }
__attribute__((noinline)) static void wait_on(void) { is_done = 1; pause(); }
static void *work(void *p) { for (unsigned i = 0; i < 1000000; i++) leaf(i); wait_on(); return p; }
int main(void) { pthread_t t; pthread_create(&t, 0, work, 0); while (!is_done) usleep(1000); return 0; }
END
    expect_profile_agrees ./program
    expect_equal 1000000 "$(calls_of leaf)"
'

test_case "the times agree where a function makes many calls that are shorter than their hooks" '
    compile program -O2 <<END
static volatile unsigned sink;
__attribute__((noinline)) static unsigned leaf(unsigned x) { return x & 7; }
__attribute__((noinline)) static unsigned work(unsigned n)
{
    unsigned s = 1;
    for (unsigned i = 0; i < n; i++) {
        for (int k = 0; k < 20; k++) s = s * 1664525u + 1013904223u;
        s += leaf(s) + leaf(i) + leaf(s >> 3);
    }
    return s;
}
int main(void) { for (int i = 0; i < 4; i++) sink += work(100000); return 0; }
END
    expect_profile_agrees ./program
    expect_profile_agrees --timer cpu ./program
    expect_equal 1200000 "$(calls_of leaf)"
'

test_case "no callee has more time than its only caller, and no time as measured is negative" '
    compile wrapper -O2 <<END
static volatile unsigned sink;
__attribute__((noinline)) static void leaf(unsigned x) { sink = x; }
__attribute__((noinline)) static void body(unsigned x) { leaf(x); for (int i = 0; i < 20; i++) sink = sink * 3; leaf(x + 1); }
__attribute__((noinline)) static void wrap(unsigned x) { body(x); sink = x; }
int main(void) { for (unsigned i = 0; i < 300000; i++) wrap(i); return 0; }
END
    compile chain -O2 <<END
__attribute__((noinline)) static int tiny(int n) { __asm__ volatile(""); return n + 1; }
__attribute__((noinline)) static int parent(int n) { for (int i = 0; i < 20; i++) n = tiny(n * 3 + (n >> 7)); return n; }
__attribute__((noinline)) static int grandparent(int n) { for (int i = 0; i < 5; i++) n = parent(n); return n; }
int main(int n, char **argv) { (void)argv; for (int i = 0; i < 10000; i++) n = grandparent(n); return n == 42; }
END
    compile pair -O2 <<END
__attribute__((noinline)) static int leaf(int n) { __asm__ volatile(""); return n + 1; }
__attribute__((noinline)) static int mid(int n) { return leaf(n) + leaf(n + 1); }
int main(void) { for (int i = 0; i < 300000; i++) mid(2); return 0; }
END
    for program in wrapper chain pair; do
        for i in 1 2 3; do expect_profile_agrees ./$program; done
    done
'

compile_contexts() {
    compile contexts -O2 <<'END'
static volatile int sink;
#define NOINLINE __attribute__((noinline)) static
#define LEAF(n) NOINLINE void a##n(void) { sink++; } NOINLINE void b##n(void) { sink--; }
#define LEVEL(n, m) \
    NOINLINE void a##n(void) { a##m(); b##m(); sink++; } \
    NOINLINE void b##n(void) { b##m(); a##m(); sink--; }
LEAF(12)
LEVEL(11, 12) LEVEL(10, 11) LEVEL(9, 10) LEVEL(8, 9) LEVEL(7, 8) LEVEL(6, 7) LEVEL(5, 6) LEVEL(4, 5) LEVEL(3, 4)
LEVEL(2, 3) LEVEL(1, 2)
int main(void) { for (int i = 0; i < 50; i++) { a1(); b1(); } return 0; }
END
}

test_case "the times of 8,000 contexts agree" '
    compile_contexts
    expect_profile_agrees ./contexts
'

test_case "the times of contexts that were folded agree" '
    compile_contexts
    for i in 1 2 3; do expect_profile_agrees --max-contexts 500 ./contexts; done
'

test_case "the times agree if a program and a library have a copy of one function" '
    cat >copies.h <<END
typedef void step(int);
__attribute__((noinline)) static void call(step *f, int n) { f(n); }
END
    compile libother.so -O2 -fPIC -shared -I. <<END
#include <unistd.h>
#include "copies.h"
void one(int n);
void two(int n) { if (n > 0) call(one, n - 1); else usleep(100000); }
END
    compile program -O2 -rdynamic -I. ./libother.so <<END
#include <unistd.h>
#include "copies.h"
void two(int n);
void one(int n) { if (n > 0) call(two, n - 1); else usleep(100000); }
int main(void) { call(one, 4); return 0; }
END
    # With --strip-dirs, which sums up the two rows, their cumulative times still add up.
    "$profile" -o out.prof ./program
    expect_agreement out.prof
'

test_case "the times of recursive functions agree" '
    compile program -O2 <<END
static volatile unsigned sink;
__attribute__((noinline)) static unsigned fib(unsigned n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static unsigned odd(unsigned n);
__attribute__((noinline)) static unsigned even(unsigned n) { return n == 0 ? 1 : odd(n - 1) + sink; }
__attribute__((noinline)) static unsigned odd(unsigned n) { return n == 0 ? 0 : even(n - 1) + (n % 64 == 0 ? fib(6) : 0); }
int main(void) { for (int i = 0; i < 300; i++) sink = even(300) & 1; return fib(20) == 1; }
END
    for i in 1 2 3; do expect_profile_agrees ./program; done
'

test_case "on a busy processor, recursive calls that are timed have their part of the time" '
    { echo "$spend"; cat <<END; } >program.c
static int parts;
static void run(int depth);
__attribute__((noinline)) static void one(void) { run(0); }
__attribute__((noinline)) static void two(void) { run(0); }
__attribute__((noinline)) static void run(int depth)
{
    if (depth == 0)
        spend(40 * ++parts);
    else if (depth == 1)
        one();
    else
        two();
}
int main(void)
{
    for (int i = 0; i < 6; i++)
        run(1 + i % 2);
    return 0;
}
END
    compile program -O2 <program.c
    processor=$(taskset -cp $$ | sed "s/.*[^0-9]//")
    for i in 1 2 3; do
        taskset -c "$processor" sh -c "while :; do :; done" &
        busy="$busy $!"
    done
    run taskset -c "$processor" "$profile" -o out.prof ./program
    # shellcheck disable=SC2086
    kill $busy
    expect_status 0
    expect_agreement
    needs_samples
    for function in one two; do
        "$stats" --csv out.prof | awk -F, -v name="$function" "
            \$7 == \"main\" { all = \$4 }
            \$7 == name { its = \$4 }
            END { exit !(its > 0.4 * all && its < 0.6 * all) }" || fail "$function has not half of the time"
    done
'

test_case "each forked child, and the program that it executes, has samples of its own" '
    { echo "$spend"; cat <<END; } >program.c
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 1000);
    for (int i = 0; argc == 1 && i < 2; i++)
        if (fork() == 0) {
            printf("%u\n", spend(60));
            return execl(argv[0], argv[0], "executed", NULL);
        }
    printf("%u\n", spend(argc == 1 ? 60 : 120));
    while (wait(NULL) > 0)
        ;
    return 0;
}
END
    compile program -O2 <program.c
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_equal 5 "$(wc -l <"$stdout")"
    expect_equal "$(awk "{ calls += \$1 } END { print calls }" "$stdout")" "$(calls_of leaf)"
    expect_agreement
    needs_samples
    "$stats" --by process --csv out.prof | awk -F, "NR > 1 { print \$1 }" | sort -u >processes
    expect_equal 3 "$(wc -l <processes)"
    while read -r process; do
        [ "$(samples_of out.prof --process "$process")" -gt 0 ] || fail "process $process has no samples"
    done <processes
'

test_case "100 threads have samples" '
    { echo "$spend"; cat <<END; } >program.c
#include <pthread.h>
#include <stdio.h>
static void *work(void *calls) { *(unsigned *)calls = spend(3); return NULL; }
int main(void)
{
    pthread_t threads[100];
    unsigned calls[100], all = 0;

    for (int i = 0; i < 100; i++)
        if (pthread_create(&threads[i], NULL, work, &calls[i]) != 0)
            return 77;
    for (int i = 0; i < 100; i++) {
        pthread_join(threads[i], NULL);
        all += calls[i];
    }
    printf("%u\n", all);
    return 0;
}
END
    compile program -O2 -pthread <program.c
    run "$profile" -o out.prof ./program
    [ "$status" -ne 77 ] || skip "there are too few threads"
    expect_status 0
    expect_equal "$(cat "$stdout")" "$(calls_of leaf)"
    expect_agreement
    needs_samples
    [ "$(samples_of out.prof)" -gt 0 ] || fail "there are none"
'

test_case "the times agree on alternate stacks and stacks of coroutines" '
    profile_built "${CC:-gcc}" -O2 stacks.c -pthread
    expect_status 0
    expect_edges
    expect_agreement
'

test_case "the times agree in programs that jump, throw and are left by signals" '
    profile_built "${CC:-gcc}" -O2 exits.c -pthread
    expect_edges
    expect_agreement
'

test_done
