#!/bin/sh
# Programs that bring the runtime, because nothing can be preloaded into them: static ones, and those of another C
# library. `profile` runs them as any other.
# The tests' bodies are text to shellcheck, and what they call seems never called.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# calls_of FUNCTION [FILE]: its ncalls
calls_of() {
    "$stats" --csv --restrict "\\($1\\)\$" "${2:-out.prof}" | sed -n '2s/,.*//p'
}

# Skips what needs musl where there is none.
need_musl() {
    command -v musl-gcc >/dev/null || skip 'there is no musl-gcc (Debian: musl-tools; see make deps)'
}

# everything COMPILER FLAG...: builds ./everything, which brings the runtime: calls in main, in two threads, in a
# forked child, across a longjmp and in a destructor.
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

# expect_everything: what ./everything did is in out.prof, to the call, with file and line.
expect_everything() {
    expect_equal "2003 2 1 1 1" \
        "$(calls_of leaf) $(calls_of work) $(calls_of child) $(calls_of leaves) $(calls_of main)"
    "$stats" out.prof --restrict main | grep -q ':12(main)' || fail 'main has no line'
    "$stats" out.prof --by process >processes
    expect_equal 2 "$(grep -c '\./everything$' processes)"
    grep -q 'status 7 ' processes || fail 'it did not end with status 7'
}

# drive COMPILER FLAG...: runs the program under profile, and alone.
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

test_case "a static program of glibc has its calls, threads, children and status in the profile, and runs alone" '
    drive "${CC:-cc}" -static -pthread
'

test_case "a static position-independent program of glibc has them, too" '
    drive "${CC:-cc}" -static-pie -fPIE -pthread
'

test_case "a static program of musl has them, too, with the same libprofile.a" '
    need_musl
    drive musl-gcc -static
'

test_case "a program that musl loads brings its runtime, and is not made to preload another" '
    need_musl
    drive musl-gcc
'

test_case "a stripped static program is known by its note to bring the runtime" '
    everything "${CC:-cc}" -static -pthread
    strip everything
    run "$profile" -o out.prof ./everything
    expect_status 7
    expect_no_stderr
'

test_case "a program of musl without the runtime is refused before it runs, and told what to do" '
    need_musl
    # It has no hooks, for musl has no empty ones.
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
