/*
 * elf_symbols.c - reads symbol tables and build-ids through libelf. See elf_symbols.h.
 *
 * Invariant: nothing from the file is used before libelf or a comparison here has checked it. Strings come
 * from elf_strptr(), which makes sure that they end inside their table.
 */
#include "symbolizer/elf_symbols.h"

#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "symbolizer/addresses.h"
#include "symbolizer/mini_debug.h"

static Elf_Scn *symbol_table_find(Elf *elf, GElf_Word type, GElf_Shdr *header)
{
    Elf_Scn *section = NULL;

    while ((section = elf_nextscn(elf, section)) != NULL)
        if (gelf_getshdr(section, header) != NULL && header->sh_type == type && header->sh_size > 0)
            return section;
    return NULL;
}

/* Ranks global names before weak and local ones. Resolvers come after those, and PLT entries last. */
static unsigned symbol_rank(const GElf_Sym *symbol)
{
    unsigned binding = GELF_ST_BIND(symbol->st_info), rank;

    switch (binding) {
    case STB_GLOBAL:
    case STB_GNU_UNIQUE:
        rank = 0;
        break;
    case STB_WEAK:
        rank = 1;
        break;
    default:
        rank = 2;
    }
    if (GELF_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC)
        rank += 4;
    if (symbol->st_shndx == SHN_UNDEF)
        rank += 8;
    return rank;
}

/*
 * Returns 1 if SYMBOL is a function. An undefined symbol with a value is one too: the program takes the
 * address of a function of another module. The value is a PLT entry, which is that function's address for the
 * whole process.
 */
static int symbol_wanted(const GElf_Sym *symbol)
{
    unsigned type = GELF_ST_TYPE(symbol->st_info);

    return (type == STT_FUNC || type == STT_GNU_IFUNC) && symbol->st_value != 0;
}

/* Adds the functions of ELF's symbol table of TYPE to SYMBOLS, not in order. Returns 0, or -1 if memory is
 * short. */
static int table_add(struct elf_symbols *symbols, Elf *elf, GElf_Word type)
{
    GElf_Shdr header;
    Elf_Scn *section = elf != NULL ? symbol_table_find(elf, type, &header) : NULL;
    Elf_Data *data = section != NULL ? elf_getdata(section, NULL) : NULL;
    size_t entry = elf != NULL ? gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT) : 0, entries;
    struct elf_function *functions;

    if (data == NULL || data->d_buf == NULL || entry == 0)
        return 0;
    entries = data->d_size / entry;
    functions = realloc(symbols->functions, (symbols->count + entries + 1) * sizeof *functions);
    if (functions == NULL)
        return -1;
    symbols->functions = functions;
    for (size_t i = 0; i < entries && i < INT32_MAX; i++) {
        GElf_Sym symbol;
        const char *name;

        if (gelf_getsym(data, (int)i, &symbol) == NULL || !symbol_wanted(&symbol))
            continue;
        name = elf_strptr(elf, header.sh_link, symbol.st_name);
        if (name == NULL || *name == '\0')
            continue;
        functions[symbols->count++] = (struct elf_function){
            .address = symbol.st_value, .size = symbol.st_size, .name = name, .rank = symbol_rank(&symbol)};
    }
    return 0;
}

/* Adds the functions of MODULE's .dynsym, and those of the .symtab in its .gnu_debugdata, which has no
 * function twice. Returns 0, or -1 if memory is short. */
static int stripped_add(struct elf_symbols *symbols, const struct elf_file *module)
{
    if (mini_debug_open(&symbols->mini, module) == 0 &&
        table_add(symbols, symbols->mini.elf, SHT_SYMTAB) != 0)
        return -1;
    return table_add(symbols, module->elf, SHT_DYNSYM);
}

