/*
 * dwarf_read.c - attributes, references and address ranges of single DIEs. See dwarf_read.h.
 */
#include "symbolizer/dwarf_read.h"

#include <stdlib.h>
#include <string.h>

void dwarf_read_drop(Dwarf_Debug debug, Dwarf_Error *error)
{
    if (*error != NULL)
        dwarf_dealloc_error(debug, *error);
    *error = NULL;
}

static Dwarf_Attribute attribute_get(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half which)
{
    Dwarf_Attribute attribute = NULL;
    Dwarf_Error error = NULL;

    if (dwarf_attr(die, which, &attribute, &error) == DW_DLV_OK)
        return attribute;
    dwarf_read_drop(debug, &error);
    return NULL;
}

int dwarf_read_number(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half which, uint64_t *number)
{
    Dwarf_Attribute attribute = attribute_get(debug, die, which);
    Dwarf_Error error = NULL;
    Dwarf_Unsigned value;
    Dwarf_Signed with_sign;
    int found = 1;

    if (attribute == NULL)
        return 0;
    if (dwarf_formudata(attribute, &value, &error) == DW_DLV_OK) {
        *number = value;
    } else {
        dwarf_read_drop(debug, &error);
        /* dwarf_formudata() of libdwarf 20210528 refuses DW_FORM_implicit_const, gcc's form for decl_file. */
        found = dwarf_formsdata(attribute, &with_sign, &error) == DW_DLV_OK && with_sign >= 0;
        if (found)
            *number = (uint64_t)with_sign;
        dwarf_read_drop(debug, &error);
    }
    dwarf_dealloc_attribute(attribute);
    return found;
}

int dwarf_read_address(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Half which, uint64_t *address)
{
    Dwarf_Attribute attribute = attribute_get(debug, die, which);
    Dwarf_Error error = NULL;
    Dwarf_Addr value;
    int found;

    if (attribute == NULL)
        return 0;
    found = dwarf_formaddr(attribute, &value, &error) == DW_DLV_OK;
    if (found)
        *address = value;
    dwarf_read_drop(debug, &error);
    dwarf_dealloc_attribute(attribute);
    return found;
}

const char *dwarf_read_behind_placeholder(const char *text)
{
    static const char *const placeholders[] = {
        "<DW_FORM_GNU_strp_alt-no-tied-file>",
        "<DW_FORM_strp_sup-no-tied-file>",
        "<erroneous NULL include dir pointer>",
    };

    for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++) {
        const char *at = strstr(text, placeholders[i]);
        if (at != NULL)
            return at + strlen(placeholders[i]);
    }
    return NULL;
}

static Dwarf_Half form_of(Dwarf_Debug debug, Dwarf_Attribute attribute)
{
    Dwarf_Error error = NULL;
    Dwarf_Half form = 0;

    if (dwarf_whatform(attribute, &form, &error) != DW_DLV_OK)
        dwarf_read_drop(debug, &error);
    return form;
}

/* Reads the string of ATTRIBUTE, which is in the alternate file. Returns it, or NULL if it cannot be read. */
static const char *alternate_string(struct dwarf_source *source, Dwarf_Attribute attribute)
{
    Dwarf_Error error = NULL;
    Dwarf_Off offset = 0;

    source->lacks_alternate |= source->strings == NULL;
    if (dwarf_global_formref(attribute, &offset, &error) != DW_DLV_OK) {
        dwarf_read_drop(source->debug, &error);
        return NULL;
    }
    return offset < source->strings_size ? source->strings + offset : NULL;
}

/* Reads the string of ATTRIBUTE, which is in the file itself. Returns it, or NULL if it cannot be read. */
static const char *own_string(const struct dwarf_source *source, Dwarf_Attribute attribute)
{
    Dwarf_Error error = NULL;
    char *string = NULL;

    if (dwarf_formstring(attribute, &string, &error) == DW_DLV_OK && string != NULL)
        return dwarf_read_behind_placeholder(string) == NULL ? string : NULL;
    dwarf_read_drop(source->debug, &error);
    return NULL;
}

