#!/bin/sh
# Tests programs that forbid themselves system calls (seccomp(2)): they live as without the profiler, and their
# functions are counted.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/samples.sh
. "$(dirname "$0")/../lib/samples.sh"

# compile_locked PROGRAM [FLAG...]: compiles the C source on stdin, which includes lock.h.
compile_locked() {
    compile "$@" -I "$top/tests/programs"
}

# run_locked COMMAND...: runs COMMAND under profile. Its exit status must be 3.
run_locked() {
    run "$profile" -o out.prof "$@"
    [ "$status" -ne 77 ] || skip "there is no seccomp"
    expect_status 3
}

# tree DEPTH: prints a function "tree" whose calls have 2^DEPTH contexts at the level DEPTH. Each level has two functions,
# a1 and b1 and so on: the calls of one at level N are 2^(N-1).
tree() {
    printf 'static void a%d(void) { }\nstatic void b%d(void) { }\n' "$1" "$1"
    tree_level=$1
    while [ "$tree_level" -gt 1 ]; do
        tree_level=$((tree_level - 1))
        for tree_name in a b; do
            printf 'static void %s%d(void) { a%d(); b%d(); }\n' "$tree_name" "$tree_level" \
                $((tree_level + 1)) $((tree_level + 1))
        done
    done
    printf 'static void tree(void) { a1(); b1(); }\n'
}

# all_calls_of FUNCTION...: prints the calls of each, on one line.
all_calls_of() {
    for counted; do calls_of "$counted"; done | paste -sd " "
}

test_case "functions are counted that are first called after a filter that kills, however it is set" '
    echo "int extra(int n) { return n + 1; }" | compile extra.so -shared -fPIC
    { tree 12; cat <<END; } >program.c
#include <dlfcn.h>
#include "lock.h"
static int deep(int n) { return n == 0 ? 0 : 1 + deep(n - 1); }
int main(int argc, char **argv)
{
    int (*extra)(int) = (int (*)(int))dlsym(dlopen("./extra.so", RTLD_NOW), "extra");
    int sum = 0;

    lock(argv[1], SECCOMP_RET_KILL_PROCESS, NULL, 0);
    tree();
    for (int i = 0; i < 1000; i++)
        sum = extra(sum);
    _exit(deep(50000) == 50000 && sum == 1000 ? 3 : 4);
}
END
    compile_locked program -ldl <program.c
    for way in prctl syscall syscall-prctl; do
        for options in "" "--sampler timer" "--clock every" "--timer cpu" "--timer wall,cpu" "--timer page-faults"; do
            # shellcheck disable=SC2086
            run_locked $options ./program $way
            expect_equal "1000 50001 1 2048 2048 1024" \
                "$(all_calls_of extra deep a1 a12 b12 b11)"
        done
    done
'

test_case "functions are counted in strict mode, in which a thread may not read the counter either" '
    { tree 12; cat <<END; } >program.c
#include "lock.h"
static void before(void) { }
static void work(const char *way)
{
    before();
    if (strcmp(way, "prctl") == 0 ? prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT)
        : strcmp(way, "syscall") == 0 ? syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL)
                                      : syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
        syscall(SYS_exit, 77);
    before();
    tree();
}
int main(int argc, char **argv)
{
    work(argv[1]);
    before();
    syscall(SYS_exit, 3);
}
END
    compile_locked program <program.c
    for way in prctl syscall syscall-prctl; do
        for options in "" "--clock every" "--timer monotonic" "--timer cpu" "--timer wall,cpu" "--timer page-faults"; do
            # shellcheck disable=SC2086
            run_locked $options ./program $way
            expect_equal "3 1 1 2048 2048 1024" \
                "$(all_calls_of before work a1 a12 b12 b11)"
        done
    done
'

test_case "no clock is read after the filter where the kernel tells the time by system calls" '
    current=/sys/devices/system/clocksource/clocksource0/current_clocksource
    echo xen >slow
    unshare -m mount --bind slow $current 2>/dev/null || skip "this needs a mount namespace"
    { tree 9; cat <<END; } >program.c
