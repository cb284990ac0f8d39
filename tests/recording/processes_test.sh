#!/bin/sh
# Tests programs with several processes: one profile has the whole tree, however the processes were started.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# worker: compiles a program that calls leaf() as often as its argument tells.
worker() {
    compile worker <<'END'
#include <stdlib.h>
__attribute__((noinline)) static void leaf(void) { __asm__ volatile(""); }
int main(int argc, char **argv)
{
    for (int i = 0; i < (argc > 1 ? atoi(argv[1]) : 1); i++)
        leaf();
    return 0;
}
END
}

# calls_of FUNCTION: prints the calls of FUNCTION, over all processes and callers.
calls_of() {
    "$TEST_BIN/inspect" out.prof | awk -v name="$1" '$1 == "edge" && $3 == name { calls += $4 } END { print calls + 0 }'
}

# processes: prints the number of processes in the profile.
processes() {
    "$TEST_BIN/inspect" out.prof | grep -c "^process "
}

# expect_edge CALLER CALLEE CALLS: fails unless the profile has the edge and no impossible time.
expect_edge() {
    "$TEST_BIN/inspect" out.prof >inspected
    grep -qxF "edge $1 $2 $3" inspected || {
        cat inspected
        fail "there is no edge $1 $2 $3"
    }
    ! grep insane inspected || fail "there are impossible times"
}

test_case "the calls of a forked child appear under the path that forked" '
    compile program -O2 <<END
#include <sys/wait.h>
#include <unistd.h>
#define KEEP() __asm__ volatile("")
__attribute__((noinline)) static void leaf(void) { KEEP(); }
__attribute__((noinline)) static void child_work(void) { leaf(); leaf(); KEEP(); }
__attribute__((noinline)) static int forks(int depth)
{
    int pid;

    if (depth > 0) {
        pid = forks(depth - 1);
        KEEP();
        return pid;
    }
    pid = fork();
    if (pid == 0)
        child_work();
    else
        waitpid(pid, 0, 0);
    return pid;
}
int main(void) { int pid = forks(300); leaf(); return pid == 0; }
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_edge forks child_work 1
    expect_edge child_work leaf 2
    expect_edge main leaf 1
    expect_edge - main 1
    expect_edge forks forks 300
    expect_equal 4 "$(calls_of leaf)"
    expect_equal 2 "$(processes)"
'

test_case "vfork and exec, posix_spawn, system and popen: each program has its calls" '
    worker
    compile program <<END
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
static void leaf(void) { }
int main(void)
{
    char *words[] = {"worker", "10", NULL};
    pid_t pid = vfork();

    if (pid == 0) {
        execv("./worker", words);
        _exit(1);
    }
    waitpid(pid, NULL, 0);
    leaf();
    posix_spawn(&pid, "./worker", NULL, NULL, words, environ);
    waitpid(pid, NULL, 0);
    posix_spawnp(&pid, "./worker", NULL, NULL, words, environ);
    waitpid(pid, NULL, 0);
    leaf();
    system("./worker 10");
    pclose(popen("./worker 10", "r"));
    leaf();
    return 0;
}
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_equal 53 "$(calls_of leaf)"
    expect_equal 6 "$(processes)"
'