int dwarf_read_string(struct dwarf_source *source, Dwarf_Die die, Dwarf_Half which, const char **string)
{
    Dwarf_Attribute attribute = attribute_get(source->debug, die, which);
    const char *value;
    Dwarf_Half form;

    if (attribute == NULL)
        return 0;
    form = form_of(source->debug, attribute);
    value = form == DW_FORM_GNU_strp_alt || form == DW_FORM_strp_sup ? alternate_string(source, attribute)
                                                                     : own_string(source, attribute);
    dwarf_dealloc_attribute(attribute);
    if (value == NULL || *value == '\0')
        return 0;
    *string = value;
    return 1;
}

/* Stores the offset in ATTRIBUTE of DIE, which has the form DW_FORM_ref_sup4 or ref_sup8, in *OFFSET.
 * libdwarf refuses these forms, so the offset is read from the section itself. Returns 1, or 0 if it cannot
 * be read. */
static int supplementary_offset(const struct dwarf_source *source, Dwarf_Die die, Dwarf_Attribute attribute,
                                Dwarf_Half form, Dwarf_Off *offset)
{
    Dwarf_Error error = NULL;
    Dwarf_Off at = 0;

    if (dwarf_attr_offset(die, attribute, &at, &error) == DW_DLV_OK)
        return elf_file_number(source->file, ".debug_info", at, form == DW_FORM_ref_sup4 ? 4 : 8, offset);
    dwarf_read_drop(source->debug, &error);
    return 0;
}

Dwarf_Die dwarf_read_reference(struct dwarf_source **source, Dwarf_Die die, Dwarf_Half which)
{
    struct dwarf_source *from = *source;
    Dwarf_Attribute attribute = attribute_get(from->debug, die, which);
    Dwarf_Error error = NULL;
    Dwarf_Die target = NULL;
    Dwarf_Off offset = 0;
    Dwarf_Half form;
    int found;

    if (attribute == NULL)
        return NULL;
    form = form_of(from->debug, attribute);
    if (form == DW_FORM_ref_sup4 || form == DW_FORM_ref_sup8)
        found = supplementary_offset(from, die, attribute, form, &offset);
    else
        found = form != DW_FORM_ref_sig8 && dwarf_global_formref(attribute, &offset, &error) == DW_DLV_OK;
    dwarf_read_drop(from->debug, &error);
    dwarf_dealloc_attribute(attribute);
    if (form == DW_FORM_GNU_ref_alt || form == DW_FORM_ref_sup4 || form == DW_FORM_ref_sup8) {
        *source = from->alternate;
        from->lacks_alternate |= from->alternate == NULL;
    }
    if (found && *source != NULL &&
        dwarf_offdie_b((*source)->debug, offset, 1, &target, &error) != DW_DLV_OK) {
        dwarf_read_drop((*source)->debug, &error);
        target = NULL;
    }
    if (target == NULL)
        *source = from;
    return target;
}

/* Adds a range unless it is empty or starts at 0. The linker gives the address 0 to code that it discards. */
static void range_add(struct address_ranges *ranges, uint64_t low, uint64_t high)
{
    if (low == 0 || low >= high)
        return;
    if (ranges->count == ranges->capacity) {
        size_t capacity = ranges->capacity > 0 ? ranges->capacity * 2 : 16;
        struct address_range *items = realloc(ranges->items, capacity * sizeof *items);
        if (items == NULL)
            return;
        ranges->items = items;
        ranges->capacity = capacity;
    }
    ranges->items[ranges->count++] = (struct address_range){low, high};
}

void address_ranges_free(struct address_ranges *ranges)
{
    free(ranges->items);
    *ranges = (struct address_ranges){NULL, 0, 0};
}

/* Adds the ranges of DIE at OFFSET in .debug_ranges, up to DWARF 4. */
static void old_ranges_read(Dwarf_Debug debug, Dwarf_Die die, uint64_t offset, uint64_t base,
                            struct address_ranges *ranges)
{
    Dwarf_Error error = NULL;
    Dwarf_Ranges *list = NULL;
    Dwarf_Signed count = 0;
    Dwarf_Unsigned bytes;
    Dwarf_Off real;

    if (dwarf_get_ranges_b(debug, offset, die, &real, &list, &count, &bytes, &error) != DW_DLV_OK) {
        dwarf_read_drop(debug, &error);
        return;
    }
    for (Dwarf_Signed i = 0; i < count; i++) {
        if (list[i].dwr_type == DW_RANGES_ADDRESS_SELECTION)
            base = list[i].dwr_addr2;
        else if (list[i].dwr_type == DW_RANGES_ENTRY && list[i].dwr_addr1 + base != 0)
            range_add(ranges, list[i].dwr_addr1 + base, list[i].dwr_addr2 + base);
        else if (list[i].dwr_type == DW_RANGES_END)
            break;
    }
    dwarf_compat_ranges_free(debug, list, count);
}

