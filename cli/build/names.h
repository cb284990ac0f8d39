/*
 * names.h - the names of compilers, by which `profile` knows them.
 */
#ifndef CLI_BUILD_NAMES_H
#define CLI_BUILD_NAMES_H

/* Returns the name in PATH, behind its last slash. */
const char *names_base(const char *path);

/* Returns 1 if NAME, without a folder, is that of a compiler: cc, c++, c89, c99, gcc, g++, clang, clang++ or
 * gfortran, perhaps with a version behind it ("gcc-12") or a target before it ("x86_64-linux-gnu-gcc"). */
int names_is_compiler(const char *name);

/* Returns 1 if NAME is that of a compiler, and its target, if it has one, is this machine with the usual C
 * library. */
int names_is_native(const char *name);

/* Returns 1 if NAME is that of a program that gets a compiler and its arguments, as "ccache". */
int names_is_launcher(const char *name);

/* Returns 1 if NAME is that of gcc for any language, with version and target or without. */
int names_is_gcc(const char *name);

/* Returns 1 if NAME is that of clang for any language, with version and target or without. */
int names_is_clang(const char *name);

#endif
