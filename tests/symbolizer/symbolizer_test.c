/*
 * symbolizer_test.c - tests the symbolizer on programs that it compiles.
 *
 * Run it from the root of the repository, or set SYMBOLIZER_FIXTURES to the absolute path of this folder.
 */
#include "tests/symbolizer/support.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "symbolizer/debug_files.h"
#include "symbolizer/dwarf_units.h"
#include "symbolizer/elf_symbols.h"
#include "symbolizer/isolation.h"
#include "symbolizer/lookup.h"
#include "symbolizer/wanted.h"

/* ---- names, files and lines ---- */

static void cxx_functions(void **state)
{
    static const char *const marked[] = {"functions.cc", NULL};

    (void)state;
    matrix_check(1, "functions.cc", marked, "");
}

static void function_sections(void **state)
{
    static const char *const marked[] = {"functions.cc", NULL};
    static struct binary binary;

    (void)state;
    need("g++");
    binary_make(&binary, "sections", "g++", "-g -O2 -ffunction-sections -Wl,--gc-sections functions.cc");
    marks_check(&binary, marked[0]);
    if (have("clang++")) {
        binary_make(&binary, "sections", "clang++",
                    "-g -O2 -ffunction-sections -Wl,--gc-sections functions.cc");
        marks_check(&binary, marked[0]);
    }
}

/* The linker leaves the DIEs of the functions that it discards, and sets their addresses to 0. */
static void discarded_functions(void **state)
{
    static const uint64_t addresses[] = {0, 1, 4};
    static struct binary binary;
    struct answers answers;

    (void)state;
    need("gcc");
    for (int version = 4; version <= 5; version++) {
        char what[128];
        snprintf(what, sizeof what,
                 "-gdwarf-%d -O1 -ffunction-sections -Wl,--gc-sections one.c two.c library.c", version);
        binary_make(&binary, "discarded", "gcc", what);
        answers_of_path(&answers, binary.path, addresses, 3);
        for (int i = 0; i < 3; i++) {
            assert_null(answers.symbols[i].name);
            assert_null(answers.symbols[i].file);
        }
        answers_free(&answers);
    }
}

static void header_of_two_units(void **state)
{
    static const char *const marked[] = {"shared.h", "one.c", "two.c", NULL};

    (void)state;
    matrix_check(0, "one.c two.c", marked, "");
}

static void link_time_optimisation(void **state)
{
    static struct binary binary;

    (void)state;
    need("gcc");
    binary_make(&binary, "lto", "gcc", "-g -O2 -flto -fno-ipa-icf one.c two.c");
    marks_check(&binary, "one.c");
    marks_check(&binary, "two.c");
}

static void shared_library(void **state)
{
    static const char *const marked[] = {"library.c", NULL};
    static struct binary binary;

    (void)state;
    need("gcc");
    binary_make(&binary, "library.so", "gcc", "-g -O1 -shared -fPIC library.c");
    marks_check(&binary, marked[0]);
    need("clang");
    binary_make(&binary, "library.so", "clang", "-g -O1 -shared -fPIC library.c");
    marks_check(&binary, marked[0]);
}

static void line_directives(void **state)
{
    static const char *const compilers[] = {"gcc", "clang"};
    static struct binary binary;
    struct answers answers;
    char file[2 * PATH_MAX];

    (void)state;
    snprintf(file, sizeof file, "%s/grammar/parser.y", sources);
    for (int i = 0; i < 4; i++) {
        char what[64];
        if (!have(compilers[i / 2]))
            continue;
        snprintf(what, sizeof what, "-gdwarf-%d -O1 directives.c", 4 + i % 2);
        binary_make(&binary, "directives", compilers[i / 2], what);
        symbol_check(answer(&answers, &binary, "parse"), "parse", file, 500, &binary);
        answers_free(&answers);
        symbol_check(answer(&answers, &binary, "lex"), "lex", "/absolute/lexer.l", 7000, &binary);
        answers_free(&answers);
    }
}

static void relative_prefix_map(void **state)
{
    static struct binary binary;
    struct answers answers;
    char what[2 * PATH_MAX];

    (void)state;
    need("gcc");
    for (int version = 4; version <= 5; version++) {
        snprintf(what, sizeof what, "-gdwarf-%d '-ffile-prefix-map=%s=mapped' one.c two.c", version, sources);
        binary_make(&binary, "mapped", "gcc", what);
        assert_string_equal(answer(&answers, &binary, "in_one")->file, "mapped/one.c");
        answers_free(&answers);
    }
}

static void cold_part(void **state)
{
    static struct binary binary;
    struct answers answers;
    char what[64], file[2 * PATH_MAX];

    (void)state;
    need("gcc");
    snprintf(file, sizeof file, "%s/parts.c", sources);
    for (int version = 4; version <= 5; version++) {
        snprintf(what, sizeof what, "-gdwarf-%d -O2 parts.c", version);
        binary_make(&binary, "parts", "gcc", what);
        symbol_check(answer(&answers, &binary, "with_cold_part"), "with_cold_part", file,
                     marked_line("parts.c", "with_cold_part"), &binary);
        answers_free(&answers);
        symbol_check(answer(&answers, &binary, "with_cold_part.cold"), "with_cold_part", file,
                     marked_line("parts.c", "with_cold_part"), &binary);
        answers_free(&answers);
        symbol_check(answer(&answers, &binary, "cloned.constprop.0"), "cloned", file,
                     marked_line("parts.c", "cloned"), &binary);
        answers_free(&answers);
    }
}

/* Nested functions and the regions of OpenMP are numbered by gcc. */
static void nested_functions(void **state)
{
    static struct binary binary;
    struct answers answers;
    char file[2 * PATH_MAX];

    (void)state;
    need("gcc");
    snprintf(file, sizeof file, "%s/nested.c", sources);
    binary_make(&binary, "nested", "gcc", "-g -O0 -fopenmp nested.c");
    symbol_check(answer(&answers, &binary, "inner.0"), "inner", file, marked_line("nested.c", "inner"),
                 &binary);
    answers_free(&answers);
    symbol_check(answer(&answers, &binary, "region._omp_fn.0"), "region", file,
                 marked_line("nested.c", "region"), &binary);
    answers_free(&answers);
    binary_make(&binary, "nested", "gcc", "-O0 -fopenmp nested.c");
    assert_string_equal(answer(&answers, &binary, "inner.0")->name, "inner");
    answers_free(&answers);
}

