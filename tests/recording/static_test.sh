#!/bin/sh
# Tests programs that are linked with the runtime because nothing can be preloaded: static programs, and programs of
# another C library. `profile` runs them like any other.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# calls_of FUNCTION [FILE]: prints the ncalls of FUNCTION in the profile FILE, or out.prof.
calls_of() {
    "$stats" --csv --restrict "\\($1\\)\$" "${2:-out.prof}" | sed -n '2s/,.*//p'
}

# need_musl: skips the test if there is no musl.
need_musl() {
    command -v musl-gcc >/dev/null || skip 'there is no musl-gcc (Debian: musl-tools; see make deps test)'
}

# everything COMPILER FLAG...: builds ./everything, linked with the runtime. It has calls in main, in two threads, in
# a forked child, across a longjmp and in a destructor.
everything() {
    everything_cc=$1
    shift
    # shellcheck disable=SC2086
    $everything_cc -x c -O1 -g -finstrument-functions -o everything - -x none "$@" "$build/libprofile.a" <<'END'
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
static jmp_buf place;
static void leaf(void) { }
static void *work(void *argument) { for (int i = 0; i < 1000; i++) leaf(); return argument; }
static void child(void) { leaf(); leaf(); }
static void leaves(void) { longjmp(place, 1); }
__attribute__((destructor)) static void after(void) { leaf(); }
int main(void)
{
    pthread_t threads[2];
    int status;

    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    if (fork() == 0) {
        child();
        _exit(0);
    }
    wait(&status);
    if (setjmp(place) == 0)
        leaves();
    puts("done");
    return 7;
}
END
}

# expect_everything: fails unless out.prof has every call of ./everything, with file and line.
expect_everything() {
    expect_equal "2003 2 1 1 1" \
        "$(calls_of leaf) $(calls_of work) $(calls_of child) $(calls_of leaves) $(calls_of main)"
    "$stats" out.prof --restrict main | grep -q ':12(main)' || fail 'main has no line'
    "$stats" out.prof --by process >processes
    expect_equal 2 "$(grep -c '\./everything$' processes)"
    grep -q 'status 7 ' processes || fail 'it did not end with status 7'
}

# drive COMPILER FLAG...: builds ./everything and runs it under profile and alone. Checks both profiles.
drive() {
    everything "$@"
    run "$profile" -o out.prof ./everything
    expect_status 7
    expect_no_stderr
    expect_stdout_line 'done'
    expect_everything
    PROFILE_OUT=alone.prof run ./everything
    expect_status 7
    expect_no_stderr
    expect_equal 2001 "$(calls_of leaf alone.prof)"
    expect_equal 2 "$(calls_of leaf alone.prof.*)"
}

test_case "a static glibc program has its calls, threads, children and status in the profile, and runs alone" '
    drive "${CC:-cc}" -static -pthread
'

test_case "a static position-independent glibc program has its calls, threads, children and status, and runs alone" '
    drive "${CC:-cc}" -static-pie -fPIE -pthread
'

test_case "an instrumented ifunc resolver of a static program runs before thread-local variables exist, and does no harm" '
    for form in -static "-static-pie -fPIE"; do
        # shellcheck disable=SC2086
        ${CC:-cc} -x c -O2 -g -finstrument-functions -o program - -x none $form "$build/libprofile.a" <<END
#include <stdio.h>
__attribute__((noinline)) static int next(int n) { __asm__ volatile(""); return n + 1; }
__attribute__((noinline)) static int choose(void) { __asm__ volatile(""); return 1; }
static void *resolve(void) { return choose() ? (void *)next : 0; }
int chosen(int n) __attribute__((ifunc("resolve")));
__attribute__((noinline)) static void before(void) { __asm__ volatile(""); }
static void first(int argc, char **argv, char **environment) { (void)argc, (void)argv, (void)environment; before(); }
__attribute__((section(".preinit_array"), used)) static void (*const preinit)(int, char **, char **) = first;
int main(void)
{
    int n = 0;

    for (int i = 0; i < 10; i++)
        n += chosen(n);
    printf("%d\n", n);
    return 0;
}
END
        run "$profile" -o out.prof ./program
        expect_status 0
        expect_stdout_line 1023
        expect_equal 10 "$(calls_of next)"
        expect_equal 1 "$(calls_of before)"
        PROFILE_OUT=alone.prof run ./program
        expect_status 0
        expect_equal 10 "$(calls_of next alone.prof)"
    done
'

test_case "a static musl program works with the libprofile.a that glibc programs use" '
    need_musl
    drive musl-gcc -static
'

test_case "a program that musl loads uses the runtime that it is linked with, and nothing is preloaded" '
    need_musl
    drive musl-gcc
'

test_case "a stripped static program is known by its ELF note to have the runtime" '
    everything "${CC:-cc}" -static -pthread
    strip everything
    run "$profile" -o out.prof ./everything
    expect_status 7
    expect_one_line "$stderr"
    expect_stderr_match "everything is stripped, or was linked with -s"
'

test_case "a musl program without the runtime is refused before it runs, with advice" '
    need_musl
    # It is compiled without hooks, because musl does not have the empty ones that glibc has.
    echo "int main(void) { return 0; }" | musl-gcc -x c - -o plain
    run "$profile" -o out.prof ./plain
    expect_status 1
    expect_one_line "$stderr"
    expect_stderr_match "another C library than the runtime.*-lprofile"
    expect_no_file out.prof
'

test_case "a static program that another starts is in the same profile" '
    everything "${CC:-cc}" -static -pthread
    run "$profile" -o out.prof sh -c "./everything; exit \$?"
    expect_status 7
    expect_equal 2003 "$(calls_of leaf)"
'

test_done
