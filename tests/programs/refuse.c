/*
 * refuse.c - runs a command for which perf_event_open fails, as containers and some distributions have it:
 * `refuse ERROR COMMAND...`, with a number for the error. With "kill" for ERROR it kills the process.
 *
 * Exits with 77 where there is no seccomp.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    unsigned action = argc > 1 && strcmp(argv[1], "kill") == 0
                          ? SECCOMP_RET_KILL_PROCESS
                          : SECCOMP_RET_ERRNO | (argc > 1 ? (unsigned)atoi(argv[1]) : 0);
    struct sock_filter no_samples[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, action),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof no_samples / sizeof *no_samples, no_samples};

    if (argc < 3 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return 77;
    execvp(argv[2], argv + 2);
    return 126;
}
