/*
 * keeper_test.c - which files the launcher keeps of those that a program sends it, by cli/record/keeper.c.
 */
#include "cli/record/keeper.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "runtime/format/spool.h"
#include "tests/lib/case.h"

static char folder[] = "keeper.XXXXXX";
static struct keeper keeper;
static size_t open_before;

static size_t count_open(void)
{
    DIR *directory = opendir("/proc/self/fd");
    size_t count = 0;

    assert_non_null(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "keeper.XXXXXX");
    assert_non_null(mkdtemp(folder));
    open_before = count_open();
    keeper_open(&keeper, folder);
    keeper_start(&keeper);
    return 0;
}

static int teardown(void **state)
{
    char path[64];

    (void)state;
    keeper_close(&keeper);
    assert_int_equal(count_open(), open_before);
    snprintf(path, sizeof path, "%s/" SPOOL_FILES, folder);
    unlink(path);
    return rmdir(folder);
}

/* Sends the file PATH, COUNT times in one message. If COUNT is 0, the message is empty. */
static void send_file(const char *path, size_t count)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(4 * sizeof(int))];
    } control = {.header = {.cmsg_len = CMSG_LEN(count * sizeof(int)),
                            .cmsg_level = SOL_SOCKET,
                            .cmsg_type = SCM_RIGHTS}};
    struct iovec text = {.iov_base = (char *)(uintptr_t)path, .iov_len = count > 0 ? strlen(path) : 0};
    struct msghdr message = {.msg_name = &address,
                             .msg_namelen = sizeof address,
                             .msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = count > 0 ? control.bytes : NULL,
                             .msg_controllen = count == 0 ? 0 : CMSG_SPACE(count * sizeof(int))};
    int sender = socket(AF_UNIX, SOCK_DGRAM, 0), file = open(path, O_RDONLY);

    snprintf(address.sun_path, sizeof address.sun_path, "%s/" SPOOL_FILES, folder);
    for (size_t i = 0; i < count; i++)
        memcpy(CMSG_DATA(&control.header) + i * sizeof file, &file, sizeof file);
    assert_int_equal(sendmsg(sender, &message, 0), text.iov_len);
    close(file);
    close(sender);
}

static void keeps_each_file_once(void **state)
{
    (void)state;
    send_file("/proc/self/exe", 1);
    send_file("/proc/self/exe", 1);
    send_file("/dev/null", 1);
    keeper_stop(&keeper);
    assert_int_equal(keeper.count, 1);
    assert_string_equal(keeper.files[0].path, "/proc/self/exe");
    assert_int_equal(count_open(), open_before + 2); /* the file and the socket */
}

static void takes_one_file_of_a_message(void **state)
{
    (void)state;
    send_file("/proc/self/exe", 2);
    send_file("/proc/self/exe", 4);
    keeper_stop(&keeper);
    assert_int_equal(keeper.count, 1);
    assert_int_equal(count_open(), open_before + 2);
}

static void passes_over_empty_messages(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        send_file("/proc/self/exe", 0);
    send_file("/proc/self/exe", 1);
    send_file("/proc/self/exe", 0);
    send_file("/bin/sh", 1);
    keeper_stop(&keeper);
    assert_int_equal(keeper.count, 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST("a regular file is kept open once, and no other", keeps_each_file_once),
        TEST("a message that brings several files leaves none of the others open",
             takes_one_file_of_a_message),
        TEST("an empty message does not end the receiving", passes_over_empty_messages),
    };

    return cmocka_run_group_tests_name("keeper", tests, NULL, NULL);
}
