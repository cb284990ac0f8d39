/*
 * line_reader.c - reads lines that the user types, with libedit on a terminal. See line_reader.h.
 */
#include "cli/ui/line_reader.h"

#include <errno.h>
#include <histedit.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "cli/base/array.h"
#include "cli/base/text.h"

enum { HISTORY_SIZE = 1000, LISTED_MAX = 100 };

struct line_reader {
    EditLine *editor; /* NULL: not a terminal */
    History *history;
    const char *prompt;
    char *line;
    size_t capacity;
    line_completer *complete;
    void *owner;
    struct sigaction interrupt; /* SIGINT's action before */
};

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

static char *give_prompt(EditLine *editor)
{
    struct line_reader *reader;

    el_get(editor, EL_CLIENTDATA, &reader);
    return (char *)reader->prompt;
}

/* Waits for input or an interrupt. SIGINT is blocked except in ppoll(), so that none is missed between the
 * test and the wait. */
static void wait_for_input(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    sigset_t interrupt, before;

    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, &before);
    while (!interrupted && ppoll(&input, 1, NULL, &before) < 0 && errno == EINTR) {
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
}

/* Reads a character for libedit, whose own reader goes on after the first interrupt. */
static int read_character(EditLine *editor, wchar_t *character)
{
    mbstate_t state = {0};
    char byte;

    (void)editor;
    for (;;) {
        wait_for_input();
        if (interrupted)
            return -1;
        ssize_t got = read(STDIN_FILENO, &byte, 1);
        if (got <= 0)
            return (int)got;
        size_t length = mbrtowc(character, &byte, 1, &state);
        if (length <= 1)
            return 1;
        if (length == (size_t)-1)
            state = (mbstate_t){0};
    }
}

/* The words that the completer offers. */
struct candidates {
    char **words;
    size_t count;
};

static void add_candidate(void *target, const char *word)
{
    struct candidates *candidates = target;
    char **added = ARRAY_APPEND(candidates->words, candidates->count);

    if (added != NULL && (*added = strdup(word)) == NULL)
        candidates->count--;
}

