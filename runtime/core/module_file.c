/*
 * module_file.c - opens the files of modules and sends them to the launcher's socket. See module_file.h.
 */
#include "runtime/core/module_file.h"

#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "runtime/core/modules.h"
#include "runtime/core/settings.h"
#include "runtime/format/spool.h"
#include "runtime/format/text.h"
#include "runtime/system/system.h"

enum { OPEN_FLAGS = O_RDONLY | O_NONBLOCK | O_NOCTTY }; /* a FIFO may have taken the place of the file */

/* Appends NUMBER in hexadecimal, or nothing if it does not fit. Returns the new length. */
static size_t append_hex(char *text, size_t size, size_t length, uint64_t number)
{
    char digits[20];
    char *digit = digits + sizeof digits - 1;

    *digit = '\0';
    do
        *--digit = "0123456789abcdef"[number % 16];
    while ((number /= 16) != 0);
    return append(text, size, length, digit);
}

/* Opens the file that the code of the module is mapped from, whatever has become of its name. The kernel
 * grants that to few processes: those of root, and with CAP_CHECKPOINT_RESTORE. */
static int mapped_open(const struct dl_phdr_info *info)
{
    uint64_t page = getauxval(AT_PAGESZ);
    char path[64];
    size_t length;

    for (size_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uint64_t from = info->dlpi_addr + segment->p_vaddr;

        if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X))
            continue;
        length = append(path, sizeof path, 0, "/proc/self/map_files/");
        length = append_hex(path, sizeof path, length, from & -page);
        length = append(path, sizeof path, length, "-");
        append_hex(path, sizeof path, length, (from + segment->p_filesz + page - 1) & -page);
        return (int)system_open(path, OPEN_FLAGS, 0);
    }
    return -1;
}

int module_file_open(const struct dl_phdr_info *info, const char *path)
{
    int descriptor =
        module_is_program(info) ? (int)system_open("/proc/self/exe", OPEN_FLAGS, 0) : mapped_open(info);

    return descriptor >= 0 ? descriptor : (int)system_open(path, OPEN_FLAGS, 0);
}

/* Fills ADDRESS with that of the launcher's socket. Returns 0, or -1 if there is none or its path is too
 * long. */
static int address_of_launcher(struct sockaddr_un *address)
{
    size_t length, size = sizeof address->sun_path;

    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    length = append(address->sun_path, size, 0, settings_get()->spool);
    if (length == 0)
        return -1;
    return append(address->sun_path, size, length, "/" SPOOL_FILES) > length ? 0 : -1;
}

/* Sends DESCRIPTOR and PATH through SOCKET to ADDRESS. */
static void send_file(int socket, const struct sockaddr_un *address, int descriptor, const char *path)
{
    union {
        struct cmsghdr header; /* for its alignment */
        char bytes[CMSG_SPACE(sizeof descriptor)];
    } control;
    struct iovec text = {.iov_base = (char *)(uintptr_t)path, .iov_len = strlen(path)};
    struct msghdr message = {.msg_name = (void *)(uintptr_t)address,
                             .msg_namelen = sizeof *address,
                             .msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};

    memset(&control, 0, sizeof control);
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    control.header.cmsg_len = CMSG_LEN(sizeof descriptor);
    memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    SYSTEM_CALL(SYS_sendmsg, socket, &message, MSG_NOSIGNAL, 0, 0, 0);
}

/* The launcher reads at once. If it cannot, as when it is stopped, the program does not wait for it for long.
 */
void module_file_hand_over(int descriptor, const char *path)
{
    static const struct timeval patience = {.tv_sec = 0, .tv_usec = 100000};
    struct sockaddr_un address;
    long socket;

    if (path[0] == '\0' || address_of_launcher(&address) != 0 || system_is_confined())
        return;
    socket = SYSTEM_CALL(SYS_socket, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, 0, 0, 0);
    if (socket < 0)
        return;
    SYSTEM_CALL(SYS_setsockopt, socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience, 0);
    send_file((int)socket, &address, descriptor, path);
    system_close((int)socket);
}
