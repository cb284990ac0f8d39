/*
 * profile.h - lets a program profile itself, or parts of itself, as cProfile's Profile does in Python.
 *
 *     struct profile *p = profile_new(NULL, 0);
 *     profile_enable(p);
 *     work();
 *     profile_disable(p);
 *     profile_print_stats(p, stdout, "cumulative");
 *     profile_free(p);
 *
 * For C11 and C++17, with gcc or clang, on Linux. Calls of functions that were compiled with
 * -finstrument-functions are recorded.
 *
 * The runtime does the work: libprofile.so or libprofile.a, linked (-lprofile), or libprofile.so preloaded by
 * profile(1). Without the runtime the program runs as well: the functions here then record nothing and report
 * success.
 *
 * Functions that return an int return 0 on success. On failure they return -1 and set errno, and
 * profile_error() returns a description. Each function lists its values of errno. The functions may be called
 * in any thread at any time, but not in a signal handler. A string that is passed to one need not outlive the
 * call. See profile(3).
 */
#ifndef RUNTIME_API_PROFILE_H
#define RUNTIME_API_PROFILE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The tag of a profile's structure. A C++ program for which "profile" is the name of another type can define
 * PROFILE_TAG as a name of its choice before it includes this header. */
#ifndef PROFILE_TAG
#define PROFILE_TAG profile
#endif

/* In C++, also where "using namespace" has brought in another type of that name. */
#ifdef __cplusplus
#define PROFILE_TYPE ::PROFILE_TAG
#else
#define PROFILE_TYPE PROFILE_TAG
#endif

/* The calls that threads have made while the profile was enabled in them: "struct profile". */
struct PROFILE_TAG;

/* The functions of the runtime, for use by this header. New ones are added at the end. */
struct profile_functions {
    struct PROFILE_TYPE *(*create)(uint64_t (*timer)(void), double unit);
    int (*destroy)(struct PROFILE_TYPE *profile);
    int (*enable)(struct PROFILE_TYPE *profile);
    int (*disable)(struct PROFILE_TYPE *profile);
    int (*clear)(struct PROFILE_TYPE *profile);
    int (*dump_stats)(struct PROFILE_TYPE *profile, const char *path);
    int (*print_stats)(struct PROFILE_TYPE *profile, FILE *stream, const char *sort);
    int (*snapshot)(const char *path);
    int (*begin)(const char *name);
    int (*end)(void);
    int (*set_thread_name)(const char *name);
    const char *(*error)(void);
};

/* Returns the functions of the runtime. Programs refer to no other symbol of the runtime. This one is weak,
 * so it may be missing. */
extern const struct profile_functions *profile_functions_1(void) __attribute__((weak));

/* dlsym(3), for profile_runtime(). */
extern void *profile_find_symbol(void *handle, const char *name) __asm__("dlsym") __attribute__((weak));

/* Defined by PROFILE_ONLY_API. */
extern const int profile_only_api __attribute__((weak, visibility("default")));

/*
 * Tells the runtime that the program wants only the profiles that it writes itself. Run without profile(1),
 * the program then leaves no profile.PID.prof behind. Write "PROFILE_ONLY_API;" once, at file scope.
 *
 * All calls are still recorded, at the usual cost, in a file that is removed. It lies in /dev/shm, or else in
 * TMPDIR or /tmp.
 */
#ifdef __cplusplus
#define PROFILE_ONLY_API extern "C" __attribute__((used)) const int profile_only_api = 1
#else
#define PROFILE_ONLY_API __attribute__((used)) const int profile_only_api = 1
#endif

/* Always inlined: the runtime knows the function of a region by its stack pointer. */
#define PROFILE_INLINE static inline __attribute__((always_inline, no_instrument_function))

/* Returns the functions of the runtime, or NULL without it. In a program that is not position-independent,
 * the linker sets a missing weak symbol to 0 for good. There dlsym(3) looks for a preloaded library. */
