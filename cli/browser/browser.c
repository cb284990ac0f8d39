/*
 * browser.c - the commands of the browser. See browser.h.
 *
 * The output follows Python's modules pstats and cmd byte for byte.
 */
#include "cli/browser/browser.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/base/output.h"
#include "cli/browser/commands.h"
#include "cli/browser/complete.h"
#include "cli/ui/line_reader.h"

struct browser {
    struct browser_session session;
    char *last; /* the command that an empty line repeats, or NULL */
};

/* --- files --- */

/* Returns the error of opening PATH, or 0. Python has another message for these than for wrong contents. */
static int cannot_open(const char *path)
{
    struct stat status;
    FILE *stream;

    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        return EISDIR;
    stream = fopen(path, "rb");
    if (stream == NULL)
        return errno;
    fclose(stream);
    return 0;
}

static void print_message(const struct message *message)
{
    printf("%s\n", message->text);
}

static void read_file(struct browser_session *session, const char *path)
{
    struct message message = {""};
    int error = cannot_open(path);

    if (error != 0)
        printf("%s\n", strerror(error));
    else if (browser_session_read(session, path, &message) != 0)
        print_message(&message);
}

static int run_read(struct browser_session *session, const char *path)
{
    char *again;

    if (*path != '\0')
        read_file(session, path);
    else if (browser_session_path(session) == NULL)
        puts("No statistics object is current -- cannot reload.");
    else if ((again = strdup(browser_session_path(session))) != NULL) {
        read_file(session, again);
        free(again);
    }
    return 0;
}

/* Returns 1 if a file is loaded; prints a message if not. */
static int is_loaded(const struct browser_session *session)
{
    if (!session->is_loaded)
        puts("No statistics object is loaded.");
    return session->is_loaded;
}

static int run_add(struct browser_session *session, const char *path)
{
    struct message message = {""};

    if (!is_loaded(session))
        return 0;
    int error = cannot_open(path);
    if (error != 0) {
        printf("Failed to load statistics for %s: [Errno %d] %s: ", path, error, strerror(error));
        restrict_print_quoted(stdout, path);
        putchar('\n');
    } else if (browser_session_add(session, path, &message) != 0)
        print_message(&message);
    return 0;
}

static int run_strip(struct browser_session *session, const char *argument)
{
    struct message message = {""};

    (void)argument;
    if (is_loaded(session) && browser_session_strip(session, &message) != 0)
        print_message(&message);
    return 0;
}

/* --- order --- */

/* Splits off the first word of *REST at white space. A word in quotes ends at the quote. Returns NULL if
 * there is no word. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, " \t"), *end;

    if (*word == '\0')
        return NULL;
    if ((*word == '"' || *word == '\'') && (end = strchr(word + 1, *word)) != NULL &&
        strchr(" \t", end[1]) != NULL)
        word++;
    else
        end = word + strcspn(word, " \t");
    *rest = end + (*end != '\0');
    *end = '\0';
    return word;
}

/* Fills ORDER from the words in KEYS, which is changed. Returns 0, or -1 if a word is not a key or there is
 * none. */
static int parse_order(char *keys, struct sort_order *order)
{
    struct message message;
    char *word;

    while ((word = next_word(&keys)) != NULL)
        if (strpbrk(word, "-0123456789,") != NULL || sort_parse(order, word, &message) != 0)
            return -1;
    return order->count > 0 ? 0 : -1;
}

static int run_sort(struct browser_session *session, const char *keys)
{
    struct sort_order order = {0};
    char *copy;

    if (!is_loaded(session) || (copy = strdup(keys)) == NULL)
        return 0;
    if (parse_order(copy, &order) == 0) {
        session->view.order = order;
        session->view.reverse = 0;
    } else {
        puts("Valid sort keys (unique prefixes are accepted):");
        sort_print_keys(stdout);
    }
    free(copy);
    return 0;
}

static int run_reverse(struct browser_session *session, const char *argument)
{
    (void)argument;
    if (is_loaded(session))
        session->view.reverse = session->view.order.count > 0 && !session->view.reverse;
    return 0;
}

static int run_unit(struct browser_session *session, const char *unit)
{
    struct message message = {""};

    if (report_unit_parse(&session->view.unit, unit, &message) != 0)
        print_message(&message);
    return 0;
}

