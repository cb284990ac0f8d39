#!/bin/sh
# Tests libraries of all kinds: opened in other linker namespaces, run before and after main, preloaded by the user.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# expect_edge CALLER CALLEE CALLS: fails unless CALLER calls CALLEE that often, over all contexts.
expect_edge() {
    calls=$("$TEST_BIN/inspect" out.prof |
        awk -v caller="$1" -v callee="$2" '$1 == "edge" && $2 == caller && $3 == callee { calls += $4 } END { print calls + 0 }')
    [ "$calls" -eq "$3" ] || fail "$1 calls $2 $calls times, not $3"
}

# expect_sane: fails if the profile has an impossible time.
expect_sane() {
    ! "$TEST_BIN/inspect" out.prof | grep insane || fail "there are impossible times"
}

# preloaded NAME: prints the path of the library NAME if it is installed.
preloaded() {
    find /usr/lib -name "$1" 2>/dev/null | head -n 1
}

test_case "constructors and destructors are counted in any order, in the program and in libraries" '
    cat >library.c <<END
#include <stdlib.h>
static void leaf(void) { }
__attribute__((constructor(101))) static void first(void) { leaf(); }
__attribute__((constructor)) static void before(void) { leaf(); }
static void at_exit(void) { leaf(); }
void library_work(void) { leaf(); atexit(at_exit); }
__attribute__((destructor)) static void after(void) { leaf(); }
__attribute__((destructor(101))) static void last(void) { leaf(); }
END
    cat >program.cc <<END
