/* throws_library.h - the functions of the shared library of throws.cc. */
#ifndef TESTS_PROGRAMS_THROWS_LIBRARY_H
#define TESTS_PROGRAMS_THROWS_LIBRARY_H

extern "C" {
void library_call(void (*function)());
void library_catch(void (*function)());
}

#endif
