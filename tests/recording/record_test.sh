#!/bin/sh
# Tests everything from source to table: the calls and names of functions in programs of several kinds.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

CXX=${CXX:-c++}

# profile_of PROGRAM ARGUMENT...: profiles PROGRAM. Writes its output to the file `output`. Writes a line "NCALLS PCALLS
# FILE LINE FUNCTION" for each function to the file `table`.
profile_of() {
    "$profile" -o out.prof "$@" >output
    "$stats" out.prof --strip-dirs --csv >csv
    python3 -c "
import csv
for row in csv.DictReader(open(\"csv\")):
    print(row[\"ncalls\"], row[\"pcalls\"], row[\"file\"] or \"-\", row[\"line\"], row[\"function\"])" >table
}

# expect_row ROW: fails unless the table has the line ROW.
expect_row() {
    grep -qxF -e "$1" table || {
        cat table
        fail "the table has no row: $1"
    }
}

for level in -O0 -O2; do
    test_case "samples/primes.c at $level: every call is counted, and has its file and line" "
        \$CC $level -g -finstrument-functions '$top/samples/primes.c' -o primes
        profile_of ./primes
        expect_equal 78498 \"\$(cat output)\"
        expect_row '999998 999998 primes.c 16 is_prime'
        expect_row '1 1 primes.c 26 count_primes'
        expect_row '1 1 primes.c 34 main'
        expect_equal 3 \"\$(wc -l <table | tr -d ' ')\"
    "
    test_case "C++ exceptions at $level: the calls are those that the program itself counts" "
        cat >throws.cc <<'END'
#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <vector>
static int deeps, catches, compares, destroyed;
namespace space {
struct Guard { ~Guard(); };
Guard::~Guard() { destroyed++; }
}
static int deep(int n)
{
    deeps++;
    space::Guard guard;
    if (n == 0)
        throw std::runtime_error(\"bottom\");
    return deep(n - 1) + 1;
}
static int catcher(int n)
{
    catches++;
    try { return deep(n); } catch (const std::exception &) { return -1; }
}
static bool less(int a, int b) { compares++; return a < b; }
int main()
{
    std::vector<int> v;
    for (int i = 0; i < 100; i++) catcher(i % 10);
    for (int i = 0; i < 1000; i++) v.push_back(i * 7919 % 1000);
    std::sort(v.begin(), v.end(), less);
    printf(\"%d %d throws.cc 10 deep\\n%d %d throws.cc 18 catcher\\n\", deeps, catches, catches, catches);
    printf(\"%d %d throws.cc 23 less\\n%d %d throws.cc 8 space::Guard::~Guard\\n\", compares, compares, destroyed, destroyed);
}
END
        \$CXX $level -g -finstrument-functions throws.cc -o throws
        profile_of ./throws
        while read -r row; do
            expect_row \"\$row\"
        done <output
    "
done

for level in -O0 -O2; do
    test_case "once a call has been made at $level, making it again makes no system call" "
        cat >strict.c <<'END'
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
static volatile int sum;
__attribute__((noinline)) static void leaf(int n) { sum += n; } /* at -O2 it ends in a jump to the hook */
__attribute__((noinline)) static int value(int n) { return sum + n; }
__attribute__((noinline)) static void down(int n) { if (n > 0) down(n - 1); leaf(n); }
static void calls(void) { for (int i = 0; i < 1000; i++) leaf(value(i)), down(10); }
int main(void)
{
    struct sock_filter only_exit[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {4, only_exit};

    calls();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return 77;
    calls();
    syscall(SYS_exit, 0);
}
END
        \$CC $level -g -finstrument-functions strict.c -o strict
        run \"\$profile\" -o out.prof ./strict
        [ \$status -ne 77 ] || skip 'there is no seccomp'
        profile_of ./strict
        expect_row '24000 24000 strict.c 7 leaf'
        expect_row '22000 2000 strict.c 9 down'
    "
done

test_case "the functions of a shared library have names, also if it is opened at run time" '
    cat >library.c <<END
static int hidden(int n) { return n + 1; }
int shown(int n) { return hidden(n); }
END
    cat >main.c <<END
#include <dlfcn.h>
int shown(int n);
int main(void)
{
    int (*opened)(int) = (int (*)(int))dlsym(dlopen("./opened.so", RTLD_NOW), "shown_too");
    for (int i = 0; i < 10; i++)
        opened(shown(i));
    return 0;
}
END
    $CC -g -finstrument-functions -shared -fPIC library.c -o libshown.so
    sed "s/shown/shown_too/" library.c >opened.c
    $CC -g -finstrument-functions -shared -fPIC opened.c -o opened.so
    $CC -g -finstrument-functions main.c -o main ./libshown.so -ldl
    profile_of ./main
    expect_row "10 10 library.c 1 hidden"
    expect_row "10 10 library.c 2 shown"
    expect_row "10 10 opened.c 1 hidden"
    expect_row "10 10 opened.c 2 shown_too"
'

test_case "a library that is loaded at the address of an unloaded one has its own functions, in all threads" '
    loads=${LOADS:-2000}
    for name in first second stays; do
        cat >$name.c <<END
static void ${name}_hidden(void) { }
void run(void) { ${name}_hidden(); ${name}_hidden(); }
END
        $CC -g -finstrument-functions -shared -fPIC $name.c -o $name.so
    done
    cat >main.c <<END
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
static void (*run)(void), (*stays)(void);
static pthread_barrier_t barrier;
/* The first calls find what the hooks cached for the unloaded library, and the others what they cached for this.
   Calls into the library that stays take turns with them, so the hooks expect the one after the other. */
static void work(void)
{
    for (int i = 0; i < 3; i++) run();
    for (int i = 0; i < 6; i++) (i % 2 ? run : stays)();
}
static void *other(void *argument)
{
    for (int i = 0; i < $loads; i++) {
        pthread_barrier_wait(&barrier);
        work();
        pthread_barrier_wait(&barrier);
    }
    return argument;
}
int main(void)
{
    void *before = 0;
    int same = 0;
    pthread_t thread;

    stays = (void (*)(void))dlsym(dlopen("./stays.so", RTLD_NOW), "run");
    pthread_barrier_init(&barrier, 0, 2);
    pthread_create(&thread, 0, other, 0);
    for (int i = 0; i < $loads; i++) {
        void *library = dlopen(i % 2 ? "./second.so" : "./first.so", RTLD_NOW);

        run = (void (*)(void))dlsym(library, "run");
        same += (void *)run == before;
        before = (void *)run;
        pthread_barrier_wait(&barrier);
        work();
        pthread_barrier_wait(&barrier);
        dlclose(library);
    }
    pthread_join(thread, 0);
    return same < $loads / 2;
}
END
    $CC -g -finstrument-functions main.c -o main -ldl -pthread
    run "$profile" -o out.prof ./main
    expect_status 0
    expect_no_stderr
    profile_of ./main
    for name in first second stays; do
        expect_row "$((12 * loads)) $((12 * loads)) $name.c 1 ${name}_hidden"
        expect_row "$((6 * loads)) $((6 * loads)) $name.c 2 run"
    done
'

test_case "position-dependent programs have names of functions like position-independent ones" '
    for form in "-fPIE -pie" "-fno-pie -no-pie" "-static -no-pie -L$build -lprofile"; do
        # shellcheck disable=SC2086
        $CC -g -finstrument-functions "$top/samples/primes.c" -o primes $form
        profile_of ./primes
        expect_row "999998 999998 primes.c 16 is_prime"
    done
'

test_case "functions have names without debug information, and offsets in stripped programs" '
    $CC -finstrument-functions "$top/samples/primes.c" -o primes
    profile_of ./primes
    expect_row "999998 999998 - 0 is_prime"
    "$stats" out.prof --strip-dirs | grep -q " primes:0(is_prime)$"
    strip primes
    profile_of ./primes
    grep -qE "^999998 999998 - 0 primes\+0x[0-9a-f]+$" table
'

test_case "a program that was rebuilt since the run gets no wrong names, but a warning" '
    $CC -g -finstrument-functions "$top/samples/primes.c" -o primes -L"$build" -lprofile
    LD_LIBRARY_PATH=$build PROFILE_OUT=image ./primes
    run "$stats" image
    expect_no_stderr
    expect_stdout_match "is_prime"
    $CC -O1 -g -finstrument-functions "$top/samples/primes.c" -o primes -L"$build" -lprofile
    run "$stats" image
    expect_status 0
    expect_one_line "$stderr"
    expect_stderr_match "primes has changed since the run"
    expect_stdout_match "^ +999998 .*primes\+0x"
'

test_case "the calls of several profiles are summed" '
    $CC -g -finstrument-functions "$top/samples/primes.c" -o primes
    for i in 1 2 3; do
        "$profile" -o $i.prof ./primes
    done
    "$stats" --csv 1.prof 2.prof 3.prof | grep -q "^2999994,2999994,"
'

# With --raw, because negative estimates of undisturbed times are printed as 0, which would change the sum.
test_case "the sum of the self times is the time of the roots" '
    $CC -g -finstrument-functions "$top/samples/recursion.c" -o recursion
    "$profile" -o out.prof ./recursion
    "$stats" --raw --csv out.prof | python3 -c "
import csv, sys
rows = list(csv.DictReader(sys.stdin))
total = sum(int(row[\"tottime_ns\"]) for row in rows)
main = next(int(row[\"cumtime_ns\"]) for row in rows if row[\"function\"] == \"main\")
sys.exit(abs(total - main) > len(rows))"
'

test_case "threads that end and threads that run at the exit are all counted" '
    cat >threads.c <<END
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>
static atomic_int done;
static void leaf(void) { }
static void *ends(void *argument) { for (int i = 0; i < 100; i++) leaf(); return argument; }
static void *runs(void *argument) { for (int i = 0; i < 100; i++) leaf(); done++; for (;;) pause(); return argument; }
int main(void)
{
    pthread_t thread;
    for (int i = 0; i < 200; i++)
        pthread_create(&thread, NULL, ends, NULL), pthread_join(thread, NULL);
    for (int i = 0; i < 20; i++)
        pthread_create(&thread, NULL, runs, NULL);
    while (done < 20)
        ;
    return 0;
}
END
    $CC -g -finstrument-functions threads.c -o threads -pthread
    profile_of ./threads
    expect_row "22000 22000 threads.c 5 leaf"
    expect_row "200 200 threads.c 6 ends"
    expect_row "20 20 threads.c 7 runs"
'

test_case "an instrumented function that runs before and after main is counted" '
    cat >early.c <<END
#include <stdlib.h>
static void leaf(void) { }
__attribute__((constructor)) static void before(void) { leaf(); }
__attribute__((destructor)) static void after(void) { leaf(); }
static void at_exit(void) { leaf(); }
int main(void) { atexit(at_exit); leaf(); exit(0); }
END
    $CC -g -finstrument-functions early.c -o early
    profile_of ./early
    expect_row "4 4 early.c 2 leaf"
    expect_row "1 1 early.c 3 before"
    expect_row "1 1 early.c 4 after"
'

test_case "the hooks do not change errno" '
    cat >errno.c <<END
#include <errno.h>
static void leaf(void) { }
#define LEAVES(n) static void leaf##n(void) { leaf(); } static void call##n(void) { leaf##n(); }
LEAVES(1) LEAVES(2) LEAVES(3)
int main(void)
{
    errno = 1234;
    call1(), call2(), call3();
    return errno != 1234;
}
END
    $CC -g -finstrument-functions errno.c -o errno
    "$profile" -o out.prof ./errno
'

test_case "a program may replace malloc by its own instrumented one" '
    cat >malloc.c <<END
#include <stddef.h>
#include <stdio.h>
#include <string.h>
static char heap[1 << 24];
static size_t used;
static int mallocs;
void *malloc(size_t size)
{
    void *block = heap + used;
    mallocs++;
    used += (size + 15) / 16 * 16;
    return block;
}
void free(void *block) { (void)block; }
void *calloc(size_t n, size_t size) { return memset(malloc(n * size), 0, n * size); }
void *realloc(void *old, size_t size) { void *block = malloc(size); return old ? memmove(block, old, size) : block; }
int main(void)
{
    char *text = malloc(10);
    printf("%d\n", mallocs);
    return text == NULL;
}
END
    $CC -g -fno-builtin -finstrument-functions malloc.c -o malloc
    profile_of ./malloc
    ./malloc >expected
    expect_same expected output
    grep -qE "^[0-9]+ [0-9]+ malloc.c 7 malloc$" table
'

test_done
