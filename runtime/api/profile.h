/*
 * profile.h - a program profiles itself, or parts of it: what cProfile's Profile is to a Python program.
 *
 *     struct profile *p = profile_new(NULL, 0);
 *     profile_enable(p);
 *     work();
 *     profile_disable(p);
 *     profile_print_stats(p, stdout, "cumulative");
 *     profile_free(p);
 *
 * For C11 and C++17, with gcc or clang, on Linux. What is recorded are the calls of functions compiled with
 * -finstrument-functions. The runtime does it: libprofile.so or libprofile.a, linked (-lprofile), or
 * libprofile.so preloaded by profile(1). Without it the same program runs all the same: each function here
 * does nothing then, and says that it succeeded.
 *
 * Functions that return an int return 0, or -1 with errno set, and profile_error() tells in words what is
 * wrong. They may be called in any thread at any time, but for signal handlers. See profile(3).
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

/* A profile: the calls that were made while it was enabled, in whichever threads that was. */
struct profile;

/* What the runtime has for this header: it may get more, at the end. */
struct profile_functions {
    struct profile *(*create)(uint64_t (*timer)(void), double unit);
    int (*destroy)(struct profile *profile);
    int (*enable)(struct profile *profile);
    int (*disable)(struct profile *profile);
    int (*clear)(struct profile *profile);
    int (*dump_stats)(struct profile *profile, const char *path);
    int (*print_stats)(struct profile *profile, FILE *stream, const char *sort);
    int (*snapshot)(const char *path);
    int (*begin)(const char *name);
    int (*end)(void);
    int (*set_thread_name)(const char *name);
    const char *(*error)(void);
};

/* The one symbol of the runtime that programs refer to: weakly, so it may be missing. */
extern const struct profile_functions *profile_functions_1(void) __attribute__((weak));
extern void *profile_find_symbol(void *handle, const char *name) __asm__("dlsym") __attribute__((weak));
extern const int profile_only_api __attribute__((weak, visibility("default")));

/*
 * PROFILE_ONLY_API; at file scope, once in the program, says that it wants no other profile than those it
 * writes itself: run without profile(1), it then leaves no profile.PID.prof behind. All calls are recorded
 * all the same, in a file in /dev/shm, or else TMPDIR or /tmp, which is removed; so they cost the same.
 */
#ifdef __cplusplus
#define PROFILE_ONLY_API extern "C" __attribute__((used)) const int profile_only_api = 1
#else
#define PROFILE_ONLY_API __attribute__((used)) const int profile_only_api = 1
#endif

/* Inlined always: regions are told apart by the stack pointer of the function that they are in. */
#define PROFILE_INLINE static inline __attribute__((always_inline, no_instrument_function))

/* The runtime, or NULL. A program that is not position-independent is linked with 0 for a weak symbol that is
 * missing then: there the loader is asked again, for a library that may be preloaded. */
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
 * A new profile, which is not enabled; profile_free() is due. NULL with errno ENOMEM if there is no memory.
 *
 * TIMER is what calls are measured by: a function that returns a number which does not get less, called at
 * both ends of each call, in the thread that makes it; or NULL for what the process is measured by (the
 * clock, or profile --timer). A step backwards counts as none, and the report says how many there were. UNIT
 * is the length of TIMER's tick in seconds, or 0 if it counts something else than time: "ticks". What it
 * costs to read TIMER is not taken out of the times. UNIT means nothing without TIMER.
 */
PROFILE_INLINE struct profile *profile_new(uint64_t (*timer)(void), double unit)
{
    static char none; /* stands for a profile without the runtime, of which nobody looks at anything */
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->create(timer, unit) : (struct profile *)(void *)&none;
}

/* Frees PROFILE, which may be NULL. One that is enabled in this thread is disabled first; if it is enabled in
 * another, nothing happens (errno is EBUSY). */
PROFILE_INLINE void profile_free(struct profile *profile)
{
    const struct profile_functions *runtime = profile_runtime();

    if (runtime != NULL)
        (void)runtime->destroy(profile);
}

/*
 * From here on, what this thread calls goes to PROFILE, and adds to what is there: functions that it is in
 * already are not in it, and when they return, that is ignored. Other threads go on as they were, and may
 * enable it too. EBUSY: a profile is enabled in this thread; EINVAL: PROFILE is NULL; ENOTSUP: this is the
 * stack of a coroutine or of a signal handler; EIO: the process can record nothing.
 */
PROFILE_INLINE int profile_enable(struct profile *profile)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->enable(profile) : 0;
}

/* PROFILE is no longer enabled in this thread: calls that have not returned end for it now. EINVAL: it was
 * not enabled, or is NULL; ENOTSUP: as above. */
PROFILE_INLINE int profile_disable(struct profile *profile)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->disable(profile) : 0;
}

/* PROFILE is empty again. EBUSY: it is enabled in some thread; EINVAL: it is NULL. */
PROFILE_INLINE int profile_clear(struct profile *profile)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->clear(profile) : 0;
}

/*
 * Writes PROFILE to the file PATH, for stats(1) and Python's pstats: there as a whole, or as it was before.
 * Calls that have not returned end for the file now; a PROFILE that is enabled stays so.
 *
 * The command stats makes the file what profile(1) saves. It is looked for where PROFILE_STATS in the
 * environment says, beside the library, and in PATH. Without it the file is an image, which is larger, and
 * which stats reads, as long as the program's files are there, but Python does not.
 *
 * EINVAL: PROFILE or PATH is NULL, or PATH is no regular file; EIO: the process can record nothing; and what
 * open(2), write(2) and rename(2) have.
 */
