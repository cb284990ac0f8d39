/*
 * dwarf_functions.c - the walk over DWARF's units and functions. See dwarf_functions.h.
 *
 * The walk reads as little as it can. Of a unit without wanted code it reads the first DIE only. In other
 * units it first looks outside of classes and functions, where nearly all functions are. It looks inside of
 * them only if a wanted function is still missing. A line table is read for functions that lack a line.
 *
 * Invariants: DIE offsets rise along a walk, so a damaged tree cannot lead it in circles; its depth is
 * bounded.
 */
#include "symbolizer/dwarf_functions.h"
#include "symbolizer/dwarf_lines.h"
#include "symbolizer/dwarf_read.h"
#include "symbolizer/dwarf_units.h"

#include <string.h>

enum {
    DEPTH_MAX = 128, /* of DIEs in DIEs */
    CHAIN_MAX = 16,  /* of references from a function to its declaration */
    ATTRIBUTE_MIPS_LINKAGE_NAME = 0x2007
};

struct walk {
    struct wanted *wanted;
    struct dwarf_units units;
    struct dwarf_units alternate;      /* of the alternate file; zeroed if there is none */
    struct address_ranges unit_ranges; /* of the current unit */
    struct address_ranges ranges;      /* of the current DIE */
    uint64_t unit_low;                 /* the low_pc of the current unit, or 0 */
    size_t missing;                    /* wanted functions in the unit's code that no DIE has covered yet */
    int deep;                          /* 1: enter classes and functions too */
    size_t units_read;
    int damaged; /* 1: something could not be read */
};

/* A function as a chain of DIEs describes it. The first DIE with a value decides. */
struct description {
    const char *linkage_name, *plain_name, *file;
    uint64_t line;
    enum symbolizer_language language;
};

/* Adds to DESCRIPTION what DIE, of one of UNITS, itself tells. */
static void describe_here(struct walk *walk, struct dwarf_units *units, Dwarf_Die die,
                          struct description *description)
{
    struct dwarf_source *source = &units->source;
    struct dwarf_unit *unit = dwarf_units_of(units, die);
    uint64_t index;

    if (description->language == SYMBOLIZER_LANGUAGE_UNKNOWN && unit != NULL)
        description->language = unit->language;
    if (description->linkage_name == NULL &&
        !dwarf_read_string(source, die, DW_AT_linkage_name, &description->linkage_name))
        dwarf_read_string(source, die, ATTRIBUTE_MIPS_LINKAGE_NAME, &description->linkage_name);
    if (description->plain_name == NULL &&
        dwarf_read_string(source, die, DW_AT_name, &description->plain_name) && unit != NULL &&
        unit->language != SYMBOLIZER_LANGUAGE_UNKNOWN) /* dwz's units of shared DIEs do not tell it */
        description->language = unit->language;
    if (description->line == 0)
        dwarf_read_number(source->debug, die, DW_AT_decl_line, &description->line);
    /* The number is an index into the files of DIE's unit, which need not be the function's unit. */
    if (description->file == NULL && unit != NULL &&
        dwarf_read_number(source->debug, die, DW_AT_decl_file, &index))
        description->file = dwarf_unit_file(units, unit, index, &walk->wanted->strings);
}

static int complete(const struct description *description)
{
    return description->linkage_name != NULL && description->plain_name != NULL &&
           description->file != NULL && description->line != 0;
}

/* Adds to DESCRIPTION what DIE and the DIEs that it refers to tell. */
static void describe(struct walk *walk, Dwarf_Die die, struct description *description)
{
    struct dwarf_source *source = &walk->units.source;
    struct dwarf_units *units = &walk->units;
    Dwarf_Die at = die, next;

    for (int step = 0; step < CHAIN_MAX; step++) {
        describe_here(walk, units, at, description);
        next = NULL;
        if (!complete(description)) {
            next = dwarf_read_reference(&source, at, DW_AT_abstract_origin);
            if (next == NULL)
                next = dwarf_read_reference(&source, at, DW_AT_specification);
        }
        units = source == &walk->alternate.source ? &walk->alternate : &walk->units;
        if (at != die)
            dwarf_dealloc_die(at);
        at = next;
        if (at == NULL)
            return;
    }
    dwarf_dealloc_die(at);
}

static const char *keep(struct walk *walk, const char *string)
{
    return string != NULL ? string_pool_keep(&walk->wanted->strings, string) : NULL;
}

/* Gives FUNCTION the description of a DIE that holds its address. ENTERED is 1 if the DIE starts there: such
 * a DIE replaces one that only holds the address. */
static void function_claim(struct walk *walk, const struct description *description,
                           struct wanted_function *function, int entered)
{
    if (!function->covered && walk->missing > 0)
        walk->missing--;
    function->covered = 1;
    function->entered = entered != 0;
    function->linkage_name = keep(walk, description->linkage_name);
    function->plain_name = keep(walk, description->plain_name);
    function->file = description->file;
    function->line = description->line <= UINT32_MAX ? (uint32_t)description->line : 0;
    function->language = description->language;
}

