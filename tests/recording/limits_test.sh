#!/bin/sh
# Tests programs with resource limits, system call filters or plugins: they behave as without the profiler.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# calls_of FUNCTION: prints the calls of FUNCTION, over all callers.
calls_of() {
    "$TEST_BIN/inspect" out.prof | awk -v name="$1" '$1 == "edge" && $3 == name { calls += $4 } END { print calls + 0 }'
}

test_case "an exception in a C++ library that a C program opens with RTLD_LOCAL is caught" '
    cat >plugin.cc <<END
#include <stdexcept>
extern "C" int go(int n)
{
    try { if (n) throw std::runtime_error("x"); } catch (const std::exception &) { return 7; }
    return 1;
}
END
    compile host -ldl <<END
#include <dlfcn.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
    int (*go)(int) = (int (*)(int))dlsym(dlopen(argv[1], RTLD_NOW | RTLD_LOCAL), "go");

    return argc == 2 && go ? go(1) : 1;
}
END
    for compiler in "g++" "g++ -finstrument-functions" "g++ -static-libstdc++ -static-libgcc" "clang++ -finstrument-functions"; do
        command -v "${compiler%% *}" >/dev/null || continue
        $compiler -g -fPIC -shared plugin.cc -o plugin.so
        run "$profile" -o out.prof ./host ./plugin.so
        expect_status 7
        expect_no_stderr
    done
'

test_case "an instrumented ifunc resolver, which runs before anything can be recorded, does no harm" '
    cat >library.c <<END
static int one(void) { return 1; }
static void *resolve(void) { return (void *)one; }
int chosen(void) __attribute__((ifunc("resolve")));
int call_chosen(void) { return chosen(); }
END
    for compiler in gcc clang; do
        command -v $compiler >/dev/null || continue
        $compiler -g -finstrument-functions -shared -fPIC library.c -o liblibrary.so
        $compiler -g -finstrument-functions -xc - -xnone -o program ./liblibrary.so <<END
int call_chosen(void);
int main(void) { return call_chosen() != 1; }
END
        run "$profile" -o out.prof ./program
        expect_status 0
        expect_equal 1 "$(calls_of one)"
    done
'

test_case "RLIMIT_FSIZE does not kill the program, and calls without space are counted as lost" '
    compile program <<END
#include <unistd.h>
static void leaf(void) { }
#define F(n) static void f##n(void) { leaf(); }
F(1) F(2) F(3) F(4)
static void deep(int n) { f1(); f2(); f3(); f4(); if (n > 0) deep(n - 1); }
int main(void) { deep(10000); return 5; }
END
    run sh -c "ulimit -f 160; exec \"\$@\"" sh "$profile" -o out.prof ./program
    expect_status 5
    expect_equal 10001 "$(calls_of deep)"
    run sh -c "ulimit -f 20; exec \"\$@\"" sh "$profile" -o none.prof ./program
    expect_status 5
'

test_case "under RLIMIT_AS the profiler leaves the program the memory that it needs" '
    compile program <<END
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
static void leaf(void) { }
int main(int argc, char **argv)
{
    leaf();
    return malloc((size_t)atol(argv[argc - 1])) == NULL;
}
END
    run "$profile" -o out.prof sh -c "ulimit -v 1000000; exec ./program 800000000"
    expect_status 0
    expect_equal 1 "$(calls_of leaf)"
'

test_case "a program that filters its system calls is not killed for system calls of the hooks" '
    compile program <<END
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
static void leaf(void) { }
#define F(n) static void f##n(void) { leaf(); }
F(1) F(2) F(3) F(4)
static void deep(int n) { f1(); f2(); f3(); f4(); if (n > 0) deep(n - 1); }
int main(void)
{
    struct sock_filter no_clock[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clock_gettime, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {4, no_clock};

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return 77;
    deep(10000);
    return 0;
}
END
    run "$profile" -o out.prof ./program
    [ "$status" -ne 77 ] || skip "there is no seccomp"
    expect_status 0
    expect_equal 10001 "$(calls_of deep)"
'

test_case "a child that ends by _exit gets no time after its end" '
    compile program <<END
#include <sys/wait.h>
#include <unistd.h>
static void child(void) { _exit(0); }
int main(void)
{
    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            child();
    while (wait(NULL) > 0)
        ;
    usleep(500000);
    return 0;
}
END
    "$profile" -o out.prof ./program
    "$stats" --csv out.prof | awk -F, "\$7 == \"child\" && \$4 > 400000000 { exit 1 }"
'

test_case "-o with a symbolic link writes to the file that the link names" '
    echo "int main(void) { return 0; }" | compile program
    : >target
    ln -s target link
    run "$profile" -o link ./program
    expect_status 0
    [ -L link ] || fail "the link is gone"
    expect_file target
    "$profile" -o /dev/stdout ./program >regular
    "$stats" regular | grep -q "(main)"
'

test_case "if the reader of the report goes away, the status is unchanged and no directory is left" '
    compile program -I"$top" <<END
#include "tests/lib/spool.h"
int main(void)
{
    fputs(spool(), fopen("spool", "w"));
    return 3;
}
END
    { "$profile" ./program 2>&1 >/dev/null || echo $? >status; } | :
    expect_equal 3 "$(cat status)"
    expect_no_file "$(cat spool)"
'

test_case "a program that could not be started is reported, and the exit status is 1" '
    echo "int main(void) { return 0; }" | compile program
    run sh -c "exec 3>&- 4>&- 5>&-; ulimit -n 4; exec \"\$@\"" sh "$profile" -o out.prof ./program
    expect_status 1
    expect_one_line "$stderr"
'

test_case "standard descriptors that are closed stay closed in the program, and no file is taken for them" '
    compile program <<END
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
static void leaf(void) { }
int main(void)
{
    char text[100];
    int descriptor;

    leaf();
    descriptor = open("lowest", O_WRONLY | O_CREAT | O_TRUNC, 0666);
    return write(descriptor, text, (size_t)sprintf(text, "%d %d %d\n", descriptor, fcntl(1, F_GETFD), fcntl(2, F_GETFD))) < 0;
}
END
    for flags in "" "--start-at leaf" "--exclude leaf" "--timer cpu"; do
        # shellcheck disable=SC2086
        "$profile" $flags -o out.prof ./program <&- >&- 2>&-
        expect_equal "0 -1 -1" "$(cat lowest)"
        "$stats" out.prof --save sum.prof <&- >&- 2>&-
        "$stats" sum.prof --csv | cut -d, -f1,6,7 >actual
        # shellcheck disable=SC2086
        "$profile" $flags -o out.prof ./program
        "$stats" out.prof --csv | cut -d, -f1,6,7 >expected
        expect_same expected actual
    done
    run sh -c "\"\$1\" out.prof >&-" sh "$stats"
    expect_status 1
    expect_stderr_line "stats: cannot write to standard output: Bad file descriptor"
'

test_case "the Makefile does not run the compiler before deps has installed it" '
    make -n -C "$top" BUILD="$PWD/build" CC=/nonexistent/cc deps demo >commands 2>/dev/null || :
    grep -q "install-deps" commands
    ! grep "runtime/arch/ " commands || fail "the compiler was asked for the architecture too early"
'

test_done
