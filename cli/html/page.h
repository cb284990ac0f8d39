/*
 * page.h - the page that shows a profile, as `stats -o FILE.html` writes it. It needs no other file and no
 * network.
 *
 * page.html has marks in the places of the style, the profile and the script. page.S embeds all of them in
 * the program.
 */
#ifndef CLI_HTML_PAGE_H
#define CLI_HTML_PAGE_H

/* The marks in html_page, in their order. */
#define HTML_STYLE   "@STYLE@"
#define HTML_PROFILE "@PROFILE@" /* here stands the JSON of profile-json(5) */
#define HTML_SCRIPT  "@SCRIPT@"

/* Each text ends with NUL. */
extern const char html_page[], html_style[], html_script[];

#endif
