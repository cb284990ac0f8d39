/*
 * rows_test.c - the rows that cli/table makes of profiles.
 */
#include <math.h>

#include "cli/table/rows.h"
#include "tests/lib/case.h"
#include "tests/lib/fixture.h"

static struct fixture fixture, other;
static struct table table;
static struct message message;

static int setup(void **state)
{
    (void)state;
    fixture_start(&fixture);
    fixture_start(&other);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    table_free(&table);
    return 0;
}

static void sum_up(int strip_dirs)
{
    table.how = strip_dirs;
    if (other.profile.function_count > 0) {
        fixture_add_to(&table, &fixture);
        fixture_sum_up(&table, &other, strip_dirs);
    } else
        fixture_sum_up(&table, &fixture, strip_dirs);
}

static void assert_row(size_t i, const char *text, uint64_t ncalls, uint64_t pcalls, double tottime,
                       double cumtime)
{
    assert_true(i < table.row_count);
    assert_string_equal(table.rows[i].text, text);
    assert_int_equal(table.rows[i].ncalls, ncalls);
    assert_int_equal(table.rows[i].pcalls, pcalls);
    assert_true(table.rows[i].tottime == tottime);
    assert_true(table.rows[i].cumtime == cumtime);
}

static void sums_contexts(void **state)
{
    (void)state;
    uint32_t main_function = fixture_function(&fixture, PROFILE_NONE, "a.c", 10, "main");
    uint32_t leaf = fixture_function(&fixture, PROFILE_NONE, "a.c", 3, "leaf");
    uint32_t main_record = fixture_record(&fixture, main_function, 0, 1, 10, 60);
    fixture_record(&fixture, leaf, main_record, 2, 20, 20);
    fixture_record(&fixture, leaf, 0, 3, 30, 30);
    sum_up(0);
    assert_int_equal(table.row_count, 2);
    assert_row(0, "a.c:3(leaf)", 5, 5, 50, 50);
    assert_row(1, "a.c:10(main)", 1, 1, 10, 60);
    assert_int_equal(table.calls, 6);
    assert_int_equal(table.primitive_calls, 6);
    assert_true(table.tottime == 60);
}

static void converts_ticks(void **state)
{
    (void)state;
    uint32_t f = fixture_function(&fixture, PROFILE_NONE, "a.c", 3, "f");
    fixture_record(&fixture, f, 0, 1, 100, 200);
    fixture_thread(&fixture, 0.5);
    fixture_record(&fixture, f, fixture.threads[1].root, 1, 1000, 2000);
    fixture_thread(&fixture, NAN);
    fixture_record(&fixture, f, fixture.threads[2].root, 1, 1000, 2000);
    sum_up(0);
    assert_row(0, "a.c:3(f)", 3, 3, 600, 1200);
}

static void subtracts_nested_calls(void **state)
{
    (void)state;
    uint32_t f = fixture_function(&fixture, PROFILE_NONE, "a.c", 3, "fib");
    uint32_t outer = fixture_record(&fixture, f, 0, 1, 10, 100);
    fixture_back_edge(&fixture, outer, outer, 22, 90);
    sum_up(0);
    assert_row(0, "a.c:3(fib)", 23, 1, 100, 100);
    assert_int_equal(table.calls, 23);
    assert_int_equal(table.primitive_calls, 1);
}

static void survives_too_many_nested(void **state)
{
    (void)state;
    uint32_t f = fixture_function(&fixture, PROFILE_NONE, "a.c", 3, "fib");
    uint32_t outer = fixture_record(&fixture, f, 0, 1, 10, 100);
    fixture_back_edge(&fixture, outer, outer, 22, 90);
    fixture.edges[0].nested = UINT64_MAX;
    sum_up(0);
    assert_row(0, "a.c:3(fib)", 23, 0, 100, 100);
}