static void coroutine(void **state)
{
    static const char name[] = "_ZN5space3boxIiE4bodyEi";
    static const char *const parts[] = {"actor", "destroy"};
    static const char *const flags[] = {"-std=c++20 -g -O1 coroutine.cc", "-std=c++20 -O1 coroutine.cc"};
    static struct binary binary;
    struct answers answers;
    char file[2 * PATH_MAX], body[256];

    (void)state;
    need("g++");
    snprintf(file, sizeof file, "%s/coroutine.cc", sources);
    for (int i = 0; i < 4; i++) {
        binary_make(&binary, "coroutine", "g++", flags[i / 2]);
        snprintf(body, sizeof body, "_ZN5space3boxIiE4bodyEPZNS1_4bodyEiE29%s.Frame.%s", name, parts[i % 2]);
        if (i < 2)
            symbol_check(answer(&answers, &binary, body), name, file, marked_line("coroutine.cc", name),
                         &binary);
        else
            assert_string_equal(answer(&answers, &binary, body)->name, name);
        answers_free(&answers);
    }
}

static void clone_without_dwarf(void **state)
{
    static struct binary binary;
    struct answers answers;

    (void)state;
    need("gcc");
    binary_make(&binary, "parts", "gcc", "-O2 parts.c");
    assert_string_equal(answer(&answers, &binary, "cloned.constprop.0")->name, "cloned");
    answers_free(&answers);
    assert_string_equal(answer(&answers, &binary, "with_cold_part.cold")->name, "with_cold_part");
    answers_free(&answers);
}

static void function_versions(void **state)
{
    static struct binary binary;
    struct answers answers;
    char command[2 * PATH_MAX], file[2 * PATH_MAX];

    (void)state;
    need("gcc");
#ifndef __x86_64__
    skip();
#endif
    snprintf(file, sizeof file, "%s/versions.c", sources);
    for (int i = 0; i < 2; i++) {
        unsigned long long printed = 0;
        uint64_t address;
        FILE *pipe;
        binary_make(&binary, "versions", "gcc",
                    i == 0 ? "-g -O1 -fPIE -pie versions.c" : "-g -fno-pie -no-pie versions.c");
        snprintf(command, sizeof command, "'%.*s'", PATH_MAX, binary.path);
        pipe = popen(command, "r");
        assert_non_null(pipe);
        assert_int_equal(fscanf(pipe, "%llx", &printed), 1);
        pclose(pipe);
        address = printed;
        symbol_check(answers_of_path(&answers, binary.path, &address, 1), "with_versions", file,
                     marked_line("versions.c", "with_versions"), &binary);
        answers_free(&answers);
        symbol_check(answer(&answers, &binary, "with_versions.avx2"), "with_versions", file,
                     marked_line("versions.c", "with_versions"), &binary);
        answers_free(&answers);
    }
}

/* With -g1, clang writes no DIEs for functions. */
static void line_of_the_line_table(void **state)
{
    static struct binary binary;
    struct answers answers;
    struct symbol *symbol;

    (void)state;
    need("clang");
    binary_make(&binary, "short", "clang", "-g1 -O1 one.c two.c");
    symbol = answer(&answers, &binary, "in_one");
    assert_string_equal(symbol->name, "in_one");
    assert_true(ends_with(symbol->file, "/one.c"));
    assert_in_range(symbol->line, marked_line("one.c", "in_one"), marked_line("one.c", "in_one") + 1);
    answers_free(&answers);
}

static void split_dwarf(void **state)
{
    static struct binary binary;
    struct answers answers;
    struct symbol *symbol;

    (void)state;
    need("gcc");
    for (int version = 4; version <= 5; version++) {
        snprintf(binary.path, sizeof binary.path, "%.*s/split", PATH_MAX / 2, folder);
        run_well("cd '%s' && gcc -gdwarf-%d -gsplit-dwarf -O1 '%s/one.c' '%s/two.c' -o split", folder,
                 version, sources, sources);
        binary_symbols_read(&binary, "");
        symbol = answer(&answers, &binary, "in_two");
        assert_string_equal(symbol->name, "in_two");
        assert_true(ends_with(symbol->file, "/two.c"));
        assert_in_range(symbol->line, marked_line("two.c", "in_two"), marked_line("two.c", "in_two") + 1);
        answers_free(&answers);
    }
}

static void inside_of_a_function(void **state)
{
    static struct binary binary;
    struct answers answers;
    uint64_t address;
    char file[2 * PATH_MAX];

    (void)state;
    need("gcc");
    snprintf(file, sizeof file, "%s/one.c", sources);
    binary_make(&binary, "inside", "gcc", "-g -O0 one.c two.c");
    address = address_of(&binary, "in_one") + 5;
    symbol_check(answers_of_path(&answers, binary.path, &address, 1), "in_one", file,
                 marked_line("one.c", "in_one"), &binary);
    answers_free(&answers);
    run_well("strip -g '%s'", binary.path);
    assert_string_equal(answers_of_path(&answers, binary.path, &address, 1)->name, "in_one");
    answers_free(&answers);
}

static void order_and_repetition(void **state)
{
    static struct binary binary;
    struct answers answers;
    uint64_t addresses[5];

    (void)state;
    need("gcc");
    binary_make(&binary, "order", "gcc", "-g one.c two.c");
    addresses[0] = addresses[3] = address_of(&binary, "main");
    addresses[1] = address_of(&binary, "in_two");
    addresses[2] = 0;
    addresses[4] = UINT64_MAX;
    answers_of_path(&answers, binary.path, addresses, 5);
    assert_string_equal(answers.symbols[0].name, "main");
    assert_string_equal(answers.symbols[1].name, "in_two");
    assert_null(answers.symbols[2].name);
    assert_string_equal(answers.symbols[3].name, "main");
    assert_null(answers.symbols[4].name);
    assert_int_equal(answers.symbols[1].address, addresses[1]);
    answers_free(&answers);
    answers_of_path(&answers, binary.path, addresses, 0);
    assert_null(answers.storage);
}

/* ---- files without DWARF, and DWARF elsewhere ---- */

static void no_dwarf(void **state)
{
    static struct binary binary;
    struct answers answers;
    struct symbol *symbol;

    (void)state;
    need("gcc");
    binary_make(&binary, "plain", "gcc", "one.c two.c");
    symbol = answer(&answers, &binary, "in_one");
    assert_string_equal(symbol->name, "in_one");
    assert_null(symbol->file);
    assert_int_equal(symbol->line, 0);
    assert_int_equal(symbol->language, SYMBOLIZER_LANGUAGE_UNKNOWN);
    assert_string_equal(answers.message, "");
    answers_free(&answers);
    binary_make(&binary, "hooked", "gcc", "-finstrument-functions one.c two.c");
    assert_string_equal(answer(&answers, &binary, "in_one")->name, "in_one");
    assert_non_null(strstr(answers.message, "hooked has no debug information"));
    answers_free(&answers);
}