static int compare_words(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorts the words and removes those that are equal. */
static void unite(struct candidates *candidates)
{
    size_t kept = 0;

    if (candidates->count > 0)
        qsort(candidates->words, candidates->count, sizeof *candidates->words, compare_words);
    for (size_t i = 0; i < candidates->count; i++)
        if (kept > 0 && strcmp(candidates->words[kept - 1], candidates->words[i]) == 0)
            free(candidates->words[i]);
        else
            candidates->words[kept++] = candidates->words[i];
    candidates->count = kept;
}

/* Returns the number of bytes with which all words begin. They are sorted: the first and the last decide. */
static size_t common_length(const struct candidates *candidates)
{
    const char *first = candidates->words[0], *last = candidates->words[candidates->count - 1];
    size_t length = 0;

    while (first[length] != '\0' && first[length] == last[length])
        length++;
    return length;
}

static void list_words(const struct candidates *candidates)
{
    fputc('\n', stdout);
    for (size_t i = 0; i < candidates->count && i < LISTED_MAX; i++) {
        text_print(stdout, candidates->words[i]);
        fputc('\n', stdout);
    }
    if (candidates->count > LISTED_MAX)
        printf("... and %zu more\n", candidates->count - LISTED_MAX);
    fflush(stdout);
}

/* Replaces the TYPED bytes before the cursor by TEXT. Returns 0, or -1. */
static int replace(EditLine *editor, size_t typed, const char *text)
{
    const LineInfo *info = el_line(editor);
    char *old = strndup(info->cursor - typed, typed);
    size_t characters = old == NULL ? (size_t)-1 : mbstowcs(NULL, old, 0);

    /* Keep the typed text if TEXT begins with it, so that the cursor does not jump. */
    if (old != NULL && strncmp(old, text, typed) == 0) {
        text += typed;
        characters = 0;
    }
    free(old);
    if (characters == (size_t)-1 || characters > INT_MAX)
        return -1;
    if (characters > 0)
        el_deletestr(editor, (int)characters);
    return *text == '\0' ? 0 : el_insertstr(editor, text);
}

/* Inserts the beginning that all candidates share, or lists them if the user has TYPED that many bytes. */
static unsigned char insert_common(EditLine *editor, const struct candidates *candidates, size_t typed)
{
    size_t length;
    char *text;

    if (candidates->count == 0)
        return CC_ERROR;
    length = common_length(candidates);
    if (length <= typed && candidates->count > 1) {
        list_words(candidates);
        return CC_REDISPLAY;
    }
    const char *word = candidates->words[0], *end = word + strlen(word);
    int is_whole = candidates->count == 1 && (end == word || end[-1] != '/');
    if (asprintf(&text, "%.*s%s", (int)length, word, is_whole ? " " : "") < 0)
        return CC_ERROR;
    int failed = replace(editor, typed, text);
    free(text);
    return failed ? CC_ERROR : CC_REFRESH;
}

static unsigned char complete(EditLine *editor, int character)
{
    const LineInfo *info = el_line(editor);
    size_t length = (size_t)(info->cursor - info->buffer), typed;
    char *line = strndup(info->buffer, length);
    struct candidates candidates = {0};
    struct line_reader *reader;
    unsigned char result;

    (void)character;
    if (line == NULL)
        return CC_ERROR;
    el_get(editor, EL_CLIENTDATA, &reader);
    typed = reader->complete(reader->owner, line, add_candidate, &candidates);
    unite(&candidates);
    result = insert_common(editor, &candidates, typed);
    for (size_t i = 0; i < candidates.count; i++)
        free(candidates.words[i]);
    free(candidates.words);
    free(line);
    return result;
}

static int open_editor(struct line_reader *reader)
{
    HistEvent event;

    setlocale(LC_CTYPE, ""); /* typed bytes are in the locale's character set */
    reader->editor = el_init("stats", stdin, stdout, stderr);
    reader->history = history_init();
    if (reader->editor == NULL || reader->history == NULL)
        return -1;
    history(reader->history, &event, H_SETSIZE, HISTORY_SIZE);
    history(reader->history, &event, H_SETUNIQUE, 1);
    el_set(reader->editor, EL_CLIENTDATA, reader);
    el_set(reader->editor, EL_GETCFN, read_character);
    el_set(reader->editor, EL_PROMPT, give_prompt);
    el_set(reader->editor, EL_EDITOR, "emacs");
    el_set(reader->editor, EL_HIST, history, reader->history);
    /* Wide, because el_set() leaks its copies of these strings. */
    el_wset(reader->editor, EL_ADDFN, L"stats-complete", L"Complete the word", complete);
    el_set(reader->editor, EL_BIND, "^I", "stats-complete", NULL);
    el_set(reader->editor, EL_BIND, "^R", "em-inc-search-prev", NULL);
    el_source(reader->editor, NULL); /* the user's ~/.editrc */
    return 0;
}

struct line_reader *line_reader_open(line_completer *completer, void *owner)
{
    struct line_reader *reader = calloc(1, sizeof *reader);
    struct sigaction action = {.sa_handler = on_interrupt}; /* without SA_RESTART, so that a read ends */

    if (reader == NULL)
        return NULL;
    reader->complete = completer;
    reader->owner = owner;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return reader;
    if (open_editor(reader) != 0) {
        line_reader_close(reader);
        return NULL;
    }
    sigaction(SIGINT, &action, &reader->interrupt);
    return reader;
}

static const char *read_plainly(struct line_reader *reader, const char *prompt)
{
    fputs(prompt, stdout);
    fflush(stdout);
    if (getline(&reader->line, &reader->capacity, stdin) < 0)
        return NULL;
    return reader->line;
}

/* Reads a line from the terminal. Begins anew after an interrupt. */
static const char *read_edited(struct line_reader *reader, const char *prompt)
{
    const char *line;
    HistEvent event;
    int length;

    reader->prompt = prompt;
    for (;;) {
        interrupted = 0;
        line = el_gets(reader->editor, &length);
        if (!interrupted)
            break;
        fputs("^C\n", stdout);
        fflush(stdout);
        el_reset(reader->editor);
        clearerr(stdin);
    }
    if (line == NULL || length <= 0)
        return NULL;
    if (*line != '\n')
        history(reader->history, &event, H_ENTER, line);
    free(reader->line);
    reader->line = strdup(line);
    return reader->line;
}

const char *line_reader_next(struct line_reader *reader, const char *prompt)
{
    const char *line = reader->editor != NULL ? read_edited(reader, prompt) : read_plainly(reader, prompt);

    if (line != NULL)
        reader->line[strcspn(line, "\n")] = '\0';
    return line;
}

void line_reader_close(struct line_reader *reader)
{
    if (reader == NULL)
        return;
    if (reader->editor != NULL) {
        el_end(reader->editor);
        sigaction(SIGINT, &reader->interrupt, NULL);
    }
    if (reader->history != NULL)
        history_end(reader->history);
    free(reader->line);
    free(reader);
}
