/*
 * case.h - includes cmocka, and defines how to name a unit test by a sentence.
 *
 * Each macro makes a test of a sentence and a function. A TEST runs after setup() and before teardown(),
 * which the test's file defines. A TEST_PREPARED runs only after setup(), and a TEST_ALONE without both.
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