static void tracks_functions(void **state)
{
    (void)state;
    uint32_t rows[4];
    uint32_t last = fixture_function(&fixture, PROFILE_NONE, "b/z.c", 1, "f");
    uint32_t first = fixture_function(&fixture, PROFILE_NONE, "b/a.c", 1, "f");
    uint32_t same = fixture_function(&fixture, PROFILE_NONE, "a/z.c", 1, "f");
    uint32_t passed = fixture_function(&fixture, PROFILE_NONE, "a/p.c", 1, "f");
    fixture_record(&fixture, last, fixture_record(&fixture, passed, 0, 0, 0, 0), 1, 1, 1);
    fixture_record(&fixture, first, 0, 1, 1, 1);
    fixture_record(&fixture, same, 0, 1, 1, 1);
    table.how = TABLE_STRIP_DIRS;
    assert_int_equal(table_track(&table, &fixture.profile, rows, &message), 0);
    assert_int_equal(table_finish(&table, &message), 0);
    assert_int_equal(table.row_count, 2);
    assert_string_equal(table.rows[rows[first]].text, "a.c:1(f)");
    assert_string_equal(table.rows[rows[last]].text, "z.c:1(f)");
    assert_int_equal(rows[same], rows[last]);
    assert_int_equal(rows[passed], 2);
    assert_string_equal(table.rows[rows[passed]].text, "p.c:1(f)");
}

static void leaves_out_the_uncalled(void **state)
{
    (void)state;
    fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "never");
    uint32_t open = fixture_function(&fixture, PROFILE_NONE, "a.c", 2, "open");
    fixture_record(&fixture, open, 0, 0, 0, 0);
    sum_up(0);
    assert_int_equal(table.row_count, 0);
}

static void matches_source_functions_across_files(void **state)
{
    (void)state;
    uint32_t module = fixture_module(&fixture, "/bin/prog", 1);
    fixture_record(&fixture, fixture_function(&fixture, module, "a.c", 3, "f"), 0, 1, 5, 5);
    module = fixture_module(&other, "/bin/prog", 2);
    fixture_function(&other, module, "a.c", 99, "moves_the_offset");
    fixture_record(&other, fixture_function(&other, module, "a.c", 3, "f"), 0, 2, 7, 7);
    fixture_record(&other, fixture_function(&other, module, "a.c", 4, "f"), 0, 1, 1, 1);
    sum_up(0);
    assert_int_equal(table.row_count, 2);
    assert_row(0, "a.c:3(f)", 3, 3, 12, 12);
    assert_row(1, "a.c:4(f)", 1, 1, 1, 1);
}

static void keeps_modules_apart(void **state)
{
    (void)state;
    uint32_t b = fixture_module(&fixture, "/lib/b.so", 2), a = fixture_module(&fixture, "/lib/a.so", 1);
    fixture_record(&fixture, fixture_function(&fixture, b, "x.h", 3, "f"), 0, 1, 5, 5);
    fixture_record(&fixture, fixture_function(&fixture, a, "x.h", 3, "f"), 0, 2, 7, 7);
    sum_up(0);
    assert_int_equal(table.row_count, 2);
    assert_row(0, "x.h:3(f) [/lib/a.so]", 2, 2, 7, 7);
    assert_string_equal(table.rows[0].module, "/lib/a.so");
    assert_string_equal(table.rows[0].name, "f");
    assert_row(1, "x.h:3(f) [/lib/b.so]", 1, 1, 5, 5);
}

/* Adds the function "f" of x.h in the module PATH, called CALLS times. */
static void add_inline(struct fixture *to, const char *path, unsigned char build, uint64_t calls)
{
    uint32_t module = fixture_module(to, path, build);

    fixture_record(to, fixture_function(to, module, "x.h", 3, "f"), 0, calls, 5, 5);
}

static void matches_programs_of_other_names(void **state)
{
    (void)state;
    add_inline(&fixture, "/bin/prog-O0", 1, 1);
    add_inline(&other, "/bin/prog-O2", 2, 2);
    sum_up(0);
    assert_int_equal(table.row_count, 1);
    assert_row(0, "x.h:3(f)", 3, 3, 10, 10);
}

static void keeps_modules_of_one_file_apart(void **state)
{
    (void)state;
    add_inline(&fixture, "/bin/prog", 1, 1);
    add_inline(&other, "/lib/a.so", 2, 2);
    add_inline(&other, "/bin/prog", 3, 4);
    sum_up(0);
    assert_int_equal(table.row_count, 2);
    assert_row(0, "x.h:3(f) [/bin/prog]", 5, 5, 10, 10);
    assert_string_equal(table.rows[0].module, "/bin/prog");
    assert_row(1, "x.h:3(f) [/lib/a.so]", 2, 2, 5, 5);
}

