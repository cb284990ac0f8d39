/*
 * witness.c - tells a signal to this process alone from a signal to its process group. See witness.h.
 */
#include "cli/base/witness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct timespec at_once = {0, 0};

/* Whoever stops a service, as systemd does, may send the signal to each of its processes in turn. */
static const struct timespec one_turn = {0, 5000000}; /* 5 ms */

/* Milliseconds to wait for an answer: somebody may have stopped the witness. */
enum { PATIENCE = 1000 };

/* Gives the witness a name of its own, so that a signal by name (pkill, killall) spares it. */
static void rename_self(void)
{
    char words[4096];
    int descriptor = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t size = descriptor >= 0 ? read(descriptor, words, sizeof words) : 0;

    prctl(PR_SET_NAME, "signal-witness");
    if (size > 0) /* the words are one block of memory, which begins with the program's name */
        memset(program_invocation_name, 0, (size_t)size);
}

/* Closes the descriptors from FIRST to LAST. */
static void close_all(int first, int last)
{
    for (int descriptor = first; descriptor <= last; descriptor++)
        close(descriptor);
}

/* Closes all descriptors but SOCKET, for a pipe must end when the others that hold it have ended. */
static void close_others(int socket)
{
    int last = (int)sysconf(_SC_OPEN_MAX);

    if (socket > 0 && close_range(0, (unsigned)socket - 1, 0) != 0)
        close_all(0, socket - 1);
    if (close_range((unsigned)socket + 1, ~0U, 0) != 0)
        close_all(socket + 1, last < 65536 ? last : 65536);
}

/* Answers questions until the other process has ended. A question is a signal's number; the answer is 1 if
 * the signal was pending. */
static void testify(int socket)
{
    int number;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    rename_self();
    close_others(socket);
    while (read(socket, &number, sizeof number) == sizeof number) {
        sigset_t one;
        int answer;

        sigemptyset(&one);
        sigaddset(&one, number);
        answer = sigtimedwait(&one, NULL, &at_once) == number;
        if (write(socket, &answer, sizeof answer) != sizeof answer)
            break;
    }
    _exit(0);
}

void witness_open(struct witness *witness)
{
    int sockets[2];

    witness->pid = -1;
    witness->socket = -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
        return;
    witness->pid = fork();
    if (witness->pid == 0)
        testify(sockets[1]);
    witness->socket = sockets[0];
    close(sockets[1]);
    if (witness->pid < 0)
        witness_close(witness);
}

/* Returns 1 if the witness has received signal NUMBER, 0 if not, and -1 if it does not answer. */
static int ask(const struct witness *witness, int number)
{
    struct pollfd ready = {.fd = witness->socket, .events = POLLIN};
    int answer;

    if (send(witness->socket, &number, sizeof number, MSG_NOSIGNAL) != sizeof number ||
        poll(&ready, 1, PATIENCE) != 1 || read(witness->socket, &answer, sizeof answer) != sizeof answer)
        return -1;
    return answer;
}

/* Returns 1 if supervisors send signal NUMBER to end a program. */
static int is_farewell(int number)
{
    return number == SIGTERM || number == SIGINT || number == SIGHUP || number == SIGQUIT;
}

/* setpgid() waits until the kernel has sent the signal to the whole group, for it takes a lock for writing
 * that the sender holds for reading (tasklist_lock in Linux). */
int witness_saw(const struct witness *witness, const siginfo_t *info)
{
    int saw;

    if (witness->pid < 0)
        return info->si_code == SI_KERNEL;
    setpgid(0, getpgrp());
    saw = ask(witness, info->si_signo);
    if (saw == 0 && is_farewell(info->si_signo)) {
        nanosleep(&one_turn, NULL);
        saw = ask(witness, info->si_signo);
    }
    return saw >= 0 ? saw : info->si_code == SI_KERNEL;
}

void witness_close(struct witness *witness)
{
    if (witness->pid > 0) {
        kill(witness->pid, SIGKILL);
        while (waitpid(witness->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (witness->socket >= 0)
        close(witness->socket);
    witness->pid = -1;
    witness->socket = -1;
}