PROFILE_INLINE const struct profile_functions *profile_runtime(void)
{
    const struct profile_functions *(*get)(void) = profile_functions_1;
#ifndef __PIC__
    static void *symbol;
    static int is_known;

    if (get == NULL && profile_find_symbol != NULL) {
        if (!__atomic_load_n(&is_known, __ATOMIC_ACQUIRE)) {
            __atomic_store_n(&symbol, profile_find_symbol(NULL, "profile_functions_1"), __ATOMIC_RELAXED);
            __atomic_store_n(&is_known, 1, __ATOMIC_RELEASE);
        }
        void *found = __atomic_load_n(&symbol, __ATOMIC_RELAXED);
        memcpy(&get, &found, sizeof get);
    }
#endif
    return get != NULL ? get() : NULL;
}

/*
 * Returns a new, empty profile that is not enabled. The caller frees it with profile_free(). Returns NULL and
 * sets errno to ENOMEM if there is not enough memory.
 *
 * TIMER returns the current reading of the timer that measures the calls: a number that never decreases. It
 * must be valid as long as the profile. It is called at both ends of each call, in the thread that makes the
 * call. It should not be instrumented: its own calls would be recorded too. A step backwards counts as 0, and
 * reports give the number of such steps. The cost of calling TIMER is not subtracted from the times.
 *
 * UNIT is the length of a tick of TIMER in seconds. It is 0 if TIMER counts something other than time, which
 * reports call ticks.
 *
 * If TIMER is NULL, the process's own timer measures the calls: the clock, or that of profile --timer. UNIT
 * is then ignored.
 */
PROFILE_INLINE struct PROFILE_TYPE *profile_new(uint64_t (*timer)(void), double unit)
{
    static char none; /* stands for every profile if there is no runtime; nothing reads it */
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->create(timer, unit) : (struct PROFILE_TYPE *)(void *)&none;
}

/*
 * Frees PROFILE, which may be NULL. If PROFILE is enabled in this thread, disables it first. If it is enabled
 * in another thread, sets errno to EBUSY and frees nothing.
 */
PROFILE_INLINE void profile_free(struct PROFILE_TYPE *profile)
{
    const struct profile_functions *runtime = profile_runtime();

    if (runtime != NULL)
        (void)runtime->destroy(profile);
}

/*
 * Enables PROFILE in this thread. Calls that the thread makes from now on are added to it. Functions that the
 * thread is in already are not recorded in it, and their returns are ignored. Other threads are not affected.
 * They may enable PROFILE too.
 *
 * Returns 0, or -1 and sets errno:
 *
 *     EBUSY    A profile is already enabled in this thread.
 *     EINVAL   PROFILE is NULL.
 *     ENOTSUP  This is the stack of a coroutine or of a signal handler.
 *     EIO      The process can record nothing.
 *     EDEADLK  The caller is a timer.
 */
PROFILE_INLINE int profile_enable(struct PROFILE_TYPE *profile)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->enable(profile) : 0;
}

/*
 * Disables PROFILE in this thread. In PROFILE, calls that have not returned end now.
 *
 * Returns 0, or -1 and sets errno:
 *
 *     EINVAL   PROFILE is NULL, or not enabled in this thread.
 *     ENOTSUP  This is the stack of a coroutine or of a signal handler.
 *     EDEADLK  The caller is a timer.
 */
PROFILE_INLINE int profile_disable(struct PROFILE_TYPE *profile)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->disable(profile) : 0;
}

/*
 * Empties PROFILE.
 *
 * Returns 0, or -1 and sets errno:
 *
 *     EBUSY    PROFILE is enabled in a thread.
 *     EINVAL   PROFILE is NULL.
 *     EDEADLK  The caller is a timer.
 */
PROFILE_INLINE int profile_clear(struct PROFILE_TYPE *profile)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->clear(profile) : 0;
}

