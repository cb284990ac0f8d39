/*
 * build_options.c - the options of `profile build`. See build_options.h.
 */
#include "cli/commands/build_options.h"

static const struct option_spec OPTIONS[] = {
    OPTIONS_COMMON,
};

const struct command BUILD_COMMAND = {
    .name = "profile build",
    .usage = "COMMAND [ARGUMENT...]",
    .description =
        "Runs COMMAND, which builds a program. Each gcc and clang that it finds in PATH gets the flags that "
        "instrument what it compiles. At the end, says how many compilations were instrumented.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .stop_at_operand = 1,
    .examples = "profile build make -j4\n"
                "profile build sh -c './configure && make'\n"
                "PROFILE_BUILD_EXCLUDE='hash_*,vendor/*' profile build make",
    .exit_status = "that of COMMAND; a signal that ends COMMAND ends profile too\n"
                   "1    the build cannot be prepared, and was not run\n"
                   "2    wrong usage\n"
                   "126  COMMAND cannot be run\n"
                   "127  COMMAND was not found",
};
