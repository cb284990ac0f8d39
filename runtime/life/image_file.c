/*
 * image_file.c - where the image of a process lies. See image_file.h.
 */
#include "runtime/life/image_file.h"

#include <errno.h>
#include <fcntl.h>

#include "clock.h"
#include "runtime/core/process.h"
#include "runtime/core/settings.h"
#include "runtime/core/space.h"
#include "runtime/format/spool.h"
#include "runtime/format/text.h"
#include "runtime/gate/gate.h"
#include "runtime/system/system.h"

void image_remove(const struct process *process)
{
    SYSTEM_CALL(SYS_unlinkat, AT_FDCWD, process->path, 0, 0, 0, 0);
}

/* Makes and maps the file at process->path. Returns 0, or a negated error number. */
static int image_make(struct process *process, int flags)
{
    int descriptor = space_open(process, flags);

    if (descriptor < 0)
        return descriptor;
    gate_map(process, descriptor);
    system_close(descriptor);
    return 0;
}

/* Opens an image in the launcher's spool: PID.TICKS.image (format/spool.h). */
static int image_open_spooled(struct process *process)
{
    size_t length = append(process->path, PATH_MAX, 0, settings_get()->spool);

    length = append(process->path, PATH_MAX, length, "/");
    length = append_number(process->path, PATH_MAX, length, system_pid());
    length = append(process->path, PATH_MAX, length, ".");
    length = append_number(process->path, PATH_MAX, length, clock_read());
    append(process->path, PATH_MAX, length, SPOOL_IMAGE_SUFFIX);
    return image_make(process, O_EXCL | O_NOFOLLOW);
}

/* Opens the image of a program that runs alone, in the file that it asks for. A forked child adds its pid. */
static int image_open_alone(struct process *process)
{
    size_t length = 0;
    long result;

    if (settings_get()->out[0] != '/' && (result = system_getcwd(process->path, PATH_MAX)) > 1) {
        length = (size_t)result - 1;
        length = append(process->path, PATH_MAX, length, "/");
    }
    if (settings_get()->out[0] != '\0') {
        length = append(process->path, PATH_MAX, length, settings_get()->out);
        if (system_pid() != settings_get()->pid) {
            length = append(process->path, PATH_MAX, length, ".");
            append_number(process->path, PATH_MAX, length, system_pid());
        }
    } else {
        length = append(process->path, PATH_MAX, length, "profile.");
        length = append_number(process->path, PATH_MAX, length, system_pid());
        append(process->path, PATH_MAX, length, ".prof");
    }
    return image_make(process, O_TRUNC);
}

/* Defined by a program that wants the profiles of profile.h and no other (PROFILE_ONLY_API). */
extern const int profile_only_api __attribute__((weak, visibility("default")));

/* Opens an image that nobody is to see, in DIRECTORY. Its name is removed at once, unless it needs that to
 * grow. */
static int image_open_hidden(struct process *process, const char *directory)
{
    size_t length = append(process->path, PATH_MAX, 0, directory);
    int result;

    length = append(process->path, PATH_MAX, length, "/profile.");
    length = append_number(process->path, PATH_MAX, length, system_pid());
    length = append(process->path, PATH_MAX, length, ".");
    append_number(process->path, PATH_MAX, length, clock_read());
    result = image_make(process, O_EXCL | O_NOFOLLOW);
    if (result == 0 ? process->length != 0 : result != -EEXIST)
        image_remove(process);
    process->is_hidden = 1;
    return result;
}

int image_open(struct process *process)
{
    if (settings_get()->spool[0] != '\0')
        return image_open_spooled(process);
    if (&profile_only_api == NULL || !profile_only_api)
        return image_open_alone(process);
    if (image_open_hidden(process, "/dev/shm") == 0)
        return 0;
    return image_open_hidden(process,
                             settings_get()->temporary[0] == '/' ? settings_get()->temporary : "/tmp");
}