/*
 * Writes PROFILE to the file PATH, for stats(1) and Python's pstats. On failure the file is as it was before.
 * In the file, calls that have not returned end now. If PROFILE is enabled, it stays enabled.
 *
 * The command stats converts the file to the format that profile(1) saves. The environment variable
 * PROFILE_STATS holds its path. If that is unset, it is searched for in the library's directory, in ../bin
 * from there, and in PATH. Without the command the file is an image. An image is larger, and Python cannot
 * read it. stats(1) can, as long as the program's files exist.
 *
 * Returns 0, or -1 and sets errno to an error of open(2), write(2) or rename(2), or to:
 *
 *     EINVAL   PROFILE or PATH is NULL, or PATH is not a regular file.
 *     EIO      The process can record nothing.
 *     EDEADLK  The caller is a timer.
 */
PROFILE_INLINE int profile_dump_stats(struct PROFILE_TYPE *profile, const char *path)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->dump_stats(profile, path) : 0;
}

/*
 * Prints PROFILE to STREAM, ordered by SORT, a sort key of stats(1). SORT may be NULL for "cumulative".
 * STREAM is neither flushed nor closed. The command stats prints the profile from a temporary file in TMPDIR
 * or /tmp.
 *
 * Returns 0, or -1 and sets errno to an error of profile_dump_stats(), or to:
 *
 *     ENOENT   The command stats was not found.
 *     EINVAL   PROFILE or STREAM is NULL. Or SORT is unknown.
 *     EIO      The process can record nothing, stats has failed, or STREAM has an error.
 */
PROFILE_INLINE int profile_print_stats(struct PROFILE_TYPE *profile, FILE *stream, const char *sort)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->print_stats(profile, stream, sort) : 0;
}

/*
 * Writes all that the process has recorded to the file PATH, in all threads, with a profile enabled or not.
 * Profiles with a timer of their own are left out. See profile_dump_stats() for the format of the file.
 *
 * Returns 0, or -1 and sets errno as profile_dump_stats() does.
 */
PROFILE_INLINE int profile_snapshot(const char *path)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->snapshot(path) : 0;
}

/*
 * Begins a region, a named part of a function. Until it ends, it is recorded like a function {NAME} that the
 * function calls. The function's calls are then made by {NAME}. Regions may nest. A region ends at
 * profile_end(), or when the function that it has begun in is left. Only the first 252 bytes of NAME count.
 *
 * Returns 0, or -1 and sets errno:
 *
 *     EINVAL   NAME is NULL.
 *     ENOSPC   The process has 1,024 names already, or no space for another one.
 *     EIO      The process can record nothing.
 */
PROFILE_INLINE int profile_begin(const char *name)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->begin(name) : 0;
}

/* Ends the region that has begun last. Returns 0, or -1 and sets errno to EINVAL if no region has begun in
 * this function. */
PROFILE_INLINE int profile_end(void)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->end() : 0;
}

/* Names this thread NAME, in reports and for the system. Only the first 15 bytes count. Returns 0, or -1 and
 * sets errno to EINVAL if NAME is NULL. */
PROFILE_INLINE int profile_set_thread_name(const char *name)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->set_thread_name(name) : 0;
}

/* Returns a line of text about the last failure in this thread, or "" if there was none. The text stays valid
 * and unchanged. */
PROFILE_INLINE const char *profile_error(void)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->error() : "";
}

/* Enables PROFILE, for the macros. Returns it, for profile_scope_end() to disable, or NULL on failure. */
PROFILE_INLINE struct PROFILE_TYPE *profile_scope_begin(struct PROFILE_TYPE *profile)
{
    return profile_enable(profile) == 0 ? profile : NULL;
}

PROFILE_INLINE void profile_scope_end(struct PROFILE_TYPE **kept)
{
    if (*kept != NULL)
        (void)profile_disable(*kept);
}

PROFILE_INLINE void profile_scope_free(struct PROFILE_TYPE **kept)
{
    profile_free(*kept);
}

#define PROFILE_JOIN_(a, b) a##b
#define PROFILE_JOIN(a, b)  PROFILE_JOIN_(a, b)
#define PROFILE_KEEP(name, handle)                                                                           \
    struct PROFILE_TYPE *name __attribute__((cleanup(profile_scope_end), unused)) =                          \
        profile_scope_begin(handle)

