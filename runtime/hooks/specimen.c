/*
 * specimen.c - an empty function for calibrate.c to measure, with instrumentation and without.
 *
 * This file is compiled with -finstrument-functions. So specimen_instrumented() has all that the compiler
 * adds to the functions of a program.
 */
#include "runtime/hooks/specimen.h"

long specimen_instrumented(long argument)
{
    __asm__ volatile("" : "+r"(argument));
    return argument;
}

__attribute__((no_instrument_function)) long specimen_plain(long argument)
{
    __asm__ volatile("" : "+r"(argument));
    return argument;
}
