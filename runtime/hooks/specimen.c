/*
 * specimen.c - a function as programs have them, for calibrate.c: this file is compiled with
 * -finstrument-functions, so what the compiler adds to a function is there too.
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
