/*
 * options_test.c - how cli/ui/options.c reads a command line and prints the help.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ui/options.h"
#include "tests/lib/case.h"

/* The options that were taken, in their order: "key=value " each. */
struct seen {
    char text[256];
};

static enum options_result take_key(void *target, const char *value, struct message *message)
{
    struct seen *seen = target;

    if (strcmp(value, "bad") == 0) {
        message_set(message, "'%s' is not good", value);
        return OPTIONS_ERROR;
    }
    snprintf(seen->text + strlen(seen->text), sizeof seen->text - strlen(seen->text), "key=%s ", value);
    return OPTIONS_RUN;
}

static enum options_result take_flag(void *target, const char *value, struct message *message)
{
    struct seen *seen = target;

    (void)message;
    assert_null(value);
    strcat(seen->text, "flag ");
    return OPTIONS_RUN;
}

/* "two" takes a second word. */
static enum options_result take_choice(void *target, const char *value, struct message *message)
{
    struct seen *seen = target;

    (void)message;
    snprintf(seen->text + strlen(seen->text), sizeof seen->text - strlen(seen->text), "choice=%s ",
             value == NULL ? "none" : value);
    return value != NULL && strcmp(value, "two") == 0 ? OPTIONS_MORE : OPTIONS_RUN;
}

static const struct option_spec OPTIONS[] = {
    {"key", 'k', "KEY", "the key", "one two", take_key},
    {"flag", 'f', NULL, "a flag", NULL, take_flag},
    {"flat", 0, NULL,
     "another one, with a help text that is so long that it can't be printed in a single line of it", NULL,
     take_flag},
    {"an-option-with-a-long-name", 0, "VALUE", "first\nsecond", "FILE", take_key},
    {"choice", 0, "[=WHAT]", "a choice", "one two", take_choice},
    {"help", 'h', NULL, "help", NULL, options_take_help},
    {"version", 0, NULL, "version", NULL, options_take_version},
};

static struct command command = {
    .name = "tool",
    .usage = "[options] FILE...",
    .description = "Does a thing with each FILE, and says so in a sentence that is longer than a line of "
                   "eighty columns.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .examples = "tool a\ntool b",
    .exit_status = "0  done",
};

static struct seen seen;
static struct message message;
static int first;
static char *words[16];

/* Parses LINE, words separated by spaces, as the arguments of the command. */
static enum options_result parse(const char *line)
{
    static char copy[256];
    char *rest = copy;
    int count = 0;

    seen.text[0] = message.text[0] = '\0';
    snprintf(copy, sizeof copy, "tool%s%s", *line == '\0' ? "" : " ", line);
    while (rest != NULL)
        words[count++] = strsep(&rest, " ");
    words[count] = NULL;
    return options_parse(&command, count, words, &seen, &first, &message);
}

static void assert_parsed(const char *line, const char *options, const char *operand)
{
    assert_int_equal(parse(line), OPTIONS_RUN);
    assert_string_equal(seen.text, options);
    if (operand == NULL)
        assert_null(words[first]);
    else
        assert_string_equal(words[first], operand);
}

static void assert_refused(const char *line, const char *expected)
{
    assert_int_equal(parse(line), OPTIONS_ERROR);
    assert_string_equal(message.text, expected);
}

static void takes_spellings(void **state)
{
    (void)state;
    assert_parsed("-k a -kb --key c --key=d --ke=e -fk g file", "key=a key=b key=c key=d key=e flag key=g ",
                  "file");
    assert_parsed("", "", NULL);
    assert_parsed("--key= x", "key= ", "x");
    assert_parsed("-k -1 x", "key=-1 ", "x");
}