for flags in -O0 -O2 "-O2 -fcf-protection -fomit-frame-pointer"; do
    test_case "calls that a child of vfork leaves open are closed when its parent goes on ($flags)" "
        [ \"\$(uname -m)\" = x86_64 ] || skip 'there is no stand-in for vfork on this machine'
        compile program $flags -pthread <<'END'
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
static int status;
__attribute__((noinline)) static void work(void) { __asm__ volatile(\"\"); }
__attribute__((noinline)) static void become(const char *path) { execl(path, path, (char *)NULL); _exit(127); }
__attribute__((noinline)) static void deep(int n) { if (n > 0) deep(n - 1); else _exit(n); work(); }
__attribute__((noinline)) static void nested(void)
{
    pid_t child = vfork();

    if (child == 0)
        deep(3);
    waitpid(child, &status, 0);
    work();
    _exit(7);
}
static void *run(void *nothing)
{
    for (int i = 0; i < 4; i++) {
        pid_t child = vfork();

        if (child == 0)
            i == 0 ? become(\"/bin/true\") : i == 1 ? become(\"/nonexistent\") : i == 2 ? deep(5) : nested();
        waitpid(child, &status, 0);
        printf(\"%d \", WEXITSTATUS(status));
        work();
    }
    return nothing;
}
int main(void)
{
    pthread_t thread;

    run(NULL);
    pthread_create(&thread, NULL, run, NULL);
    pthread_join(thread, NULL);
    work();
    if (getuid() != 0 && setrlimit(RLIMIT_NPROC, &(struct rlimit){0, 0}) == 0)
        printf(\"%d\", vfork() == -1 && errno == EAGAIN);
    return 0;
}
END
        run \"\$profile\" -o out.prof ./program
        expect_status 0
        expect_stdout_match '^0 127 0 7 0 127 0 7 1?$'
        expect_edge run work 4
        expect_edge main work 1
        expect_edge nested work 1
        expect_edge run become 2
        expect_edge run deep 1
        expect_edge nested deep 1
    "
done

test_case "a program that is started with an empty environment is profiled too" '
    worker
    compile program <<END
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static char *nothing[] = {NULL}, *other[] = {"LD_PRELOAD=", "A=b", NULL}, *words[] = {"worker", "10", NULL};
static void leaf(void) { }
static void start(int how)
{
    pid_t pid;

    leaf();
    if (how == 7) {
        posix_spawn(&pid, "./worker", NULL, NULL, words, nothing);
    } else if ((pid = fork()) == 0) {
        if (how == 0) execve("./worker", words, nothing);
        if (how == 1) execvpe("./worker", words, other);
        if (how == 2) fexecve(open("./worker", O_RDONLY), words, nothing);
        if (how == 3) execle("./worker", "worker", "10", (char *)NULL, nothing);
        clearenv();
        if (how == 4) execv("./worker", words);
        if (how == 5) execl("./worker", "worker", "10", (char *)NULL);
        if (how == 6) execlp("./worker", "worker", "10", (char *)NULL);
        abort();
    }
    waitpid(pid, NULL, 0);
}
int main(void)
{
    for (int how = 0; how < 8; how++)
        start(how);
    return 0;
}
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_no_stderr
    expect_equal 88 "$(calls_of leaf)"
'

# A program that prints its environment, and so do the programs that it starts in all ways. First it finds the
# auxiliary vector behind environ, where the kernel has put it.
environment_printer() {
    compile printer -pthread <<END
#include <elf.h>
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>
extern char **environ;
static char *nothing[] = {NULL}, *words[] = {"printer", "x", NULL};
static int print(const char *title)
{
    char **entry = environ;

    printf("%s:", title);
    for (; entry != NULL && *entry != NULL; entry++)
        printf(" %s", *entry);
    printf("\n");
    fflush(stdout);
    return 0;
}
static void start(char **environment)
{
    pid_t pid;

    posix_spawn(&pid, "./printer", NULL, NULL, words, environment);
    waitpid(pid, NULL, 0);
}
static void *shell(void *command)
{
    system(command);
    return command;
}
static void shells(void)
{
    wordexp_t expanded = {0};
    pthread_t thread;

    shell("./printer x");
    pclose(popen("./printer x", "w"));
    wordexp("\$(./printer x)", &expanded, 0);
    for (size_t i = 0; i < expanded.we_wordc; i++)
        printf("%s\n", expanded.we_wordv[i]);
    fflush(stdout);
    pthread_create(&thread, NULL, shell, "read -r line <fifo; ./printer x");
    shell("./printer x");
    fclose(fopen("fifo", "w"));
    pthread_join(thread, NULL);
    print("after");
}
int main(int argc, char **argv, char **environment)
{
    unsigned long *vector;

    if (argc > 1)
        return print("child");
    while (*environment++ != NULL)
        ;
    for (vector = (unsigned long *)environment; vector[0] != AT_PAGESZ && vector[0] != AT_NULL; vector += 2)
        ;
    printf("page size %lu\n", vector[1]);
    print("start");
    shells();
    start(nothing);
    putenv("A=changed");
    setenv("NEW", "1", 1);
    shells();
    clearenv();
    shells();
    setenv("PATH", "/bin:/usr/bin", 1);
    start(environ);
    shells();
    return 0;
}
END
}

test_case "a program and what it starts in any way see no setting of profile in their environments" '
    environment_printer
    mkfifo fifo
    env -i A=b LD_PRELOAD= ./printer >expected
    run env -i A=b LD_PRELOAD= "$profile" -o out.prof ./printer
    expect_status 0
    expect_same expected "$stdout"
    expect_no_stderr
    expect_equal "$(grep -cE "^(start|child|after):" expected)" "$(calls_of print)"
'

test_case "a small stack is enough to start a program with an environment of 50,000 variables, and no memory is lost" '
    worker
    compile program -pthread <<END
#define _GNU_SOURCE
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
enum { VARIABLES = 50000 };
static char *environment[VARIABLES + 1], *words[] = {"worker", "10", NULL};
__attribute__((no_instrument_function)) static long pages(void)
{
    long number = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    fscanf(file, "%ld", &number);
    fclose(file);
    return number;
}
static void start(int how)
{
    pid_t pid;

    if (how == 0) {
        posix_spawn(&pid, "./worker", NULL, NULL, words, environment);
    } else if ((pid = how < 4 ? fork() : vfork()) == 0) {
        if (how == 2) execle("./worker", "worker", "10", (char *)NULL, environment);
        if (how == 3) execvpe("./worker", words, environment);
        execve("/no/such/program", words, environment);
        execve("./worker", words, environment);
        _exit(1);
    }
    waitpid(pid, NULL, 0);
}
static void *run(void *argument)
{
    long before;

    for (int how = 0; how < 5; how++)
        start(how);
    before = pages();
    for (int i = 0; i < 5; i++)
        start(4);
    printf("%ld pages lost\n", pages() - before);
    return argument;
}
int main(void)
{
    pthread_attr_t attributes;
    pthread_t thread;

    for (int i = 0; i < VARIABLES; i++)
        asprintf(&environment[i], "V%d=%d", i, i);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 32 * 1024);
    pthread_create(&thread, &attributes, run, NULL);
    pthread_join(thread, NULL);
    return 0;
}
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_no_stderr
    expect_stdout_line "0 pages lost"
    expect_equal 100 "$(calls_of leaf)"
'

test_case "exec ends the calls of the old program, and an exec that fails does not" '
    worker
    compile program <<END
#include <unistd.h>
static void leaf(void) { }
static void becomes(void) { leaf(); execl("/no/such/program", "x", (char *)0); leaf(); execl("./worker", "worker", "100000", (char *)0); }
int main(void) { becomes(); return 1; }
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_edge becomes leaf 2
    expect_edge main leaf 100000
    expect_equal 2 "$(processes)"
'

test_case "a daemon that closes all its descriptors keeps its profile, and --wait=all waits for it" '
    compile program <<END
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
static void leaf(void) { }
#define F(n) static void f##n(void) { leaf(); }
F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8)
static void deep(int n) { if (n > 0) deep(n - 1); else { f1(); f2(); f3(); f4(); f5(); f6(); f7(); f8(); } }
int main(void)
{
    leaf();
    daemon(1, 0);
    for (int i = 0; i < 1024; i++)
        close(i);
    usleep(100000);
    deep(20000);
    return 0;
}
END
    run "$profile" --wait=all -o out.prof ./program
    expect_status 0
    expect_edge deep deep 20000
    expect_equal 9 "$(calls_of leaf)"
    expect_no_stderr
'

test_case "without --wait=all profile does not wait for a child that outlives its parent" '
    compile program <<END
#include <stdio.h>
#include <unistd.h>
static void leaf(void) { }
int main(void)
{
    int child;

    leaf();
    child = fork();
    if (child == 0)
        for (leaf();; pause())
            ;
    printf("%d\n", child);
    return 0;
}
END
    run timeout 20 "$profile" -o out.prof ./program
    kill "$(cat "$stdout")"
    expect_status 0
'

test_case "a daemon that profile has not waited for is told of, also before its first call, and so is how to wait" '
    compile program <<END
#include <stdio.h>
#include <unistd.h>
static void leaf(void) { }
int main(int argc, char **argv)
{
    for (; argc > 1; argc--) {
        int child = fork();

        if (child == 0)
            for (argv[1][0] == 0 ? leaf() : (void)0;; pause())
                ;
        printf("%d\n", child);
    }
    return 0;
}
END
    run "$profile" -o out.prof ./program
    expect_no_stderr
    run timeout 20 "$profile" -o out.prof ./program silent
    kill "$(cat "$stdout")"
    expect_equal "profile: a process of the program still runs, and its profile ends here: --wait=all waits for it" "$(cat "$stderr")"
    run timeout 20 "$profile" -o out.prof ./program "" ""
    # shellcheck disable=SC2046
    kill $(cat "$stdout")
    expect_equal "profile: 2 processes of the program still run, and their profiles end here: --wait=all waits for them" "$(cat "$stderr")"
'

test_case "500 forked children are all in the profile" '
    compile program <<END
#include <sys/wait.h>
#include <unistd.h>
static void leaf(void) { }
static void child(int n) { for (int i = 0; i < n; i++) leaf(); }
int main(void)
{
    for (int i = 1; i <= 500; i++) {
        if (fork() == 0) {
            child(i);
            _exit(0);
        }
        if (i % 50 == 0)
            while (wait(NULL) > 0)
                ;
    }
    return 0;
}
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_equal $((500 * 501 / 2)) "$(calls_of leaf)"
    expect_equal 500 "$(calls_of child)"
    expect_equal 501 "$(processes)"
'

test_case "children without instrumented calls are not listed" '
    compile program <<END
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
int main(void)
{
    if (fork() == 0)
        _exit(0);
    wait(NULL);
    return system("true");
}
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_equal 1 "$(processes)"
'

test_case "children that cannot reach the spool after chroot are reported as missing" '
    [ "$(id -u)" -eq 0 ] || skip "only root may change its root"
    mkdir jail
    compile program <<END
#define _GNU_SOURCE
#include <sys/wait.h>
#include <unistd.h>
static void leaf(void) { }
__attribute__((no_instrument_function)) static void child(void)
{
    if (chroot("jail") != 0)
        _exit(1);
    leaf();
    _exit(0);
}
int main(void)
{
    for (int i = 0; i < 3; i++)
        if (fork() == 0)
            child();
    while (wait(NULL) > 0)
        ;
    return 0;
}
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_equal 1 "$(processes)"
    run "$stats" out.prof
    expect_stderr_match "^stats: 3 forked processes are missing: "
    "$stats" --save sum.prof out.prof out.prof >/dev/null 2>&1
    run "$stats" sum.prof
    expect_stderr_match "^stats: 6 forked processes are missing: "
'

test_case "a child that gives up its user, its root, its descriptors and openat keeps recording" '
    [ "$(id -u)" -eq 0 ] || skip "only root may give up its user and its root"
    mkdir jail
    awk "BEGIN {
        print \"static void leaf(void) { }\"
        for (i = 0; i < 3000; i++)
            printf \"static void f%d(void) { leaf(); }\n\", i
        print \"static void all(void) {\"
        for (i = 0; i < 3000; i++)
            printf \"f%d();\n\", i
        print \"}\"
    }" >functions.h
    compile program <<END
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "functions.h"
static void child(void)
{
    struct sock_filter no_open[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {4, no_open};

    if (chroot("jail") != 0 || setgid(65534) != 0 || setuid(65534) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        _exit(1);
    for (int i = 0; i < 256; i++)
        close(i);
    all();
    _exit(0);
}
int main(void)
{
    int status;

    if (fork() == 0)
        child();
    wait(&status);
    return status;
}
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_no_stderr
    expect_equal 3000 "$(calls_of leaf)"
    run "$stats" out.prof
    expect_no_stderr
'

test_case "a child that changes what ps shows is listed by the changed name" '
    compile program <<END
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void leaf(void) { }
int main(int argc, char **argv)
{
    memset(argv[0], 0, (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]));
    strcpy(argv[0], "worker 1");
    if (fork() == 0) {
        leaf();
        _exit(0);
    }
    return wait(NULL) < 0;
}
END
    run "$profile" -o out.prof ./program with many words
    expect_status 0
    run "$stats" out.prof --by process
    expect_stdout_match "/program with many words$|\./program with many words$"
    expect_stdout_match "[─-].?worker 1.?$"
'

test_case "a forked child is listed by its last title, however it ends, and also while it runs" '
    compile program <<END
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
static void leaf(void) { }
int main(int argc, char **argv)
{
    size_t size = (size_t)(argv[argc - 1] + strlen(argv[argc - 1]) - argv[0]);

    for (int how = 0; how < 4; how++) {
        int ready[2], child;
        char none;

        pipe(ready);
        if ((child = fork()) == 0) {
            leaf();
            memset(argv[0], 0, size);
            snprintf(argv[0], size, "worker %d", how);
            close(ready[1]);
            if (how == 0) exit(0);
            if (how == 1) _exit(0);
            if (how == 2) execl("/bin/true", "true", (char *)NULL);
            for (;;)
                pause();
        }
        close(ready[1]);
        read(ready[0], &none, 1);
        if (how < 3)
            waitpid(child, NULL, 0);
        else
            printf("%d\n", child);
    }
    return 0;
}
END
    run timeout 20 "$profile" -o out.prof ./program with many words
    kill "$(cat "$stdout")"
    expect_status 0
    run "$stats" out.prof --by process
    for how in 0 1 2 3; do
        expect_stdout_match "worker $how.?$"
    done
    expect_stdout_match "program with many words$"
'

test_case "a child that the system call clone starts has no path from its parent, but is counted" '
    compile program <<END
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
static void leaf(void) { }
int main(void)
{
    long pid;

    leaf();
    pid = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        leaf();
        leaf();
        _exit(0);
    }
    waitpid((int)pid, NULL, 0);
    return 0;
}
END
    run "$profile" -o out.prof ./program
    expect_status 0
    expect_equal 3 "$(calls_of leaf)"
    expect_equal 2 "$(processes)"
'

test_done
