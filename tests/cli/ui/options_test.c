/*
 * options_test.c - tests the parser of command lines, the kinds of options, and the help.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ui/help.h"
#include "cli/ui/options.h"
#include "tests/lib/case.h"

/* The settings of the command. TEXT has the options that were taken by a function, "key=value " each. */
struct seen {
    int flag, mode, bits, colour;
    int64_t count;
    double share, ratio;
    const char *word, *path;
    char text[256];
};

static int take_key(const struct option_spec *option, void *field, const char *value, struct message *message)
{
    char *text = field;

    (void)option;
    if (strcmp(value, "bad") == 0)
        return message_set(message, "'%s' is not good", value);
    snprintf(text + strlen(text), sizeof((struct seen *)0)->text - strlen(text), "key=%s ", value);
    return 0;
}

static int take_flag(const struct option_spec *option, void *field, const char *value,
                     struct message *message)
{
    (void)option, (void)message;
    assert_null(value);
    strcat(field, "flag ");
    return 0;
}

/* "two" takes a second word. */
static int take_choice(const struct option_spec *option, void *field, const char *value,
                       struct message *message)
{
    char *text = field;

    (void)option, (void)message;
    snprintf(text + strlen(text), sizeof((struct seen *)0)->text - strlen(text), "choice=%s ",
             value == NULL ? "none" : value);
    return value != NULL && strcmp(value, "two") == 0 ? OPTION_MORE : 0;
}

#define FIELD(name) .offset = offsetof(struct seen, name)

static const struct option_spec OPTIONS[] = {
    {"key", 'k', "KEY", "the key", "one two", OPTION_CALL, FIELD(text), .take = take_key},
    {"flag", 'f', NULL, "a flag", NULL, OPTION_CALL, FIELD(text), .take = take_flag},
    {"flat", 0, NULL,
     "another one, with a help text that is so long that it can't be printed in a single line of it", NULL,
     OPTION_CALL, FIELD(text), .take = take_flag},
    {"an-option-with-a-long-name", 0, "VALUE", "first\nsecond", "FILE", OPTION_CALL, FIELD(text),
     .take = take_key},
    {"choice", 0, "[=WHAT]", "a choice", "one two", OPTION_CALL, FIELD(text), .take = take_choice,
     .noun = "word"},
    OPTIONS_COMMON,
    OPTIONS_COMPLETION,
    {"set-flag", 0, NULL, NULL, NULL, OPTION_FLAG, FIELD(flag)},
    {"mode", 0, NULL, NULL, NULL, OPTION_SET, FIELD(mode), .number = 7},
    {"bit", 0, NULL, NULL, NULL, OPTION_BIT, FIELD(bits), .number = 4},
    {"count", 0, "N", NULL, NULL, OPTION_COUNT, FIELD(count), .noun = "row count"},
    {"share", 0, "P", NULL, NULL, OPTION_NUMBER, FIELD(share), .greatest = 100, .noun = "percentage"},
    {"ratio", 0, "P", NULL, NULL, OPTION_NUMBER, FIELD(ratio)},
    {"word", 0, "WORD", NULL, NULL, OPTION_TEXT, FIELD(word)},
    {"path", 0, "FILE", NULL, "FILE", OPTION_PATH, FIELD(path)},
    {"colour", 0, "C", NULL, "red green light-blue", OPTION_CHOICE, FIELD(colour), .number = 10,
     .noun = "colour"},
    {"bit-2", 0, NULL, NULL, NULL, OPTION_BIT, FIELD(bits), .number = 1},
};

static const struct option_rule RULES[] = {
    {"set-flag", "mode colour=red colour=green", NULL},
    {"bit bit-2", NULL, "mode word=yes path"},
};

static struct command command = {
    .name = "tool",
    .usage = "[options] FILE...\n-f",
    .description = "Does a thing with each FILE, and says so in a sentence that is longer than a line of "
                   "eighty columns.",
    .options = OPTIONS,
    .option_count = sizeof OPTIONS / sizeof *OPTIONS,
    .rules = RULES,
    .rule_count = sizeof RULES / sizeof *RULES,
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

