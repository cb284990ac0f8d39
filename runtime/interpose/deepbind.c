/*
 * deepbind.c - records the calls of libraries that RTLD_DEEPBIND opens. See deepbind.h.
 *
 * Both hooks of libc are one function, so its code cannot be made to tell them apart. But it has a symbol for
 * each, and the loader adds a symbol's value to the address of libc. So the values are changed in memory.
 */
#include "runtime/interpose/deepbind.h"

#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#include "runtime/hooks/hooks.h"
#include "runtime/interpose/next.h"
#include "runtime/system/system.h"

/* The dynamic symbols of a module. */
struct symbols {
    ElfW(Sym) * table;
    const char *names;
    const uint32_t *hash; /* in the format of DT_GNU_HASH */
};

/* Returns the address in the entry DYNAMIC of MODULE. The loader adds the module's address to most, in place.
 */
static uintptr_t address_of(const struct link_map *module, const ElfW(Dyn) * dynamic)
{
    uintptr_t address = dynamic->d_un.d_ptr;

    return address < module->l_addr ? address + module->l_addr : address;
}

static struct symbols symbols_of(const struct link_map *module)
{
    struct symbols symbols = {NULL, NULL, NULL};

    for (const ElfW(Dyn) *dynamic = module->l_ld; dynamic->d_tag != DT_NULL; dynamic++) {
        if (dynamic->d_tag == DT_SYMTAB)
            symbols.table = (ElfW(Sym) *)address_of(module, dynamic);
        if (dynamic->d_tag == DT_STRTAB)
            symbols.names = (const char *)address_of(module, dynamic);
        if (dynamic->d_tag == DT_GNU_HASH)
            symbols.hash = (const uint32_t *)address_of(module, dynamic);
    }
    return symbols;
}

static uint32_t hash_of(const char *name)
{
    uint32_t hash = 5381;

    while (*name != '\0')
        hash = hash * 33 + (unsigned char)*name++;
    return hash;
}

/* Returns the symbol NAME of SYMBOLS, or NULL. The hash table has the number of its buckets, the first symbol
 * in it, the words of a filter and its shift; then the filter, the buckets, and a word for each symbol. That
 * is its hash, with bit 0 set at the end of the bucket. */
static ElfW(Sym) * symbol_find(const struct symbols *symbols, const char *name)
{
    const uint32_t *head = symbols->hash;
    const uint32_t *buckets = (const uint32_t *)((const ElfW(Addr) *)(head + 4) + head[2]);
    const uint32_t *chain = buckets + head[0];
    uint32_t hash = hash_of(name), i = buckets[hash % head[0]];

    if (i < head[1])
        return NULL;
    for (;; i++) {
        uint32_t entry = chain[i - head[1]];

        if ((entry | 1) == (hash | 1) && strcmp(symbols->names + symbols->table[i].st_name, name) == 0)
            return &symbols->table[i];
        if (entry & 1)
            return NULL;
    }
}

/* Changes the value of SYMBOL, which lies in memory that is mapped read-only. */
static void symbol_set(ElfW(Sym) * symbol, uintptr_t value)
{
    uintptr_t page_size = getauxval(AT_PAGESZ);
    uintptr_t start = (uintptr_t)symbol & ~(page_size - 1);
    uintptr_t size = (uintptr_t)(symbol + 1) - start;

    if (system_is_error(SYSTEM_CALL(SYS_mprotect, start, size, PROT_READ | PROT_WRITE, 0, 0, 0)))
        return;
    __atomic_store_n(&symbol->st_value, value, __ATOMIC_RELAXED);
    SYSTEM_CALL(SYS_mprotect, start, size, PROT_READ, 0, 0, 0);
}

/* Lets the loader find HOOK in place of the function NAME of LIBC. */
static void redirect(const struct link_map *libc, const struct symbols *symbols, const char *name,
                     void (*hook)(void *, void *))
{
    ElfW(Sym) *symbol = symbol_find(symbols, name);

    if (symbol != NULL)
        symbol_set(symbol, (uintptr_t)hook - libc->l_addr);
}

/* Finds libc by a function that no other library has. */
void deepbind_hooks(void)
{
    void *inside = dlsym(RTLD_NEXT, "gnu_get_libc_version");
    struct link_map *libc;
    struct symbols symbols;
    Dl_info info;

    if (inside == NULL || dladdr1(inside, &info, (void **)&libc, RTLD_DL_LINKMAP) == 0)
        return;
    symbols = symbols_of(libc);
    if (symbols.table == NULL || symbols.names == NULL || symbols.hash == NULL)
        return;
    redirect(libc, &symbols, "__cyg_profile_func_enter", __cyg_profile_func_enter);
    redirect(libc, &symbols, "__cyg_profile_func_exit", __cyg_profile_func_exit);
}
