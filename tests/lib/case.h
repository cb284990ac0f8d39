/*
 * case.h - cmocka, and how a unit test says what it shows: a sentence and a function.
 *
 * TEST's functions run between setup() and teardown(), which the test's file defines; TEST_PREPARED's only
 * after setup(), TEST_ALONE's without either.
 */
#ifndef TESTS_LIB_CASE_H
#define TESTS_LIB_CASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TEST(sentence, function)                                                                             \
    {                                                                                                        \
        .name = sentence, .test_func = function, .setup_func = setup, .teardown_func = teardown              \
    }

#define TEST_PREPARED(sentence, function)                                                                    \
    {                                                                                                        \
        .name = sentence, .test_func = function, .setup_func = setup                                         \
    }

#define TEST_ALONE(sentence, function)                                                                       \
    {                                                                                                        \
        .name = sentence, .test_func = function                                                              \
    }

#endif
