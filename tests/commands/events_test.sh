#!/bin/sh
# Tests profile --timer with events that perf knows: events of the kernel, and messages where events cannot be
# counted. perf_test.c tests how a counter of the processor is read.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# refuse ERROR COMMAND...: runs COMMAND while perf_event_open fails with ERROR, a number.
compile_refuse() {
    # shellcheck disable=SC2086
    ${CC:-cc} -x c - -o refuse <<'END'
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int argc, char **argv)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (argc > 2 ? atoi(argv[1]) : 0)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof *code, code};
    if (argc > 2 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0)
        execvp(argv[2], argv + 2);
    return 77;
}
END
    ./refuse 38 true || skip "the kernel filters no system calls"
}

# A program that touches 100 pages in touch(), and 50 more in a second thread or in a child.
compile_toucher() {
    compile toucher -O1 -pthread <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
static char *memory;
static void touch(int first, int count)
{
    for (int i = first; i < first + count; i++)
        ((volatile char *)memory)[(size_t)i << 12] = 1;
}
static void *other(void *argument) { touch(100, 50); return argument; }
static void after(void) { touch(200, 20); }
int main(int argc, char **argv)
{
    pthread_t thread;
    memory = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(memory, 1 << 20, MADV_NOHUGEPAGE);
    touch(0, 100);
    if (argc > 1 && strcmp(argv[1], "thread") == 0) {
        pthread_create(&thread, 0, other, 0);
        pthread_join(thread, 0);
    }
    if (argc > 1 && strcmp(argv[1], "fork") == 0 && fork() == 0) {
        other(0);
        _exit(0);
    }
    if (argc > 1 && strcmp(argv[1], "close") == 0)
        for (int i = 3; i < 2000; i++)
            close(i);
    if (argc > 1 && strcmp(argv[1], "list") == 0)
        for (int i = 3; i < 100; i++)
            if (fcntl(i, F_GETFD) >= 0)
                printf("%d\n", i);
    wait(0);
    after();
    return 0;
}
END
    "$profile" --timer=minor-faults true 2>notes || true
    ! grep "^profile: cannot count" notes || skip "the kernel counts no events"
}

# expect_near NUMBER NAME: the function NAME has NUMBER faults or few more.
expect_near() {
    counted=$(awk -F, -v row="$2" '$7 == row { print $4 }' rows)
    [ "${counted:-0}" -ge "$1" ] || fail "$2 has $counted, not $1"
    [ "$counted" -lt $(($1 + 20)) ] || fail "$2 has $counted, not $1"
}

test_case "an event that the kernel does not count is reported in one line with a remedy, and the program is not run" '
    compile_refuse
    for timer in instructions cycles cache-misses branches branch-misses LLC-load-misses r1c2; do
        run ./refuse 2 "$profile" --timer="$timer" touch ran
        expect_status 1
        expect_no_stdout
        expect_one_line "$stderr"
        expect_stderr_line "profile: cannot count $timer: this machine has no counter for it, which is common in virtual machines: use another machine or another timer"
    done
    run ./refuse 38 "$profile" --timer=instructions touch ran
    expect_status 1
    expect_stderr_line "profile: cannot count instructions: this kernel, or a filter, does not allow perf_event_open: use another machine or another timer"
    run ./refuse 24 "$profile" --timer=instructions --calibrate
    expect_status 1
    expect_stderr_line "profile: cannot count instructions: Too many open files"
    expect_no_file ran
'

test_case "an event that the user may not count is reported with the setting that forbids it" '
    compile_refuse
    level=$(cat /proc/sys/kernel/perf_event_paranoid) || skip "there is no such setting"
    for limit in "instructions 2" "context-switches 1"; do
        for error in 1 13; do
            run ./refuse "$error" "$profile" --timer="${limit% *}" touch ran
            expect_status 1
            expect_one_line "$stderr"
            if [ "$level" -gt "${limit#* }" ]; then
                expect_stderr_line "profile: cannot count ${limit% *}: kernel.perf_event_paranoid is $level, which leaves it to root: run as root sysctl kernel.perf_event_paranoid=${limit#* }"
            else
                expect_stderr_match "^profile: cannot count ${limit% *}: .*: a security module or a container.s filter forbids perf_event_open: run it without$"
            fi
        done
    done
    expect_no_file ran