/* --- reports --- */

static int is_bad_fraction(const struct restriction *restriction)
{
    return restriction->kind == RESTRICTION_FRACTION &&
           !(restriction->fraction >= 0 && restriction->fraction <= 1);
}

/* Adds the restrictions in WORDS, which is changed. Returns 0, or -1 and fills MESSAGE without memory. */
static int parse_restrictions(char *words, struct restrictions *restrictions, struct message *message)
{
    char *word;

    restrictions->as_pstats = 1;
    while ((word = next_word(&words)) != NULL) {
        if (restrict_add(restrictions, word, message) != 0)
            return -1;
        if (is_bad_fraction(&restrictions->items[restrictions->count - 1])) {
            puts("Fraction argument must be in [0, 1]");
            restrict_drop(restrictions);
        }
    }
    return 0;
}

static int print_view(struct browser_session *session, enum view_kind kind, const char *words)
{
    struct message message = {""};
    struct view view = session->view;
    char *copy = strdup(words);
    int result =
        copy == NULL ? message_no_memory(&message) : parse_restrictions(copy, &view.restrictions, &message);

    view.kind = kind;
    view.titles = (const char *const *)session->titles;
    view.title_count = session->title_count;
    if (result == 0 && is_loaded(session))
        result = view_print(stdout, &view, &session->table, &message);
    if (result != 0)
        print_message(&message);
    restrict_free(&view.restrictions);
    free(copy);
    return 0;
}

static int run_stats(struct browser_session *session, const char *restrictions)
{
    return print_view(session, VIEW_STATS, restrictions);
}

static int run_callers(struct browser_session *session, const char *restrictions)
{
    return print_view(session, VIEW_CALLERS, restrictions);
}

static int run_callees(struct browser_session *session, const char *restrictions)
{
    return print_view(session, VIEW_CALLEES, restrictions);
}

/* Takes a direction, and a function behind "callers", from *WORDS, if they begin with one. Returns 0, or -1
 * and fills MESSAGE. */
static int parse_tree(char **words, struct tree_settings *settings, struct message *message)
{
    char *rest = *words + strspn(*words, " \t");
    size_t length = strcspn(rest, " \t");
    int is_said = (length == strlen("callers") && strncmp(rest, "callers", length) == 0) ||
                  (length == strlen("callees") && strncmp(rest, "callees", length) == 0);

    if (!is_said)
        return 0;
    *words = rest;
    if (tree_settings_take(settings, next_word(words), message) == 0)
        return 0;
    const char *function = next_word(words);
    if (function == NULL)
        return message_set(message, "tree callers needs a function: tree callers FUNCTION");
    return tree_settings_take(settings, function, message);
}

/* Takes a number of lines from the end of RESTRICTIONS. A number of functions would leave out those that the
 * user has named, if others took more time. */
static void take_limit(struct restrictions *restrictions, struct tree_settings *settings)
{
    const struct restriction *last;

    if (restrictions->count == 0)
        return;
    last = &restrictions->items[restrictions->count - 1];
    if (last->kind != RESTRICTION_COUNT || last->count < 0)
        return;
    settings->limit = last->count;
    restrict_drop(restrictions);
}

/* Prints the tree that WORDS, which are changed, ask for. Returns 0, or -1 and fills MESSAGE. */
static int print_tree(struct browser_session *session, char *words, struct message *message)
{
    struct tree_settings settings = {.min_percent = -1, .limit = -1};
    struct view view = session->view;
    int result = -1;

    view.titles = (const char *const *)session->titles;
    view.title_count = session->title_count;
    if (parse_tree(&words, &settings, message) == 0 &&
        parse_restrictions(words, &view.restrictions, message) == 0) {
        take_limit(&view.restrictions, &settings);
        result = browser_session_print_tree(stdout, session, &settings, &view, message);
    }
    restrict_free(&view.restrictions);
    return result;
}

static int run_tree(struct browser_session *session, const char *words)
{
    struct message message = {""};
    char *copy;

    if (!is_loaded(session) || (copy = strdup(words)) == NULL)
        return 0;
    if (print_tree(session, copy, &message) != 0)
        print_message(&message);
    free(copy);
    return 0;
}

