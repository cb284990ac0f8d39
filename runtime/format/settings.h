/*
 * settings.h - the names of the environment variables by which the launcher tells the runtime what to do.
 */
#ifndef RUNTIME_FORMAT_SETTINGS_H
#define RUNTIME_FORMAT_SETTINGS_H

#define SETTINGS_SPOOL   "PROFILE_SPOOL" /* directory for images, of a launcher that waits for the program */
#define SETTINGS_OUT     "PROFILE_OUT"   /* file for the image of a program that runs without a launcher */
#define SETTINGS_OPTIONS "PROFILE_OPTIONS" /* the options below, with commas between them */

/* Options with a decimal number for a value. */
#define SETTING_MAX_CONTEXTS   "max-contexts="
#define SETTING_READS          "reads="       /* enum image_reads */
#define SETTING_FREQUENCY      "frequency="   /* samples of a thread in a second of CPU time; 0: none */
#define SETTING_SAMPLER        "sampler="     /* enum setting_sampler */
#define SETTING_SECCOMP        "seccomp="     /* filters of system calls that the launcher is under */
#define SETTING_SAMPLE_COST    "sample-cost=" /* nanoseconds for which a sample of the kernel stops a thread */
#define SETTING_PAUSED         "paused="      /* 1: from the start */
#define SETTING_FILTERS        "filters="     /* 1: the launcher resolves filters, see filter_file.h */
#define SETTING_DEPTH          "depth="
#define SETTING_THROTTLE_CALLS "throttle-calls="
#define SETTING_THROTTLE_NS    "throttle-ns=" /* nanoseconds of a call */

/* The most samples in a second. At 20,000 a program of hot, short functions took twice as long as without
 * samples, and at 100,000 it took 60 times as long (x86-64, a virtual machine with two processors). */
#define SETTING_FREQUENCY_MOST 20000

/* The choices of a source of samples. */
enum setting_sampler {
    SETTING_SAMPLER_AUTO = 0, /* whoever can */
    SETTING_SAMPLER_PERF = 1,
    SETTING_SAMPLER_TIMER = 2,
    SETTING_SAMPLER_NONE = 3,
};

/* The last option, for its text may have commas: a timer's name, LIBRARY:FUNCTION:UNIT, or
 * SETTING_TIMER_EVENT with TYPE:CONFIG:UNIT after it. */
#define SETTING_TIMER       "timer="
#define SETTING_TIMER_EVENT "perf:" /* TYPE and CONFIG are decimal numbers of perf_event_open(2) */

#endif
