/*
 * branches.c - draws the lines of a tree in front of names. See branches.h.
 */
#include "cli/ui/branches.h"

#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <string.h>

#define LEVEL_FORMAT "[level %" PRIu32 "] "

int branches_locale_is_utf8(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    int result;

    if (locale == (locale_t)0)
        return 0;
    result = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return result;
}

size_t branches_width(uint32_t level)
{
    if (level <= BRANCHES_LEVELS)
        return 2 * (size_t)level;
    return (size_t)2 * BRANCHES_LEVELS + (size_t)snprintf(NULL, 0, LEVEL_FORMAT, level);
}

void branches_draw(FILE *stream, struct branches *branches, uint32_t level, int is_last)
{
    static const char *const signs[2][4] = {{"  ", "| ", "|-", "`-"}, {"  ", "│ ", "├─", "└─"}};
    const char *const *sign = signs[branches->utf8 != 0];

    if (level > 0 && level <= BRANCHES_LEVELS)
        branches->goes_on[level] = !is_last;
    for (uint32_t i = 1; i < level && i <= BRANCHES_LEVELS; i++)
        fputs(sign[branches->goes_on[i]], stream);
    if (level > BRANCHES_LEVELS)
        fprintf(stream, LEVEL_FORMAT, level);
    else if (level > 0)
        fputs(sign[is_last ? 3 : 2], stream);
}