static int run_csv(struct browser_session *session, const char *path)
{
    struct view view = session->view;
    struct message message = {""};
    char *text = NULL;
    size_t size = 0;
    FILE *stream;

    if (!is_loaded(session))
        return 0;
    if (*path == '\0') {
        puts("csv needs a file: csv FILE");
        return 0;
    }
    if ((stream = open_memstream(&text, &size)) == NULL)
        return 0;
    view.kind = VIEW_CSV;
    int result = view_print(stream, &view, &session->table, &message);
    if (fclose(stream) != 0)
        result = message_no_memory(&message);
    if (result == 0)
        result = output_write(path, text, size, &message);
    if (result != 0)
        print_message(&message);
    free(text);
    return 0;
}

/* --- commands --- */

static int run_quit(struct browser_session *session, const char *argument)
{
    (void)session, (void)argument;
    return 1;
}

static int run_eof(struct browser_session *session, const char *argument)
{
    putchar('\n');
    return run_quit(session, argument);
}

static int run_help(struct browser_session *session, const char *topic);

#define RESTRICTIONS_HELP                                                                                    \
    "Arguments may be:\n"                                                                                    \
    "* An integer maximum number of entries to print.\n"                                                     \
    "* A decimal fractional number between 0 and 1, controlling\n"                                           \
    "  what fraction of selected entries to print.\n"                                                        \
    "* A regular expression; only entries with function names\n"                                             \
    "  that match it are printed.\n"

const struct browser_command BROWSER_COMMANDS[] = {
    {"EOF", run_eof, "Leave the profile browser.\n", BROWSER_NOTHING, 1},
    {"add", run_add, "Add profile info from given file to current statistics object.\n", BROWSER_FILE, 1},
    {"callees", run_callees, "Print callees statistics from the current stat object.\n" RESTRICTIONS_HELP,
     BROWSER_FUNCTION, 1},
    {"callers", run_callers, "Print callers statistics from the current stat object.\n" RESTRICTIONS_HELP,
     BROWSER_FUNCTION, 1},
    {"help", run_help, "Show help for a given command.\n", BROWSER_COMMAND, 1},
    {"quit", run_quit, "Leave the profile browser.\n", BROWSER_NOTHING, 1},
    {"read", run_read,
     "Read in profile data from a specified file.\nWithout argument, reload the current file.\n",
     BROWSER_FILE, 1},
    {"reverse", run_reverse, "Reverse the sort order of the profiling report.\n", BROWSER_NOTHING, 1},
    {"sort", run_sort,
     "Sort profile data according to specified keys.\n(Typing `sort' without arguments lists valid keys.)\n",
     BROWSER_SORT_KEY, 1},
    {"stats", run_stats, "Print statistics from the current stat object.\n" RESTRICTIONS_HELP,
     BROWSER_FUNCTION, 1},
    {"strip", run_strip, "Strip leading path information from filenames in the report.\n", BROWSER_NOTHING,
     1},
    {"csv", run_csv, "Write the statistics to a file, as comma-separated values.\n", BROWSER_FILE, 0},
    {"tree", run_tree,
     "Print the calling contexts of the files as a tree.\n"
     "After `callers' and a function: its callers, below these theirs, and so on.\n"
     "Further arguments choose functions, as for stats: what leads to them is printed.\n"
     "An integer at the end is the maximum number of lines.\n",
     BROWSER_TREE, 0},
    {"unit", run_unit, "Print times in a unit: " REPORT_UNITS ".\n", BROWSER_UNIT, 0},
    {NULL, NULL, NULL, BROWSER_NOTHING, 0},
};