#ifndef __cplusplus

/* Enables the profile HANDLE until the block is left, in any way but longjmp(3). On failure the block runs
 * without it, and errno and profile_error() say why. A text, as for a region, does not compile. C compilers
 * only warn about a pointer of another type. */
#define PROFILE_SCOPE(handle)                                                                                \
    _Static_assert(_Generic((handle), char * : 0, const char * : 0, default : 1),                            \
                   "PROFILE_SCOPE needs a profile; profile_begin() begins a region");                        \
    PROFILE_KEEP(PROFILE_JOIN(profile_scope_, __LINE__), handle)

#endif

/* Returns FUNCTION(ARGUMENT), called with PROFILE enabled. If PROFILE cannot be enabled, FUNCTION is called
 * without it. */
static inline __attribute__((no_instrument_function, unused)) void *
profile_runcall(struct PROFILE_TYPE *profile, void *(*function)(void *), void *argument)
{
    PROFILE_KEEP(kept, profile);

    return function(argument);
}

/*
 * Calls FUNCTION(ARGUMENT) with a new profile enabled, and writes the profile to FILE. If FILE is NULL,
 * prints it to standard output, ordered by cumulative time. FUNCTION is called even if there can be no
 * profile.
 *
 * Returns 0, or -1 and sets errno to an error of profile_enable(), profile_dump_stats() or
 * profile_print_stats().
 */
static inline __attribute__((no_instrument_function, unused)) int
profile_run(void *(*function)(void *), void *argument, const char *file)
{
    struct PROFILE_TYPE *profile __attribute__((cleanup(profile_scope_free))) = profile_new(NULL, 0);
    int is_enabled;

    {
        PROFILE_KEEP(kept, profile);
        is_enabled = kept != NULL;
        (void)function(argument);
    }
    if (!is_enabled)
        return -1;
    return file != NULL ? profile_dump_stats(profile, file) : profile_print_stats(profile, stdout, NULL);
}

/* Evaluates an expression with a new profile enabled, and prints the profile to standard output, ordered by
 * cumulative time. Its value is 0, or -1 with errno set as profile_run() does. */
#define PROFILE_RUN(...)                                                                                     \
    __extension__({                                                                                          \
        struct PROFILE_TYPE *profile_run_profile __attribute__((cleanup(profile_scope_free))) =              \
            profile_new(NULL, 0);                                                                            \
        int profile_run_enabled;                                                                             \
        {                                                                                                    \
            PROFILE_KEEP(profile_run_kept, profile_run_profile);                                             \
            profile_run_enabled = profile_run_kept != NULL;                                                  \
            (void)(__VA_ARGS__);                                                                             \
        }                                                                                                    \
        profile_run_print(profile_run_profile, profile_run_enabled);                                         \
    })

PROFILE_INLINE int profile_run_print(struct PROFILE_TYPE *profile, int is_enabled)
{
    return is_enabled ? profile_print_stats(profile, stdout, NULL) : -1;
}

#ifdef __cplusplus
}

/* Enables a profile as long as the object exists. On failure, errno and profile_error() say why. */
class profile_scope
{
  public:
    __attribute__((always_inline,
                   no_instrument_function)) explicit profile_scope(struct PROFILE_TYPE *profile)
        : kept(profile_scope_begin(profile))
    {
    }
    __attribute__((always_inline, no_instrument_function)) ~profile_scope()
    {
        profile_scope_end(&kept);
    }
    profile_scope(const profile_scope &) = delete;
    profile_scope &operator=(const profile_scope &) = delete;

  private:
    struct PROFILE_TYPE *kept;
};

/* Enables the profile HANDLE until the block is left, in any way but longjmp(3). */
#define PROFILE_SCOPE(handle) ::profile_scope PROFILE_JOIN(profile_scope_, __LINE__)(handle)
#endif

#endif
