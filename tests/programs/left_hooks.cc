/*
 * left_hooks.cc - a signal handler leaves for good after each instruction of the hooks in turn.
 *
 *     left_hooks WAY PATH HANDLER
 *
 * WAY is how it leaves: siglongjmp, setcontext, throw, pthread_exit, or pthread_cancel. With fork
 * it forks and returns, in both processes. With PATH slow, all
 * hooks take their slow paths: dead frames lie above. With HANDLER calls, the handler calls an instrumented
 * function first.
 *
 * Prints what the profile must have, as lines "CALLER CALLEE LEAST MOST"; the CALLER "*" is any. A call whose
 * entry was interrupted may count or not.
 */
#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define NOINLINE extern "C" __attribute__((noinline))
#define UNSEEN   __attribute__((no_instrument_function))

enum { TRAP = 1 << 8 };

extern "C" const char __executable_start, etext;

static sigjmp_buf jump;
static ucontext_t context;
static void *dived[5];
static const char *way;
static bool is_slow, handler_calls, ends_thread, is_child;
static long children, crashed;
static volatile bool is_left;
static volatile long steps_left;
static volatile long attempts, working, leaves_of_work, dives_of_work, handled;

NOINLINE int leaf(int n)
{
    __asm__ volatile("");
    return n + 1;
}

NOINLINE void handler_callee(int n)
{
    __asm__ volatile("" : : "r"(n));
}

/* Leaves a frame behind that reaches far below its caller's. */
NOINLINE void dive(int n)
{
    volatile char room[2000];

    room[0] = (char)n;
    __builtin_longjmp(dived, 1);
}

NOINLINE UNSEEN void dive_unseen(int n)
{
    if (__builtin_setjmp(dived) == 0)
        dive(n);
}

NOINLINE int work(int n)
{
    working = working + 1;
    n = leaf(n);
    leaves_of_work = leaves_of_work + 1;
    if (is_slow) {
        dives_of_work = dives_of_work + 1;
        dive_unseen(n);
    }
    return n + 1;
}

NOINLINE int after(int n)
{
    return leaf(n) + 1;
}

UNSEEN static void fork_and_wait()
{
    int status = 0;

    is_child = fork() == 0;
    if (is_child)
        return;
    wait(&status);
    children++;
    crashed += status != 0;
}

UNSEEN static void leave()
{
    is_left = true;
    if (handler_calls) {
        handled = handled + 1;
        handler_callee(1);
    }
    if (strcmp(way, "fork") == 0) {
        fork_and_wait();
        return;
    }
    if (strcmp(way, "siglongjmp") == 0)
        siglongjmp(jump, 1);
    if (strcmp(way, "setcontext") == 0)
        setcontext(&context);
    if (strcmp(way, "pthread_cancel") == 0)
        pthread_cancel(pthread_self());
    if (ends_thread)
        pthread_exit(NULL);
    throw 1;
}

/* Returns whether INTERRUPTED code is about to block all signals: it would die of the next step. Blocks them
 * in its place, and sends a signal that arrives when they are unblocked. */
UNSEEN static bool block(ucontext_t *interrupted)
{
    greg_t *registers = interrupted->uc_mcontext.gregs;
    uint64_t *old = reinterpret_cast<uint64_t *>(registers[REG_RDX]);

    if (memcmp(reinterpret_cast<const void *>(registers[REG_RIP]), "\x0f\x05", 2) != 0 ||
        registers[REG_RAX] != SYS_rt_sigprocmask || registers[REG_RSI] == 0 ||
        *reinterpret_cast<const uint64_t *>(registers[REG_RSI]) != UINT64_MAX)
        return false;
    raise(SIGUSR1);
    *old = *reinterpret_cast<const uint64_t *>(&interrupted->uc_sigmask);
    sigfillset(&interrupted->uc_sigmask);
    registers[REG_RIP] += 2;
    registers[REG_RAX] = 0;
    registers[REG_EFL] &= ~TRAP;
    return true;
}

UNSEEN static void trap(int, siginfo_t *, void *argument)
{
    ucontext_t *interrupted = static_cast<ucontext_t *>(argument);
    greg_t *registers = interrupted->uc_mcontext.gregs;
    const char *at = reinterpret_cast<const char *>(registers[REG_RIP]);

    if (at >= &__executable_start && at < &etext)
        return;
    registers[REG_EFL] &= ~TRAP;
    if (--steps_left == 0)
        leave();
    if (steps_left > 0 && !block(interrupted))
        registers[REG_EFL] |= TRAP;
}

UNSEEN static inline __attribute__((always_inline)) void step(bool on)
{
    uint64_t flags = __builtin_ia32_readeflags_u64();

    __builtin_ia32_writeeflags_u64(on ? flags | TRAP : flags & ~static_cast<uint64_t>(TRAP));
}

/* Works in a thread that ends there. */
NOINLINE void *body(void *)
{
    int before;

    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &before);
    if (is_slow)
        dive_unseen(1);
    step(true);
    work(1);
    step(false);
    return NULL;
}

UNSEEN static void run_thread()
{
    pthread_t thread;

    pthread_create(&thread, NULL, body, NULL);
    pthread_join(thread, NULL);
}

/* Works, and leaves after instruction number COUNT of the hooks. Returns whether there was one. */
NOINLINE bool attempt(long count)
{
    sigset_t none;

    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL); /* an exception leaves the mask as it is */
    attempts = attempts + 1;
    is_left = false;
    steps_left = count;
    if (is_slow && !ends_thread)
        dive_unseen(1);
    getcontext(&context);
    try {
        if (ends_thread) {
            run_thread();
        } else if (!is_left && sigsetjmp(jump, 1) == 0) {
            step(true);
            work(1);
            step(false);
        }
    } catch (int) {
    }
    after(1);
    after(2);
    if (is_child)
        _exit(0);
    return is_left;
}

int main(int, char **arguments)
{
    struct sigaction action = {};
    const char *worker;
    long count = 0;

    way = arguments[1];
    ends_thread = strncmp(way, "pthread", 7) == 0;
    worker = ends_thread ? "body" : "attempt";
    is_slow = strcmp(arguments[2], "slow") == 0;
    handler_calls = strcmp(arguments[3], "calls") == 0;
    action.sa_sigaction = trap;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigaddset(&action.sa_mask, SIGUSR1);
    sigaction(SIGTRAP, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    for (int i = 0; i < 100; i++)
        attempt(1L << 40); /* until all contexts are known */
    while (attempt(++count))
        ;
    if (ends_thread)
        std::printf("- body %ld %ld\n", attempts, attempts);
    std::printf("- main 1 1\nmain attempt %ld %ld\n", attempts, attempts);
    std::printf("%s work %ld %ld\nwork leaf %ld %ld\n", worker, working, attempts + children, leaves_of_work,
                working + children);
    std::printf("attempt after %ld %ld\nafter leaf %ld %ld\n", 2 * (attempts + children),
                2 * (attempts + children), 2 * (attempts + children), 2 * (attempts + children));
    if (children > 0) /* one may not know a call that was just beginning */
        std::printf("attempt leaf 0 %ld\n", children / 7);
    if (is_slow)
        std::printf("%s dive %ld %ld\nwork dive %ld %ld\n", worker, attempts, attempts, 100L, dives_of_work);
    std::printf("* handler_callee %ld %ld\n", handled, handled);
    return count > 50 && crashed == 0 ? 0 : 1;
}