/* Returns what the table in SECTION says of NAME. Names may end in "@VERSION". */
static enum elf_presence table_presence(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, const char *name)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t entry = gelf_fsize(elf, ELF_T_SYM, 1, EV_CURRENT), length = strlen(name);
    enum elf_presence presence = ELF_ABSENT;
    GElf_Sym symbol;

    for (size_t i = 0; data != NULL && entry > 0 && i < data->d_size / entry && i < INT32_MAX; i++) {
        const char *found = gelf_getsym(data, (int)i, &symbol) != NULL
                                ? elf_strptr(elf, header->sh_link, symbol.st_name)
                                : NULL;

        if (found == NULL || strncmp(found, name, length) != 0 ||
            (found[length] != '\0' && found[length] != '@'))
            continue;
        if (symbol.st_shndx != SHN_UNDEF)
            return ELF_DEFINED;
        presence = ELF_UNDEFINED;
    }
    return presence;
}

enum elf_presence elf_symbols_presence(Elf *elf, const char *name)
{
    static const GElf_Word tables[] = {SHT_SYMTAB, SHT_DYNSYM};
    enum elf_presence most = ELF_ABSENT;

    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        GElf_Shdr header;
        Elf_Scn *section = symbol_table_find(elf, tables[i], &header);
        enum elf_presence presence =
            section != NULL ? table_presence(elf, section, &header, name) : ELF_ABSENT;

        most = presence > most ? presence : most;
    }
    return most;
}

static int compare_functions(const void *a, const void *b)
{
    const struct elf_function *left = a, *right = b;
    size_t left_length, right_length;

    if (left->address != right->address)
        return left->address < right->address ? -1 : 1;
    if (left->rank != right->rank)
        return left->rank < right->rank ? -1 : 1;
    left_length = strlen(left->name);
    right_length = strlen(right->name);
    if (left_length != right_length)
        return left_length < right_length ? -1 : 1;
    return strcmp(left->name, right->name);
}

int elf_symbols_load(struct elf_symbols *symbols, const struct elf_file *debug, const struct elf_file *module)
{
    memset(symbols, 0, sizeof *symbols);
    if (table_add(symbols, debug->elf, SHT_SYMTAB) != 0 ||
        (symbols->count == 0 && table_add(symbols, module->elf, SHT_SYMTAB) != 0) ||
        (symbols->count == 0 && stripped_add(symbols, module) != 0)) {
        elf_symbols_free(symbols);
        return -1;
    }
    if (symbols->count > 0)
        qsort(symbols->functions, symbols->count, sizeof *symbols->functions, compare_functions);
    return 0;
}

void elf_symbols_free(struct elf_symbols *symbols)
{
    free(symbols->functions);
    elf_file_close(&symbols->mini);
    memset(symbols, 0, sizeof *symbols);
}

/* Returns the index of the first function at or above ADDRESS. */
static size_t functions_from(const struct elf_symbols *symbols, uint64_t address)
{
    return addresses_from(symbols->functions, symbols->count, sizeof *symbols->functions, address);
}

const struct elf_function *elf_symbols_exact(const struct elf_symbols *symbols, uint64_t address,
                                             const char *preferred)
{
    size_t first = functions_from(symbols, address), length;
    const char *own;

    if (first == symbols->count || symbols->functions[first].address != address)
        return NULL;
    for (size_t i = first; preferred != NULL && i < symbols->count; i++) {
        const struct elf_function *function = &symbols->functions[i];
        if (function->address != address)
            break;
        own = elf_symbols_own_name(function->name, &length);
        if (strlen(preferred) == length && strncmp(own, preferred, length) == 0)
            return function;
    }
    return &symbols->functions[first];
}

const struct elf_function *elf_symbols_covering(const struct elf_symbols *symbols, uint64_t address)
{
    enum { LOOK_BACK = 64 }; /* functions seldom nest, and a hostile file must not make this quadratic */
    size_t i = functions_from(symbols, address), tried = 0;

    if (i < symbols->count && symbols->functions[i].address == address)
        return &symbols->functions[i];
    while (i-- > 0 && tried++ < LOOK_BACK) {
        const struct elf_function *function = &symbols->functions[i];
        if (address - function->address < function->size)
            return elf_symbols_exact(symbols, function->address, NULL);
    }
    return NULL;
}

