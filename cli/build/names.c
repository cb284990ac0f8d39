/*
 * names.c - the names of compilers. See names.h.
 */
#include "cli/build/names.h"

#include <stddef.h>
#include <string.h>
#include <sys/utsname.h>

static const char *const GCC[] = {"gcc", "g++", "gfortran", NULL};
static const char *const CLANG[] = {"clang", "clang++", NULL};
static const char *const OTHERS[] = {"cc", "c++", "c89", "c99", NULL};

const char *names_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

/* Returns the length of NAME without "-VERSION" at its end. */
static size_t length_without_version(const char *name)
{
    const char *dash = strrchr(name, '-');

    return dash != NULL && dash[1] != '\0' && dash[1 + strspn(dash + 1, "0123456789.")] == '\0'
               ? (size_t)(dash - name)
               : strlen(name);
}

/* Returns the length of the target before one of STEMS in NAME, with its dash, or -1 if it is none of them.
 */
static int target_length(const char *name, const char *const *stems)
{
    size_t length = length_without_version(name);

    for (; *stems != NULL; stems++) {
        size_t stem = strlen(*stems);

        if (length >= stem && memcmp(name + length - stem, *stems, stem) == 0 &&
            (length == stem || (length > stem + 1 && name[length - stem - 1] == '-')))
            return (int)(length - stem);
    }
    return -1;
}

/* --cc is an option. profile-cc and profile-c++ have no target: they are this program. */
static int any_target_length(const char *name)
{
    int length = target_length(name, GCC);

    if (*name == '-' || strncmp(name, "profile-", strlen("profile-")) == 0)
        return -1;
    if (length < 0)
        length = target_length(name, CLANG);
    return length >= 0 ? length : target_length(name, OTHERS);
}

int names_is_compiler(const char *name)
{
    return any_target_length(name) >= 0;
}

int names_is_native(const char *name)
{
    static const char *const systems[] = {"-linux-", "-linux-gnu-"};
    int length = any_target_length(name);
    struct utsname machine;
    size_t own;

    if (length <= 0)
        return length == 0;
    own = uname(&machine) == 0 ? strlen(machine.machine) : 0;
    if (own == 0 || strncmp(name, machine.machine, own) != 0 || name[own] != '-')
        return 0;
    for (int i = 0; i < 2; i++) {
        size_t end = strlen(systems[i]);

        if ((size_t)length >= own + end && memcmp(name + (size_t)length - end, systems[i], end) == 0)
            return 1;
    }
    return 0;
}

int names_is_launcher(const char *name)
{
    static const char *const launchers[] = {"ccache", "sccache", "distcc", "icecc"};

    for (size_t i = 0; i < sizeof launchers / sizeof *launchers; i++)
        if (strcmp(name, launchers[i]) == 0)
            return 1;
    return 0;
}

int names_is_gcc(const char *name)
{
    return target_length(name, GCC) >= 0;
}

int names_is_clang(const char *name)
{
    return target_length(name, CLANG) >= 0;
}