static void dynamic_symbols(void **state)
{
    static struct binary binary;
    struct answers answers;

    (void)state;
    need("gcc");
    binary_make(&binary, "stripped.so", "gcc", "-shared -fPIC library.c");
    run_well("strip '%s'", binary.path);
    assert_string_equal(answer(&answers, &binary, "library_public")->name, "library_public");
    answers_free(&answers);
    assert_string_equal(answer(&answers, &binary, "alias")->name, "alias"); /* the shorter of two names */
    answers_free(&answers);
    assert_null(answer(&answers, &binary, "library_private")->name);
    answers_free(&answers);
}

static void nothing_at_all(void **state)
{
    static struct binary binary;
    struct answers answers;

    (void)state;
    need("gcc");
    binary_make(&binary, "stripped", "gcc", "-g one.c two.c");
    run_well("strip '%s'", binary.path);
    assert_null(answer(&answers, &binary, "in_one")->name);
    assert_null(answers.symbols[0].file);
    assert_string_equal(answers.message, "");
    answers_free(&answers);
    binary_make(&binary, "hooked", "gcc", "-g -finstrument-functions one.c two.c");
    run_well("strip '%s'", binary.path);
    assert_null(answer(&answers, &binary, "in_one")->name);
    assert_non_null(strstr(answers.message, "hooked is stripped, or was linked with -s"));
    answers_free(&answers);
}

/* Compiles a program and moves its DWARF and symbols to separate.debug in the folder PLACE. */
static void separate_make(struct binary *binary, const char *place, const char *what)
{
    binary_make(binary, "separate", "gcc", what);
    run_well("cd '%s' && mkdir -p '%s' && objcopy --only-keep-debug separate '%s/separate.debug' && strip "
             "separate && "
             "objcopy --add-gnu-debuglink='%s/separate.debug' separate",
             folder, place, place, place);
}

static void debug_link(void **state)
{
    static struct binary binary;
    struct answers answers;

    (void)state;
    need("gcc");
    separate_make(&binary, ".", "-g -O1 one.c two.c");
    marks_check(&binary, "one.c");
    separate_make(&binary, ".debug", "-g -O1 one.c two.c");
    run_well("rm -f '%s/separate.debug'", folder);
    marks_check(&binary, "one.c");
    run_well("echo more >>'%s/.debug/separate.debug'", folder); /* which changes its CRC */
    assert_null(answer(&answers, &binary, "in_one")->name);
    answers_free(&answers);
    run_well("rm -r '%s/.debug'", folder);
}

static void debug_by_build_id(void **state)
{
    static struct binary binary;
    struct elf_file module, debug;
    unsigned char id[SYMBOLIZER_BUILD_ID_MAX];
    char hex[2 * SYMBOLIZER_BUILD_ID_MAX + 1], root[2 * PATH_MAX];
    size_t size;

    (void)state;
    need("gcc");
    separate_make(&binary, ".", "-g -Wl,--build-id=sha1 one.c two.c");
    assert_int_equal(elf_file_open(&module, binary.path), 0);
    size = elf_build_id(module.elf, id, sizeof id);
    assert_int_equal(size, 20);
    for (size_t i = 0; i < size; i++)
        snprintf(hex + 2 * i, 3, "%02x", id[i]);
    snprintf(root, sizeof root, "%s/root", folder);
    run_well("mkdir -p '%s/.build-id/%.2s' && mv '%s/separate.debug' '%s/.build-id/%.2s/%s.debug'", root, hex,
             folder, root, hex, hex + 2);
    assert_int_equal(debug_files_open(&debug, &module, binary.path, root), 0);
    assert_int_equal(elf_file_section(&debug, ".debug_info"), ELF_SECTION_PLAIN);
    elf_file_close(&debug);
    assert_int_equal(debug_files_open(&debug, &module, binary.path, folder), -1);
    /* A file with another build-id in its place is refused. */
    run_well("cp /bin/sh '%s/.build-id/%.2s/%s.debug'", root, hex, hex + 2);
    assert_int_equal(debug_files_open(&debug, &module, binary.path, root), -1);
    /* debuginfod's cache is searched last. */
    run_well("mkdir -p '%s/%s' && cd '%s' && gcc -w -g -Wl,--build-id=sha1 one.c two.c -o '%s/%s/debuginfo'",
             root, hex, sources, root, hex);
    setenv("DEBUGINFOD_CACHE_PATH", root, 1);
    assert_int_equal(debug_files_open(&debug, &module, binary.path, folder), 0);
    elf_file_close(&debug);
    unsetenv("DEBUGINFOD_CACHE_PATH");
    elf_file_close(&module);
}

static void compressed_sections(void **state)
{
    static const char *const ways[] = {"zlib", "zlib-gnu"};
    static struct binary binary;
    struct answers answers;

    (void)state;
    need("gcc");
    for (size_t i = 0; i < 2; i++) {
        binary_make(&binary, "compressed", "gcc", "-g functions.cc -lstdc++");
        run_well("objcopy --compress-debug-sections=%s '%s'", ways[i], binary.path);
        marks_check(&binary, "functions.cc");
    }
    if (run("objcopy --compress-debug-sections=zstd '%s' 2>/dev/null", binary.path) != 0)
        return;
    answer(&answers, &binary, "plain_c");
    assert_string_equal(answers.symbols[0].name, "plain_c");
    if (answers.symbols[0].file == NULL) /* a newer libdwarf can read zstd */
        assert_non_null(strstr(answers.message, "objcopy --decompress-debug-sections"));
    answers_free(&answers);
}

/* ---- files that have changed, are missing, or are damaged ---- */

/* Checks that resolving main of BINARY in MODULE finds nothing, and that the message contains SAYS. */
static void refusal_check(const struct binary *binary, struct symbolizer_module *module, const char *says)
{
    struct answers answers = {.count = 1};

    answers.symbols[0].address = address_of(binary, "main");
    answers_get(&answers, module);
    assert_null(answers.symbols[0].name);
    assert_null(answers.symbols[0].file);
    if (strstr(answers.message, says) == NULL || strstr(answers.message, module->path) == NULL)
        fail_msg("the message is: %s", answers.message);
    answers_free(&answers);
}

static void changed_file(void **state)
{
    static struct binary binary;
    struct symbolizer_module module = {.path = binary.path};
    struct answers answers = {.count = 1};
    struct elf_file file;
    struct stat status;

    (void)state;
    need("gcc");
    binary_make(&binary, "changed", "gcc", "-g -Wl,--build-id=sha1 one.c two.c");
    assert_int_equal(elf_file_open(&file, binary.path), 0);
    module.build_id_size = elf_build_id(file.elf, module.build_id, sizeof module.build_id);
    elf_file_close(&file);
    assert_int_equal(module.build_id_size, 20);
    module.size = 1; /* is ignored if there is a build-id */
    answers.symbols[0].address = address_of(&binary, "main");
    answers_get(&answers, &module);
    assert_string_equal(answers.symbols[0].name, "main");
    answers_free(&answers);
    module.build_id[19] ^= 1;
    refusal_check(&binary, &module, "has changed since the run");
    module.build_id_size = 19;
    refusal_check(&binary, &module, "has changed since the run");
    module.build_id_size = 1000;
    refusal_check(&binary, &module, "has changed since the run");

    assert_int_equal(stat(binary.path, &status), 0);
    module.build_id_size = 0;
    module.size = (uint64_t)status.st_size;
    module.mtime = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
    answers_get(&answers, &module);
    assert_string_equal(answers.symbols[0].name, "main");
    answers_free(&answers);
    module.mtime++;
    refusal_check(&binary, &module, "has changed since the run");
    module.mtime--;
    module.size++;
    refusal_check(&binary, &module, "has changed since the run");
}