#include "lock.h"
static void spin(void) { for (volatile int i = 0; i < 20000000; i++) { } }
int main(void)
{
    lock("prctl", SECCOMP_RET_KILL_PROCESS, NULL, 0);
    tree();
    spin();
    exit(3);
}
END
    compile_locked program <program.c
    for options in "" "--timer wall,cpu" "--timer monotonic"; do
        # shellcheck disable=SC2086
        run unshare -m sh -c "mount --bind slow $current && exec \"\$@\"" sh "$profile" $options -o out.prof ./program
        [ "$status" -ne 77 ] || skip "there is no seccomp"
        expect_status 3
        expect_equal "1 256" "$(all_calls_of a1 b9)"
    done
    expect_equal 0 "$("$stats" --csv out.prof | awk -F, "\$7 == \"spin\" { print \$4 }")"
'

test_case "the clock goes on if strict mode is refused" '
    compile_locked program <<END
#include "lock.h"
static void wait_for_it(void) { usleep(100000); }
int main(void)
{
    static const int sleeps[] = {SYS_nanosleep, SYS_clock_nanosleep, SYS_prctl};

    lock("prctl", SECCOMP_RET_KILL_PROCESS, sleeps, 3);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0) /* fails: there is a filter */
        _exit(4);
    wait_for_it();
    _exit(3);
}
END
    run_locked ./program
    "$stats" --csv out.prof | awk -F, "\$7 == \"wait_for_it\" && \$4 >= 90000000 { found = 1 } END { exit !found }"
'

test_case "functions are counted in threads that another thread puts under its filter" '
    { tree 9; cat <<END; } >program.c
#include <pthread.h>
#include "lock.h"
enum { THREADS = 4 };
static volatile int is_locked, ready, done;
static void before(void) { }
static int deep(int n) { return n == 0 ? 0 : 1 + deep(n - 1); }
static void *work(void *p)
{
    before();
    __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
    while (!is_locked)
        before();
    tree();
    deep(20000);
    __atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
    for (;;)
        ;
    return p;
}
int main(int argc, char **argv)
{
    pthread_t thread;

    for (int i = 0; i < THREADS; i++)
        pthread_create(&thread, NULL, work, NULL);
    while (ready < THREADS)
        ;
    lock("tsync", SECCOMP_RET_KILL_PROCESS, NULL, 0);
    is_locked = 1;
    while (done < THREADS)
        ;
    _exit(3);
}
END
    compile_locked program -pthread <program.c
    run_locked ./program
    expect_equal "4 1024 80004" "$(all_calls_of a1 b9 deep)"
'

test_case "functions are counted in threads that start after the filter" '
    { tree 6; cat <<END; } >program.c
#include <pthread.h>
#include "lock.h"
static void *work(void *p) { tree(); return p; }
int main(int argc, char **argv)
{
    static const int threads[] = {SYS_clone, 435, SYS_mmap, SYS_munmap, SYS_mprotect, SYS_madvise, SYS_set_robust_list,
                                  334, SYS_futex, SYS_exit, SYS_brk, SYS_rt_sigprocmask, SYS_rt_sigaction,
                                  SYS_getrandom, SYS_prlimit64};
    pthread_t thread;

    lock(argv[1], SECCOMP_RET_KILL_PROCESS, threads, sizeof threads / sizeof *threads);
    for (int i = 0; i < 20; i++)
        if (pthread_create(&thread, NULL, work, NULL) != 0 || pthread_join(thread, NULL) != 0)
            _exit(4);
    _exit(3);
}
END
    compile_locked program -pthread <program.c
    run ./program prctl
    [ "$status" -eq 3 ] || skip "threads of this libc make other system calls"
    for way in prctl tsync; do
        run_locked ./program $way
        expect_equal "20 640" "$(all_calls_of a1 b6)"
    done
'

test_case "filters of functions hold for libraries that were opened before the program forbade itself system calls" '
    echo "static void inner(void) { } void plugin(void) { inner(); }" | compile plugin.so -shared -fPIC
    compile_locked program -ldl <<END
#include <dlfcn.h>
#include "lock.h"
static void left_out(void) { }
int main(void)
{
    void (*plugin)(void) = (void (*)(void))dlsym(dlopen("./plugin.so", RTLD_NOW), "plugin");

    lock("prctl", SECCOMP_RET_KILL_PROCESS, NULL, 0);
    plugin();
    left_out();
    _exit(3);
}
END
    run_locked --exclude inner --exclude left_out ./program
    expect_no_stderr
    expect_equal "1 0 0" "$(all_calls_of plugin inner left_out)"