static const struct browser_command *find_command(const char *name)
{
    for (const struct browser_command *command = BROWSER_COMMANDS; command->name != NULL; command++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

/* Prints the list as Python's cmd does in 80 columns, where the commands of pstats fit one line. */
static void print_commands(void)
{
    const char *separator = "";

    puts("\nDocumented commands (type help <topic>):\n========================================");
    for (const struct browser_command *command = BROWSER_COMMANDS; command->name != NULL; command++)
        if (command->in_pstats) {
            printf("%s%s", separator, command->name);
            separator = "  ";
        }
    puts("\n");
}

static int run_help(struct browser_session *session, const char *topic)
{
    const struct browser_command *command = find_command(topic);

    (void)session;
    if (*topic == '\0')
        print_commands();
    else if (command == NULL)
        printf("*** No help on %s\n", topic);
    else
        fputs(command->help, stdout);
    return 0;
}

static int is_identifier(char character)
{
    return isascii((unsigned char)character) && (isalnum((unsigned char)character) || character == '_');
}

/* Removes white space at both ends of TEXT, in place. */
static char *strip(char *text)
{
    size_t length;

    while (isspace((unsigned char)*text))
        text++;
    for (length = strlen(text); length > 0 && isspace((unsigned char)text[length - 1]);)
        length--;
    text[length] = '\0';
    return text;
}

/* Runs the command that the first NAME_LENGTH bytes of LINE name, with the rest as its argument. Returns 1 to
 * end the session. */
static int run_command(struct browser *browser, const char *line, size_t name_length)
{
    char *name = strndup(line, name_length), *argument = strdup(line + name_length);
    const struct browser_command *command = name == NULL ? NULL : find_command(name);
    int stop = 0;

    if (command == NULL || argument == NULL)
        printf("*** Unknown syntax: %s\n", line);
    else
        stop = command->run(&browser->session, strip(argument));
    free(name);
    free(argument);
    return stop;
}

/* Runs LINE, which is not empty and has no white space at its ends. Returns 1 to end the session. */
static int run_line(struct browser *browser, const char *line)
{
    size_t length = 0;
    char *copy;

    while (is_identifier(line[length]))
        length++;
    if (*line == '!') { /* a shell command in cmd, but not in pstats; it is not repeated */
        printf("*** Unknown syntax: %s\n", line);
        return 0;
    }
    copy = strcmp(line, "EOF") == 0 ? NULL : strdup(line);
    free(browser->last);
    browser->last = copy;
    return run_command(browser, line, length);
}

/* Runs the line TYPED: an empty one repeats the last command, and a question mark is help. Returns 1 to end
 * the session. */
static int interpret(struct browser *browser, const char *typed)
{
    char *copy = strdup(typed), *line, *made = NULL;
    int stop = 0;

    if (copy == NULL)
        return 1;
    line = strip(copy);
    if (*line == '\0' && browser->last != NULL)
        line = made = strdup(browser->last);
    else if (*line == '?' && asprintf(&made, "help %s", line + 1) >= 0)
        line = made;
    if (line != NULL && *line != '\0')
        stop = run_line(browser, line);
    free(made);
    free(copy);
    return stop;
}

static char *make_prompt(const struct browser_session *session)
{
    const char *path = browser_session_path(session);
    char *prompt;

    return asprintf(&prompt, "%s%% ", path == NULL ? "" : path) < 0 ? NULL : prompt;
}

static void converse(struct browser *browser, struct line_reader *reader)
{
    for (int stop = 0; !stop && !ferror(stdout);) {
        char *prompt = make_prompt(&browser->session);
        const char *line = prompt == NULL ? NULL : line_reader_next(reader, prompt);
        stop = interpret(browser, line == NULL ? "EOF" : line);
        free(prompt);
    }
}

/* Loads the COUNT files of the command line. Returns 0, or -1 and fills MESSAGE. */
static int load_files(struct browser_session *session, char *const *paths, size_t count,
                      struct message *message)
{
    for (size_t i = 0; i < count; i++) {
        int result = i == 0 ? browser_session_read(session, paths[i], message)
                            : browser_session_add(session, paths[i], message);
        if (result != 0)
            return -1;
    }
    return 0;
}

/* Runs commands until the end. Returns 0, or -1 and fills MESSAGE. */
static int run_session(struct browser *browser, struct message *message)
{
    struct line_reader *reader = line_reader_open(browser_complete, &browser->session);

    if (reader == NULL)
        return message_no_memory(message);
    puts("Welcome to the profile statistics browser.");
    converse(browser, reader);
    puts("Goodbye.");
    line_reader_close(reader);
    if (fflush(stdout) != 0 || ferror(stdout))
        return message_set(message, "cannot write to standard output: %s", strerror(errno));
    return 0;
}

int browser_run(char *const *paths, size_t count, struct message *message)
{
    struct browser browser = {.session.view = {.unit = REPORT_UNIT_S, .edge_limit = -1}};
    int result = load_files(&browser.session, paths, count, message);

    if (result == 0)
        result = run_session(&browser, message);
    browser_session_free(&browser.session);
    free(browser.last);
    return result;
}