/* Fills MODULE with the build-id of BINARY, and ID with its digits. */
static void identify(const struct binary *binary, struct symbolizer_module *module, char *id)
{
    struct elf_file file;

    assert_int_equal(elf_file_open(&file, binary->path), 0);
    module->build_id_size = elf_build_id(file.elf, module->build_id, sizeof module->build_id);
    elf_file_close(&file);
    for (size_t i = 0; i < module->build_id_size; i++)
        snprintf(id + 2 * i, 3, "%02x", module->build_id[i]);
}

/* Checks that main of BINARY in MODULE has its name, file and line, without a warning. */
static void main_check(const struct binary *binary, const struct symbolizer_module *module)
{
    struct answers answers = {.count = 1};
    char file[2 * PATH_MAX];

    snprintf(file, sizeof file, "%s/one.c", sources);
    answers.symbols[0].address = address_of(binary, "main");
    answers_get(&answers, module);
    symbol_check(&answers.symbols[0], "main", file, marked_line("one.c", "main"), binary);
    assert_string_equal(answers.message, "");
    answers_free(&answers);
}

static void kept_file(void **state)
{
    static struct binary binary;
    char id[2 * SYMBOLIZER_BUILD_ID_MAX + 1] = "", kept[64];

    (void)state;
    need("gcc");
    for (int i = 0; i < 2; i++) {
        struct symbolizer_module module = {.path = binary.path, .kept = kept};
        int descriptor;

        binary_make(&binary, "kept", "gcc", "-g -Wl,--build-id=sha1 one.c two.c");
        identify(&binary, &module, id);
        descriptor = open(binary.path, O_RDONLY | O_CLOEXEC);
        snprintf(kept, sizeof kept, "/proc/self/fd/%d", descriptor);
        run_well("%s '%s'", i == 0 ? "rm" : "cp --remove-destination /bin/sh", binary.path);
        main_check(&binary, &module);
        module.build_id[0] ^= 1;
        refusal_check(&binary, &module, i == 0 ? "No such file" : "has changed");
        close(descriptor);
    }
}

static void debug_file_alone(void **state)
{
    static struct binary binary;
    struct symbolizer_module module = {.path = binary.path};
    char id[2 * SYMBOLIZER_BUILD_ID_MAX + 1] = "", cache[2 * PATH_MAX];

    (void)state;
    need("gcc");
    binary_make(&binary, "gone", "gcc", "-g -Wl,--build-id=sha1 one.c two.c");
    identify(&binary, &module, id);
    run_well("cd '%s' && mkdir -p cache/%s && objcopy --only-keep-debug gone cache/%s/debuginfo && rm gone",
             folder, id, id);
    refusal_check(&binary, &module, "No such file");
    snprintf(cache, sizeof cache, "%s/cache", folder);
    setenv("DEBUGINFOD_CACHE_PATH", cache, 1);
    main_check(&binary, &module);
    module.build_id_size = 0;
    refusal_check(&binary, &module, "No such file");
    unsetenv("DEBUGINFOD_CACHE_PATH");
}

static void missing_file(void **state)
{
    static struct binary binary;
    struct symbolizer_module module = {.path = "/nonexistent/program"};

    (void)state;
    need("gcc");
    binary_make(&binary, "plain", "gcc", "one.c two.c");
    refusal_check(&binary, &module, "No such file or directory");
    module.path = sources;
    refusal_check(&binary, &module, "not an ELF file");
    module.path = "/dev/zero";
    refusal_check(&binary, &module, "not an ELF file");
    module.path = "/etc/passwd";
    refusal_check(&binary, &module, "not an ELF file");
    snprintf(binary.path, sizeof binary.path, "%.*s/fifo", PATH_MAX / 2, folder);
    assert_int_equal(mkfifo(binary.path, 0600), 0);
    module.path = binary.path;
    refusal_check(&binary, &module, "not an ELF file");
    module.path = "";
    refusal_check(&binary, &module, "no file");
}

static void long_and_wild_path(void **state)
{
    struct symbolizer_module module;
    struct answers answers = {.count = 1};
    char path[3000];

    (void)state;
    memset(path, '\n', sizeof path);
    path[sizeof path - 1] = '\0';
    module = (struct symbolizer_module){.path = path};
    answers_get(&answers, &module);
    assert_null(strchr(answers.message, '\n'));
    assert_true(ends_with(answers.message, "shown as addresses"));
    answers_free(&answers);
}

/* The contents of a file, in memory. */
struct contents {
    unsigned char *bytes;
    size_t size;
};

static void contents_read(struct contents *contents, const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat status;

    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &status), 0);
    contents->size = (size_t)status.st_size;
    contents->bytes = malloc(contents->size);
    assert_non_null(contents->bytes);
    assert_int_equal(fread(contents->bytes, 1, contents->size, file), contents->size);
    fclose(file);
}

static void contents_write(const struct contents *contents, size_t size, const char *path)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(contents->bytes, 1, size, file), size);
    fclose(file);
}

/* Reads every string of the answers, so that a sanitizer notices one that is out of bounds. */
static size_t strings_measure(const struct answers *answers)
{
    size_t total = strlen(answers->message);

    for (size_t i = 0; i < answers->count; i++) {
        total += answers->symbols[i].name != NULL ? strlen(answers->symbols[i].name) : 0;
        total += answers->symbols[i].file != NULL ? strlen(answers->symbols[i].file) : 0;
        assert_in_range(answers->symbols[i].language, 0, SYMBOLIZER_LANGUAGE_COUNT - 1);
    }
    return total;
}

/* Resolves all functions of BINARY in the damaged file at PATH. Any answer will do. */
static void damaged_ask(struct answers *answers, const struct binary *binary, const char *path)
{
    uint64_t addresses[SYMBOLS_MAX];

    for (size_t i = 0; i < binary->count; i++)
        addresses[i] = binary->symbols[i].address;
    answers_of_path(answers, path, addresses, binary->count);
    strings_measure(answers);
    answers_free(answers);
}