'

test_case "an unknown name is wrong usage" '
    for wrong in instruction r r12345678901234567 rxyz cycles,branches perf:0:0:x:y; do
        run "$profile" --timer="$wrong" touch ran
        expect_status 2
        expect_one_line "$stderr"
    done
    expect_no_file ran
'

test_case "an event is counted, and the report has its unit" '
    compile_toucher
    run "$profile" --timer=minor-faults -o out.prof ./toucher
    expect_status 0
    expect_no_stderr
    "$stats" out.prof --csv >rows
    expect_near 120 touch
    run "$stats" out.prof
    expect_stdout_match "^ +[45] function calls in [0-9]+ minor faults$"
    expect_stdout_line "   Clock: minor faults, every call"
'

test_case "a thread counts its own events, and so does a forked child" '
    compile_toucher
    for how in thread fork; do
        run "$profile" --timer=minor-faults -o out.prof ./toucher $how
        expect_status 0
        expect_no_stderr
        "$stats" out.prof --csv >rows
        expect_near 170 touch
        expect_near 50 other
        expect_near 20 after
    done
'

test_case "a program that is linked with the runtime counts events by their numbers" '
    compile_toucher
    compile linked -O1 "$build/libprofile.a" <<END
static char memory[1 << 20];
static void touch(void)
{
    for (int i = 1; i < 101; i++)
        ((volatile char *)memory)[i << 12] = 1;
}
int main(void) { touch(); return 0; }
END
    PROFILE_OPTIONS=timer=perf:1:5:"minor faults" PROFILE_OUT=out.prof ./linked
    "$stats" out.prof --csv >rows
    expect_near 100 touch
    run "$stats" out.prof
    expect_stdout_line "   Clock: minor faults, every call"
'

test_case "waiting is a switch to another program" '
    compile waiter -O1 <<END
#include <poll.h>
static void waits(void) { poll(0, 0, 1); }
int main(void)
{
    for (int i = 0; i < 20; i++)
        waits();
    return 0;
}
END
    run "$profile" --timer=context-switches -o out.prof ./waiter
    ! grep "^profile: cannot count" "$stderr" || skip "the kernel does not count them for us"
    "$stats" out.prof --csv >rows
    expect_near 20 waits
    run "$stats" out.prof
    expect_stdout_match "^ +21 function calls in [0-9]+ switches$"
'

test_case "the program finds its descriptors unchanged and may close all, and missed events are reported" '
    compile_toucher
    ./toucher list >expected
    "$profile" --timer=minor-faults -o out.prof ./toucher list >found
    expect_same expected found
    run "$profile" --timer=minor-faults -o out.prof ./toucher close
    expect_status 0
    expect_one_line "$stderr"
    expect_stderr_match "^profile: process [0-9]+ could not always read its timer, for which it closed the descriptors or had no counter: what it missed is left out$"
    "$stats" out.prof --csv >rows
    expect_near 100 touch
    expect_near 0 after
'

test_case "a thread that gets no counter is reported as not measured" '
    compile_toucher
    compile_refuse
    run "$profile" --timer=minor-faults -o out.prof ./refuse 24 ./toucher
    expect_status 0
    expect_one_line "$stderr"
    expect_stderr_match "^profile: process [0-9]+ could not always read its timer, "
    "$stats" out.prof --csv >rows
    expect_near 0 touch
'

test_case "a file that the program opens in place of a closed descriptor is not read" '
    compile program -O1 -D_GNU_SOURCE <<END
#include <fcntl.h>
#include <unistd.h>
static void leaf(void) { }
int main(void)
{
    int ends[2];
    char text[64];
    for (int i = 3; i < 2000; i++)
        close(i);
    if (pipe2(ends, O_NONBLOCK) != 0 || write(ends[1], "all that was written", 20) != 20)
        return 1;
    for (int i = 500; i < 600; i++)
        dup2(ends[0], i);
    for (int i = 0; i < 10; i++)
        leaf();
    return read(ends[0], text, sizeof text) != 20;
}
END
    run "$profile" --timer=minor-faults -o out.prof ./program
    expect_status 0
'

test_done