/* Adds the ranges at WHERE in .debug_rnglists, from DWARF 5 on. */
static void new_ranges_read(Dwarf_Debug debug, Dwarf_Attribute attribute, Dwarf_Half form, uint64_t where,
                            struct address_ranges *ranges)
{
    Dwarf_Rnglists_Head head = NULL;
    Dwarf_Unsigned count = 0, offset;
    Dwarf_Error error = NULL;

    if (dwarf_rnglists_get_rle_head(attribute, form, where, &head, &count, &offset, &error) != DW_DLV_OK) {
        dwarf_read_drop(debug, &error);
        return;
    }
    for (Dwarf_Unsigned i = 0; i < count; i++) {
        Dwarf_Unsigned raw1, raw2, low = 0, high = 0;
        Dwarf_Bool unavailable = 0;
        unsigned length, code = 0;

        if (dwarf_get_rnglists_entry_fields_a(head, i, &length, &code, &raw1, &raw2, &unavailable, &low,
                                              &high, &error) != DW_DLV_OK) {
            dwarf_read_drop(debug, &error);
            break;
        }
        if (code == DW_RLE_end_of_list)
            break;
        if (!unavailable && code != DW_RLE_base_address && code != DW_RLE_base_addressx)
            range_add(ranges, low, high);
    }
    dwarf_dealloc_rnglists_head(head);
}

static void range_attribute_read(Dwarf_Debug debug, Dwarf_Die die, Dwarf_Attribute attribute,
                                 uint64_t unit_low, struct address_ranges *ranges)
{
    Dwarf_Half form = 0, version = 0, offset_size = 0;
    Dwarf_Error error = NULL;
    Dwarf_Unsigned where = 0;
    Dwarf_Off offset = 0;
    int found;

    if (dwarf_whatform(attribute, &form, &error) != DW_DLV_OK ||
        dwarf_get_version_of_die(die, &version, &offset_size) != DW_DLV_OK) {
        dwarf_read_drop(debug, &error);
        return;
    }
    if (form == DW_FORM_sec_offset) {
        found = dwarf_global_formref(attribute, &offset, &error) == DW_DLV_OK;
        where = offset;
    } else {
        found =
            dwarf_formudata(attribute, &where, &error) == DW_DLV_OK; /* DW_FORM_rnglistx, data4 and data8 */
    }
    dwarf_read_drop(debug, &error);
    if (found && version >= 5)
        new_ranges_read(debug, attribute, form, where, ranges);
    else if (found)
        old_ranges_read(debug, die, where, unit_low, ranges);
}

/* Stores the high_pc of DIE in *HIGH as an address; DWARF may give it as a distance from LOW. Returns 1, or 0
 * if DIE has none. */
static int high_read(Dwarf_Debug debug, Dwarf_Die die, uint64_t low, uint64_t *high)
{
    enum Dwarf_Form_Class class = DW_FORM_CLASS_UNKNOWN;
    Dwarf_Error error = NULL;
    Dwarf_Addr value = 0;
    Dwarf_Half form;

    if (dwarf_highpc_b(die, &value, &form, &class, &error) != DW_DLV_OK) {
        dwarf_read_drop(debug, &error);
        return 0;
    }
    *high = class == DW_FORM_CLASS_CONSTANT ? low + value : value;
    return 1;
}

void dwarf_read_ranges(Dwarf_Debug debug, Dwarf_Die die, uint64_t unit_low, struct address_ranges *ranges)
{
    Dwarf_Attribute attribute;
    Dwarf_Error error = NULL;
    Dwarf_Addr low = 0;
    uint64_t high;

    ranges->count = 0;
    if (dwarf_lowpc(die, &low, &error) == DW_DLV_OK && high_read(debug, die, low, &high)) {
        range_add(ranges, low, high);
        return;
    }
    dwarf_read_drop(debug, &error);
    attribute = attribute_get(debug, die, DW_AT_ranges);
    if (attribute == NULL)
        return;
    range_attribute_read(debug, die, attribute, unit_low, ranges);
    dwarf_dealloc_attribute(attribute);
}