/* Checks that the list of functions of the file at PATH is in order and has those of BINARY. */
static void list_check(const char *path, const struct binary *binary)
{
    static const char *const names[] = {"main", "in_one", "in_two"};
    char message[SYMBOLIZER_MESSAGE_MAX] = "";
    struct symbolizer_functions functions;

    assert_int_equal(symbolizer_list(path, &functions, message), 0);
    assert_true(functions.build_id_size > 0);
    for (size_t i = 1; i < functions.count; i++)
        assert_true(functions.addresses[i] > functions.addresses[i - 1]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t place = 0;

        while (place < functions.count && functions.addresses[place] != address_of(binary, names[i]))
            place++;
        assert_true(place < functions.count);
    }
    free(functions.addresses);
}

static void functions_of_a_file(void **state)
{
    static struct binary binary;

    (void)state;
    need("gcc");
    binary_make(&binary, "listed", "gcc", "-g -Wl,--build-id one.c two.c");
    list_check(binary.path, &binary);
    run_well("cd '%s' && objcopy --only-keep-debug listed listed.debug && strip listed && "
             "objcopy --add-gnu-debuglink=listed.debug listed",
             folder);
    list_check(binary.path, &binary);
}

static void functions_of_damaged_files(void **state)
{
    static struct binary binary;
    char message[SYMBOLIZER_MESSAGE_MAX], path[2 * PATH_MAX];
    struct symbolizer_functions functions;
    struct contents contents;

    (void)state;
    need("gcc");
    binary_make(&binary, "cut", "gcc", "one.c two.c");
    contents_read(&contents, binary.path);
    snprintf(path, sizeof path, "%s/cut.part", folder);
    for (size_t size = 0; size < contents.size; size += 1 + contents.size / 64) {
        contents_write(&contents, size, path);
        if (symbolizer_list(path, &functions, message) != 0)
            assert_non_null(strstr(message, "cut.part: its functions cannot be listed"));
        free(functions.addresses);
    }
    free(contents.bytes);
    assert_int_equal(symbolizer_list("/nonexistent", &functions, message), -1);
    assert_string_equal(message, "/nonexistent: its functions cannot be listed");
}

static void truncated_file(void **state)
{
    static struct binary binary;
    static struct answers answers;
    struct contents contents;
    char path[2 * PATH_MAX];

    (void)state;
    need("gcc");
    binary_make(&binary, "whole", "gcc", "-g one.c two.c");
    contents_read(&contents, binary.path);
    snprintf(path, sizeof path, "%s/truncated", folder);
    for (size_t size = 0; size < contents.size; size += size < 128 ? 1 : contents.size / 128) {
        contents_write(&contents, size, path);
        damaged_ask(&answers, &binary, path);
    }
    free(contents.bytes);
}

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13; /* xorshift64 */
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void mutated_file(void **state)
{
    enum { ROUNDS = 400, BYTES_MAX = 40 };
    static struct binary binary;
    static struct answers answers;
    struct contents contents, mutated;
    uint64_t random = 20210528;
    size_t warned = 0;
    char path[2 * PATH_MAX];

    (void)state;
    need("g++");
    binary_make(&binary, "sound", "g++", "-gdwarf-5 -O1 functions.cc");
    contents_read(&contents, binary.path);
    mutated.size = contents.size;
    mutated.bytes = malloc(contents.size);
    assert_non_null(mutated.bytes);
    snprintf(path, sizeof path, "%s/mutated", folder);
    for (int round = 0; round < ROUNDS; round++) {
        /* Half of the rounds leave the first half of the file intact: the ELF header and the code. */
        size_t from = round % 2 == 0 ? contents.size / 2 : 0;
        memcpy(mutated.bytes, contents.bytes, contents.size);
        for (size_t n = 1 + random_next(&random) % BYTES_MAX; n > 0; n--)
            mutated.bytes[from + random_next(&random) % (contents.size - from)] =
                (unsigned char)random_next(&random);
        contents_write(&mutated, mutated.size, path);
        damaged_ask(&answers, &binary, path);
        warned += answers.message[0] != '\0';
    }
    assert_true(warned > 0);
    free(mutated.bytes);
    free(contents.bytes);
}

/* Returns the offset of section NAME in the file at PATH, and stores its bytes in *SIZE. */
static size_t section_place(const char *path, const char *name, size_t *size)
{
    struct elf_file file;
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    size_t names, offset = 0;

    assert_int_equal(elf_file_open(&file, path), 0);
    assert_int_equal(elf_getshdrstrndx(file.elf, &names), 0);
    while (offset == 0 && (section = elf_nextscn(file.elf, section)) != NULL)
        if (gelf_getshdr(section, &header) != NULL &&
            strcmp(elf_strptr(file.elf, names, header.sh_name), name) == 0) {
            offset = (size_t)header.sh_offset;
            *size = (size_t)header.sh_size;
        }
    elf_file_close(&file);
    assert_true(offset > 0);
    return offset;
}

/* libdwarf 20210528 frees a block twice if .debug_rnglists is damaged. */
static void fatal_file(void **state)
{
    static struct binary binary;
    static struct answers answers;
    struct contents contents;
    uint64_t address, random = 5;
    size_t at, size = 0;
    char path[2 * PATH_MAX];
    int died = 0;

    (void)state;
    need("g++");
    binary_make(&binary, "sound", "g++", "-gdwarf-5 -O1 functions.cc");
    at = section_place(binary.path, ".debug_rnglists", &size);
    contents_read(&contents, binary.path);
    snprintf(path, sizeof path, "%s/fatal", folder);
    address = address_of(&binary, "plain_c");
    for (int round = 0; round < 100 && !died; round++) {
        for (size_t i = 0; i < 8; i++)
            contents.bytes[at + random_next(&random) % (i < 4 ? 12 : size)] =
                (unsigned char)random_next(&random);
        contents_write(&contents, contents.size, path);
        answers_of_path(&answers, path, &address, 1);
        died = strstr(answers.message, "debug information could not be read") != NULL;
        assert_string_equal(answers.symbols[0].name, "plain_c");
        answers_free(&answers);
    }
    free(contents.bytes);
    if (!died)
        skip(); /* this libdwarf does not crash */
    assert_null(answers.symbols[0].file);
}

/* ---- the child ---- */

static int work_well(void *argument, void **answer, size_t *size)
{
    *answer = strdup(argument);
    *size = strlen(argument);
    return 0;
}

static int work_crash(void *argument, void **answer, size_t *size)
{
    (void)answer;
    (void)size;
    (void)argument;
    abort();
}

static int work_forever(void *argument, void **answer, size_t *size)
{
    volatile int forever = 1;

    (void)argument;
    while (forever)
        continue;
    *answer = NULL;
    *size = 0;
    return 0;
}

