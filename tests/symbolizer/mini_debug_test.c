/*
 * mini_debug_test.c - tests the symbolizer on stripped files that carry their symbols in .gnu_debugdata, as
 * those of Fedora's packages do. See support.h.
 */
#include "tests/symbolizer/support.h"

#include "symbolizer/debug_files.h"
#include "symbolizer/elf_symbols.h"

/* Compiles WHAT to the stripped library "mini.so", whose .gnu_debugdata has the functions that .dynsym lacks.
 */
static void library_make(struct binary *binary, const char *what)
{
    binary_make(binary, "mini.so", "gcc", what);
    run_well("cd '%s' && "
             "nm -D --format=posix --defined-only mini.so | cut -d' ' -f1 | sort >dynamic && "
             "nm --format=posix --defined-only mini.so | awk '$2 ~ /[Tt]/ { print $1 }' | sort >functions && "
             "comm -13 dynamic functions >kept && "
             "objcopy --only-keep-debug mini.so mini.debug && "
             "objcopy -S --keep-symbols=kept mini.debug mini.data && "
             "rm -f mini.data.xz && xz mini.data && strip mini.so && "
             "objcopy --add-section .gnu_debugdata=mini.data.xz mini.so",
             folder);
}

static void private_functions(void **state)
{
    static const char *const names[] = {"library_public", "library_private"};
    static struct binary binary;
    struct symbolizer_functions functions;
    struct answers answers;
    char message[SYMBOLIZER_MESSAGE_MAX];
    uint64_t address;

    (void)state;
    need("xz");
    library_make(&binary, "-g -O1 -shared -fPIC library.c");
    for (int i = 0; i < 2; i++) {
        assert_string_equal(answer(&answers, &binary, names[i])->name, names[i]);
        assert_null(answers.symbols[0].file);
        assert_string_equal(answers.message, "");
        answers_free(&answers);
        assert_int_equal(symbolizer_find(binary.path, names[i], &address, 1), 1);
        assert_int_equal(address, address_of(&binary, names[i]));
    }
    assert_int_equal(symbolizer_list(binary.path, &functions, message), 0);
    address = address_of(&binary, "library_private");
    for (size_t i = 0; i < functions.count; i++)
        if (functions.addresses[i] == address)
            address = 0;
    assert_int_equal(address, 0);
    free(functions.addresses);
}

/* Replaces the library's .gnu_debugdata by the output of COMMAND, and checks that only .dynsym is used. */
static void damage_check(const struct binary *binary, const char *command)
{
    struct answers answers;

    run_well("cd '%s' && %s >bytes && objcopy --remove-section .gnu_debugdata --add-section "
             ".gnu_debugdata=bytes mini.so",
             folder, command);
    assert_string_equal(answer(&answers, binary, "library_public")->name, "library_public");
    answers_free(&answers);
    assert_null(answer(&answers, binary, "library_private")->name);
    assert_string_equal(answers.message, "");
    answers_free(&answers);
}

static void damaged_section(void **state)
{
    static struct binary binary;

    (void)state;
    need("xz");
    library_make(&binary, "-O1 -shared -fPIC library.c");
    damage_check(&binary, "head -c 200 mini.data.xz");
    damage_check(&binary, "tail -c +9 mini.data.xz");
    damage_check(&binary, "{ head -c 100 mini.data.xz; printf xxxx; tail -c +105 mini.data.xz; }");
    damage_check(&binary, "printf 'no ELF file' | xz");
    damage_check(&binary, "xz </dev/null");
    damage_check(&binary, "head -c 300M /dev/zero | xz -0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SENTENCE("the functions that a stripped library does not export have the names in its .gnu_debugdata",
                 private_functions),
        SENTENCE("a .gnu_debugdata that is damaged, no ELF file or too large is left alone", damaged_section),
    };

    cmocka_set_skip_filter(getenv("TEST_SKIP")); /* make memcheck leaves out some tests */
    return cmocka_run_group_tests_name("mini_debug", tests, group_setup, group_teardown);
}
