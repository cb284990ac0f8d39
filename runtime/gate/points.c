/*
 * points.c - reads the functions at which recording starts and stops. See points.h.
 */
#include "runtime/gate/points.h"

#include <limits.h>
#include <link.h>
#include <linux/stat.h>
#include <sys/sysmacros.h>

#include "runtime/core/modules.h"
#include "runtime/format/text.h"
#include "runtime/system/memory.h"
#include "runtime/system/system.h"

enum { FILE_MAX = 4096 }; /* bytes; more than 2 * POINTS_MAX lines have */

struct point_list points_start, points_stop;

/* Returns the decimal number at TEXT, behind any spaces. Moves TEXT behind it. */
static uint64_t parse_number(const char **text)
{
    *text += strspn(*text, " ");
    return take_number(text);
}

/* A module, and the file that it was loaded from. */
struct place {
    const char *points; /* the lines of the file */
    char *path;         /* PATH_MAX bytes to work with */
    uint64_t base, device, inode;
};

/* Adds the points that lie in PLACE to points_start and points_stop. */
static void place_add_points(const struct place *place)
{
    for (const char *line = place->points; *line != '\0'; line += *line == '\n') {
        int is_start = strncmp(line, POINTS_START " ", sizeof POINTS_START) == 0;
        struct point_list *list = is_start ? &points_start : &points_stop;
        uint64_t address, device, inode;

        line += strcspn(line, " \n");
        address = parse_number(&line);
        device = parse_number(&line);
        inode = parse_number(&line);
        line += strcspn(line, "\n");
        list->is_wanted = 1;
        if (device == place->device && inode == place->inode && list->count < POINTS_MAX)
            list->addresses[list->count++] = place->base + address;
    }
}

static int place_visit(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct place *place = argument;
    struct statx status = {0};

    (void)size;
    module_path(info, place->path, PATH_MAX);
    if (SYSTEM_CALL(SYS_statx, AT_FDCWD, place->path, 0, STATX_INO, &status, 0) == 0) {
        place->base = info->dlpi_addr;
        place->device = makedev(status.stx_dev_major, status.stx_dev_minor);
        place->inode = status.stx_ino;
        place_add_points(place);
    }
    return 0;
}

/* The stack may be too small for these. */
struct texts {
    char path[PATH_MAX], points[FILE_MAX];
};

void points_read(const char *spool)
{
    struct texts *texts = memory_private(sizeof *texts);
    struct place place;

    if (texts == NULL)
        return;
    place = (struct place){.points = texts->points, .path = texts->path};
    append(texts->path, PATH_MAX, append(texts->path, PATH_MAX, 0, spool), "/" POINTS_FILE);
    if (system_read_file(texts->path, texts->points, FILE_MAX) > 0)
        modules_visit(place_visit, &place);
    memory_private_free(texts, sizeof *texts);
}
