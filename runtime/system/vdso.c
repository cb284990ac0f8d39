/*
 * vdso.c - finds the kernel's own clock_gettime in the code that the kernel maps into every process
 * (vdso(7)).
 *
 * Three reasons to call that and not libc's. It makes no system call, which a program with a seccomp filter
 * may not allow. A preloaded library such as libfaketime cannot replace it. And it can be found without the
 * dynamic loader, which allocates memory for a search.
 */
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>

#include "runtime/system/system.h"
#include "runtime/system/vdso.h"

int (*system_clock_gettime)(clockid_t clock, struct timespec *time) = clock_gettime;

int system_clock_is_call;

static uint64_t code_start, code_end; /* addresses of what the kernel maps */

struct vdso {
    const char *base; /* address in memory = address in the file + base */
    const ElfW(Sym) * symbols;
    const char *strings; /* the names of symbols */
    size_t count;        /* symbols */
};

/* Fills symbols, strings and count of VDSO from its dynamic section, which begins at ENTRY. */
static void vdso_read_dynamic(struct vdso *vdso, const ElfW(Dyn) * entry)
{
    for (; entry->d_tag != DT_NULL; entry++) {
        const char *address = vdso->base + entry->d_un.d_ptr;

        if (entry->d_tag == DT_SYMTAB)
            vdso->symbols = (const ElfW(Sym) *)address;
        else if (entry->d_tag == DT_STRTAB)
            vdso->strings = address;
    }
    /* The linker puts the strings right behind the symbols. The kernel's build keeps no section headers that
     * would tell the number of symbols. */
    if (vdso->symbols != NULL && (const char *)vdso->symbols < vdso->strings)
        vdso->count = (size_t)(vdso->strings - (const char *)vdso->symbols) / sizeof *vdso->symbols;
}

/* Fills VDSO. Returns 0, or -1 if the kernel has mapped none. */
static int vdso_open(struct vdso *vdso)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);
    const ElfW(Phdr) * segments;

    if (header == NULL)
        return -1;
    segments = (const ElfW(Phdr) *)((const char *)header + header->e_phoff);
    for (size_t i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_LOAD && vdso->base == NULL) {
            vdso->base = (const char *)header + segments[i].p_offset - segments[i].p_vaddr;
            code_start = (uint64_t)header;
            code_end = (uint64_t)vdso->base + segments[i].p_vaddr + segments[i].p_memsz;
        }
    for (size_t i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_DYNAMIC)
            vdso_read_dynamic(vdso, (const ElfW(Dyn) *)((const char *)header + segments[i].p_offset));
    return 0;
}

void vdso_find(void)
{
    struct vdso vdso = {NULL, NULL, NULL, 0};

    if (vdso_open(&vdso) != 0)
        return;
    for (size_t i = 0; i < vdso.count; i++) {
        const char *name = vdso.strings + vdso.symbols[i].st_name;

        if (vdso.symbols[i].st_shndx != SHN_UNDEF &&
            (strcmp(name, "__vdso_clock_gettime") == 0 || strcmp(name, "__kernel_clock_gettime") == 0)) {
            const char *address = vdso.base + vdso.symbols[i].st_value;

            memcpy(&system_clock_gettime, &address, sizeof address);
        }
    }
}

int vdso_holds(uint64_t address)
{
    return address >= code_start && address < code_end;
}
