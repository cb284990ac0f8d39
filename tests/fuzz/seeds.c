/*
 * seeds.c - a small program whose image and profile have records of all kinds: `seeds [WHAT...]`.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define UNCOUNTED __attribute__((no_instrument_function))
#define NOINLINE  __attribute__((noinline))

enum { STACK_SIZE = 64 * 1024 };

static ucontext_t main_context, strand_context;
static char strand_stack[STACK_SIZE], signal_stack[STACK_SIZE];
static jmp_buf back;

NOINLINE static void leaf(void)
{
    __asm__ volatile("");
}

NOINLINE static void even(int depth);

NOINLINE static void odd(int depth)
{
    leaf();
    if (depth > 0)
        even(depth - 1);
}

NOINLINE static void even(int depth)
{
    if (depth > 0)
        odd(depth - 1);
    if (depth > 3)
        even(depth - 3);
}

/* Few functions in many contexts: each of them calls itself, and all that are not active. */
UNCOUNTED static void visit_others(unsigned active);

#define VISITOR(number)                                                                                      \
    NOINLINE static void visit##number(unsigned active)                                                      \
    {                                                                                                        \
        if (active & 1U << (number))                                                                         \
            return;                                                                                          \
        visit##number(active | 1U << (number));                                                              \
        visit_others(active | 1U << (number));                                                               \
    }

VISITOR(0)
VISITOR(1)
VISITOR(2)
VISITOR(3)
VISITOR(4)

UNCOUNTED static void visit_others(unsigned active)
{
    static void (*const visitors[])(unsigned) = {visit0, visit1, visit2, visit3, visit4};

    for (unsigned i = 0; i < sizeof visitors / sizeof *visitors; i++)
        if (!(active & 1U << i))
            visitors[i](active);
}

NOINLINE static void jump(int depth)
{
    if (depth > 0)
        jump(depth - 1);
    longjmp(back, 1);
}

NOINLINE static void catch_jump(void)
{
    if (setjmp(back) == 0)
        jump(2);
}

static void *work(void *depth)
{
    even(*(const int *)depth);
    return NULL;
}

NOINLINE static void start_threads(void)
{
    static const int depths[] = {1, 4, 6};
    pthread_t threads[3];

    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, work, (void *)&depths[i]);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}

static void run_strand(void)
{
    for (;;) {
        odd(2);
        swapcontext(&strand_context, &main_context);
    }
}

NOINLINE static void switch_stacks(void)
{
    getcontext(&strand_context);
    strand_context.uc_stack.ss_sp = strand_stack;
    strand_context.uc_stack.ss_size = sizeof strand_stack;
    makecontext(&strand_context, run_strand, 0);
    for (int i = 0; i < 3; i++)
        swapcontext(&main_context, &strand_context);
}

static void handle(int signal_number)
{
    odd(1);
    if (signal_number == SIGUSR2)
        _exit(3);
}

NOINLINE static void get_signal(int signal_number)
{
    const stack_t stack = {.ss_sp = signal_stack, .ss_size = sizeof signal_stack};
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_ONSTACK};

    sigaltstack(&stack, NULL);
    sigaction(signal_number, &action, NULL);
    leaf();
    raise(signal_number);
}

NOINLINE static void start_process(void)
{
    if (fork() == 0) {
        even(3);
        kill(getpid(), SIGKILL);
    }
    wait(NULL);
}

NOINLINE static void be_killed(int depth)
{
    leaf();
    if (depth > 0)
        be_killed(depth - 1);
    else
        kill(getpid(), SIGKILL);
}

UNCOUNTED static int wants(int argc, char **argv, const char *what)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], what) == 0)
            return 1;
    return 0;
}

int main(int argc, char **argv)
{
    if (wants(argc, argv, "recursion"))
        even(6);
    if (wants(argc, argv, "contexts"))
        visit_others(0);
    if (wants(argc, argv, "jump"))
        catch_jump();
    if (wants(argc, argv, "threads"))
        start_threads();
    if (wants(argc, argv, "strands"))
        switch_stacks();
    if (wants(argc, argv, "signal"))
        get_signal(SIGUSR1);
    if (wants(argc, argv, "fork"))
        start_process();
    if (wants(argc, argv, "exit"))
        get_signal(SIGUSR2);
    if (wants(argc, argv, "killed"))
        be_killed(3);
    return 0;
}
