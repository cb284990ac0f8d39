/*
 * fit.c - prints lines that fit the terminal. See fit.h.
 */
#include "cli/report/fit.h"

#include <string.h>

#include "cli/base/text.h"
#include "cli/ui/branches.h"

static const char *mark(void)
{
    return branches_locale_is_utf8() ? "\u2026" : "...";
}

void fit_print_line(FILE *stream, const char *text, int width, size_t kept)
{
    if (width > 0)
        text_print_within(stream, text, (size_t)width, kept, mark());
    else
        text_print(stream, text);
    fputc('\n', stream);
}

/* Returns the part of ROW's text that follows the folders of its file. */
static const char *without_folders(const struct table_row *row)
{
    size_t length = strlen(row->file);
    const char *slash = strncmp(row->text, row->file, length) == 0 ? memrchr(row->text, '/', length) : NULL;

    return slash != NULL ? slash : row->text;
}

void fit_print_function(FILE *stream, const struct table_row *row, int width, size_t column)
{
    size_t room = (size_t)width > column ? (size_t)width - column : 0, least;

    if (width <= 0 || text_width(row->text) <= room) {
        text_print(stream, row->text);
        return;
    }
    least = text_width(mark()) + text_width(without_folders(row));
    text_print_within(stream, row->text, least > room ? least : room, 0, mark());
}