#include <cstdlib>
extern "C" {
void library_work();
__attribute__((noinline)) void in_program() { asm volatile(""); }
__attribute__((noinline)) void when_made() { in_program(); asm volatile(""); }
__attribute__((noinline)) void when_gone() { in_program(); asm volatile(""); }
void preinit() { in_program(); }
}
struct lives { lives() { when_made(); } ~lives() { when_gone(); } };
static lives object;
static lives &local() { static lives made; return made; }
__attribute__((section(".preinit_array"), used)) static void (*const early)() = preinit;
__attribute__((destructor(102))) static void late() { in_program(); }
int main() { local(); library_work(); at_quick_exit(preinit); std::exit(3); }
END
    for compilers in "gcc g++" "clang clang++"; do
        command -v "${compilers#* }" >/dev/null || continue
        for level in -O0 -O2; do
            ${compilers% *} $level -fno-inline -g -finstrument-functions -shared -fPIC library.c -o liblibrary.so
            ${compilers#* } $level -g -finstrument-functions program.cc -o program ./liblibrary.so
            run "$profile" -o out.prof ./program
            expect_status 3
            expect_no_stderr
            for caller in first before library_work at_exit after last; do
                expect_edge $caller leaf 1
            done
            expect_edge when_made in_program 2
            expect_edge when_gone in_program 2
            expect_edge preinit in_program 1
            expect_sane
        done
    done
'

test_case "a forked child that ends by quick_exit has all its calls, also those of its handlers" '
    compile program <<END
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void leaf(void) { }
static void handler(void) { leaf(); leaf(); }
int main(void)
{
    int status;

    at_quick_exit(handler);
    for (int i = 0; i < 3; i++)
        if (fork() == 0) {
            leaf();
            quick_exit(7);
        }
    while (wait(&status) > 0)
        if (WEXITSTATUS(status) != 7)
            return 1;
    return 0;
}
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_edge main leaf 3
    expect_edge handler leaf 6
    expect_sane
'

test_case "a child that is killed, or ends by a direct system call, has lived as long as its calls took" '
    compile program <<END
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
static void naps(void) { usleep(20000); }
static void leaves(int how) { naps(); if (how) raise(SIGKILL); else syscall(SYS_exit_group, 0); }
int main(void)
{
    for (int how = 0; how < 2; how++)
        if (fork() == 0)
            leaves(how);
    while (wait(NULL) > 0)
        ;
    return 0;
}
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_edge leaves naps 2
    expect_sane
'

test_case "dlmopen: calls in other namespaces are counted under their callers, and no namespace is used up" '
    cat >library.c <<END
static void leaf(void) { }
int work(int n) { for (int i = 0; i < n; i++) leaf(); return n; }
END
    cat >other.c <<END
static void other_leaf(void) { }
int work(int n) { for (int i = 0; i < n; i++) other_leaf(); return n; }
END
    cat >program.c <<END
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
static int opened(const char *path, Lmid_t id, int n)
{
    void *library = dlmopen(id, path, RTLD_NOW);
    int (*work)(int) = library ? (int (*)(int))dlsym(library, "work") : NULL;

    if (work == NULL) {
        puts(dlerror());
        return 0;
    }
    n = work(n);
    if (id == LM_ID_NEWLM && dlinfo(library, RTLD_DI_LMID, &id) == 0)
        n += opened("./other.so", id, 3);
    dlclose(library);
    return n;
}
static void twice(void) { opened("./library.so", LM_ID_NEWLM, 10); opened("./other.so", LM_ID_NEWLM, 1); }
int main(void)
{
    for (int i = 0; i < 20; i++)
        twice();
    opened("./missing.so", LM_ID_NEWLM, 1);
    return 0;
}
END
    for compiler in gcc clang; do
        command -v $compiler >/dev/null || continue
        $compiler -g -finstrument-functions -shared -fPIC library.c -o library.so
        $compiler -g -finstrument-functions -shared -fPIC other.c -o other.so
        $compiler -g -finstrument-functions program.c -o program -ldl
        ./program >expected
        run "$profile" -o out.prof ./program
        expect_status 0
        expect_no_stderr
        expect_same expected "$stdout"
        expect_edge twice opened 40
        expect_edge opened work 80
        expect_edge work leaf 200
        expect_edge work other_leaf 140
        expect_sane
        "$stats" out.prof | grep -q "other.c:1(other_leaf)"
    done
'

test_case "dlmopen finds libraries by the RUNPATH and the ORIGIN of its caller, and failures use up no namespace" '
    nm "$profile" | grep -q __asan_init && skip "a sanitizer wants to be the first library"
    cat >library.c <<END
static void leaf(void) { }
int work(int n) { for (int i = 0; i < n; i++) leaf(); return n; }
END
    cat >caller.c <<END
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
static void opens(const char *name, Lmid_t id)
{
    void *library = dlmopen(id, name, RTLD_NOW);
    int (*work)(int) = library ? (int (*)(int))dlsym(library, "work") : NULL;

    printf("%s: %s\n", name, work == NULL ? dlerror() : work(5) == 5 ? "works" : "fails");
    if (library != NULL)
        dlclose(library);
}
static void *fail(void *argument) { dlmopen(LM_ID_NEWLM, "libmissing.so", RTLD_NOW); return argument; }
int CALLER(void)
{
    static const Lmid_t ids[] = {LM_ID_BASE, LM_ID_NEWLM};
    pthread_t thread;

    for (int i = 0; i < 40; i++) {
        opens("libfirst.so", ids[i % 2]);
        opens("libsecond.so", ids[i % 2]);
        opens("\$ORIGIN/first/libfirst.so", ids[i % 2]);
        opens("\$ORIGIN/../first/libfirst.so", ids[i % 2]);
        pthread_create(&thread, NULL, fail, NULL);
        pthread_join(thread, NULL);
    }
    return 0;
}
END
    cat >program.c <<END
int CALLER(void);
int other_caller(void);
int main(void) { return CALLER() + other_caller(); }
END
    mkdir first second
    for compiler in gcc clang; do
        command -v $compiler >/dev/null || continue
        for folder in first second; do
            $compiler -g -finstrument-functions -shared -fPIC library.c -o $folder/lib$folder.so
        done
        $compiler -g -finstrument-functions -shared -fPIC -DCALLER=other_caller caller.c -o second/libcaller.so \
            -Wl,-rpath,"\$ORIGIN"
        $compiler -g -finstrument-functions program.c -DCALLER=caller caller.c -o program second/libcaller.so \
            -Wl,-rpath,"\$ORIGIN/first" -pthread -ldl
        LD_PRELOAD=$PWD/second/libcaller.so ./program >expected
        LD_PRELOAD=$PWD/second/libcaller.so run "$profile" -o out.prof ./program
        expect_status 0
        expect_no_stderr
        expect_same expected "$stdout"
        expect_equal 160 "$(grep -c "works$" expected)"
        expect_edge opens work 160
        expect_edge work leaf 800
        expect_sane
    done
'

test_case "RTLD_DEEPBIND: the calls of a library that finds libc before the runtime are counted, and of those it needs" '
    cat >deep.c <<END
static void leaf(void) { }
void deep(int n) { for (int i = 0; i < n; i++) leaf(); }
END
    cat >library.c <<END
void deep(int n);
int work(int n) { deep(n); return n; }
END
    cat >program.c <<END
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
static int calls(void *library)
{
    int (*work)(int) = library != NULL ? (int (*)(int))dlsym(library, "work") : NULL;
    int n = work != NULL ? work(10) : 0;

    if (library != NULL)
        dlclose(library);
    return n;
}
static int opens(int mode)
{
    void *first = dlmopen(LM_ID_NEWLM, "./libdeep.so", RTLD_NOW);
    Lmid_t id;
    int n = dlinfo(first, RTLD_DI_LMID, &id);

    n += calls(dlopen("./library.so", mode));
    n += calls(dlmopen(LM_ID_BASE, "./library.so", mode));
    n += calls(dlmopen(LM_ID_NEWLM, "./library.so", mode));
    n += calls(dlmopen(id, "./library.so", mode));
    dlclose(first);
    return n;
}
int main(void)
{
    printf("%d\n", opens(RTLD_NOW) + opens(RTLD_NOW | RTLD_DEEPBIND) + opens(RTLD_LAZY | RTLD_DEEPBIND));
    return 0;
}
END
    for compiler in gcc clang; do
        command -v $compiler >/dev/null || continue
        $compiler -g -finstrument-functions -shared -fPIC deep.c -o libdeep.so
        $compiler -g -finstrument-functions -shared -fPIC library.c -o library.so ./libdeep.so
        $compiler -g -finstrument-functions program.c -o program -ldl
        run "$profile" -o out.prof ./program
        expect_status 0
        expect_no_stderr
        expect_stdout_line 120
        expect_edge calls work 12
        expect_edge work deep 12
        expect_edge deep leaf 120
        expect_sane
    done
'

test_case "a user may preload another malloc" '
    jemalloc=$(preloaded libjemalloc.so.2)
    [ -n "$jemalloc" ] || skip "there is no libjemalloc2"
    LD_PRELOAD=$jemalloc "$profile" --version >/dev/null 2>&1 || skip "profile itself cannot run with it"
    compile program -pthread <<END
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static char *taken(size_t size) { return memset(malloc(size), 1, size); }
static void *work(void *argument)
{
    for (size_t i = 1; i < 5000; i++)
        free(taken(i));
    return argument;
}
int main(void)
{
    pthread_t threads[8];

    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, work, NULL);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    printf("%s\n", getenv("LD_PRELOAD") != NULL && strstr(getenv("LD_PRELOAD"), "jemalloc") ? "kept" : "lost");
    return 0;
}
END
    run env LD_PRELOAD="$jemalloc" "$profile" -o out.prof ./program
    expect_status 0
    expect_no_stderr
    expect_stdout_line kept
    expect_edge work taken 39992
    expect_sane
'

test_case "a library that makes up the time for the program does not change the times of the profile" '
    faketime=$(preloaded libfaketime.so.1)
    [ -n "$faketime" ] || skip "there is no libfaketime"
    LD_PRELOAD=$faketime "$profile" --version >/dev/null 2>&1 || skip "profile itself cannot run with it"
    compile program <<END
#include <stdio.h>
#include <time.h>
#include <unistd.h>
static void sleeps(void) { usleep(50000); }
int main(void)
{
    time_t now = time(NULL);

    sleeps();
    printf("%d\n", 1900 + gmtime(&now)->tm_year);
    return 0;
}
END
    run env LD_PRELOAD="$faketime" FAKETIME="@2001-02-03 04:05:06 x1000" NO_FAKE_STAT=1 "$profile" -o out.prof ./program
    expect_status 0
    expect_stdout_line 2001
    expect_sane
    # In made-up time it sleeps for 50 s, or not at all if sleeps are sped up too.
    "$stats" --csv out.prof | awk -F, "\$7 == \"main\" { if (\$4 > 20e9) exit 1; found = 1 } END { exit !found }"
'

test_done