static void takes_optional_values(void **state)
{
    (void)state;
    assert_parsed("--choice one", "choice=none ", "one");
    assert_parsed("--choice=one a", "choice=one ", "a");
    assert_parsed("a --choice=two b -f c", "choice=two choice=b flag ", "a");
    assert_string_equal(words[first + 1], "c");
    assert_parsed("--choice=two -f a", "choice=two choice=-f ", "a");
    assert_refused("a --choice=two", "--choice=two needs one more word; see tool --help");
}

static void permutes(void **state)
{
    (void)state;
    assert_parsed("a -f b --key=c", "flag key=c ", "a");
    assert_string_equal(words[first + 1], "b");
    assert_parsed("-f -- -f", "flag ", "-f");
}

static void stops_at_operands(void **state)
{
    (void)state;
    command.stop_at_operand = 1;
    enum options_result result = parse("-f prog -f --bogus");
    char *operand = words[first];
    enum options_result missing = parse("-k");
    command.stop_at_operand = 0;
    assert_int_equal(result, OPTIONS_RUN);
    assert_string_equal(operand, "prog");
    assert_int_equal(missing, OPTIONS_ERROR);
    assert_string_equal(message.text, "--key needs a value; see tool --help");
}

static void refuses_wrong_use(void **state)
{
    (void)state;
    assert_refused("--key", "--key needs a value; see tool --help");
    assert_refused("x -k", "--key needs a value; see tool --help");
    assert_refused("--flag=1", "--flag takes no value; see tool --help");
    assert_refused("--fla", "ambiguous option --fla; see tool --help");
    assert_refused("--bogus=1", "unknown option --bogus; see tool --help");
    assert_refused("-x", "unknown option -x; see tool --help");
    assert_refused("--flag -xf", "unknown option -x; see tool --help");
    assert_refused("-fx file", "unknown option -x; see tool --help");
    assert_refused("-k bad", "--key: 'bad' is not good; see tool --help");
}

static void shows_no_control_characters(void **state)
{
    (void)state;
    assert_refused("--\x1b[2J", "unknown option --?[2J; see tool --help");
    assert_refused("-\x1b", "unknown option -?; see tool --help");
}

static void stops_at_help(void **state)
{
    (void)state;
    assert_int_equal(parse("-f --help --bogus"), OPTIONS_HELP);
    assert_string_equal(seen.text, "flag ");
    assert_int_equal(parse("-h"), OPTIONS_HELP);
    assert_int_equal(parse("--version -k"), OPTIONS_VERSION);
}

static void prints_help(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    options_help(&command, stream);
    fclose(stream);
    assert_string_equal(text,
                        "Usage: tool [options] FILE...\n"
                        "\n"
                        "Does a thing with each FILE, and says so in a sentence that is longer than a\n"
                        "line of eighty columns.\n"
                        "\n"
                        "Options:\n"
                        "  -k, --key KEY           the key\n"
                        "  -f, --flag              a flag\n"
                        "      --flat              another one, with a help text that is so long that it\n"
                        "                          can't be printed in a single line of it\n"
                        "      --an-option-with-a-long-name VALUE\n"
                        "                          first\n"
                        "                          second\n"
                        "      --choice[=WHAT]     a choice\n"
                        "  -h, --help              help\n"
                        "      --version           version\n"
                        "\n"
                        "Examples:\n"
                        "  tool a\n"
                        "  tool b\n"
                        "\n"
                        "Exit status:\n"
                        "  0  done\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_ALONE("short, long, joined and abbreviated options are taken in their order", takes_spellings),
        TEST_ALONE("a value may be optional, and may take a second word with it", takes_optional_values),
        TEST_ALONE("options may follow operands, but not --", permutes),
        TEST_ALONE("where the command says so, the first operand ends the options", stops_at_operands),
        TEST_ALONE("wrong use is refused in one line that names the option and the help", refuses_wrong_use),
        TEST_ALONE("a message shows no control characters", shows_no_control_characters),
        TEST_ALONE("--help and --version end the parsing", stops_at_help),
        TEST_ALONE("the help is made from the table", prints_help),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