/* Returns 1 if a suffix marks a clone or a part of a function. The suffix, from AT to END, is a dot and a
 * word. */
static int clone_suffix(const char *at, const char *end)
{
    static const char *const words[] = {
        "isra",       "part",    "constprop", "cold",    "lto_priv",     "lto_copy",
        "localalias", "llvm",    "default",   "_omp_fn", "omp_outlined", /* regions of OpenMP */
        "actor",      "destroy", "resume",    "cleanup", "Frame",        /* coroutines */
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((size_t)(end - at) == strlen(words[i]) + 1 && strncmp(at + 1, words[i], strlen(words[i])) == 0)
            return 1;
    return 0;
}

/* Returns 1 if a suffix is a dot and a number: gcc numbers functions inside of functions, and those of one
 * name. */
static int number_suffix(const char *at, const char *end)
{
    return end > at + 1 && strspn(at + 1, "0123456789") >= (size_t)(end - at - 1);
}

/* Returns the name of the coroutine in the name of its body, or NAME if it is none. gcc's body has a
 * parameter of the type "LENGTH NAME.Frame", where NAME is the whole name of the coroutine. */
static const char *coroutine_name(const char *name)
{
    const char *frame = strstr(name, ".Frame.");

    for (const char *at = frame; at != NULL && at > name; at--) {
        const char *digits = at;

        if (strncmp(at, "_Z", 2) != 0)
            continue;
        while (digits > name && digits[-1] >= '0' && digits[-1] <= '9')
            digits--;
        if (digits < at && strtoul(digits, NULL, 10) == (size_t)(frame - at) + strlen(".Frame"))
            return at;
    }
    return name;
}

const char *elf_symbols_own_name(const char *name, size_t *length)
{
    const char *own = coroutine_name(name);
    size_t at = *own != '\0' ? 1 : 0;

    at += strcspn(own + at, ".@");
    for (int is_first = 1; own[at] == '.'; is_first = 0) {
        size_t next = at + 1 + strcspn(own + at + 1, ".@");

        if (clone_suffix(own + at, own + next) || (is_first && number_suffix(own + at, own + next)))
            break;
        at = next;
    }
    *length = at;
    return own;
}

/* Copies the build-id among the notes in DATA to ID. Returns its size in bytes, or 0 if there is none. */
static size_t notes_search(Elf_Data *data, unsigned char *id, size_t max)
{
    size_t offset = 0, name_at, id_at, next;
    GElf_Nhdr note;

    if (data == NULL || data->d_buf == NULL)
        return 0;
    while ((next = gelf_getnote(data, offset, &note, &name_at, &id_at)) > offset) {
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && note.n_descsz > 0 &&
            note.n_descsz <= max && memcmp((char *)data->d_buf + name_at, "GNU", 4) == 0) {
            memcpy(id, (char *)data->d_buf + id_at, note.n_descsz);
            return note.n_descsz;
        }
        offset = next;
    }
    return 0;
}

/* Sections are searched first: the program headers of a separate debug file describe code that it lacks. */
size_t elf_build_id(Elf *elf, unsigned char *id, size_t max)
{
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    size_t count = 0, size;

    while ((section = elf_nextscn(elf, section)) != NULL)
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == SHT_NOTE) {
            size = notes_search(elf_getdata(section, NULL), id, max);
            if (size > 0)
                return size;
        }
    if (elf_getphdrnum(elf, &count) != 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (gelf_getphdr(elf, (int)i, &segment) == NULL || segment.p_type != PT_NOTE)
            continue;
        size = notes_search(elf_getdata_rawchunk(elf, (int64_t)segment.p_offset, segment.p_filesz,
                                                 segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR),
                            id, max);
        if (size > 0)
            return size;
    }
    return 0;
}
