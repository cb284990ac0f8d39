/*
 * dwarf_units.c - reads the languages and source files of units. See dwarf_units.h.
 */
#include "symbolizer/dwarf_units.h"
#include "symbolizer/dwarf_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum symbolizer_language language_of(uint64_t code)
{
    switch (code) {
    case DW_LANG_C_plus_plus:
    case DW_LANG_C_plus_plus_03:
    case DW_LANG_C_plus_plus_11:
    case DW_LANG_C_plus_plus_14:
    case DWARF_LANGUAGE_CXX17:
    case DWARF_LANGUAGE_CXX20:
    case DWARF_LANGUAGE_CXX23:
    case DW_LANG_ObjC_plus_plus:
        return SYMBOLIZER_LANGUAGE_CXX;
    case DW_LANG_Rust:
        return SYMBOLIZER_LANGUAGE_RUST;
    case DW_LANG_D:
        return SYMBOLIZER_LANGUAGE_D;
    case DW_LANG_Ada83:
    case DW_LANG_Ada95:
    case DWARF_LANGUAGE_ADA2005:
    case DWARF_LANGUAGE_ADA2012:
        return SYMBOLIZER_LANGUAGE_ADA;
    case DW_LANG_Fortran77:
    case DW_LANG_Fortran90:
    case DW_LANG_Fortran95:
    case DW_LANG_Fortran03:
    case DW_LANG_Fortran08:
    case DWARF_LANGUAGE_FORTRAN18:
        return SYMBOLIZER_LANGUAGE_FORTRAN;
    case DW_LANG_Mips_Assembler: /* a function in assembly may have a name of any language */
    case DWARF_LANGUAGE_ASSEMBLY:
        return SYMBOLIZER_LANGUAGE_UNKNOWN;
    default:
        return SYMBOLIZER_LANGUAGE_C;
    }
}

static void unit_clear(struct dwarf_units *units, struct dwarf_unit *unit)
{
    for (Dwarf_Signed i = 0; i < unit->file_count; i++)
        dwarf_dealloc(units->source.debug, unit->files[i], DW_DLA_STRING);
    if (unit->files != NULL)
        dwarf_dealloc(units->source.debug, unit->files, DW_DLA_LIST);
    memset(unit, 0, sizeof *unit);
}

void dwarf_units_free(struct dwarf_units *units)
{
    for (size_t i = 0; i < DWARF_UNIT_SLOTS; i++)
        unit_clear(units, &units->slots[i]);
}

static Dwarf_Die unit_die(struct dwarf_units *units, Dwarf_Off offset)
{
    Dwarf_Error error = NULL;
    Dwarf_Die die = NULL;

    if (dwarf_offdie_b(units->source.debug, offset, 1, &die, &error) == DW_DLV_OK)
        return die;
    dwarf_read_drop(units->source.debug, &error);
    return NULL;
}

static int unit_read(struct dwarf_units *units, struct dwarf_unit *unit, Dwarf_Off offset)
{
    Dwarf_Die die = unit_die(units, offset);
    Dwarf_Half offset_size;
    uint64_t language;

    if (die == NULL)
        return -1;
    unit->offset = offset;
    if (dwarf_get_version_of_die(die, &unit->version, &offset_size) != DW_DLV_OK)
        unit->version = 4;
    if (dwarf_read_number(units->source.debug, die, DW_AT_language, &language))
        unit->language = language_of(language);
    dwarf_read_string(&units->source, die, DW_AT_comp_dir, &unit->directory);
    dwarf_dealloc_die(die);
    return 0;
}

struct dwarf_unit *dwarf_units_of(struct dwarf_units *units, Dwarf_Die die)
{
    Dwarf_Error error = NULL;
    struct dwarf_unit *unit;
    Dwarf_Off offset = 0;

    if (dwarf_CU_dieoffset_given_die(die, &offset, &error) != DW_DLV_OK) {
        dwarf_read_drop(units->source.debug, &error);
        return NULL;
    }
    unit = &units->slots[(offset ^ offset >> 6 ^ offset >> 12 ^ offset >> 18) % DWARF_UNIT_SLOTS];
    if (unit->offset == offset)
        return unit;
    unit_clear(units, unit);
    return unit_read(units, unit, offset) == 0 ? unit : NULL;
}

static void files_read(struct dwarf_units *units, struct dwarf_unit *unit)
{
    Dwarf_Die die = unit_die(units, unit->offset);
    Dwarf_Error error = NULL;

    unit->files_read = 1;
    if (die == NULL)
        return;
    if (dwarf_srcfiles(die, &unit->files, &unit->file_count, &error) != DW_DLV_OK) {
        dwarf_read_drop(units->source.debug, &error);
        unit->files = NULL;
        unit->file_count = 0;
    }
    dwarf_dealloc_die(die);
}

const char *dwarf_unit_file(struct dwarf_units *units, struct dwarf_unit *unit, uint64_t index,
                            struct string_pool *pool)
{
    if (!unit->files_read)
        files_read(units, unit);
    /* Up to DWARF 4, files are numbered from 1, and 0 is no file. */
    if (unit->version < 5 && index-- == 0)
        return NULL;
    if (unit->file_count <= 0 || index >= (uint64_t)unit->file_count)
        return NULL;
    return dwarf_unit_path(unit, unit->files[index], pool);
}

/* Removes "//", "." and ".." from PATH, in place. Reads no folder: the sources may not be on this machine. */
static void path_normalize(char *path)
{
    int absolute = *path == '/';
    char *to = path + absolute, *floor = to; /* before floor, ".." has no folder to remove */
    const char *from = path;

    while (*from != '\0') {
        size_t length;

        from += strspn(from, "/");
        length = strcspn(from, "/");
        if (length == 0 || (length == 1 && *from == '.')) {
            from += length;
            continue;
        }
        if (length == 2 && from[0] == '.' && from[1] == '.' && (absolute || to > floor)) {
            do
                to -= to > floor;
            while (to > floor && *to != '/');
            from += length;
            continue;
        }
        if (to > path + absolute)
            *to++ = '/';
        memmove(to, from, length);
        to += length;
        from += length;
        if (!absolute && length == 2 && to[-1] == '.' && to[-2] == '.')
            floor = to;
    }
    *to = '\0';
}

/* Returns a copy of PATH, from malloc(), in which the unit's folder is right, or NULL if memory is short. */
static char *path_copy(const struct dwarf_unit *unit, const char *path)
{
    const char *readable = dwarf_read_behind_placeholder(path), *folder = unit->directory;
    size_t length = folder != NULL ? strlen(folder) : 0;
    char *copy;

    /* libdwarf may have failed to read the folder, which the path is relative to. */
    if (readable != NULL) {
        readable += *readable == '/';
        if (length == 0)
            return strdup(readable);
        return asprintf(&copy, "%s/%s", folder, readable) >= 0 ? copy : NULL;
    }
    /* libdwarf joins a relative comp_dir (-ffile-prefix-map) twice: DWARF 5 repeats it as directory 0. */
    if (length > 0 && *folder != '/' && strncmp(path, folder, length) == 0 && path[length] == '/' &&
        strncmp(path + length + 1, folder, length) == 0 && path[2 * length + 1] == '/')
        path += length + 1;
    return strdup(path);
}

const char *dwarf_unit_path(const struct dwarf_unit *unit, const char *path, struct string_pool *pool)
{
    char *copy = path_copy(unit, path);
    const char *kept;

    if (copy == NULL)
        return NULL;
    path_normalize(copy);
    kept = *copy != '\0' ? string_pool_keep(pool, copy) : NULL;
    free(copy);
    return kept;
}
