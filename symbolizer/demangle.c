/*
 * demangle.c - symbolizer_demangle(). See symbolizer.h.
 *
 * libiberty demangles all languages but Fortran, which it does not know. The names are not trusted: one of a
 * few hundred bytes can stand for gigabytes. So the output is bounded, and a demangler that exceeds the bound
 * is left by longjmp().
 */
#include "symbolizer/symbolizer.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INITIALISERS "_GLOBAL__sub_"

enum { NAME_MAX_BYTES = 1 << 16, OUTPUT_MAX_BYTES = 1 << 18, FIRST_CAPACITY = 256 };

/* The demangled name so far. */
struct output {
    char *text;
    size_t size, capacity;
    jmp_buf overflow;
};

/*
 * Adds TEXT, of LENGTH bytes, to the output. This is a callback of libiberty, which has no way to stop before
 * the end but longjmp(). The jump leaks nothing, because both demanglers keep their state on the stack. The
 * exception is a small buffer of Rust's while it decodes Punycode.
 */
static void output_add(const char *text, size_t length, void *opaque)
{
    struct output *output = opaque;

    if (length > OUTPUT_MAX_BYTES - output->size)
        longjmp(output->overflow, 1);
    if (output->capacity - output->size <= length) {
        size_t capacity = 2 * (output->size + length) + FIRST_CAPACITY;
        char *grown = realloc(output->text, capacity);
        if (grown == NULL)
            longjmp(output->overflow, 1);
        output->text = grown;
        output->capacity = capacity;
    }
    memcpy(output->text + output->size, text, length);
    output->size += length;
    output->text[output->size] = '\0';
}

typedef int demangler(const char *name, int options, demangle_callbackref add, void *opaque);

static int demangle_to(struct output *output, demangler *demangle, const char *name, int options)
{
    return setjmp(output->overflow) == 0 && demangle(name, options, output_add, output) && output->size > 0;
}

static char *demangle_bounded(demangler *demangle, const char *name, int options)
{
    struct output output = {.text = NULL, .size = 0, .capacity = 0};

    if (demangle_to(&output, demangle, name, options))
        return output.text;
    free(output.text);
    return NULL;
}

static char *demangle_initialisers(const char *name, int parameters);

/* A name counts as mangled only if it demangles with DMGL_PARAMS. Without that option libiberty accepts a
 * name that ends in garbage. */
static char *demangle_cxx(const char *name, int parameters)
{
    char *whole = NULL, *bare;

    if (strncmp(name, INITIALISERS, strlen(INITIALISERS)) == 0)
        return demangle_initialisers(name, parameters);
    if (strncmp(name, "_Z", 2) == 0 || strncmp(name, "___Z", 4) == 0)
        whole = demangle_bounded(cplus_demangle_v3_callback, name, DMGL_PARAMS | DMGL_ANSI | DMGL_RET_DROP);
    if (whole == NULL || parameters)
        return whole;
    bare = demangle_bounded(cplus_demangle_v3_callback, name, DMGL_ANSI);
    if (bare == NULL)
        return whole;
    free(whole);
    return bare;
}

/*
 * Demangles the function that initialises the variables of a file: _GLOBAL__sub_I_KEY, and _GLOBAL__sub_D_KEY
 * for their destructors. Variables with a priority have another function: _GLOBAL__sub_I.00101_KEY. KEY is
 * the linkage name of something in the file, or the file's name.
 */
static char *demangle_initialisers(const char *name, int parameters)
{
    const char *kind = name + strlen(INITIALISERS);
    const char *priority = *kind != '\0' && kind[1] == '.' ? kind + 2 : NULL;
    size_t digits = priority != NULL ? strspn(priority, "0123456789") : 0;
    const char *key = priority != NULL ? priority + digits : kind + 1;
    char *demangled, *text = NULL, ending[64] = "";
    int result;

    if ((*kind != 'I' && *kind != 'D') || *key != '_' || key[1] == '\0' || digits > 9)
        return NULL;
    key++;
    demangled = strncmp(key, "_Z", 2) == 0 ? demangle_cxx(key, parameters) : NULL;
    if (priority != NULL)
        snprintf(ending, sizeof ending, " with priority %ld", strtol(priority, NULL, 10));
    result = asprintf(&text, "static %s keyed to %s%s", *kind == 'I' ? "initialisers" : "destructors",
                      demangled != NULL ? demangled : key, ending);
    free(demangled);
    return result < 0 ? NULL : text;
}

