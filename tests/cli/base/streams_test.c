/*
 * streams_test.c - tests how a command keeps files away from its standard descriptors. Each test closes them
 * in a child.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/base/streams.h"

/* Returns 1 if CHECK holds in a child without the descriptors whose bit is set in CLOSED. */
static int holds_without(int closed, int (*check)(int closed))
{
    pid_t child = fork();
    int status = -1;

    if (child == 0) {
        for (int i = 0; i < 3; i++)
            if ((closed >> i & 1) != 0)
                close(i);
        streams_open();
        _exit(check(closed) ? 0 : 1);
    }
    waitpid(child, &status, 0);
    return status == 0;
}

static int next_is_higher(int closed)
{
    (void)closed;
    return open("/dev/null", O_RDONLY | O_CLOEXEC) > 2;
}

/* Returns 1 if the descriptors fail as closed ones do, and are closed in programs that are executed. */
static int fail_as_closed(int closed)
{
    char byte = 0;

    for (int i = 0; i < 3; i++) {
        if ((closed >> i & 1) == 0)
            continue;
        errno = 0;
        if ((i == 0 ? read(i, &byte, 1) : write(i, &byte, 1)) != -1 || errno != EBADF ||
            fcntl(i, F_GETFD) != FD_CLOEXEC)
            return 0;
    }
    return 1;
}

/* Returns 1 if the descriptors that were open have kept their flags. */
static int others_are_kept(int closed)
{
    for (int i = 0; i < 3; i++)
        if ((closed >> i & 1) == 0 && fcntl(i, F_GETFD) != 0)
            return 0;
    return 1;
}

static void files_are_kept_away(void **state)
{
    (void)state;
    for (int closed = 0; closed < 8; closed++)
        assert_true(holds_without(closed, next_is_higher));
}

static void descriptors_stay_closed(void **state)
{
    (void)state;
    for (int closed = 0; closed < 8; closed++)
        assert_true(holds_without(closed, fail_as_closed));
}

static void open_ones_are_kept(void **state)
{
    (void)state;
    for (int closed = 0; closed < 8; closed++)
        assert_true(holds_without(closed, others_are_kept));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"no file that is opened takes the place of a closed standard descriptor", files_are_kept_away, NULL,
         NULL, NULL},
        {"closed standard descriptors still fail, and are closed in programs that are executed",
         descriptors_stay_closed, NULL, NULL, NULL},
        {"open standard descriptors are left alone", open_ones_are_kept, NULL, NULL, NULL},
    };

    return cmocka_run_group_tests_name("standard", tests, NULL, NULL);
}
