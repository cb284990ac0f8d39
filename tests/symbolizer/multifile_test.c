/*
 * multifile_test.c - tests the symbolizer on programs that share their debug information in a file of its
 * own, which dwz -m makes. See support.h.
 */
#include "tests/symbolizer/support.h"

#include <unistd.h>

#include "symbolizer/debug_files.h"

/* Compiles the program that is to share its debug information: "shared" in the folder. */
static void program_make(struct binary *binary, int version)
{
    char what[2 * PATH_MAX];

    binary_make(binary, "second.o", "g++", "-g -O1 -c multifile.cc");
    snprintf(what, sizeof what, "-gdwarf-%d -O1 -Wl,--build-id=sha1 -DMAIN multifile.cc -x none '%s'",
             version, binary->path);
    binary_make(binary, "shared", "g++", what);
}

/* Moves debug information of the program to the file PLACE. OPTIONS are dwz's; "-M" and a path is its name
 * there. */
static void program_share(const char *place, const char *options)
{
    run_well("cd '%s' && mkdir -p \"$(dirname '%s')\" && cp shared twin && dwz %s -m '%s' shared twin",
             folder, place, options, place);
}

/* Checks the names, files and lines of the program's functions. */
static void program_check(const struct binary *binary)
{
    marks_check(binary, "multifile.cc");
    marks_check(binary, "multifile.hh");
}

static void alternate_by_path(void **state)
{
    static struct binary binary;

    (void)state;
    need("dwz");
    for (int version = 4; version <= 5; version++) {
        char place[2 * PATH_MAX];

        program_make(&binary, version);
        snprintf(place, sizeof place, "%s/common/alternate", folder);
        program_share(place, "");
        program_check(&binary);
        run_well("rm '%s'", place);
    }
    program_make(&binary, 5);
    program_share("below/alternate", "-M below/alternate");
    program_check(&binary);
    run_well("rm -r '%s/below'", folder);
}

static void strings_only(void **state)
{
    static struct binary binary;

    (void)state;
    need("dwz");
    for (int version = 4; version <= 5; version++) {
        char what[256];

        snprintf(what, sizeof what, "-gdwarf-%d -O1 one.c two.c", version);
        binary_make(&binary, "shared", "gcc", what);
        program_share("alternate", "-M alternate");
        for (int compressed = 0; compressed < 2; compressed++) {
            marks_check(&binary, "one.c");
            marks_check(&binary, "two.c");
            run_well("objcopy --compress-debug-sections=zlib '%s/alternate'", folder);
        }
    }
    run_well("rm '%s/alternate'", folder);
}

static void supplementary_file(void **state)
{
    static struct binary binary;

    (void)state;
    need("dwz");
    program_make(&binary, 5);
    if (run("cd '%s' && cp shared twin && dwz -5 -m alternate -M alternate shared twin 2>/dev/null",
            folder) != 0)
        skip();
    program_check(&binary);
    run_well("rm '%s/alternate'", folder);
}

static void alternate_beside(void **state)
{
    static const char *const places[] = {".", ".dwz"};
    static struct binary binary;

    (void)state;
    need("dwz");
    for (int i = 0; i < 2; i++) {
        program_make(&binary, 5);
        program_share("alternate", "-M /nonexistent/folder/alternate");
        run_well("cd '%s' && mkdir -p %s && mv -n alternate %s", folder, places[i], places[i]);
        program_check(&binary);
        run_well("cd '%s' && rm -rf alternate .dwz", folder);
    }
}

/* Checks that the alternate file of the program is found below the folder's "root", and then takes it away.
 */
static void root_check(const struct binary *binary)
{
    struct elf_file program, alternate;
    struct alternate_link link;
    char root[2 * PATH_MAX];

    snprintf(root, sizeof root, "%s/root", folder);
    assert_int_equal(elf_file_open(&program, binary->path), 0);
    alternate_link_read(&link, &program);
    assert_string_equal(link.path, "/nonexistent/folder/alternate");
    assert_int_equal(alternate_open(&alternate, &program, &link, root), 0);
    elf_file_close(&alternate);
    run_well("rm -r '%s'", root);
    assert_int_equal(alternate_open(&alternate, &program, &link, root), -1);
    elf_file_close(&program);
}

static void alternate_below_root(void **state)
{
    static struct binary binary;
    struct elf_file program;
    struct alternate_link link;
    char hex[2 * SYMBOLIZER_BUILD_ID_MAX + 1] = "";

    (void)state;
    need("dwz");
    program_make(&binary, 5);
    program_share("root/.dwz/alternate", "-M /nonexistent/folder/alternate");
    root_check(&binary);
    program_make(&binary, 5);
    program_share("root/nonexistent/folder/alternate", "-M /nonexistent/folder/alternate");
    root_check(&binary);
    program_make(&binary, 5);
    program_share("by-build-id", "-M /nonexistent/folder/alternate");
    assert_int_equal(elf_file_open(&program, binary.path), 0);
    alternate_link_read(&link, &program);
    elf_file_close(&program);
    for (size_t i = 0; i < link.build_id_size; i++)
        snprintf(hex + 2 * i, 3, "%02x", link.build_id[i]);
    run_well("cd '%s' && mkdir -p root/.build-id/%.2s && mv by-build-id root/.build-id/%.2s/%s.debug", folder,
             hex, hex, hex + 2);
    root_check(&binary);
}

