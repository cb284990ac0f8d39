/*
 * settings.c - reads the settings from the environment. See settings.h.
 */
#include "runtime/core/settings.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "runtime/format/settings.h"
#include "runtime/format/text.h"
#include "runtime/system/memory.h"
#include "runtime/system/system.h"

enum {
    ENVIRONMENT_MAX = 256 * 1024,            /* bytes */
    FREQUENCY = 4000,                        /* default of frequency */
    MAX_CONTEXTS = (256 << 20) / IMAGE_UNIT, /* default of max_contexts: 256 MiB of records */
};

static struct settings settings;

/* Copies the value out of ENTRY, if that is NAME=VALUE. */
static void setting_take(const char *entry, const char *name, char *value)
{
    size_t length = strlen(name);

    if (strncmp(entry, name, length) == 0 && strlen(entry + length) < PATH_MAX)
        memcpy(value, entry + length, strlen(entry + length) + 1);
}

static void settings_take(const char *entry)
{
    setting_take(entry, SETTINGS_SPOOL "=", settings.spool);
    setting_take(entry, "LD_PRELOAD=", settings.preload);
    setting_take(entry, SETTINGS_OUT "=", settings.out);
    setting_take(entry, "TMPDIR=", settings.temporary);
    setting_take(entry, SETTINGS_OPTIONS "=", settings.options);
}

/* Reads the kernel's copy of the environment. */
static void settings_read_kernel(void)
{
    char *text = memory_private(ENVIRONMENT_MAX);
    long size = text != NULL ? system_read_file("/proc/self/environ", text, ENVIRONMENT_MAX) : 0;

    for (long i = 0; i < size; i += (long)strlen(text + i) + 1)
        settings_take(text + i);
    if (text != NULL)
        memory_private_free(text, ENVIRONMENT_MAX);
}

/* Returns the text behind option NAME=, or NULL. The timer is the last option: its text may have commas. */
static const char *option_find(const char *name)
{
    const char *option = settings.options;

    while (strncmp(option, name, strlen(name)) != 0) {
        if (strncmp(option, SETTING_TIMER, sizeof SETTING_TIMER - 1) == 0)
            return NULL;
        option += strcspn(option, ",");
        if (*option++ == '\0')
            return NULL;
    }
    return option + strlen(name);
}

/* Returns the number of option NAME=, or FALLBACK. */
static uint64_t option_number(const char *name, uint64_t fallback)
{
    const char *option = option_find(name);

    return option != NULL && *option >= '0' && *option <= '9' ? take_number(&option) : fallback;
}

static void options_read(void)
{
    const char *timer = option_find(SETTING_TIMER);
    uint64_t frequency = option_number(SETTING_FREQUENCY, FREQUENCY);

    if (timer != NULL)
        memcpy(settings.timer, timer, strlen(timer) + 1);
    settings.reads = (enum image_reads)option_number(SETTING_READS, 0);
    settings.frequency = frequency < SETTING_FREQUENCY_MOST ? (uint32_t)frequency : SETTING_FREQUENCY_MOST;
    settings.sampler = (uint32_t)option_number(SETTING_SAMPLER, SETTING_SAMPLER_AUTO);
    settings.sample_cost = (uint32_t)option_number(SETTING_SAMPLE_COST, 0);
    settings.seccomp = (uint32_t)option_number(SETTING_SECCOMP, 0);
    settings.max_contexts = option_number(SETTING_MAX_CONTEXTS, MAX_CONTEXTS);
    settings.is_paused = option_number(SETTING_PAUSED, 0) != 0;
    settings.has_filters = settings.spool[0] != '\0' && option_number(SETTING_FILTERS, 0) != 0;
    settings.depth = (uint32_t)option_number(SETTING_DEPTH, 0);
    settings.throttle_calls = option_number(SETTING_THROTTLE_CALLS, 0);
    settings.throttle_ns = option_number(SETTING_THROTTLE_NS, 0);
}

void settings_read(void)
{
    for (char **entry = environ; entry != NULL && *entry != NULL; entry++)
        settings_take(*entry);
    /* In an ifunc resolver libc has not set environ yet. Beside a preloaded copy of the runtime, a linked one
     * finds that the settings are hidden there (interpose/environment.c). */
    if (settings.spool[0] == '\0')
        settings_read_kernel();
    settings.preload[strcspn(settings.preload, " :")] = '\0'; /* the launcher's library comes first */
    options_read();
    settings.pid = system_pid();
}

struct settings *settings_get(void)
{
    return &settings;
}