static int work_greedily(void *argument, void **answer, size_t *size)
{
    size_t want = 512u << 20;
    char *block = malloc(want);

    (void)argument;
    if (block == NULL)
        return -1;
    memset(block, 1, want);
    *answer = block;
    *size = 1;
    return 0;
}

static int work_for_a_long_answer(void *argument, void **answer, size_t *size)
{
    (void)argument;
    *size = 1 << 20;
    *answer = calloc(*size, 1);
    return 0;
}

static const struct isolation_limits small_limits = {.cpu_seconds = 1, .memory = 64 << 20, .answer = 1000};

/* Runs WORK in a child. Checks that its answer is ARGUMENT, if it succeeds and ARGUMENT is not NULL. Checks
 * also that no zombie is left. Returns the result of isolation_run(). */
static int isolated(isolation_work *work, char *argument)
{
    void *answer;
    size_t size;
    int result = isolation_run(work, argument, &small_limits, &answer, &size);

    if (result == 0 && argument != NULL) {
        assert_int_equal(size, strlen(argument));
        assert_memory_equal(answer, argument, size);
    }
    if (result != 0)
        assert_null(answer);
    free(answer);
    errno = 0;
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombie */
    assert_int_equal(errno, ECHILD);
    return result;
}

static void child_answers(void **state)
{
    char text[] = "an answer";

    (void)state;
    assert_int_equal(isolated(work_well, text), 0);
}

static void child_crashes(void **state)
{
    (void)state;
    assert_int_equal(isolated(work_crash, NULL), 1);
}

static void child_hangs(void **state)
{
    (void)state;
    signal(SIGXCPU, SIG_IGN); /* in the parent, which must not keep it from ending the child */
    assert_int_equal(isolated(work_forever, NULL), 1);
    signal(SIGXCPU, SIG_DFL);
}

static void child_takes_memory(void **state)
{
    (void)state;
    assert_int_equal(isolated(work_greedily, NULL), 1);
}

static void child_talks_too_much(void **state)
{
    (void)state;
    assert_int_equal(isolated(work_for_a_long_answer, NULL), 1);
}

static void nothing_handled(int number)
{
    (void)number;
}

/* A timer interrupts the system calls every 0.5 ms. */
static void signals_and_streams(void **state)
{
    static struct binary binary;
    struct sigaction handle = {.sa_handler = nothing_handled}, before, after;
    struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
    char path[2 * PATH_MAX];
    sigset_t mask_before = {0}, mask_after = {0};
    struct stat status;
    FILE *stream;

    (void)state;
    need("gcc");
    binary_make(&binary, "signals", "gcc", "-g one.c two.c");
    snprintf(path, sizeof path, "%s/stream", folder);
    stream = fopen(path, "w");
    assert_non_null(stream);
    fputs("once", stream); /* stays in the buffer, and is written twice if the child flushes it */
    sigaction(SIGALRM, &handle, NULL);
    sigaction(SIGSEGV, NULL, &before);
    sigprocmask(SIG_SETMASK, NULL, &mask_before);
    setitimer(ITIMER_REAL, &often, NULL);
    for (int i = 0; i < 40; i++)
        marks_check(&binary, "one.c");
    setitimer(ITIMER_REAL, &never, NULL);
    sigprocmask(SIG_SETMASK, NULL, &mask_after);
    sigaction(SIGSEGV, NULL, &after);
    assert_memory_equal(&mask_before, &mask_after, sizeof mask_before);
    assert_true(before.sa_handler == after.sa_handler);
    signal(SIGALRM, SIG_DFL);
    fclose(stream);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, 4);
    signal(SIGCHLD, SIG_IGN); /* so that children leave no exit status */
    marks_check(&binary, "one.c");
    signal(SIGCHLD, SIG_DFL);
}

static void no_descriptors_left(void **state)
{
    static struct binary binary;
    int before, after;

    (void)state;
    need("gcc");
    binary_make(&binary, "descriptors", "gcc", "-g one.c two.c");
    before = dup(0);
    close(before);
    marks_check(&binary, "one.c");
    assert_int_equal(isolated(work_crash, NULL), 1);
    after = dup(0);
    close(after);
    assert_int_equal(before, after);
}

/* Returns 1 if main of BINARY is found by a process without the standard descriptors whose bit is set in
 * CLOSED. */
static int found_without(const struct binary *binary, int closed)
{
    pid_t child = fork();
    int status = -1;

    if (child == 0) {
        struct symbol symbol = {.address = address_of(binary, "main")};
        struct symbolizer_module module = {.path = binary->path};
        char message[SYMBOLIZER_MESSAGE_MAX], *storage;

        for (int i = 0; i < 3; i++)
            if ((closed >> i & 1) != 0)
                close(i);
        symbolizer_resolve(&module, &symbol, 1, &storage, message);
        _exit(symbol.name != NULL && strcmp(symbol.name, "main") == 0 ? 0 : 1);
    }
    waitpid(child, &status, 0);
    return status == 0;
}

static void closed_standard_descriptors(void **state)
{
    static struct binary binary;

    (void)state;
    need("gcc");
    binary_make(&binary, "closed", "gcc", "-g one.c two.c");
    for (int closed = 1; closed < 8; closed++)
        if (!found_without(&binary, closed))
            fail_msg("nothing is found without the descriptors in %d", closed);
}

static void bent_answers(void **state)
{
    static struct binary binary;
    struct symbolizer_module module = {.path = binary.path};
    struct answers answers = {.count = 3};
    struct lookup lookup = {.module = &module, .symbols = answers.symbols, .count = 3};
    struct lookup_missing missing;
    uint64_t random = 42;
    void *sound;
    size_t size, accepted = 0;

    (void)state;
    need("gcc");
    binary_make(&binary, "bent", "gcc", "-g one.c two.c");
    answers.symbols[0].address = address_of(&binary, "main");
    answers.symbols[1].address = address_of(&binary, "in_one");
    answers.symbols[2].address = 1;
    assert_int_equal(lookup_work(&lookup, &sound, &size), 0);
    for (int round = 0; round < 20000; round++) {
        size_t bent_size = round % 3 == 0 ? random_next(&random) % (size + 1) : size;
        char *bent = malloc(bent_size > 0 ? bent_size : 1);
        assert_non_null(bent);
        memcpy(bent, sound, bent_size);
        for (size_t n = round % 5; n > 0 && bent_size > 0; n--) {
            /* Most bytes are the message's: aim at the header's counts and the records, of 72 bytes. */
            size_t at = random_next(&random) % bent_size;
            if (n % 2 == 0 && bent_size > 528 + 72)
                at = n == 2 ? random_next(&random) % 16 : 528 + random_next(&random) % 72;
            bent[at] = (char)random_next(&random);
        }
        if (lookup_decode(bent, bent_size, answers.symbols, 3, answers.message, &missing) == 0) {
            strings_measure(&answers);
            accepted++;
        }
        free(bent);
    }
    assert_true(accepted > 1000 && accepted < 19000);
    free(sound);
}

