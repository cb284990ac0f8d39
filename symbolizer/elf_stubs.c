/*
 * elf_stubs.c - follows the PLT entries of functions with several versions. See elf_stubs.h.
 *
 * For x86-64 only: PLT entries of other machines are not recognised and keep their addresses.
 */
#include "symbolizer/elf_stubs.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

/* A slot that RESOLVER fills with the address of the version for this processor. */
struct slot {
    uint64_t address, resolver;
};

struct slots {
    struct slot *items;
    size_t count, capacity;
};

static int slot_add(struct slots *slots, struct slot slot)
{
    if (slots->count == slots->capacity) {
        size_t capacity = slots->capacity > 0 ? slots->capacity * 2 : 16;
        struct slot *items = realloc(slots->items, capacity * sizeof *items);
        if (items == NULL)
            return -1;
        slots->items = items;
        slots->capacity = capacity;
    }
    slots->items[slots->count++] = slot;
    return 0;
}

static int slots_read(Elf *module, struct slots *slots)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    GElf_Rela relocation;

    while ((section = elf_nextscn(module, section)) != NULL) {
        Elf_Data *data;
        if (gelf_getshdr(section, &header) == NULL || header.sh_type != SHT_RELA ||
            (header.sh_flags & SHF_ALLOC) == 0)
            continue;
        data = elf_getdata(section, NULL);
        for (int i = 0; data != NULL && gelf_getrela(data, i, &relocation) != NULL; i++)
            if (GELF_R_TYPE(relocation.r_info) == R_X86_64_IRELATIVE &&
                slot_add(slots, (struct slot){relocation.r_offset, (uint64_t)relocation.r_addend}) != 0)
                return -1;
    }
    return 0;
}

/* Copies the SIZE bytes at the virtual ADDRESS of MODULE to BYTES. Returns 0, or -1 if the file has none
 * there. */
static int bytes_read(Elf *module, uint64_t address, unsigned char *bytes, size_t size)
{
    size_t segments = 0, raw_size = 0;
    const char *raw = elf_rawfile(module, &raw_size);

    if (raw == NULL || elf_getphdrnum(module, &segments) != 0)
        return -1;
    for (size_t i = 0; i < segments; i++) {
        GElf_Phdr segment;
        uint64_t offset;
        if (gelf_getphdr(module, (int)i, &segment) == NULL || segment.p_type != PT_LOAD ||
            address < segment.p_vaddr || address - segment.p_vaddr >= segment.p_filesz)
            continue;
        offset = segment.p_offset + (address - segment.p_vaddr);
        if (raw_size < size || offset > raw_size - size)
            return -1;
        memcpy(bytes, raw + offset, size);
        return 0;
    }
    return -1;
}

/* Returns the slot through which the PLT entry at ADDRESS jumps, or 0 if there is no such entry. The entry's
 * code is "[endbr64] [bnd] jmp *slot(%rip)". */
static uint64_t entry_slot(Elf *module, uint64_t address)
{
    static const unsigned char endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};
    unsigned char code[16];
    size_t at = 0;
    uint32_t distance;

    if (bytes_read(module, address, code, sizeof code) != 0)
        return 0;
    if (memcmp(code, endbr64, sizeof endbr64) == 0)
        at += sizeof endbr64;
    if (code[at] == 0xf2)
        at++;
    if (code[at] != 0xff || code[at + 1] != 0x25)
        return 0;
    distance = code[at + 2] | (uint32_t)code[at + 3] << 8 | (uint32_t)code[at + 4] << 16 |
               (uint32_t)code[at + 5] << 24;
    return address + at + 6 + (uint64_t)(int64_t)(int32_t)distance;
}

/* Returns the address of the default version of the function with this RESOLVER, or 0 if there is none. */
static uint64_t default_version(const struct elf_symbols *symbols, uint64_t resolver)
{
    const struct elf_function *function = elf_symbols_exact(symbols, resolver, NULL);
    uint64_t found = 0;

    for (;
         function != NULL && function < symbols->functions + symbols->count && function->address == resolver;
         function++) {
        size_t length;
        const char *own = elf_symbols_own_name(function->name, &length);
        for (size_t i = 0; i < symbols->count && found == 0; i++)
            if (strncmp(symbols->functions[i].name, own, length) == 0 &&
                strncmp(symbols->functions[i].name + length, ".default", strlen(".default")) == 0)
                found = symbols->functions[i].address;
    }
    return found;
}

/* Replaces *ADDRESS by that of the default version if it is a PLT entry for one. */
static void address_follow(Elf *module, const struct elf_symbols *symbols, const struct slots *slots,
                           uint64_t *address)
{
    uint64_t slot, version;

    if (elf_symbols_exact(symbols, *address, NULL) != NULL)
        return;
    slot = entry_slot(module, *address);
    for (size_t i = 0; slot != 0 && i < slots->count; i++)
        if (slots->items[i].address == slot) {
            version = default_version(symbols, slots->items[i].resolver);
            if (version != 0)
                *address = version;
            return;
        }
}

int elf_stubs_follow(Elf *module, const struct elf_symbols *symbols, uint64_t *addresses, size_t count)
{
    struct slots slots = {NULL, 0, 0};
    GElf_Ehdr header;
    int result;

    if (gelf_getehdr(module, &header) == NULL || header.e_machine != EM_X86_64)
        return 0;
    result = slots_read(module, &slots);
    for (size_t i = 0; result == 0 && slots.count > 0 && i < count; i++)
        address_follow(module, symbols, &slots, &addresses[i]);
    free(slots.items);
    return result;
}
