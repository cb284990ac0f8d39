/*
 * sanitized.cc - does what sanitizers and the runtime both take part in: exceptions, longjmp, threads,
 * memory, fork, exec and a list of the modules. It calls leaf() 104 times.
 *
 *     sanitized [overflow | leak | exec]
 *
 * "overflow" writes behind a block of memory, "leak" forgets a block, and "exec" runs the program once more.
 */
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <link.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))

static jmp_buf buffer;
static char *volatile block;

NOINLINE static void leaf()
{
    __asm__ volatile("");
}

NOINLINE static void throws()
{
    leaf();
    throw 1;
}

NOINLINE static void jumps()
{
    leaf();
    longjmp(buffer, 1);
}

NOINLINE static void *thread(void *argument)
{
    for (int i = 0; i < 100; i++)
        leaf();
    return argument;
}

static int visit(struct dl_phdr_info *, size_t, void *count)
{
    ++*(int *)count;
    return 0;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    int modules = 0, status;
    pthread_t other;

    try {
        throws();
    } catch (int) {
        leaf();
    }
    if (setjmp(buffer) == 0)
        jumps();
    pthread_create(&other, NULL, thread, NULL);
    pthread_join(other, NULL);
    block = (char *)calloc(100, 1);
    if (fork() == 0) {
        leaf();
        free(block);
        _exit(3);
    }
    wait(&status);
    dl_iterate_phdr(visit, &modules);
    printf("%d %d\n", WEXITSTATUS(status), modules > 1);
    fflush(stdout);
    if (strcmp(word, "overflow") == 0)
        block[100] = 1;
    if (strcmp(word, "exec") == 0)
        execl(argv[0], argv[0], (char *)NULL);
    if (strcmp(word, "leak") == 0)
        block = NULL;
    free(block);
    return 0;
}