/* ---- names and paths ---- */

/* Checks that NAME is demangled as EXPECTED, or not at all if that is NULL. */
static void demangled(const char *name, enum symbolizer_language language, int parameters,
                      const char *expected)
{
    char *text = symbolizer_demangle(name, language, parameters);

    if (expected == NULL ? text != NULL : text == NULL || strcmp(text, expected) != 0)
        fail_msg("%s is demangled as %s, not as %s", name, text ? text : "nothing",
                 expected ? expected : "nothing");
    free(text);
}

static void demangling(void **state)
{
    (void)state;
    demangled("_ZN5outer3addIiEET_S1_S1_", SYMBOLIZER_LANGUAGE_CXX, 0, "outer::add<int>");
    demangled("_ZN5outer3addIiEET_S1_S1_", SYMBOLIZER_LANGUAGE_CXX, 1, "outer::add<int>(int, int)");
    demangled("_ZNK7CounterltERKS_", SYMBOLIZER_LANGUAGE_CXX, 0, "Counter::operator<");
    demangled("_ZNK7CounterltERKS_", SYMBOLIZER_LANGUAGE_CXX, 1, "Counter::operator<(Counter const&) const");
    demangled("_ZZ3fooiENKUlvE_clEv", SYMBOLIZER_LANGUAGE_CXX, 0, "foo(int)::{lambda()#1}::operator()");
    demangled("_Z4takeSt8functionIFivEE", SYMBOLIZER_LANGUAGE_CXX, 1, "take(std::function<int ()>)");
    demangled("_GLOBAL__sub_I__ZN1LC2Ei", SYMBOLIZER_LANGUAGE_CXX, 0, "static initialisers keyed to L::L");
    demangled("_GLOBAL__sub_I__ZN1LC2Ei", SYMBOLIZER_LANGUAGE_CXX, 1,
              "static initialisers keyed to L::L(int)");
    demangled("_GLOBAL__sub_D.00101_main", SYMBOLIZER_LANGUAGE_UNKNOWN, 0,
              "static destructors keyed to main with priority 101");
    demangled("_GLOBAL__sub_I_some.cc", SYMBOLIZER_LANGUAGE_CXX, 0, "static initialisers keyed to some.cc");
    for (const char *const *name =
             (const char *const[]){"_GLOBAL__sub_", "_GLOBAL__sub_I", "_GLOBAL__sub_I_", "_GLOBAL__sub_I.",
                                   "_GLOBAL__sub_I.1", "_GLOBAL__sub_X_main", NULL};
         *name != NULL; name++)
        demangled(*name, SYMBOLIZER_LANGUAGE_CXX, 0, NULL);
    demangled("_Z3foogarbage!", SYMBOLIZER_LANGUAGE_CXX, 0, NULL);
    demangled("_Z3foo", SYMBOLIZER_LANGUAGE_CXX, 0, "foo");
    demangled("main", SYMBOLIZER_LANGUAGE_CXX, 0, NULL);
    demangled("", SYMBOLIZER_LANGUAGE_CXX, 0, NULL);
    demangled("_Z3fooi", SYMBOLIZER_LANGUAGE_C, 0, NULL);
    demangled("_Z3fooi", SYMBOLIZER_LANGUAGE_UNKNOWN, 0, "foo");
    demangled("_ZN4core3fmt5write17h0123456789abcdefE", SYMBOLIZER_LANGUAGE_RUST, 0, "core::fmt::write");
    demangled("_ZN4core3fmt5write17h0123456789abcdefE", SYMBOLIZER_LANGUAGE_UNKNOWN, 0, "core::fmt::write");
    demangled("_RNvC6_123foo3bar", SYMBOLIZER_LANGUAGE_UNKNOWN, 0, "123foo::bar");
    demangled("_D3foo3barFiZv", SYMBOLIZER_LANGUAGE_D, 0, "foo.bar");
    demangled("_D3foo3barFiZv", SYMBOLIZER_LANGUAGE_D, 1, "foo.bar(int)");
    demangled("package__procedure", SYMBOLIZER_LANGUAGE_ADA, 0, "package.procedure");
    demangled("package__procedure", SYMBOLIZER_LANGUAGE_UNKNOWN, 0, NULL);
    demangled("_ada_main", SYMBOLIZER_LANGUAGE_ADA, 0, "main");
    demangled("package__nested.12", SYMBOLIZER_LANGUAGE_ADA, 0, "package.nested");
    demangled("package__workerTKB.1", SYMBOLIZER_LANGUAGE_ADA, 0, "package.worker");
    demangled("not GNAT's", SYMBOLIZER_LANGUAGE_ADA, 0, NULL);
    demangled("__geometry_MOD_area", SYMBOLIZER_LANGUAGE_FORTRAN, 0, "geometry::area");
    demangled("__geometry_MOD_area", SYMBOLIZER_LANGUAGE_UNKNOWN, 0, "geometry::area");
    demangled("__geometry_MOD_area", SYMBOLIZER_LANGUAGE_C, 0, NULL);
    demangled("___MOD_", SYMBOLIZER_LANGUAGE_FORTRAN, 0, NULL);
    demangled("__MOD_area", SYMBOLIZER_LANGUAGE_FORTRAN, 0, NULL);
    demangled("towers", SYMBOLIZER_LANGUAGE_FORTRAN, 0, NULL);
    demangled(NULL, SYMBOLIZER_LANGUAGE_CXX, 0, NULL);
}

/* Each parameter is a pair of the one before it, so 30 parameters make a name of gigabytes. */
static void exploding_names(void **state)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char name[1024] = "_Z1f1pIiiE", deep[20000] = "_Z1f";

    (void)state;
    for (int i = 0; i < 30; i++) {
        char last[4] = {'S', digits[i], '_', 0};
        strcat(name, "S_I");
        strcat(name, last);
        strcat(name, last);
        strcat(name, "E");
    }
    demangled(name, SYMBOLIZER_LANGUAGE_CXX, 1, NULL);
    memset(deep + 4, 'P', sizeof deep - 6);
    deep[sizeof deep - 2] = 'i';
    free(symbolizer_demangle(deep, SYMBOLIZER_LANGUAGE_CXX, 1)); /* must only return */
    memset(deep, 'Q', sizeof deep - 1);
    memcpy(deep, "_D1f", 4);
    demangled(deep, SYMBOLIZER_LANGUAGE_D, 1, NULL);
}