PROFILE_INLINE int profile_dump_stats(struct profile *profile, const char *path)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->dump_stats(profile, path) : 0;
}

/*
 * Prints PROFILE to STREAM as stats --sort SORT would; NULL is "cumulative". STREAM is only written to. The
 * command stats prints it, from a file in TMPDIR or /tmp. ENOENT: there is no stats; EINVAL: PROFILE or
 * STREAM is NULL, or SORT no sort key (stats says so on standard error); else as profile_dump_stats().
 */
PROFILE_INLINE int profile_print_stats(struct profile *profile, FILE *stream, const char *sort)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->print_stats(profile, stream, sort) : 0;
}

/* Writes all that the process has recorded so far, in all threads, whether for a profile or not, to the file
 * PATH. Profiles with a timer of their own are not in it. Otherwise as profile_dump_stats(). */
PROFILE_INLINE int profile_snapshot(const char *path)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->snapshot(path) : 0;
}

/*
 * A part of a function gets a name of its own: from here to profile_end() it is in the tables as {NAME},
 * called by the function and calling what that calls. NAME is copied; of one with more than 252 bytes, the
 * first ones count. Regions may lie in each other, and end in the function that they have begun in: by
 * profile_end(), or with it. EINVAL: NAME is NULL; ENOSPC: there are 1,024 names already; EIO: the process
 * can record nothing.
 */
PROFILE_INLINE int profile_begin(const char *name)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->begin(name) : 0;
}

/* The region that has begun last ends. EINVAL: none has begun in this function. */
PROFILE_INLINE int profile_end(void)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->end() : 0;
}

/* Names this thread, for the system too: the first 15 bytes of NAME. EINVAL: it is NULL. */
PROFILE_INLINE int profile_set_thread_name(const char *name)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->set_thread_name(name) : 0;
}

/* What was wrong with the last call of this thread that failed: a line of text, which stays; or "". */
PROFILE_INLINE const char *profile_error(void)
{
    const struct profile_functions *runtime = profile_runtime();

    return runtime != NULL ? runtime->error() : "";
}

/* For the macros: enables PROFILE until the variable that keeps it goes; NULL if that cannot be. */
PROFILE_INLINE struct profile *profile_scope_begin(struct profile *profile)
{
    return profile_enable(profile) == 0 ? profile : NULL;
}

PROFILE_INLINE void profile_scope_end(struct profile **kept)
{
    if (*kept != NULL)
        (void)profile_disable(*kept);
}

PROFILE_INLINE void profile_scope_free(struct profile **kept)
{
    profile_free(*kept);
}

#define PROFILE_JOIN_(a, b) a##b
#define PROFILE_JOIN(a, b)  PROFILE_JOIN_(a, b)
#define PROFILE_KEEP(name, handle)                                                                           \
    struct profile *name __attribute__((cleanup(profile_scope_end), unused)) = profile_scope_begin(handle)

#ifndef __cplusplus

/* Enables the profile HANDLE until the block is left, in whatever way but longjmp. If it cannot be enabled,
 * errno and profile_error() say why, and nothing else happens. */
#define PROFILE_SCOPE(handle) PROFILE_KEEP(PROFILE_JOIN(profile_scope_, __LINE__), handle)

#endif

/* Returns what FUNCTION(ARGUMENT) returns, with PROFILE enabled while it runs, if that can be: FUNCTION is
 * called in any case. */
static inline __attribute__((no_instrument_function, unused)) void *
profile_runcall(struct profile *profile, void *(*function)(void *), void *argument)
{
    PROFILE_KEEP(kept, profile);

    return function(argument);
}

/* Calls FUNCTION(ARGUMENT) with a new profile, and writes that to FILE; NULL: prints it to standard output,
 * ordered by cumulative time. 0, or -1 as profile_enable(), profile_dump_stats() and profile_print_stats().
 */
static inline __attribute__((no_instrument_function, unused)) int
profile_run(void *(*function)(void *), void *argument, const char *file)
{
    struct profile *profile __attribute__((cleanup(profile_scope_free))) = profile_new(NULL, 0);
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

/* The same for an expression, whose value is dropped; prints to standard output. */
#define PROFILE_RUN(...)                                                                                     \
    __extension__({                                                                                          \
        struct profile *profile_run_profile __attribute__((cleanup(profile_scope_free))) =                   \
            profile_new(NULL, 0);                                                                            \
        int profile_run_enabled;                                                                             \
        {                                                                                                    \
            PROFILE_KEEP(profile_run_kept, profile_run_profile);                                             \
            profile_run_enabled = profile_run_kept != NULL;                                                  \
            (void)(__VA_ARGS__);                                                                             \
        }                                                                                                    \
        profile_run_print(profile_run_profile, profile_run_enabled);                                         \
    })

PROFILE_INLINE int profile_run_print(struct profile *profile, int is_enabled)
{
    return is_enabled ? profile_print_stats(profile, stdout, NULL) : -1;
}

#ifdef __cplusplus
}

/* Enables PROFILE for as long as it lives, if that can be: errno and profile_error() say why it could not. */
class profile_scope
{
  public:
    __attribute__((always_inline, no_instrument_function)) explicit profile_scope(struct profile *profile)
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
    struct profile *kept;
};

#define PROFILE_SCOPE(handle) profile_scope PROFILE_JOIN(profile_scope_, __LINE__)(handle)
#endif

#endif