static void matches_symbols_by_module(void **state)
{
    (void)state;
    uint32_t module = fixture_module(&fixture, "/usr/lib/libfoo.so", 1);
    fixture_record(&fixture, fixture_function(&fixture, module, NULL, 0, "name"), 0, 1, 5, 5);
    module = fixture_module(&other, "/usr/lib/libfoo.so", 2);
    fixture_function(&other, module, NULL, 0, "moves_the_offset");
    fixture_record(&other, fixture_function(&other, module, NULL, 0, "name"), 0, 2, 7, 7);
    sum_up(0);
    assert_int_equal(table.row_count, 1);
    assert_row(0, "/usr/lib/libfoo.so:0(name)", 3, 3, 12, 12);
    assert_false(table.rows[0].has_source);
}

static void matches_offsets_by_build(void **state)
{
    (void)state;
    uint32_t first = fixture_module(&fixture, "/usr/lib/libfoo.so", 1);
    uint32_t rebuilt = fixture_module(&fixture, "/usr/lib/libfoo.so", 2);
    uint32_t again = fixture_module(&fixture, "/usr/lib/libfoo.so", 1);
    uint32_t f = fixture_function(&fixture, first, NULL, 0, NULL);
    uint32_t g = fixture_function(&fixture, rebuilt, NULL, 0, NULL);
    uint32_t h = fixture_function(&fixture, again, NULL, 0, NULL);
    fixture.functions[f].offset = fixture.functions[g].offset = fixture.functions[h].offset = 0x1234;
    fixture_record(&fixture, f, 0, 1, 5, 5);
    fixture_record(&fixture, g, 0, 10, 50, 50);
    fixture_record(&fixture, h, 0, 2, 7, 7);
    sum_up(0);
    assert_int_equal(table.row_count, 2);
    assert_row(0, "libfoo.so+0x1234", 3, 3, 12, 12);
    assert_row(1, "libfoo.so+0x1234", 10, 10, 50, 50);
    assert_string_equal(table.rows[0].file, "~");
}

static void names_an_address_without_module(void **state)
{
    (void)state;
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, NULL, 0, NULL), 0, 1, 5, 5);
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, NULL, 0, "jitted"), 0, 1, 5, 5);
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "~", 0, "<built-in f>"), 0, 1, 5, 5);
    sum_up(0);
    assert_int_equal(table.row_count, 3);
    assert_row(0, "0x1000", 1, 1, 5, 5);
    assert_row(1, "{built-in f}", 1, 1, 5, 5);
    assert_row(2, "jitted", 1, 1, 5, 5);
}

static void demangles_without_parameters(void **state)
{
    (void)state;
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.cc", 3, "_ZN3Foo3barEid"), 0, 1, 5,
                   5);
    sum_up(0);
    assert_row(0, "a.cc:3(Foo::bar)", 1, 1, 5, 5);
}

static void tells_overloads_apart(void **state)
{
    (void)state;
    uint32_t module = fixture_module(&fixture, "/lib/a.so", 1),
             same = fixture_module(&fixture, "/lib/b.so", 1);
    fixture_record(&fixture, fixture_function(&fixture, module, "a.cc", 3, "_Z1fd"), 0, 1, 1, 1);
    fixture_record(&fixture, fixture_function(&fixture, module, "a.cc", 3, "_Z1fi"), 0, 2, 2, 2);
    fixture_record(&fixture, fixture_function(&fixture, same, "a.cc", 3, "_Z1fd"), 0, 3, 3, 3);
    fixture_record(&fixture, fixture_function(&fixture, module, "a.cc", 4, "_Z1fl"), 0, 4, 4, 4);
    fixture_record(&fixture, fixture_function(&fixture, module, NULL, 0, "_Z1gi"), 0, 5, 5, 5);
    fixture_record(&fixture, fixture_function(&fixture, module, NULL, 0, "_Z1gd"), 0, 6, 6, 6);
    sum_up(0);
    assert_int_equal(table.row_count, 6);
    assert_row(0, "/lib/a.so:0(g(double))", 6, 6, 6, 6);
    assert_row(1, "/lib/a.so:0(g(int))", 5, 5, 5, 5);
    assert_row(2, "a.cc:3(f(double)) [/lib/a.so]", 1, 1, 1, 1);
    assert_row(3, "a.cc:3(f(double)) [/lib/b.so]", 3, 3, 3, 3);
    assert_row(4, "a.cc:3(f(int))", 2, 2, 2, 2);
    assert_row(5, "a.cc:4(f)", 4, 4, 4, 4);
}

