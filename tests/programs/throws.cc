/*
 * throws.cc - leaves functions by exceptions in many ways. Prints the calls that a profile must have, in the form
 * of tests/lib/inspect.c: "edge CALLER CALLEE CALLS".
 */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "throws_library.h"

#define UNCOUNTED __attribute__((no_instrument_function))
#define NOINLINE  __attribute__((noinline))
#define KEEP()    __asm__ volatile("" ::: "memory")

static volatile int sum;

extern "C" {

NOINLINE void leaf()
{
    sum = sum + 1;
    KEEP();
}

/* Its frame covers the stack of the frames that an exception has left. */
NOINLINE void large()
{
    char block[4000];

    memset(block, 1, sizeof block);
    __asm__ volatile("" : : "r"(block) : "memory");
    leaf();
    KEEP();
}

NOINLINE void throw_from(int depth)
{
    if (depth == 0)
        throw std::runtime_error("bottom");
    throw_from(depth - 1);
    KEEP();
}

NOINLINE void catch_over(int depth)
{
    try {
        throw_from(depth);
    } catch (const std::runtime_error &) {
        large();
    }
    large();
}

NOINLINE void rethrow(int depth)
{
    try {
        throw_from(depth);
    } catch (...) {
        leaf();
        throw;
    }
}

NOINLINE void catch_rethrown()
{
    try {
        rethrow(3);
    } catch (...) {
        large();
    }
}

NOINLINE void destroy()
{
    large();
}
}

struct Guard {
    UNCOUNTED Guard() {}
    UNCOUNTED ~Guard() { destroy(); }
};

extern "C" {
NOINLINE void guarded(int depth)
{
    Guard first, second;

    throw_from(depth);
    KEEP();
}

NOINLINE void catch_over_guards()
{
    try {
        guarded(5);
    } catch (...) {
        leaf();
    }
}

NOINLINE void construct(int n)
{
    leaf();
    if (n == 2)
        throw n;
}
}

struct Member {
    UNCOUNTED explicit Member(int n) { construct(n); }
    UNCOUNTED ~Member() { destroy(); }
};

struct Whole {
    Member first{0}, second{1}, third{2};
    UNCOUNTED Whole() {}
};

extern "C" {
NOINLINE void catch_from_constructor()
{
    try {
        Whole whole;
    } catch (int) {
        large();
    }
}

NOINLINE int compare(const void *left, const void *right)
{
    leaf();
    if (*(const int *)left == *(const int *)right)
        throw std::string("equal");
    return *(const int *)left - *(const int *)right;
}

NOINLINE void catch_through_qsort()
{
    int numbers[] = {1, 1};

    try {
        qsort(numbers, 2, sizeof *numbers, compare);
    } catch (const std::string &) {
        large();
    }
}

static int comparisons;

NOINLINE bool less(int a, int b)
{
    if (++comparisons % 20 == 0)
        throw a;
    leaf();
    return a < b;
}

NOINLINE void catch_through_sort()
{
    std::vector<int> numbers;

    for (int i = 0; i < 100; i++)
        numbers.push_back(i * 37 % 100);
    try {
        std::sort(numbers.begin(), numbers.end(), less);
    } catch (int) {
        large();
    }
}

NOINLINE void thrown_to()
{
    leaf();
    throw 1;
}

NOINLINE void catch_across_library()
{
    try {
        library_call(thrown_to);
    } catch (int) {
        large();
    }
    library_catch(thrown_to);
    large();
}

inline void inlined_thrower(int n)
{
    leaf();
    if (n % 2)
        throw n;
}

NOINLINE void catch_from_inlined(int n)
{
    try {
        inlined_thrower(n);
        leaf();
    } catch (int) {
        large();
    }
}

NOINLINE void throws_while_unwinding()
{
    try {
        try {
            throw_from(1);
        } catch (...) {
            try {
                throw_from(2);
            } catch (...) {
                leaf();
            }
            throw;
        }
    } catch (...) {
        large();
    }
}
}

UNCOUNTED static void expect(const char *caller, const char *callee, int calls)
{
    printf("edge %s %s %d\n", caller, callee, calls);
}

int main()
{
    for (int i = 0; i < 100; i++)
        catch_over(i % 10 == 0 ? 1000 : i % 10);
    for (int i = 0; i < 10; i++) {
        catch_rethrown();
        catch_over_guards();
        catch_from_constructor();
        catch_through_qsort();
        catch_through_sort();
        catch_across_library();
        catch_from_inlined(i);
        throws_while_unwinding();
    }
    expect("-", "main", 1);
    expect("main", "catch_over", 100);
    expect("catch_over", "throw_from", 100);
    expect("throw_from", "throw_from", 10 * (1000 + 45) + 10 * 3 + 10 * 5 + 10 * (1 + 2));
    expect("catch_over", "large", 200);
    expect("large", "leaf", 200 + 10 + 20 + 20 + 10 + 10 + 20 + 5 + 10 + 10);
    expect("main", "catch_rethrown", 10);
    expect("catch_rethrown", "rethrow", 10);
    expect("rethrow", "throw_from", 10);
    expect("rethrow", "leaf", 10);
    expect("catch_rethrown", "large", 10);
    expect("main", "catch_over_guards", 10);
    expect("catch_over_guards", "guarded", 10);
    expect("guarded", "throw_from", 10);
    expect("guarded", "destroy", 20);
    expect("destroy", "large", 40);
    expect("catch_over_guards", "leaf", 10);
    expect("main", "catch_from_constructor", 10);
    expect("catch_from_constructor", "construct", 30);
    expect("construct", "leaf", 30);
    expect("catch_from_constructor", "destroy", 20);
    expect("catch_from_constructor", "large", 10);
    expect("main", "catch_through_qsort", 10);
    expect("catch_through_qsort", "compare", 10);
    expect("compare", "leaf", 10);
    expect("catch_through_qsort", "large", 10);
    expect("main", "catch_through_sort", 10);
    expect("catch_through_sort", "large", 10);
    expect("main", "catch_across_library", 10);
    expect("catch_across_library", "library_call", 10);
    expect("library_call", "thrown_to", 10);
    expect("thrown_to", "leaf", 20);
    expect("catch_across_library", "library_catch", 10);
    expect("library_catch", "thrown_to", 10);
    expect("library_catch", "library_caught", 10);
    expect("catch_across_library", "large", 20);
    expect("main", "catch_from_inlined", 10);
    expect("catch_from_inlined", "inlined_thrower", 10);
    expect("inlined_thrower", "leaf", 10);
    expect("catch_from_inlined", "leaf", 5);
    expect("catch_from_inlined", "large", 5);
    expect("main", "throws_while_unwinding", 10);
    expect("throws_while_unwinding", "throw_from", 20);
    expect("throws_while_unwinding", "leaf", 10);
    expect("throws_while_unwinding", "large", 10);
    expect("less", "leaf", comparisons - comparisons / 20);
    return 0;
}