static void alternate_of_debug_file(void **state)
{
    static struct binary binary;

    (void)state;
    need("dwz");
    program_make(&binary, 5);
    run_well("cd '%s' && mkdir -p .debug && objcopy --only-keep-debug shared .debug/shared.debug && cp "
             ".debug/shared.debug "
             "twin && dwz -m .dwz-alternate -M ../.dwz-alternate .debug/shared.debug twin && strip shared && "
             "objcopy "
             "--add-gnu-debuglink=.debug/shared.debug shared",
             folder);
    program_check(&binary);
    run_well("cd '%s' && rm -r .debug .dwz-alternate", folder);
}

/* Checks that the program, whose alternate file is missing, has the names of its symbols, the files of its
 * line table, and the message that says what is missing. */
static void lacking_check(const struct binary *binary, const char *missing)
{
    static const char *const names[] = {"_ZN5StoreIiE3putEi", "_ZN5StoreIcE3putEc", "_Z7doubledi",
                                        "_Z5otheri"};
    struct answers answers;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct symbol *symbol = answer(&answers, binary, names[i]);

        assert_string_equal(symbol->name, names[i]);
        assert_non_null(symbol->file);
        if (!ends_with(symbol->file, i < 3 ? "multifile.hh" : "multifile.cc"))
            fail_msg("%s is said to be in %s", names[i], symbol->file);
        assert_true(symbol->line > 0);
        if (i < 3 &&
            (strstr(answers.message, binary->path) == NULL || strstr(answers.message, missing) == NULL))
            fail_msg("%s: the message is: %s", names[i], answers.message);
        answers_free(&answers);
    }
}

static void alternate_missing(void **state)
{
    static const char *const options[] = {"-M /nonexistent/alternate", "-5 -M /nonexistent/alternate"};
    static struct binary binary;

    (void)state;
    need("dwz");
    for (int version = 4; version <= 5; version++)
        for (int i = 0; i < 2; i++) {
            program_make(&binary, version);
            if (run("cd '%s' && cp shared twin && dwz %s -m taken shared twin 2>/dev/null", folder,
                    options[i]) == 0)
                lacking_check(&binary, "/nonexistent/alternate, which is missing");
        }
}

static void alternate_of_another(void **state)
{
    static struct binary binary;

    (void)state;
    need("dwz");
    program_make(&binary, 5);
    program_share("alternate", "-M alternate");
    run_well("cp /bin/sh '%s/alternate'", folder);
    lacking_check(&binary, "alternate, which is missing");
    run_well("cd '%s' && g++ -g -Wl,--build-id=sha1 -shared -fPIC -o alternate '%s/multifile.cc'", folder,
             sources);
    lacking_check(&binary, "alternate, which is missing");
}

/* Replaces the contents of the SECTION of the program by BYTES, in printf's notation, and checks that it has
 * no link. */
static void damage_check(const struct binary *binary, const char *section, const char *bytes)
{
    struct alternate_link link;
    struct elf_file program;

    run_well("cd '%s' && printf '%s' >bytes && objcopy --remove-section .gnu_debugaltlink --remove-section "
             ".debug_sup "
             "--add-section %s=bytes shared",
             folder, bytes, section);
    assert_int_equal(elf_file_open(&program, binary->path), 0);
    alternate_link_read(&link, &program);
    assert_string_equal(link.path, "");
    assert_int_equal(link.build_id_size, 0);
    elf_file_close(&program);
}

static void damaged_link(void **state)
{
    static struct binary binary;

    (void)state;
    need("g++");
    program_make(&binary, 5);
    damage_check(&binary, ".gnu_debugaltlink", "/no/end");
    damage_check(&binary, ".gnu_debugaltlink", "/no/build-id\\0");
    damage_check(&binary, ".gnu_debugaltlink", "\\0no path");
    damage_check(&binary, ".gnu_debugaltlink", "/long\\0%0100d");
    damage_check(&binary, ".debug_sup", "\\5");
    damage_check(&binary, ".debug_sup", "\\5\\0\\0/no/end");
    damage_check(&binary, ".debug_sup", "\\5\\0\\0/no/checksum\\0");
    damage_check(&binary, ".debug_sup", "\\5\\0\\0/short\\0\\24123");
    damage_check(&binary, ".debug_sup", "\\5\\0\\0/long\\0\\377%0300d");
    damage_check(&binary, ".debug_sup", "\\5\\0\\1/is-one-itself\\0\\3123");
    damage_check(&binary, ".debug_sup", "\\6\\0\\0/other-version\\0\\3123");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("a program that shares debug information has the names, files and lines that it had before",
                 alternate_by_path),
        SENTENCE("a shared file may have strings alone, and be compressed", strings_only),
        SENTENCE("DWARF 5's supplementary file is read too", supplementary_file),
        SENTENCE("the shared file is found beside the program, wherever it was made", alternate_beside),
        SENTENCE("the shared file is found below the folder of debug files, by path, name and build-id",
                 alternate_below_root),
        SENTENCE("the shared file of a separate debug file is found", alternate_of_debug_file),
        SENTENCE("without the shared file, functions have their symbols' names, and a warning names the file",
                 alternate_missing),
        SENTENCE("a file of another build in the place of the shared file is not used", alternate_of_another),
        SENTENCE("a damaged link to a shared file is no link", damaged_link),
    };

    cmocka_set_skip_filter(getenv("TEST_SKIP")); /* make memcheck leaves out some tests */
    return cmocka_run_group_tests_name("multifile", tests, group_setup, group_teardown);
}
