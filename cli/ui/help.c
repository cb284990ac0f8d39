/*
 * help.c - the text that --help prints. See help.h.
 */
#include "cli/ui/help.h"

#include <string.h>

enum { HELP_COLUMN = 26, HELP_WIDTH = 80 };

/* Prints TEXT in lines of at most HELP_WIDTH columns that begin at INDENT. COLUMN is where the stream stands
 * now. */
static void print_wrapped(FILE *stream, const char *text, int indent, int column)
{
    if (column < indent)
        column += fprintf(stream, "%*s", indent - column, "");
    while (*text != '\0') {
        int length = (int)strcspn(text, " \n");
        if (column > indent && column + 1 + length > HELP_WIDTH)
            column = fprintf(stream, "\n%*s", indent, "") - 1;
        column += fprintf(stream, "%s%.*s", column > indent ? " " : "", length, text);
        text += length;
        if (*text == '\n')
            column = fprintf(stream, "\n%*s", indent, "") - 1;
        text += *text != '\0';
    }
    fputc('\n', stream);
}

static void print_option(FILE *stream, const struct option_spec *option)
{
    int column = option->letter != 0 ? fprintf(stream, "  -%c, ", option->letter) : fprintf(stream, "      ");

    column += fprintf(stream, "--%s", option->name);
    if (option->argument != NULL)
        column += fprintf(stream, "%s%s", *option->argument == '[' ? "" : " ", option->argument);
    if (column + 2 > HELP_COLUMN) {
        fputc('\n', stream);
        column = 0;
    }
    print_wrapped(stream, option->help, HELP_COLUMN, column);
}

/* Prints each of the LINES behind BEFORE, which becomes NEXT after the first, and NAME. */
static void print_lines(FILE *stream, const char *lines, const char *before, const char *next,
                        const char *name)
{
    while (*lines != '\0') {
        int length = (int)strcspn(lines, "\n");
        fprintf(stream, "%s%s%.*s\n", before, name, length, lines);
        lines += length + (lines[length] != '\0');
        before = next;
    }
}

static void print_section(FILE *stream, const char *heading, const char *lines)
{
    if (lines == NULL)
        return;
    fprintf(stream, "\n%s:\n", heading);
    print_lines(stream, lines, "  ", "  ", "");
}

static void print_usage(FILE *stream, const struct command *command)
{
    char name[64];

    snprintf(name, sizeof name, "%s ", command->name);
    print_lines(stream, command->usage, "Usage: ", "       ", name);
}

void help_print(const struct command *command, FILE *stream)
{
    print_usage(stream, command);
    fputc('\n', stream);
    print_wrapped(stream, command->description, 0, 0);
    fputs("\nOptions:\n", stream);
    for (size_t i = 0; i < command->option_count; i++)
        if (command->options[i].help != NULL)
            print_option(stream, &command->options[i]);
    print_section(stream, "Examples", command->examples);
    print_section(stream, "Exit status", command->exit_status);
}
