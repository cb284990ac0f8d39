/*
 * lock.h - a function by which a test program forbids itself all system calls but some.
 */
#ifndef TESTS_PROGRAMS_LOCK_H
#define TESTS_PROGRAMS_LOCK_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Forbids all system calls but write, exit_group, rt_sigreturn and the COUNT calls of ALLOWED. Others get
 * ACTION, a value of seccomp(2). WAY is "prctl", "syscall", "syscall-prctl", or "tsync": then for all
 * threads. Exits with 77 where there is no seccomp. */
__attribute__((no_instrument_function)) static void lock(const char *way, unsigned action, const int *allowed,
                                                         int count)
{
    static const int always[] = {SYS_write, SYS_exit_group, SYS_rt_sigreturn};
    struct sock_filter filter[256];
    struct sock_fprog program = {0, filter};
    long result = -1;

    filter[program.len++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (int i = 0; i < count + 3; i++) {
        unsigned number = (unsigned)(i < 3 ? always[i] : allowed[i - 3]);

        filter[program.len++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
        filter[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    filter[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        exit(77);
    if (strcmp(way, "prctl") == 0)
        result = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
    else if (strcmp(way, "syscall-prctl") == 0)
        result = syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
    else
        result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
                         strcmp(way, "tsync") == 0 ? SECCOMP_FILTER_FLAG_TSYNC : 0, &program);
    if (result != 0)
        exit(77);
}

#endif
