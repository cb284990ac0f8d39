/*
 * preflight.c - looks at a program before it runs. See preflight.h.
 *
 * It refuses only programs that certainly cannot be profiled. A script may start one that can.
 */
#include "cli/record/preflight.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "cli/base/folders.h"
#include "runtime/format/note.h"

/* A program that is searched for. */
struct wanted {
    const char *name;
    char *path; /* to be freed, or NULL */
    int error;  /* why it was not found */
};

static int visit_folder(const char *folder, void *argument)
{
    struct wanted *wanted = argument;
    char *path;
    int error;

    if (asprintf(&path, "%s/%s", folder, wanted->name) < 0)
        return 0;
    error = folders_run_error(path);
    if (error == 0) {
        wanted->path = path;
        return 1;
    }
    if (error == EACCES || error == EISDIR)
        wanted->error = error;
    free(path);
    return 0;
}

/* Returns the path of the program NAME, which the caller frees. Returns NULL and fills ERROR if there is
 * none. */
static char *find(const char *name, int *error)
{
    struct wanted wanted = {.name = name, .error = ENOENT};

    if (strchr(name, '/') != NULL) {
        *error = folders_run_error(name);
        return *error == 0 ? strdup(name) : NULL;
    }
    folders_visit(visit_folder, &wanted);
    *error = wanted.path == NULL ? wanted.error : 0;
    return wanted.path;
}

/* Reads SIZE bytes at OFFSET of the file. Returns 0, or -1 if it has not all of them. */
static int read_at(int descriptor, void *buffer, size_t size, uint64_t offset)
{
    return pread(descriptor, buffer, size, (off_t)offset) == (ssize_t)size ? 0 : -1;
}

/* Returns 1 if the note segment at OFFSET has the runtime's note. */
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

/* How a program is linked, by its segments. */
struct linkage {
    char loader[PATH_MAX]; /* the loader it asks for; "": it is static */
    int brings_runtime;
};

/* Fills LINKAGE. Returns 0, or -1 if the file is cut short or has an unknown layout. */
static int linkage_read(struct linkage *linkage, int descriptor, const ElfW(Ehdr) * header)
{
    *linkage = (struct linkage){.brings_runtime = 0};
    for (unsigned i = 0; i < header->e_phnum; i++) {
        ElfW(Phdr) segment;

        if (header->e_phentsize != sizeof segment ||
            read_at(descriptor, &segment, sizeof segment, header->e_phoff + i * sizeof segment) != 0)
            return -1;
        if (segment.p_type == PT_INTERP &&
            (segment.p_filesz >= sizeof linkage->loader ||
             read_at(descriptor, linkage->loader, segment.p_filesz, segment.p_offset) != 0))
            return -1;
        if (segment.p_type == PT_NOTE && has_note(descriptor, segment.p_offset, segment.p_filesz))
            linkage->brings_runtime = 1;
    }
    return 0;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* Returns 1 if the loader of another C library would have to load the runtime. Only base names are compared,
 * for distributions keep a loader in different directories. */
static int has_other_loader(const struct linkage *linkage, const struct linkage *own)
{
    return own->loader[0] != '\0' && strcmp(base_name(linkage->loader), base_name(own->loader)) != 0;
}

/* Returns 1 if the program is built for another machine or word size than OWN, and so than the runtime.
 */
static int is_foreign(const ElfW(Ehdr) * header, const ElfW(Ehdr) * own)
{
    return header->e_ident[EI_CLASS] != own->e_ident[EI_CLASS] || header->e_machine != own->e_machine;
}

/* Fills HEADER and LINKAGE from this program: the runtime is built as it is. */
static int own_read(ElfW(Ehdr) * header, struct linkage *linkage)
{
    int descriptor = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    int result = descriptor >= 0 ? read_at(descriptor, header, sizeof *header, 0) : -1;

    if (result == 0)
        result = linkage_read(linkage, descriptor, header);
    if (descriptor >= 0)
        close(descriptor);
    return result;
}

/* Returns in words why a program that is linked so cannot load the runtime, or NULL if it can. */
static const char *obstacle(const struct linkage *linkage, const struct linkage *own)
{
    if (linkage->loader[0] == '\0')
        return "is statically linked";
    return has_other_loader(linkage, own) ? "is linked with another C library than the runtime" : NULL;
}

static int look_inside(struct preflight *preflight, int descriptor, struct message *message)
{
    const char *path = preflight->path, *keeps_out;
    ElfW(Ehdr) header, own_header;
    struct linkage linkage, own;

    if (read_at(descriptor, &header, sizeof header, 0) != 0 || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        own_read(&own_header, &own) != 0)
        return PREFLIGHT_OK; /* a script */
    if (is_foreign(&header, &own_header)) {
        message_set(message,
                    "%s is built for another kind of machine than the runtime: it cannot be profiled", path);
        return PREFLIGHT_UNFIT;
    }
    if (linkage_read(&linkage, descriptor, &header) != 0)
        return PREFLIGHT_OK; /* the kernel will say what is wrong */
    keeps_out = obstacle(&linkage, &own);
    if (keeps_out != NULL && !linkage.brings_runtime) {
        message_set(message, "%s %s, so the runtime cannot be loaded into it: link it with -lprofile", path,
                    keeps_out);
        return PREFLIGHT_UNFIT;
    }
    preflight->brings_runtime = linkage.brings_runtime;
    preflight->keeps_preload_out = linkage.loader[0] != '\0' && keeps_out != NULL;
    return PREFLIGHT_OK;
}

/* Returns 1 if the program would get capabilities from its file. The loader preloads nothing into it then,
 * except for root, who has them anyway. */
static int gains_capabilities(const char *path)
{
    return geteuid() != 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 &&
           getxattr(path, "security.capability", NULL, 0) > 0;
}

/* Returns 1 if the program would run as another user or group. The loader preloads nothing into it then. */
static int changes_identity(const struct stat *status)
{
    return ((status->st_mode & S_ISUID) && (status->st_uid != getuid() || status->st_uid != geteuid())) ||
           ((status->st_mode & S_ISGID) && (status->st_gid != getgid() || status->st_gid != getegid()));
}

int preflight(struct preflight *preflight, const char *name, struct message *message)
{
    struct stat status;
    int error, descriptor;
    int result = PREFLIGHT_OK;

    *preflight = (struct preflight){.path = NULL};
    if (*name == '\0') {
        message_set(message, "the program's name is empty");
        return PREFLIGHT_NOT_EXECUTABLE;
    }
    preflight->path = find(name, &error);
    if (preflight->path == NULL) {
        message_set(message, "cannot run %s: %s", name, strerror(error));
        return error == ENOENT || error == ENOTDIR ? PREFLIGHT_NOT_FOUND : PREFLIGHT_NOT_EXECUTABLE;
    }
    if (stat(preflight->path, &status) == 0 && changes_identity(&status)) {
        message_set(
            message,
            "%s is setuid or setgid, so the runtime cannot be loaded into it: profile a copy that is not",
            preflight->path);
        return PREFLIGHT_UNFIT;
    }
    if (gains_capabilities(preflight->path)) {
        message_set(message,
                    "%s has file capabilities, so the runtime cannot be loaded into it: profile a copy "
                    "without them, or "
                    "as root",
                    preflight->path);
        return PREFLIGHT_UNFIT;
    }
    descriptor = open(preflight->path, O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) { /* else it may be run but not read */
        result = look_inside(preflight, descriptor, message);
        close(descriptor);
    }
    return result;
}
