/*
 * html.c - writes a page that shows the profile in any browser: a flame graph, callers and callees, and the
 * table.
 *
 * The page holds the profile as json.c writes it. cli/html/ has the page.
 */
#include <string.h>

#include "cli/export/exporters.h"
#include "cli/export/put.h"
#include "cli/html/page.h"

/* Writes PAGE up to MARK, which it has. Returns what follows MARK. */
static const char *put_until(FILE *stream, const char *page, const char *mark)
{
    const char *end = strstr(page, mark);

    fwrite(page, 1, (size_t)(end - page), stream);
    return end + strlen(mark);
}

int export_html(FILE *stream, const struct export *export, struct message *message)
{
    const char *rest = put_until(stream, html_page, HTML_STYLE);

    put_text(stream, html_style);
    rest = put_until(stream, rest, HTML_PROFILE);
    if (export_json(stream, export, message) != 0)
        return -1;
    rest = put_until(stream, rest, HTML_SCRIPT);
    put_text(stream, html_script);
    put_text(stream, rest);
    return 0;
}