static void counts_time_of_one_constructor_once(void **state)
{
    (void)state;
    uint32_t complete = fixture_function(&fixture, PROFILE_NONE, "a.cc", 3, "_ZN3FooC1Ei");
    uint32_t base = fixture_function(&fixture, PROFILE_NONE, "a.cc", 3, "_ZN3FooC2Ei");
    uint32_t outer = fixture_record(&fixture, complete, 0, 5, 10, 100);
    fixture_record(&fixture, base, outer, 5, 90, 90);
    fixture_record(&fixture, base, 0, 1, 7, 7);
    sum_up(0);
    assert_int_equal(table.row_count, 1);
    assert_row(0, "a.cc:3(Foo::Foo)", 11, 6, 107, 107);
}

static void joins_unified_constructors(void **state)
{
    (void)state;
    uint32_t complete = fixture_function(&fixture, PROFILE_NONE, "a.cc", 3, "_ZN3FooC1Ei");
    uint32_t unified = fixture_function(&fixture, PROFILE_NONE, "a.cc", 3, "_ZN3FooC4Ei");
    fixture_record(&fixture, unified, fixture_record(&fixture, complete, 0, 5, 10, 100), 5, 90, 90);
    sum_up(0);
    assert_int_equal(table.row_count, 1);
    assert_row(0, "a.cc:3(Foo::Foo)", 10, 5, 100, 100);
}

static void counts_recursive_destructors(void **state)
{
    (void)state;
    uint32_t deleting = fixture_function(&fixture, PROFILE_NONE, "a.cc", 3, "_ZN4NodeD0Ev");
    uint32_t complete = fixture_function(&fixture, PROFILE_NONE, "a.cc", 3, "_ZN4NodeD1Ev");
    uint32_t outer = fixture_record(&fixture, deleting, 0, 1, 10, 100);
    uint32_t inner = fixture_record(&fixture, complete, outer, 8, 50, 90);
    fixture_back_edge(&fixture, inner, outer, 7, 40);
    fixture.edges[fixture.profile.edge_count++] =
        (struct profile_edge){.caller = deleting, .callee = complete, .nested = 7};
    fixture.threads[0].edge_count++;
    sum_up(0);
    assert_int_equal(table.row_count, 1);
    assert_row(0, "a.cc:3(Node::~Node)", 16, 1, 100, 100);
}

/* Ticks are of 2 ns, and waits are nanoseconds. */
static void sums_waits(void **state)
{
    (void)state;
    uint32_t outer = fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "outer");
    uint32_t middle = fixture_function(&fixture, PROFILE_NONE, "a.c", 2, "middle");
    uint32_t leaf = fixture_function(&fixture, PROFILE_NONE, "a.c", 3, "leaf");
    uint32_t first = fixture_record(&fixture, outer, 0, 1, 10, 100);
    uint32_t below = fixture_record(&fixture, middle, first, 1, 10, 90);
    uint32_t last = fixture_record(&fixture, leaf, below, 1, 50, 50);
    fixture_back_edge(&fixture, below, first, 1, 30);
    uint32_t back = (uint32_t)fixture.profile.record_count - 1;
    uint32_t alone = fixture_record(&fixture, leaf, 0, 1, 9, 9);

    fixture.processes[0].waits = 1;
    fixture.processes[0].tick_ns = 2;
    fixture.records[last].waited = 1000;
    fixture.records[back].waited = 200;
    fixture.records[first].waited = 30;
    fixture.records[alone].waited = 4;
    sum_up(0);
    assert_true(table.waits);
    assert_true(table.rows[0].waittime == 230 && table.rows[0].cumwait == 1230);
    assert_true(table.rows[1].waittime == 0 && table.rows[1].cumwait == 1200);
    assert_true(table.rows[2].waittime == 1004 && table.rows[2].cumwait == 1004);
}

static void strips_directories(void **state)
{
    (void)state;
    uint32_t x = fixture_module(&fixture, "/x/lib.so", 1), y = fixture_module(&fixture, "/y/lib.so", 2);
    uint32_t z = fixture_module(&fixture, "/y/z.so", 3);
    fixture_record(&fixture, fixture_function(&fixture, x, "/a/b.c", 3, "f"), 0, 1, 5, 5);
    fixture_record(&fixture, fixture_function(&fixture, z, "/c/b.c", 3, "f"), 0, 2, 7, 7);
    fixture_record(&fixture, fixture_function(&fixture, y, "/c/b.c", 4, "f"), 0, 1, 1, 1);
    fixture_record(&fixture, fixture_function(&fixture, x, NULL, 0, "g"), 0, 1, 1, 1);
    fixture_record(&fixture, fixture_function(&fixture, y, NULL, 0, "g"), 0, 1, 1, 1);
    sum_up(1);
    assert_int_equal(table.row_count, 3);
    assert_row(0, "b.c:3(f)", 3, 3, 12, 12);
    assert_string_equal(table.rows[0].module, ""); /* lib.so and z.so */
    assert_row(1, "b.c:4(f)", 1, 1, 1, 1);
    assert_row(2, "lib.so:0(g)", 2, 2, 2, 2);
    assert_string_equal(table.rows[2].module, "lib.so");
    assert_int_equal(table.calls, 6);
}

