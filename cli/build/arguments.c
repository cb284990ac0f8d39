/*
 * arguments.c - reads the arguments of a compiler. See arguments.h.
 *
 * gcc, gfortran and clang share the options that matter here. An option of one word that is not listed
 * changes nothing.
 */
#include "cli/build/arguments.h"

#include <libiberty/libiberty.h>
#include <string.h>

/* With these no code is made, or code for a place without a C library, where nobody calls the hooks. */
static const char *const ALONE[] = {
    "-E",     "-M",        "-MM",    "--preprocess",  "-fsyntax-only", "--analyze", "-cc1",
    "-cc1as", "--version", "--help", "--target-help", "-dumpspecs",    "-nostdinc", "-ffreestanding",
    NULL};

/* As ALONE; these are the beginnings of options. */
static const char *const ALONE_BEGINNINGS[] = {"-print-",      "--print-",         "--help=", "-dumpversion",
                                               "-dumpmachine", "-dumpfullversion", NULL};

/* The program has no C library, if it is linked here. */
static const char *const WITHOUT_LIBC[] = {"-nostdlib", "-nodefaultlibs", "-nolibc", NULL};

static const char *const NOT_LINKED[] = {"-c",        "-S",           "--compile", "--assemble",
                                         "-emit-ast", "--precompile", NULL};

/* The next word belongs to these. */
static const char *const WITH_WORD[] = {"-o",
                                        "-x",
                                        "-I",
                                        "-D",
                                        "-U",
                                        "-L",
                                        "-l",
                                        "-A",
                                        "-B",
                                        "-T",
                                        "-u",
                                        "-z",
                                        "-e",
                                        "-F",
                                        "-J",
                                        "-MF",
                                        "-MT",
                                        "-MQ",
                                        "-MJ",
                                        "-include",
                                        "-imacros",
                                        "-isystem",
                                        "-iquote",
                                        "-idirafter",
                                        "-iprefix",
                                        "-iwithprefix",
                                        "-iwithprefixbefore",
                                        "-isysroot",
                                        "-imultilib",
                                        "-include-pch",
                                        "-Xlinker",
                                        "-Xassembler",
                                        "-Xpreprocessor",
                                        "-Xclang",
                                        "-mllvm",
                                        "-target",
                                        "-arch",
                                        "-wrapper",
                                        "-aux-info",
                                        "-dumpbase",
                                        "-dumpbase-ext",
                                        "-dumpdir",
                                        "--param",
                                        "--sysroot",
                                        "--output",
                                        "-framework",
                                        "-iframework",
                                        "-rpath",
                                        "-working-directory",
                                        NULL};

/* The ends of the names of files that are compiled. The linker reads all others, and the assembler some. */
static const char *const SOURCES[] = {
    ".c",   ".i",   ".ii",  ".cc",  ".cp",  ".cxx", ".cpp", ".CPP", ".c++", ".C",   ".m",   ".mi",  ".mm",
    ".M",   ".mii", ".h",   ".hh",  ".H",   ".hp",  ".hxx", ".hpp", ".HPP", ".h++", ".tcc", ".f",   ".for",
    ".ftn", ".F",   ".FOR", ".fpp", ".FPP", ".FTN", ".f90", ".f95", ".f03", ".f08", ".F90", ".F95", ".F03",
    ".F08", ".adb", ".ads", ".d",   ".go",  ".ll",  ".bc",  ".cu",  ".cl",  NULL};

static int is_one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(word, *list) == 0)
            return 1;
    return 0;
}

static int begins_as(const char *word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strncmp(word, *list, strlen(*list)) == 0)
            return 1;
    return 0;
}

static int ends_as(const char *word, const char *const *list)
{
    const char *dot = strrchr(word, '.');

    return dot != NULL && is_one_of(dot, list);
}

/* Counts the file at PATH. LANGUAGE is that of -x, or NULL: its name tells. */
static void read_file(struct arguments *arguments, const char *path, const char *language)
{
    arguments->inputs++;
    if (language != NULL && strcmp(language, "none") != 0)
        arguments->sources += strncmp(language, "assembler", strlen("assembler")) != 0;
    else
        arguments->sources += strcmp(path, "-") == 0 || ends_as(path, SOURCES);
}

static void read_option(struct arguments *arguments, const char *word)
{
    if (is_one_of(word, ALONE) || begins_as(word, ALONE_BEGINNINGS))
        arguments->is_alone = 1;
    else if (is_one_of(word, NOT_LINKED))
        arguments->links = 0;
    else if (strncmp(word, "-g", 2) == 0 || strcmp(word, "--debug") == 0)
        arguments->has_debug = 1;
}

/* Reads WORDS after those in files have taken the place of @FILE. */
static void read_words(struct arguments *arguments, char *const *words)
{
    const char *language = NULL;
    int has_libc = 1, is_option_possible = 1;

    for (words++; *words != NULL; words++) {
        const char *word = *words;

        if (!is_option_possible || *word != '-' || strcmp(word, "-") == 0) {
            read_file(arguments, word, language);
            continue;
        }
        if (strcmp(word, "--") == 0) {
            is_option_possible = 0;
        } else if (is_one_of(word, WITH_WORD)) {
            if (*++words == NULL) {
                arguments->is_alone = 1;
                break;
            }
            language = strcmp(word, "-x") == 0 ? *words : language;
        } else {
            language = strncmp(word, "-x", 2) == 0 ? word + 2 : language;
            has_libc &= !is_one_of(word, WITHOUT_LIBC);
            read_option(arguments, word);
        }
    }
    if (!has_libc && arguments->sources > 0)
        arguments->is_alone = 1;
}

void arguments_read(struct arguments *arguments, char *const *words)
{
    char **expanded = (char **)words;
    int count = 0;

    *arguments = (struct arguments){.links = 1};
    while (words[count] != NULL)
        count++;
    while (arguments->end < count && strcmp(words[arguments->end], "--") != 0)
        arguments->end++;
    expandargv(&count, &expanded);
    read_words(arguments, expanded);
    if (expanded != words)
        freeargv(expanded);
}

int arguments_take_hooks(const struct arguments *arguments)
{
    return !arguments->is_alone && arguments->inputs > 0 && (arguments->sources > 0 || arguments->links);
}