/* Checks that PATH is normalised to EXPECTED, or refused if that is NULL. */
static void path_normal(const char *path, const char *expected)
{
    struct dwarf_unit unit = {0};
    struct wanted wanted;
    const char *kept;

    assert_int_equal(wanted_init(&wanted, NULL, 0, 1000), 0);
    kept = dwarf_unit_path(&unit, path, &wanted.strings);
    if (expected == NULL)
        assert_null(kept);
    else
        assert_string_equal(kept, expected);
    wanted_free(&wanted);
}

static void paths(void **state)
{
    (void)state;
    path_normal("/a/./b/../c.h", "/a/c.h");
    path_normal("/../../c.h", "/c.h");
    path_normal("//a//b/", "/a/b");
    path_normal("a/../../../b", "../../b");
    path_normal("../a/..", "..");
    path_normal("./a", "a");
    path_normal("/a/...", "/a/...");
    path_normal("a/b/../../c", "c");
    path_normal("", NULL);
    path_normal("/", "/");
}

/* Checks that the function's own name in NAME is EXPECTED. */
static void clone_name(const char *name, const char *expected)
{
    size_t length;
    const char *own = elf_symbols_own_name(name, &length);

    assert_int_equal(length, strlen(expected));
    assert_memory_equal(own, expected, length);
}

static void clone_names(void **state)
{
    (void)state;
    clone_name("foo", "foo");
    clone_name("foo.isra.0", "foo");
    clone_name("foo.constprop.0.isra.1", "foo");
    clone_name("foo.part.0.cold", "foo");
    clone_name("foo.cold", "foo");
    clone_name("foo.llvm.1234567", "foo");
    clone_name("foo.coldish", "foo.coldish");
    clone_name("foo.bar", "foo.bar");
    clone_name("foo@@VERSION_1.2", "foo");
    clone_name(".cold", ".cold");
    clone_name("", "");
    clone_name("foo.lto_priv.0", "foo");
    clone_name("foo._omp_fn.0", "foo");
    clone_name("inner.0", "inner");
    clone_name("inner.12.constprop.0", "inner");
    clone_name("foo.", "foo.");
    clone_name("foo.1a", "foo.1a");
    clone_name("foo.bar.1", "foo.bar.1");
    clone_name("_Z1fi.resume", "_Z1fi");
    clone_name("_Z1fPZ1fiE11_Z1fi.Frame.actor", "_Z1fi");
    clone_name("_ZN1n1S4statEPZNS0_4statEiE20_ZN1n1S4statEi.Frame.destroy.cold", "_ZN1n1S4statEi");
    clone_name("_Z1fPZ1fiE12_Z1fi.Frame.actor", "_Z1fPZ1fiE12_Z1fi");
    clone_name("_Z.Frame.actor", "_Z");
    clone_name(".Frame.", ".Frame.");
}

int main(void)
{
    const struct CMUnitTest symbolizer[] = {
        SENTENCE("C++ functions of all kinds are found at their lines, however they are compiled",
                 cxx_functions),
        SENTENCE("functions in sections of their own are found", function_sections),
        SENTENCE("a function that the linker has discarded is not found", discarded_functions),
        SENTENCE("a function in a header is found in both units that include it", header_of_two_units),
        SENTENCE("functions are found after link-time optimisation", link_time_optimisation),
        SENTENCE("the functions of a shared library are found by the names that DWARF gives them",
                 shared_library),
        SENTENCE("the file and line of a line directive are used", line_directives),
        SENTENCE("a relative compilation folder occurs only once in a path", relative_prefix_map),
        SENTENCE("a cold part and a clone have the name of the function they were made from", cold_part),
        SENTENCE("the suffix of a clone is not shown if there is no DWARF", clone_without_dwarf),
        SENTENCE("a nested function and a region of OpenMP have their name without a number, and their line",
                 nested_functions),
        SENTENCE("the body of a coroutine has the name and line of the coroutine", coroutine),
        SENTENCE("a function with several versions is found behind its PLT entry", function_versions),
        SENTENCE("a function without a DIE gets its line from the line table", line_of_the_line_table),
        SENTENCE("a function whose DIE is in a .dwo file gets its line from the line table", split_dwarf),
        SENTENCE("an address inside a function is found to be in that function", inside_of_a_function),
        SENTENCE("addresses may come in any order, repeat, and be in no function", order_and_repetition),
        SENTENCE("without DWARF a function has the name of its ELF symbol, and a warning names the flag that "
                 "it lacks",
                 no_dwarf),
        SENTENCE("a stripped library has the names that it exports", dynamic_symbols),
        SENTENCE("a stripped program has no names; a warning says why if it has hooks", nothing_at_all),
        SENTENCE("a separate debug file is found by its link if its CRC is right", debug_link),
        SENTENCE("a separate debug file is found by build-id if it has that build-id", debug_by_build_id),
        SENTENCE("compressed DWARF is read, or the message says how to uncompress it", compressed_sections),
        SENTENCE("a file that has changed since the run is refused", changed_file),
        SENTENCE("a file that is gone or was replaced is read where it is kept, if it is the right one",
                 kept_file),
        SENTENCE("the debug file of a file that is gone is found by its build-id", debug_file_alone),
        SENTENCE("a file that is missing or not an ELF file is reported", missing_file),
        SENTENCE("a message is one line, whatever the path", long_and_wild_path),
        SENTENCE("the functions of a file are listed in order, also by its separate debug file",
                 functions_of_a_file),
        SENTENCE("a file whose functions cannot be listed is reported, and does not crash the symbolizer",
                 functions_of_damaged_files),
        SENTENCE("a file that is cut off does not crash the symbolizer", truncated_file),
        SENTENCE("a file with random damage does not crash the symbolizer", mutated_file),
        SENTENCE("a file that crashes the child is resolved by ELF symbols, with one warning", fatal_file),
        SENTENCE("the parent gets the answer of its child", child_answers),
        SENTENCE("a child that crashes does not crash the parent", child_crashes),
        SENTENCE("a child that hangs is ended", child_hangs),
        SENTENCE("a child that takes too much memory is ended", child_takes_memory),
        SENTENCE("an answer that is too long is refused", child_talks_too_much),
        SENTENCE("a lookup changes no signals and flushes no streams, and SIGCHLD may be ignored",
                 signals_and_streams),
        SENTENCE("no file descriptor is left open", no_descriptors_left),
        SENTENCE("functions are found if standard descriptors are closed", closed_standard_descriptors),
        SENTENCE("an answer that is not well-formed is refused", bent_answers),
        SENTENCE("names are demangled by the rules of their language", demangling),
        SENTENCE("a name that would fill the memory is not demangled", exploding_names),
        SENTENCE("paths are normalised without a look at the disk", paths),
        SENTENCE("suffixes of clones are told from other dots in names", clone_names),
    };

    cmocka_set_skip_filter(getenv("TEST_SKIP")); /* make memcheck leaves out some tests */
    return cmocka_run_group_tests_name("symbolizer", symbolizer, group_setup, group_teardown);
}
