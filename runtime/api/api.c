/*
 * api.c - the table of functions that profile.h calls. Each reports a failure by errno and profile_error().
 */
#include "runtime/api/profile.h"

#include <errno.h>
#include <sys/prctl.h>

#include "runtime/api/profiles.h"
#include "runtime/core/thread.h"
#include "runtime/hooks/shut.h"
#include "runtime/life/profile_state.h"
#include "runtime/system/system.h"

static __thread const char *error_text __attribute__((tls_model("initial-exec")));

/* Sets errno and the text of profile_error() to those of FAILURE. Returns -1, or 0 if FAILURE is NULL. */
static int report(const struct failure *failure)
{
    if (failure == NULL)
        return 0;
    error_text = failure->text;
    errno = failure->error;
    return -1;
}

static struct profile *api_new(uint64_t (*timer)(void), double unit)
{
    static const struct failure no_memory = {ENOMEM, "not enough memory for a profile"};
    struct profile *profile = profiles_new(timer, unit);

    if (profile == NULL)
        report(&no_memory);
    return profile;
}

static int api_free(struct profile *profile)
{
    const struct thread *native = thread_self()->native;

    if (profile != NULL && native != NULL && native->profile == profile)
        profiles_disable(profile, EVENT_SP());
    return report(profiles_free(profile));
}

static int api_enable(struct profile *profile)
{
    return report(profiles_enable(profile, EVENT_SP()));
}

static int api_disable(struct profile *profile)
{
    return report(profiles_disable(profile, EVENT_SP()));
}

static int api_clear(struct profile *profile)
{
    return report(profiles_clear(profile));
}

static int api_dump_stats(struct profile *profile, const char *path)
{
    return report(profile != NULL ? dump_to(profile, path) : &failure_no_profile);
}

static int api_print_stats(struct profile *profile, FILE *stream, const char *sort)
{
    return report(profile != NULL ? dump_print(profile, stream, sort) : &failure_no_profile);
}

static int api_snapshot(const char *path)
{
    return report(dump_to(NULL, path));
}

static int api_begin(const char *name)
{
    return report(region_begin(name, EVENT_SP()));
}

static int api_end(void)
{
    return report(region_end(EVENT_SP()));
}

static int api_set_thread_name(const char *name)
{
    static const struct failure no_name = {EINVAL, "the thread's name is NULL"};

    if (name == NULL)
        return report(&no_name);
    SYSTEM_CALL(SYS_prctl, PR_SET_NAME, name, 0, 0, 0, 0);
    return 0;
}

static const char *api_error(void)
{
    return error_text != NULL ? error_text : "";
}

__attribute__((visibility("default"))) const struct profile_functions *profile_functions_1(void)
{
    static const struct profile_functions functions = {
        .create = api_new,
        .destroy = api_free,
        .enable = api_enable,
        .disable = api_disable,
        .clear = api_clear,
        .dump_stats = api_dump_stats,
        .print_stats = api_print_stats,
        .snapshot = api_snapshot,
        .begin = api_begin,
        .end = api_end,
        .set_thread_name = api_set_thread_name,
        .error = api_error,
    };

    return hooks_elsewhere.functions != NULL ? hooks_elsewhere.functions() : &functions;
}
