/*
 * dwarf_compat.h - hides the differences between libdwarf 20210528 (Debian 12) and releases 0.1 to 2.x.
 *
 * For dwarf_*.c, which otherwise use only the calls that all these releases have. Releases before 0.1 do not
 * define DW_LIBDWARF_VERSION_MAJOR.
 */
#ifndef SYMBOLIZER_DWARF_COMPAT_H
#define SYMBOLIZER_DWARF_COMPAT_H

#if __has_include(<libdwarf/libdwarf.h>)
#include <libdwarf/dwarf.h>
#include <libdwarf/libdwarf.h>
#else /* pkg-config names the headers' own folder */
#include <dwarf.h>
#include <libdwarf.h>
#endif

#include "symbolizer/elf_file.h"

#include <stddef.h>

/* The DWARF codes of languages that only newer releases define. */
enum {
    DWARF_LANGUAGE_CXX17 = 0x2a,
    DWARF_LANGUAGE_CXX20 = 0x2b,
    DWARF_LANGUAGE_FORTRAN18 = 0x2d,
    DWARF_LANGUAGE_ADA2005 = 0x2e,
    DWARF_LANGUAGE_ADA2012 = 0x2f,
    DWARF_LANGUAGE_ASSEMBLY = 0x31,
    DWARF_LANGUAGE_CXX23 = 0x3a
};

/* 1: in DWARF 5's line tables, libdwarf takes 0 for the number of the file that each sequence of rows begins
 * with. It is 1. */
#if !defined(DW_LIBDWARF_VERSION_MAJOR) || (DW_LIBDWARF_VERSION_MAJOR == 0 && DW_LIBDWARF_VERSION_MINOR < 5)
#define DWARF_COMPAT_FIRST_FILE_IS_0 1
#else
#define DWARF_COMPAT_FIRST_FILE_IS_0 0
#endif

#ifdef DW_LIBDWARF_VERSION_MAJOR

static inline int dwarf_compat_open(const struct elf_file *file, Dwarf_Debug *debug, Dwarf_Error *error)
{
#if DW_LIBDWARF_VERSION_MAJOR >= 2
    dwarf_set_load_preference(Dwarf_Alloc_Mmap);
#endif
    return dwarf_init_b(file->fd, DW_GROUPNUMBER_ANY, NULL, NULL, debug, error);
}

static inline void dwarf_compat_close(Dwarf_Debug debug)
{
    dwarf_finish(debug);
}

static inline void dwarf_compat_ranges_free(Dwarf_Debug debug, Dwarf_Ranges *ranges, Dwarf_Signed count)
{
    dwarf_dealloc_ranges(debug, ranges, count);
}

/* Returns 1 if libdwarf may read sections compressed with zstd. Whether these releases can depends on how
 * they were built. */
static inline int dwarf_compat_tries_zstd(void)
{
    return 1;
}

#else

/* Reads from libelf's mapping. dwarf_init_b() would copy whole sections, which takes ten times the memory for
 * a large file. */
static inline int dwarf_compat_open(const struct elf_file *file, Dwarf_Debug *debug, Dwarf_Error *error)
{
    return dwarf_elf_init_b(file->elf, DW_DLC_READ, DW_GROUPNUMBER_ANY, NULL, NULL, debug, error);
}

static inline void dwarf_compat_close(Dwarf_Debug debug)
{
    Dwarf_Error error = NULL;

    dwarf_finish(debug, &error);
}

static inline void dwarf_compat_ranges_free(Dwarf_Debug debug, Dwarf_Ranges *ranges, Dwarf_Signed count)
{
    dwarf_ranges_dealloc(debug, ranges, count);
}

static inline int dwarf_compat_tries_zstd(void)
{
    return 0;
}

#endif
#endif
