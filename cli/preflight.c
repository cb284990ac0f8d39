/*
 * preflight.c - looks at a program before it is run. See preflight.h.
 *
 * Only what is certain is refused: a script is not, since what it starts may well be instrumented.
 */
#include "preflight.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/note.h"

/* Joins a directory of PATH, LENGTH bytes long, and a name; an empty directory is the current one. */
static char *join(const char *directory, size_t length, const char *name)
{
    char *path;

    if (asprintf(&path, "%.*s%s%s", (int)length, directory, length > 0 ? "/" : "./", name) < 0)
        return NULL;
    return path;
}

/* What keeps PATH from being run, as an error number; 0 if nothing does. */
static int run_error(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return errno;
    if (S_ISDIR(status.st_mode))
        return EISDIR;
    return access(path, X_OK) == 0 ? 0 : errno;
}

/* Finds the program; *ERROR says why not, where NULL is returned. */
static char *find(const char *name, int *error)
{
    const char *directories = getenv("PATH");
    int worst = ENOENT;

    if (strchr(name, '/') != NULL) {
        *error = run_error(name);
        return *error == 0 ? strdup(name) : NULL;
    }
    if (directories == NULL)
        directories = "/usr/local/bin:/usr/bin:/bin";
    for (;;) {
        size_t length = strcspn(directories, ":");
        char *path = join(directories, length, name);

        *error = path != NULL ? run_error(path) : ENOMEM;
        if (*error == 0)
            return path;
        free(path);
        if (*error == EACCES || *error == EISDIR)
            worst = *error;
        if (directories[length] == '\0')
            break;
        directories += length + 1;
    }
    *error = worst;
    return NULL;
}

/* Reads SIZE bytes at OFFSET of the file, all of them or -1. */
static int read_at(int descriptor, void *buffer, size_t size, uint64_t offset)
{
    return pread(descriptor, buffer, size, (off_t)offset) == (ssize_t)size ? 0 : -1;
}

/* Does the note segment at OFFSET hold the runtime's note? */
static int has_note(int descriptor, uint64_t offset, uint64_t size)
{
    struct note note;
    uint64_t end = offset + size;

    while (size >= sizeof note && offset <= end - sizeof note &&
           read_at(descriptor, &note, sizeof note, offset) == 0) {
        if (note.name_size == sizeof note.name && memcmp(note.name, NOTE_NAME, sizeof note.name) == 0)
            return 1;
        offset += 12 + (((uint64_t)note.name_size + 3) & ~3ull) + (((uint64_t)note.value_size + 3) & ~3ull);
    }
    return 0;
}

enum linkage { LINKAGE_UNKNOWN, LINKAGE_DYNAMIC, LINKAGE_STATIC, LINKAGE_BRINGS_RUNTIME };

static enum linkage find_linkage(int descriptor, const ElfW(Ehdr) * header)
{
    enum linkage linkage = LINKAGE_STATIC;

    for (unsigned i = 0; i < header->e_phnum; i++) {
        ElfW(Phdr) segment;

        if (header->e_phentsize != sizeof segment ||
            read_at(descriptor, &segment, sizeof segment, header->e_phoff + i * sizeof segment) != 0)
            return LINKAGE_UNKNOWN;
        if (segment.p_type == PT_INTERP && linkage == LINKAGE_STATIC)
            linkage = LINKAGE_DYNAMIC;
        if (segment.p_type == PT_NOTE && has_note(descriptor, segment.p_offset, segment.p_filesz))
            linkage = LINKAGE_BRINGS_RUNTIME;
    }
    return linkage;
}

/* Is this program built for the machine and word size that we, and so the runtime, are? */
static int is_foreign(const ElfW(Ehdr) * header, const ElfW(Ehdr) * own)
{
    return header->e_ident[EI_CLASS] != own->e_ident[EI_CLASS] || header->e_machine != own->e_machine;
}

static int own_header(ElfW(Ehdr) * header)
{
    int descriptor = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int result = descriptor >= 0 ? read_at(descriptor, header, sizeof *header, 0) : -1;

    if (descriptor >= 0)
        close(descriptor);
    return result;
}

static int look_inside(const char *path, int descriptor, struct message *message)
{
    ElfW(Ehdr) header, own;

    if (read_at(descriptor, &header, sizeof header, 0) != 0 || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return PREFLIGHT_OK; /* a script */
    if (own_header(&own) == 0 && is_foreign(&header, &own)) {
        message_set(message,
                    "%s is built for another kind of machine than the runtime: it cannot be profiled", path);
        return PREFLIGHT_UNFIT;
    }
    if (find_linkage(descriptor, &header) == LINKAGE_STATIC) {
        message_set(
            message,
            "%s is statically linked, so the runtime cannot be loaded into it: link it with -lprofile", path);
        return PREFLIGHT_UNFIT;
    }
    return PREFLIGHT_OK;
}

/* Would the program run as somebody else? The loader then ignores what it is told to preload. */
static int changes_identity(const struct stat *status)
{
    return ((status->st_mode & S_ISUID) && (status->st_uid != getuid() || status->st_uid != geteuid())) ||
           ((status->st_mode & S_ISGID) && (status->st_gid != getgid() || status->st_gid != getegid()));
}

int preflight(const char *name, char **path, struct message *message)
{
    struct stat status;
    int error, descriptor;
    int result = PREFLIGHT_OK;

    *path = find(name, &error);
    if (*path == NULL) {
        message_set(message, "cannot run %s: %s", name, strerror(error));
        return error == ENOENT || error == ENOTDIR ? PREFLIGHT_NOT_FOUND : PREFLIGHT_NOT_EXECUTABLE;
    }
    if (stat(*path, &status) == 0 && changes_identity(&status)) {
        message_set(
            message,
            "%s is setuid or setgid, so the runtime cannot be loaded into it: profile a copy that is not",
            *path);
        return PREFLIGHT_UNFIT;
    }
    descriptor = open(*path, O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) { /* else it may be run but not read */
        result = look_inside(*path, descriptor, message);
        close(descriptor);
    }
    return result;
}
