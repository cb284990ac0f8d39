/*
 * sandbox_test.c - tests that the runtime judges system calls as the kernel does: random filters are asked
 * about a call, and set in a child that makes it.
 */
#include "tests/runtime/play.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arch.h"
#include "runtime/system/sandbox.h"
#include "runtime/system/system.h"

enum { FILTERS = 400, LENGTH = 60, REFUSED = 1, ALLOWED = 2, NO_SECCOMP = 3 };

static struct sock_filter code[BPF_MEMWORDS + LENGTH + 4];
static unsigned short length;

static void put(uint16_t operation, uint32_t k)
{
    code[length++] = (struct sock_filter){operation, 0, 0, k};
}

/* A number of few bits or of many. */
static uint32_t number(void)
{
    return rand() % 2 ? (uint32_t)rand() % 40 : (uint32_t)rand() * 2654435761u;
}

/* Returns the offset of a word of struct seccomp_data that the runtime knows: not of the instruction pointer,
 * nor of the machine where that has no number. */
static uint32_t offset(void)
{
    uint32_t word = (uint32_t)rand() % 14;

    if (word == 1 && ARCH_AUDIT == 0)
        word = 0;
    return (uint32_t)sizeof(uint32_t) * (word < 2 ? word : word + 2);
}

static void put_random(int left)
{
    static const uint16_t operations[] = {BPF_ADD, BPF_SUB, BPF_MUL, BPF_OR, BPF_AND, BPF_XOR};
    static const uint16_t tests[] = {BPF_JEQ, BPF_JGT, BPF_JGE, BPF_JSET};
    uint16_t source = rand() % 2 ? BPF_X : BPF_K;
    uint32_t place = (uint32_t)rand() % BPF_MEMWORDS;

    switch (rand() % 15) {
    case 0:
    case 1:
        put(BPF_LD | BPF_W | BPF_ABS, offset());
        break;
    case 2:
        put(rand() % 2 ? BPF_LD | BPF_W | BPF_LEN : BPF_LDX | BPF_W | BPF_LEN, 0);
        break;
    case 3:
        put(rand() % 2 ? BPF_LD | BPF_IMM : BPF_LDX | BPF_IMM, number());
        break;
    case 4:
        put(rand() % 2 ? BPF_LD | BPF_MEM : BPF_LDX | BPF_MEM, place);
        break;
    case 5:
        put(rand() % 2 ? BPF_ST : BPF_STX, place);
        break;
    case 6:
        put(BPF_MISC | (rand() % 2 ? BPF_TAX : BPF_TXA), 0);
        break;
    case 7:
        put(BPF_ALU | BPF_NEG, 0);
        break;
    case 8:
        put((uint16_t)(BPF_ALU | (rand() % 2 ? BPF_LSH : BPF_RSH) | source), (uint32_t)rand() % 32);
        break;
    case 9:
        put((uint16_t)(BPF_ALU | BPF_DIV | (rand() % 8 ? BPF_K : BPF_X)), 1 + number() % 1000);
        break;
    case 10:
        put(BPF_JMP | BPF_JA, (uint32_t)(rand() % left));
        break;
    case 11:
    case 12:
        put((uint16_t)(BPF_JMP | tests[rand() % 4] | source), number());
        code[length - 1].jt = (uint8_t)(rand() % left);
        code[length - 1].jf = (uint8_t)(rand() % left);
        break;
    default:
        put((uint16_t)(BPF_ALU | operations[rand() % 6] | source), number());
    }
}

/* Makes a filter that refuses only getppid, by a bit of what it has computed. */
static void make_filter(void)
{
    length = 0;
    put(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    put(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid);
    code[1].jt = 1;
    put(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    for (uint32_t i = 0; i < BPF_MEMWORDS; i++)
        put(BPF_ST, i);
    for (int left = LENGTH; left > 3; left--)
        put_random(left - 3);
    put(BPF_JMP | BPF_JSET | BPF_K, 5);
    code[length - 1].jf = 1;
    put(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1);
    put(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
}

/* Asks the kernel, in a child. Returns ALLOWED or REFUSED. */
static int ask_kernel(struct sock_fprog *program, const long *a)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        if (arch_syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0) != 0 ||
            arch_syscall(SYS_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (long)program, 0, 0, 0) != 0)
            _exit(NO_SECCOMP);
        _exit(arch_syscall(SYS_getppid, a[0], a[1], a[2], a[3], a[4], a[5]) > 0 ? ALLOWED : REFUSED);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : REFUSED;
}

static void judges(void **state)
{
    struct sock_fprog program = {0, code};
    int refused = 0;

    (void)state;
    srand(1);
    for (int i = 0; i < FILTERS; i++) {
        const long a[SYSTEM_ARGUMENTS] = {rand(), -1,           (long)((uint64_t)rand() << 20),
                                          0,      rand() % 100, -rand()};
        struct sandbox_filter *filter;
        int answer;

        make_filter();
        program.len = length;
        if ((answer = ask_kernel(&program, a)) == NO_SECCOMP)
            skip();
        filter = sandbox_read(&program);
        assert_non_null(filter);
        assert_int_equal(sandbox_filter_allows(filter, SYS_getppid, a) ? ALLOWED : REFUSED, answer);
        refused += answer == REFUSED;
    }
    assert_in_range(refused, FILTERS / 5, 4 * FILTERS / 5);
}

static void holds(void **state)
{
    struct sock_filter refuse_getppid[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_fprog program = {4, refuse_getppid};
    struct sandbox_filter *filter = sandbox_read(&program);

    (void)state;
    assert_int_not_equal(system_parent_pid(), 0);
    sandbox_add(filter);
    refuse_getppid[2].k = SECCOMP_RET_ALLOW; /* the copy does not change */
    assert_int_equal(system_parent_pid(), 0);
    assert_int_equal(system_pid(), getpid());
    sandbox_add(NULL);
    assert_int_equal(system_pid(), 0);
    sandbox_drop(NULL);
    assert_int_equal(system_pid(), getpid());
    sandbox_drop(filter);
    assert_int_not_equal(system_parent_pid(), 0);
}

static void is_careful(void **state)
{
    struct sock_filter endless[] = {BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX)};
    struct sock_filter foreign[] = {BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
                                    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    struct sock_filter far[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64),
                                BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const struct sock_fprog programs[] = {{1, endless}, {2, foreign}, {2, far}, {0, far}};
    const struct sock_fprog unreadable = {10, (struct sock_filter *)16};
    const long none[SYSTEM_ARGUMENTS] = {0};

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_false(sandbox_filter_allows(sandbox_read(&programs[i]), SYS_getpid, none));
    assert_null(sandbox_read(&unreadable));
    assert_null(sandbox_read((const void *)16));
    assert_null(sandbox_read(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("the runtime judges system calls as the kernel does", judges),
        TEST_ALONE("a call that a filter forbids fails until the filter is dropped", holds),
        TEST_ALONE("a filter that the kernel would refuse allows nothing, and a bad address is not followed",
                   is_careful),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
