/*
 * sigprof.c - does one of the things by which a program could notice that somebody uses SIGPROF, and prints
 * what it sees: `sigprof WHAT`. Without an argument it prints all that it knows, a word in a line.
 *
 * In between it calls functions for some time, in which a timer of CPU time would fire.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct timespec soon = {0, 5000000};
static volatile unsigned sink;
static volatile sig_atomic_t arrived;

__attribute__((noinline)) static void leaf(unsigned x)
{
    sink = x;
}

static long milliseconds(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Calls functions for that CPU time of the thread. */
__attribute__((noinline)) static void spend(long time)
{
    long end = milliseconds(CLOCK_THREAD_CPUTIME_ID) + time;

    while (milliseconds(CLOCK_THREAD_CPUTIME_ID) < end)
        for (unsigned i = 0; i < 1000; i++)
            leaf(i);
}

static void count(int number)
{
    (void)number;
    arrived++;
}

static sigset_t all(void)
{
    sigset_t set;

    sigfillset(&set);
    return set;
}

static sigset_t none(void)
{
    sigset_t set;

    sigemptyset(&set);
    return set;
}

static void block_all(void)
{
    sigset_t set = all();

    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static void print_result(const char *what, int result)
{
    printf("%s: %d %s\n", what, result, result < 0 ? strerror(errno) : "");
}

static int is_default(void)
{
    struct sigaction action;

    return sigaction(SIGPROF, NULL, &action) == 0 && action.sa_handler == SIG_DFL && action.sa_flags == 0;
}

static int status_of(pid_t child)
{
    int status = -1;

    waitpid(child, &status, 0);
    return status;
}

/* ---- the action ---- */

static void reads_action(void)
{
    spend(20);
    printf("default: %d\n", is_default());
    spend(20);
}

/* Such a library calls none of the functions of a preloaded one: its sigaction() is a mere system call. */
static void opens_a_library_deeply(void)
{
    struct {
        void (*handler)(int number);
        unsigned long flags;
        void (*restorer)(void);
        unsigned long mask;
    } action = {SIG_IGN, 0, NULL, 0};

    spend(20);
    dlopen("libm.so.6", RTLD_NOW | RTLD_DEEPBIND);
    syscall(SYS_rt_sigaction, SIGPROF, NULL, &action, sizeof action.mask);
    printf("default: %d\n", action.handler == SIG_DFL);
    spend(20);
}

static void ignores(void)
{
    spend(20);
    printf("default before: %d\n", signal(SIGPROF, SIG_IGN) == SIG_DFL);
    spend(20);
    printf("ignored before: %d\n", signal(SIGPROF, SIG_DFL) == SIG_IGN);
    spend(20);
}

static void handles(void)
{
    spend(20);
    signal(SIGPROF, count);
    spend(40);
    printf("arrived: %d\n", (int)arrived);
    raise(SIGPROF);
    printf("arrived: %d\n", (int)arrived);
}

static void *work(void *is_blocked)
{
    sigset_t set = none();

    if (is_blocked != NULL)
        block_all();
    for (int i = 0; i < 10; i++)
        spend(5);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
    spend(5);
    return NULL;
}

static void handles_with_threads(void)
{
    pthread_t threads[8];

    for (int i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, work, i % 2 ? threads : NULL);
    spend(20);
    signal(SIGPROF, count);
    for (int i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    printf("arrived: %d\n", (int)arrived);
}

/* ---- pending signals ---- */

static void asks_what_is_pending(void)
{
    sigset_t set = none();

    block_all();
    spend(20);
    sigpending(&set);
    for (int i = 1; i < 65; i++)
        if (sigismember(&set, i) == 1)
            printf("pending: %d\n", i);
}

static void waits_for_all(void)
{
    sigset_t set = all();
    int number = 0;

    block_all();
    spend(20);
    print_result("sigtimedwait", sigtimedwait(&set, NULL, &soon));
    spend(20);
    kill(getpid(), SIGUSR1);
    print_result("sigwait", sigwait(&set, &number));
    printf("signal: %d\n", number);
}

static void reads_all_from_descriptor(void)
{
    struct signalfd_siginfo info;
    sigset_t set = all();
    int descriptor;

    block_all();
    spend(20);
    descriptor = signalfd(-1, &set, SFD_NONBLOCK);
    print_result("read", (int)read(descriptor, &info, sizeof info));
    spend(20);
    print_result("read", (int)read(descriptor, &info, sizeof info));
}

static void waits_after(int (*send)(void))
{
    sigset_t set = all();
    siginfo_t info = {0};

    block_all();
    spend(20);
    send();
    spend(20);
    print_result("first", sigtimedwait(&set, &info, &soon));
    printf("code: %d, from here: %d\n", info.si_code, info.si_pid == getpid());
    print_result("second", sigtimedwait(&set, &info, &soon));
}

static int send_to_process(void)
{
    return kill(getpid(), SIGPROF);
}

static int send_to_thread(void)
{
    return raise(SIGPROF);
}

static void gets_signal_of_process(void)
{
    waits_after(send_to_process);
}

static void gets_signal_of_thread(void)
{
    waits_after(send_to_thread);
}

/* ---- other masks ---- */

static void polls_with_mask(void)
{
    sigset_t set = none();

    block_all();
    spend(20);
    print_result("ppoll", ppoll(NULL, 0, &soon, &set));
}

static void selects_with_mask(void)
{
    sigset_t set = none();

    block_all();
    spend(20);
    print_result("pselect", pselect(0, NULL, NULL, NULL, &soon, &set));
}

static void waits_with_mask(void)
{
    int descriptor = epoll_create1(0);
    struct epoll_event event;
    sigset_t set = none();

    block_all();
    spend(20);
    print_result("epoll_pwait", epoll_pwait(descriptor, &event, 1, 5, &set));
}

static void suspends(void)
{
    struct itimerval alarm = {{0, 0}, {0, 50000}};
    sigset_t set = none();

    signal(SIGALRM, count);
    block_all();
    spend(20);
    setitimer(ITIMER_REAL, &alarm, NULL);
    print_result("sigsuspend", sigsuspend(&set));
    printf("arrived: %d\n", (int)arrived);
}

/* ---- blocking calls ---- */

static int is_interrupted(sem_t *never)
{
    struct timespec time = {0, 1000000};
    struct timeval limit = {0, 1000};

    spend(2);
    if (nanosleep(&time, NULL) != 0)
        return 1;
    spend(2);
    if (poll(NULL, 0, 1) != 0)
        return 1;
    spend(2);
    if (select(0, NULL, NULL, NULL, &limit) != 0)
        return 1;
    clock_gettime(CLOCK_REALTIME, &time);
    time.tv_nsec += 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    spend(1);
    return sem_timedwait(never, &time) != -1 || errno != ETIMEDOUT;
}

static void blocks_often(void)
{
    int interrupted = 0;
    sem_t never;

    sem_init(&never, 0, 0);
    for (int i = 0; i < 50; i++)
        interrupted += is_interrupted(&never);
    printf("interrupted: %d\n", interrupted);
}

/* ---- processes ---- */

static void is_killed_by_it(void)
{
    pid_t child;

    spend(20);
    child = fork();
    if (child == 0) {
        spend(20);
        raise(SIGPROF);
        _exit(7);
    }
    printf("child: %x\n", status_of(child));
    kill(getpid(), SIGPROF);
}

static void forks(void)
{
    sigset_t set = all();
    pid_t child;

    spend(20);
    child = fork();
    if (child == 0) {
        spend(20);
        block_all();
        spend(20);
        _exit(sigtimedwait(&set, NULL, &soon) >= 0 || !is_default());
    }
    printf("child: %x\n", status_of(child));
    child = fork();
    if (child == 0)
        _exit(!is_default());
    printf("child: %x\n", status_of(child));
    spend(20);
    printf("default: %d\n", is_default());
}

static void vforks(void)
{
    pid_t child;

    spend(20);
    child = vfork();
    if (child == 0)
        _exit(!is_default());
    printf("child: %x\n", status_of(child));
    spend(40);
    printf("default: %d\n", is_default());
    spend(20);
}

static void executes(void)
{
    block_all();
    spend(20);
    execl("/proc/self/exe", "sigprof", "is_executed", NULL);
}

static void is_executed(void)
{
    sigset_t set = none();

    pthread_sigmask(SIG_SETMASK, &set, NULL);
    spend(20);
    printf("default: %d\n", is_default());
}

static void starts_a_shell(void)
{
    spend(20);
    printf("shell: %x\n", (unsigned)system("kill -PROF $$; exit 3"));
    spend(20);
}

/* ---- small stacks ---- */

static void has_small_signal_stack(void)
{
    static char memory[8192];
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory}, old;

    spend(20);
    sigaltstack(&stack, NULL);
    spend(100);
    sigaltstack(NULL, &old);
    printf("stack: %d %zu\n", old.ss_flags, old.ss_size);
}

static void has_small_thread_stack(void)
{
    pthread_attr_t attributes;
    pthread_t thread;

    pthread_attr_init(&attributes);
    print_result("size", pthread_attr_setstacksize(&attributes, 48 * 1024));
    for (int i = 0; i < 5; i++) {
        pthread_create(&thread, &attributes, work, NULL);
        pthread_join(thread, NULL);
    }
}

/* ---- limits ---- */

static void has_small_limit_of_signals(void)
{
    const struct rlimit limit = {1, 1};

    spend(20);
    print_result("setrlimit", setrlimit(RLIMIT_SIGPENDING, &limit));
    spend(100);
}

static const struct {
    const char *name;
    void (*run)(void);
} things[] = {
#define THING(name)                                                                                          \
    {                                                                                                        \
#name, name                                                                                          \
    }
    THING(reads_action),
    THING(opens_a_library_deeply),
    THING(ignores),
    THING(handles),
    THING(handles_with_threads),
    THING(asks_what_is_pending),
    THING(waits_for_all),
    THING(reads_all_from_descriptor),
    THING(gets_signal_of_process),
    THING(gets_signal_of_thread),
    THING(polls_with_mask),
    THING(selects_with_mask),
    THING(waits_with_mask),
    THING(suspends),
    THING(blocks_often),
    THING(is_killed_by_it),
    THING(forks),
    THING(vforks),
    THING(executes),
    THING(is_executed),
    THING(starts_a_shell),
    THING(has_small_signal_stack),
    THING(has_small_thread_stack),
    THING(has_small_limit_of_signals),
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 1000);
    for (size_t i = 0; i < sizeof things / sizeof *things; i++)
        if (argc < 2)
            puts(things[i].name);
        else if (strcmp(argv[1], things[i].name) == 0)
            things[i].run();
    return 0;
}