static char *demangle_rust(const char *name)
{
    return demangle_bounded(rust_demangle_callback, name, DMGL_RUST);
}

/*
 * Returns 1 if NAME cannot become longer than about 16 MB. D's back references ("Q") can double a name at
 * each step. libiberty has no callback for D that could stop it. One more reference multiplies the length by
 * at most e to the power of 1/e, which is less than 1.45.
 */
static int d_name_sane(const char *name)
{
    double worst = (double)strlen(name);

    for (const char *at = name; *at != '\0'; at++)
        if (*at == 'Q')
            worst *= 1.45;
    return worst < 16e6;
}

/* Removes the parameters of the last function in NAME, a demangled name of D. */
static void d_parameters_drop(char *name)
{
    char *at = strrchr(name, ')');
    int depth = 0;

    for (; at != NULL && at > name; at--) {
        depth += (*at == ')') - (*at == '(');
        if (depth == 0) {
            if (at[-1] != '!')
                *at = '\0';
            return;
        }
    }
}

static char *demangle_d(const char *name, int parameters)
{
    char *text;

    if (strncmp(name, "_D", 2) != 0 || !d_name_sane(name))
        return NULL;
    text = dlang_demangle(name, DMGL_DLANG);
    if (text != NULL && !parameters)
        d_parameters_drop(text);
    return text;
}

/* Returns the length of NAME without a final number. GNAT numbers nested subprograms of one name: name.1,
 * name.2. */
static size_t length_without_number(const char *name)
{
    size_t length = strlen(name), digits = 0;

    while (digits < length && name[length - 1 - digits] >= '0' && name[length - 1 - digits] <= '9')
        digits++;
    return digits > 0 && digits + 1 < length && name[length - 1 - digits] == '.' ? length - 1 - digits
                                                                                 : length;
}

/* libiberty puts a name that GNAT has not mangled between angle brackets. Such a name is refused. */
static char *demangle_ada(const char *name)
{
    char *own = strndup(name, length_without_number(name));
    char *text = own != NULL ? ada_demangle(own, 0) : NULL;

    free(own);
    if (text != NULL && (*text == '<' || strcmp(text, name) == 0)) {
        free(text);
        return NULL;
    }
    return text;
}

/* Demangles gfortran's name for a procedure of a module: "__module_MOD_name". */
static char *demangle_fortran(const char *name)
{
    const char *middle = strncmp(name, "__", 2) == 0 ? strstr(name + 3, "_MOD_") : NULL;
    char *text = NULL;

    if (middle == NULL || middle[strlen("_MOD_")] == '\0' ||
        asprintf(&text, "%.*s::%s", (int)(middle - name - 2), name + 2, middle + strlen("_MOD_")) < 0)
        return NULL;
    return text;
}

/* Demangles NAME by its form. Rust is tried before C++, because Rust's older names are names of C++ with a
 * hash at the end. Ada is not tried, because its names cannot be told from those of C. */
static char *demangle_by_look(const char *name, int parameters)
{
    char *text = demangle_rust(name);

    if (text == NULL)
        text = demangle_cxx(name, parameters);
    if (text == NULL)
        text = demangle_d(name, parameters);
    if (text == NULL)
        text = demangle_fortran(name);
    return text;
}

char *symbolizer_demangle(const char *name, enum symbolizer_language language, int parameters)
{
    if (name == NULL || strnlen(name, NAME_MAX_BYTES) == NAME_MAX_BYTES)
        return NULL;
    switch (language) {
    case SYMBOLIZER_LANGUAGE_UNKNOWN:
        return demangle_by_look(name, parameters);
    case SYMBOLIZER_LANGUAGE_CXX:
        return demangle_cxx(name, parameters);
    case SYMBOLIZER_LANGUAGE_RUST:
        return demangle_rust(name);
    case SYMBOLIZER_LANGUAGE_D:
        return demangle_d(name, parameters);
    case SYMBOLIZER_LANGUAGE_ADA:
        return demangle_ada(name);
    case SYMBOLIZER_LANGUAGE_FORTRAN:
        return demangle_fortran(name);
    default:
        return NULL;
    }
}