'

test_case "a thread under a filter of its own leaves the others as they were" '
    { tree 9; cat <<END; } >program.c
#include <pthread.h>
#include "lock.h"
static volatile int is_done;
static void *work(void *p)
{
    lock("prctl", SECCOMP_RET_KILL_PROCESS, NULL, 0);
    tree();
    is_done = 1;
    for (;;)
        ;
    return p;
}
int main(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, work, NULL);
    while (!is_done)
        ;
    tree();
    exit(3);
}
END
    compile_locked program -pthread <program.c
    run_locked ./program
    expect_equal "2 512" "$(all_calls_of a1 b9)"
'

test_case "a program whose filter refuses system calls with an error is counted too" '
    { tree 12; cat <<END; } >program.c
#include <errno.h>
#include "lock.h"
int main(int argc, char **argv)
{
    errno = 0;
    lock(argv[1], SECCOMP_RET_ERRNO | (argc > 2 ? ENOSYS : EPERM), NULL, 0);
    tree();
    return errno == 0 ? 3 : 4;
}
END
    compile_locked program <program.c
    for way in prctl syscall; do
        run_locked ./program $way
        expect_equal "1 2048" "$(all_calls_of a1 b12)"
        run_locked ./program $way ENOSYS
        expect_equal "1 2048" "$(all_calls_of a1 b12)"
    done
'

test_case "calls are counted and the program lives on when the memory that was laid up is used up" '
    { tree 18; cat <<END; } >program.c
#include "lock.h"
int main(int argc, char **argv)
{
    lock(argv[1], SECCOMP_RET_KILL_PROCESS, NULL, 0);
    tree();
    _exit(3);
}
END
    compile_locked program <program.c
    run "$profile" --max-contexts 4000000 -o out.prof ./program prctl
    [ "$status" -ne 77 ] || skip "there is no seccomp"
    expect_status 3
    "$stats" --csv out.prof >calls.csv
    expect_equal "131072" "$(awk -F, "\$7 == \"a18\" || \$8 == \"a18\" { print \$1 }" calls.csv)"
'

test_case "a signal handler that interrupts a slow path after the filter does no harm" '
    { tree 14; cat <<END; } >program.c
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include "lock.h"
static volatile int count;
static void in_handler(void) { count++; }
static void handle(int signal) { (void)signal; in_handler(); }
int main(void)
{
    struct itimerval often = {{0, 50}, {0, 50}};
    char text[40];

    signal(SIGALRM, handle);
    setitimer(ITIMER_REAL, &often, NULL);
    lock("prctl", SECCOMP_RET_KILL_PROCESS, NULL, 0);
    while (count < 100)
        ;
    tree();
    if (write(1, text, sprintf(text, "%d\n", count)) < 0)
        _exit(4);
    _exit(3);
}
END
    compile_locked program <program.c
    run_locked ./program
    expect_equal "1 8192 8192" "$(all_calls_of a1 a14 b14)"
    handled=$(cat "$stdout")
    counted=$(calls_of in_handler)
    [ "$counted" -ge 100 ] && [ "$counted" -le $((handled + 100)) ] || fail "$counted of $handled calls in the handler"
'

test_case "a child of a process under a filter lives on" '
    cat >program.c <<END
#include <sys/wait.h>
#include "lock.h"
static void parents(void) { }
static void childs(void) { }
int main(void)
{
    static const int forks[] = {SYS_clone, SYS_wait4, SYS_set_robust_list, SYS_rt_sigprocmask, SYS_gettid};
    int status, child;

    lock("prctl", SECCOMP_RET_KILL_PROCESS, forks, 5);
    child = fork();
    if (child == 0) {
        childs();
        _exit(5);
    }
    parents();
    if (child < 0 || wait4(child, &status, 0, NULL) != child || status != 5 << 8)
        _exit(4);
    parents();
    _exit(3);
}
END
    compile_locked program <program.c
    run ./program
    [ "$status" -eq 3 ] || skip "fork of this libc makes other system calls"
    run_locked ./program
    expect_equal 2 "$(calls_of parents)"
'

test_done
