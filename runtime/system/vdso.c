/*
 * vdso.c - finds the kernel's own clock_gettime in the page of code that it maps into every process
 * (vdso(7)).
 *
 * It makes no system call, which a program that filters its own might not allow, and it is not what a
 * preloaded library (libfaketime) has put in libc's place. The dynamic loader could find it too, but
 * allocates for it.
 */
#include <elf.h>
#include <link.h>
#include <sys/auxv.h>

#include "runtime/system/system.h"
#include "runtime/system/vdso.h"

int (*system_clock_gettime)(clockid_t clock, struct timespec *time) = clock_gettime;

struct vdso {
    const char *base; /* what is added to its addresses */
    const ElfW(Sym) * symbols;
    const char *strings;
    size_t count;
};

static void vdso_read_dynamic(struct vdso *vdso, const ElfW(Dyn) * entry)
{
    for (; entry->d_tag != DT_NULL; entry++) {
        const char *address = vdso->base + entry->d_un.d_ptr;

        if (entry->d_tag == DT_SYMTAB)
            vdso->symbols = (const ElfW(Sym) *)address;
        else if (entry->d_tag == DT_STRTAB)
            vdso->strings = address;
    }
    /* The linker puts one behind the other, and the kernel's build keeps no section headers that say more. */
    if (vdso->symbols != NULL && (const char *)vdso->symbols < vdso->strings)
        vdso->count = (size_t)(vdso->strings - (const char *)vdso->symbols) / sizeof *vdso->symbols;
}

static int vdso_open(struct vdso *vdso)
{
    const ElfW(Ehdr) *header = (const ElfW(Ehdr) *)getauxval(AT_SYSINFO_EHDR);
    const ElfW(Phdr) * segments;

    if (header == NULL)
        return -1;
    segments = (const ElfW(Phdr) *)((const char *)header + header->e_phoff);
    for (size_t i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_LOAD && vdso->base == NULL)
            vdso->base = (const char *)header + segments[i].p_offset - segments[i].p_vaddr;
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