/* Describes the wanted functions whose addresses the function DIE holds. */
static void function_visit(struct walk *walk, Dwarf_Die die)
{
    struct wanted *wanted = walk->wanted;
    struct description description = {0};
    int described = 0;

    dwarf_read_ranges(walk->units.source.debug, die, walk->unit_low, &walk->ranges);
    for (size_t r = 0; r < walk->ranges.count; r++) {
        const struct address_range *range = &walk->ranges.items[r];
        for (size_t i = wanted_from(wanted, range->low);
             i < wanted->count && wanted->functions[i].address < range->high; i++) {
            struct wanted_function *function = &wanted->functions[i];
            int entered = r == 0 && function->address == range->low;
            if (function->covered && (function->entered || !entered))
                continue;
            if (!described)
                describe(walk, die, &description);
            described = 1;
            function_claim(walk, &description, function, entered);
        }
    }
}

/* Returns 1 if the children of a DIE with TAG may be functions that the walk now looks for. */
static int worth_entering(const struct walk *walk, Dwarf_Half tag)
{
    switch (tag) {
    case DW_TAG_namespace:
    case DW_TAG_module:
        return 1;
    case DW_TAG_subprogram:
    case DW_TAG_lexical_block:
    case DW_TAG_inlined_subroutine:
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_interface_type:
    case DW_TAG_try_block:
    case DW_TAG_catch_block:
        return walk->deep;
    default:
        return 0;
    }
}

/* Replaces *DIE by its next sibling and frees it. Returns 0 if there is none; *DIE is then NULL. */
static int sibling_step(struct walk *walk, Dwarf_Die *die)
{
    Dwarf_Debug debug = walk->units.source.debug;
    Dwarf_Error error = NULL;
    Dwarf_Off here = 0, there = 0;
    Dwarf_Die next = NULL;
    int got = dwarf_siblingof_b(debug, *die, 1, &next, &error);

    if (got == DW_DLV_OK && (dwarf_dieoffset(*die, &here, &error) != DW_DLV_OK ||
                             dwarf_dieoffset(next, &there, &error) != DW_DLV_OK || there <= here)) {
        dwarf_dealloc_die(next);
        got = DW_DLV_ERROR;
    }
    dwarf_read_drop(debug, &error);
    dwarf_dealloc_die(*die);
    *die = got == DW_DLV_OK ? next : NULL;
    if (got == DW_DLV_ERROR)
        walk->damaged = 1;
    return got == DW_DLV_OK;
}

static void children_visit(struct walk *walk, Dwarf_Die parent, int depth)
{
    Dwarf_Error error = NULL;
    Dwarf_Die die = NULL;
    int got = dwarf_child(parent, &die, &error);

    if (got == DW_DLV_ERROR)
        walk->damaged = 1;
    dwarf_read_drop(walk->units.source.debug, &error);
    if (got != DW_DLV_OK)
        return;
    do {
        Dwarf_Half tag = 0;
        if (dwarf_tag(die, &tag, &error) != DW_DLV_OK)
            dwarf_read_drop(walk->units.source.debug, &error);
        if (tag == DW_TAG_subprogram)
            function_visit(walk, die);
        if (walk->missing > 0 && depth < DEPTH_MAX && worth_entering(walk, tag))
            children_visit(walk, die, depth + 1);
        if (walk->missing == 0) {
            dwarf_dealloc_die(die);
            return;
        }
    } while (sibling_step(walk, &die));
}

static size_t missing_count(const struct walk *walk)
{
    const struct wanted *wanted = walk->wanted;
    size_t missing = 0;

    for (size_t r = 0; r < walk->unit_ranges.count; r++)
        for (size_t i = wanted_from(wanted, walk->unit_ranges.items[r].low);
             i < wanted->count && wanted->functions[i].address < walk->unit_ranges.items[r].high; i++)
            missing += !wanted->functions[i].covered;
    return missing;
}

static void unit_visit(struct walk *walk, Dwarf_Die die)
{
    Dwarf_Debug debug = walk->units.source.debug;

    walk->unit_low = 0;
    dwarf_read_address(debug, die, DW_AT_low_pc, &walk->unit_low);
    dwarf_read_ranges(debug, die, walk->unit_low, &walk->unit_ranges);
    walk->missing = missing_count(walk);
    if (walk->missing == 0)
        return;
    for (walk->deep = 0; walk->deep <= 1 && walk->missing > 0; walk->deep++)
        children_visit(walk, die, 0);
    if (dwarf_lines_fill(&walk->units, die, &walk->unit_ranges, walk->wanted) != 0)
        walk->damaged = 1;
}

/* Reads the header and the DIE of the next unit; *DIE is NULL if only the DIE is damaged. Returns libdwarf's
 * code. */