    seen = (struct seen){0};
    message.text[0] = '\0';
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
    assert_refused("a --choice=two", "--choice=two needs a word; see tool --help");
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

static void refuses_a_long_option_with_one_dash(void **state)
{
    (void)state;
    assert_refused("-key", "unknown option -key (use --key); see tool --help");
    assert_refused("-f -key=one", "unknown option -key (use --key); see tool --help");
    assert_parsed("-keys", "key=eys ", NULL);
    assert_parsed("-k -key", "key=-key ", NULL);
    assert_parsed("-k ey", "key=ey ", NULL);
    assert_parsed("--key -key", "key=-key ", NULL);
}

static void stores_by_kind(void **state)
{
    (void)state;
    assert_parsed("--set-flag", "", NULL);
    assert_int_equal(seen.flag, 1);
    assert_parsed("--mode --bit --bit-2 --count 12 --share 2.5 --ratio=1e3 --word= --path p --colour green",
                  "", NULL);
    assert_int_equal(seen.mode, 7);
    assert_int_equal(seen.bits, 5);
    assert_int_equal(seen.count, 12);
    assert_true(seen.share == 2.5 && seen.ratio == 1000);
    assert_string_equal(seen.word, "");
    assert_string_equal(seen.path, "p");
    assert_int_equal(seen.colour, 11);
    assert_parsed("--colour red --colour light-blue --count 99999999999999999999", "", NULL);
    assert_int_equal(seen.colour, 12);
    assert_true(seen.count == INT64_MAX);
}

static void refuses_values_by_kind(void **state)
{
    static const char *const wrong[][2] = {
        {"--count abc", "--count: invalid row count 'abc' (use a whole number, 0 or more)"},
        {"--count -1", "--count: invalid row count '-1' (use a whole number, 0 or more)"},
        {"--count=", "--count: invalid row count '' (use a whole number, 0 or more)"},
        {"--share 100.5", "--share: invalid percentage '100.5' (use a number from 0 to 100)"},
        {"--share 5%", "--share: invalid percentage '5%' (use a number from 0 to 100)"},
        {"--ratio -1", "--ratio: invalid value '-1' (use a number, 0 or more)"},
        {"--ratio nan", "--ratio: invalid value 'nan' (use a number, 0 or more)"},
        {"--ratio inf", "--ratio: invalid value 'inf' (use a number, 0 or more)"},
        {"--path=", "--path: the file name is empty"},
        {"--colour light", "--colour: unknown colour 'light' (use red, green or light-blue)"},
        {"--colour=", "--colour: unknown colour '' (use red, green or light-blue)"},
        {"--completion fish", "--completion: unknown shell 'fish' (use bash or zsh)"},
    };
    char expected[256];

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(expected, sizeof expected, "%s; see tool --help", wrong[i][1]);
        assert_refused(wrong[i][0], expected);
    }
}

static void keeps_rules(void **state)
{
    (void)state;
    assert_refused("--mode --set-flag", "--set-flag and --mode exclude each other; see tool --help");
    assert_refused("--set-flag --colour=red",
                   "--set-flag and --colour=red exclude each other; see tool --help");
    assert_parsed("--set-flag --colour light-blue", "", NULL);
    assert_parsed("--set-flag --colour red --colour light-blue", "", NULL);
    assert_refused("--bit-2", "--bit-2 needs --mode, --word=yes or --path; see tool --help");
    assert_refused("--bit --word no", "--bit needs --mode, --word=yes or --path; see tool --help");
    assert_parsed("--bit --word yes", "", NULL);
    assert_parsed("--bit --path p", "", NULL);
    assert_int_equal(parse("--set-flag --mode --help"), OPTIONS_HELP);
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
    assert_int_equal(parse("--completion bash --bogus"), OPTIONS_BASH);
    assert_int_equal(parse("--completion zsh"), OPTIONS_ZSH);
}

static void prints_help(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    help_print(&command, stream);
    fclose(stream);
    assert_string_equal(text,
                        "Usage: tool [options] FILE...\n"
                        "       tool -f\n"
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
                        "  -h, --help              print this help and exit\n"
                        "  -V, --version           print the version and exit\n"
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
        TEST_ALONE("a long option with one dash is not read as a letter and its value",
                   refuses_a_long_option_with_one_dash),
        TEST_ALONE("a value is stored in the field and by the kind that its entry names", stores_by_kind),
        TEST_ALONE("a wrong value is refused in one line that says what to use", refuses_values_by_kind),
        TEST_ALONE("options that exclude or need each other are refused by both names", keeps_rules),
        TEST_ALONE("a message shows no control characters", shows_no_control_characters),
        TEST_ALONE("--help, --version and --completion end the parsing", stops_at_help),
        TEST_ALONE("the help is made from the table", prints_help),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
