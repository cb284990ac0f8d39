/* throws_library.h - the shared library of throws.cc. */
#ifndef THROWS_LIBRARY_H
#define THROWS_LIBRARY_H

extern "C" {
void library_call(void (*function)());
void library_catch(void (*function)());
}

#endif