static int unit_next(struct walk *walk, Dwarf_Die *die)
{
    Dwarf_Debug debug = walk->units.source.debug;
    Dwarf_Unsigned header_length, type_offset, next;
    Dwarf_Half version, address_size, length_size, extension_size, type;
    Dwarf_Off abbreviations;
    Dwarf_Error error = NULL;
    Dwarf_Sig8 signature;
    int got;

    *die = NULL;
    got =
        dwarf_next_cu_header_d(debug, 1, &header_length, &version, &abbreviations, &address_size,
                               &length_size, &extension_size, &signature, &type_offset, &next, &type, &error);
    if (got == DW_DLV_OK && dwarf_siblingof_b(debug, NULL, 1, die, &error) != DW_DLV_OK) {
        walk->damaged = 1; /* only this unit: the next may be sound */
        *die = NULL;
    }
    dwarf_read_drop(debug, &error);
    return got;
}

static void units_visit(struct walk *walk)
{
    Dwarf_Off before = 0, offset = 0;
    Dwarf_Error error = NULL;
    Dwarf_Die die;
    int got;

    while ((got = unit_next(walk, &die)) == DW_DLV_OK) {
        if (die == NULL)
            continue;
        walk->units_read++;
        if (dwarf_dieoffset(die, &offset, &error) != DW_DLV_OK)
            dwarf_read_drop(walk->units.source.debug, &error);
        if (offset > before)
            unit_visit(walk, die);
        dwarf_dealloc_die(die);
        if (offset <= before) {
            walk->damaged = 1;
            return;
        }
        before = offset;
    }
    if (got == DW_DLV_ERROR)
        walk->damaged = 1;
}

/* Returns why FILE could not be read. A compressed file of which nothing could be read is more likely in a
 * new compression than damaged. */
static enum dwarf_outcome failure(const struct elf_file *file, int some_read)
{
    int compressed = elf_file_section(file, ".debug_info") >= ELF_SECTION_ZLIB ||
                     elf_file_section(file, ".zdebug_info") != ELF_SECTION_NONE;

    return compressed && !some_read ? DWARF_COMPRESSED : DWARF_DAMAGED;
}

/* Opens the DWARF of FILE. Returns libdwarf's code. */
static int source_open(struct dwarf_source *source, const struct elf_file *file)
{
    Dwarf_Error error = NULL;
    int got = dwarf_compat_open(file, &source->debug, &error);

    source->file = file;
    if (got != DW_DLV_OK)
        dwarf_read_drop(NULL, &error);
    return got;
}

/* Opens the alternate FILE, which may have no DIEs but only strings. Ties it to the walk's own DWARF, so that
 * libdwarf finds the strings there that line tables need. */
static void alternate_tie(struct walk *walk, const struct elf_file *file)
{
    struct dwarf_source *source = &walk->alternate.source, *own = &walk->units.source;
    Dwarf_Error error = NULL;

    own->strings = elf_file_strings(file, ".debug_str", &own->strings_size);

    if (source_open(source, file) != DW_DLV_OK)
        return;
    if (dwarf_set_tied_dbg(own->debug, source->debug, &error) == DW_DLV_OK) {
        own->alternate = source;
        return;
    }
    dwarf_read_drop(own->debug, &error);
    dwarf_compat_close(source->debug);
}

static void walk_close(struct walk *walk)
{
    Dwarf_Error error = NULL;

    dwarf_units_free(&walk->units);
    dwarf_units_free(&walk->alternate);
    address_ranges_free(&walk->unit_ranges);
    address_ranges_free(&walk->ranges);
    if (walk->units.source.alternate != NULL) {
        if (dwarf_set_tied_dbg(walk->units.source.debug, NULL, &error) != DW_DLV_OK)
            dwarf_read_drop(walk->units.source.debug, &error);
        dwarf_compat_close(walk->alternate.source.debug);
    }
    dwarf_compat_close(walk->units.source.debug);
}

enum dwarf_outcome dwarf_functions_find(struct wanted *wanted, const struct elf_file *file,
                                        const struct elf_file *alternate, int *lacks_alternate)
{
    struct walk walk = {.wanted = wanted};
    int got;

    if (elf_file_section(file, ".debug_info") == ELF_SECTION_OTHER_COMPRESSION && !dwarf_compat_tries_zstd())
        return DWARF_COMPRESSED;
    dwarf_set_de_alloc_flag(0); /* takes a fifth less time; the symbolizer frees all that it reads itself */
    got = source_open(&walk.units.source, file);
    if (got != DW_DLV_OK)
        return got == DW_DLV_NO_ENTRY ? DWARF_READ : failure(file, 0);
    if (alternate != NULL)
        alternate_tie(&walk, alternate);
    units_visit(&walk);
    *lacks_alternate = walk.units.source.lacks_alternate;
    walk_close(&walk);
    return walk.damaged ? failure(file, walk.units_read > 0) : DWARF_READ;
}