static void orders_rows(void **state)
{
    (void)state;
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "b.c", 1, "f"), 0, 1, 1, 1);
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 10, "f"), 0, 1, 1, 1);
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 9, "g"), 0, 1, 1, 1);
    fixture_record(&fixture, fixture_function(&fixture, PROFILE_NONE, "a.c", 9, "f"), 0, 1, 1, 1);
    sum_up(0);
    assert_row(0, "a.c:9(f)", 1, 1, 1, 1);
    assert_row(1, "a.c:9(g)", 1, 1, 1, 1);
    assert_row(2, "a.c:10(f)", 1, 1, 1, 1);
    assert_row(3, "b.c:1(f)", 1, 1, 1, 1);
}

static void sums_lost_calls(void **state)
{
    (void)state;
    fixture.threads[0].lost = 5;
    fixture_thread(&fixture, 1);
    fixture.threads[1].lost = 6;
    sum_up(0);
    assert_int_equal(table.lost, 11);
}

static void counts_contexts(void **state)
{
    (void)state;
    uint32_t function = fixture_function(&fixture, PROFILE_NONE, "a.c", 1, "f");
    fixture_record(&fixture, function, 0, 1, 1, 1);
    sum_up(0);
    assert_int_equal(table.contexts, 1);
    fixture_thread(&fixture, 0);
    fixture_record(&fixture, function, fixture.threads[1].root, 1, 1, 1);
    fixture_record(&fixture, function, fixture.threads[1].root, 1, 1, 1);
    table_free(&table);
    table = (struct table){0};
    sum_up(0);
    assert_int_equal(table.contexts, 2);
}

static void frees_zeroed(void **state)
{
    (void)state;
    struct table zeroed = {0};
    struct table_list list = {0};
    table_free(&zeroed);
    table_list_free(&list);
    sum_up(0);
    assert_int_equal(table.row_count, 0);
    assert_int_equal(table_list(&table, &list, &message), 0);
    assert_int_equal(list.count, 0);
    table_list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST("a row sums its function's contexts", sums_contexts),
        TEST("each process's ticks are converted by its own clock, and a senseless clock counts nothing",
             converts_ticks),
        TEST("a function's wait counts once for each of its callers too, and not in ticks", sums_waits),
        TEST("primitive calls are the calls that were not nested", subtracts_nested_calls),
        TEST("a file that claims more nested calls than calls leaves no primitive ones",
             survives_too_many_nested),
        TEST("a function that was never called has no row", leaves_out_the_uncalled),
        TEST("tracked functions' rows are known after rows were summed up, sorted and dropped",
             tracks_functions),
        TEST("several files' rows are matched by source file, line and name, in any build",
             matches_source_functions_across_files),
        TEST("one source function in two modules is two rows, which name their modules", keeps_modules_apart),
        TEST("rows of a program that was renamed are matched", matches_programs_of_other_names),
        TEST("rows of two modules that stand in one file are not matched", keeps_modules_of_one_file_apart),
        TEST("functions with only a symbol are matched by it and their module's path",
             matches_symbols_by_module),
        TEST("functions without a name are matched by offset, within one build", matches_offsets_by_build),
        TEST("a function without a module is its address, or its bare name", names_an_address_without_module),
        TEST("a C++ name is printed without its parameters", demangles_without_parameters),
        TEST("overloads that would print the same are printed with their parameters", tells_overloads_apart),
        TEST("a constructor's two symbols are one row, their time counted once",
             counts_time_of_one_constructor_once),
        TEST("a constructor that -Os made one of is a row with the others of its name",
             joins_unified_constructors),
        TEST("recursive destructors have one primitive call and their outermost time",
             counts_recursive_destructors),
        TEST("--strip-dirs sums up the rows that become equal", strips_directories),
        TEST("rows stand in the order of file, line, name", orders_rows),
        TEST("lost calls are summed over threads", sums_lost_calls),
        TEST("the contexts are those of the thread that has most", counts_contexts),
        TEST("zeroed and empty tables are fine", frees_zeroed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
