/*
 * refusal.c - says that PROFILE_OUT cannot be written. See refusal.h.
 */
#include "runtime/life/refusal.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "runtime/format/settings.h"
#include "runtime/format/text.h"
#include "runtime/system/system.h"

/* strerror() may allocate, and translates. */
static const char *reason_of(int error)
{
    switch (-error) {
    case EACCES:
    case EPERM:
        return "permission denied";
    case EISDIR:
        return "it is a directory";
    case ENAMETOOLONG:
        return "the name is too long";
    case ENODEV:
    case ENXIO:
    case ESPIPE:
        return "it is not a regular file";
    case ENOENT:
    case ENOTDIR:
        return "there is no such directory";
    case EDQUOT:
    case EFBIG:
    case ENOSPC:
        return "there is no space left";
    case EROFS:
        return "the file system is read-only";
    default:
        return NULL;
    }
}

/* Returns 1 if standard error takes a line now. A pipe that is full would stop the process, and one without a
 * reader would end it by SIGPIPE. */
static int is_ready(void)
{
    struct pollfd stream = {.fd = STDERR_FILENO, .events = POLLOUT};
    struct timespec now = {0};

    return SYSTEM_CALL(SYS_ppoll, &stream, 1, &now, NULL, 0, 0) == 1 && stream.revents == POLLOUT;
}

void refusal_print(const char *path, int error)
{
    static int is_printed;
    char line[PATH_MAX + 128];
    const char *reason = reason_of(error);
    size_t length = append(line, sizeof line, 0, "profile: cannot write " SETTINGS_OUT "=");

    if (__atomic_exchange_n(&is_printed, 1, __ATOMIC_RELAXED) || !is_ready())
        return;
    length = append(line, sizeof line, length, path);
    length = append(line, sizeof line, length, ": ");
    length = append(line, sizeof line, length, reason != NULL ? reason : "error ");
    if (reason == NULL)
        length = append_number(line, sizeof line, length, (uint64_t)-error);
    length = append(line, sizeof line, length, "; nothing is recorded\n");
    SYSTEM_CALL(SYS_write, STDERR_FILENO, line, length, 0, 0, 0);
}
