#!/bin/sh
# Tests the page of `stats -o FILE.html` in Chromium: it is used as a person would, and read. page.py has the steps.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/trees.sh
. "$(dirname "$0")/../lib/trees.sh"

chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
python=$(command -v python3)

# in_browser STEPS FILE...: takes the STEPS of page.py.
in_browser() {
    [ -n "$chromium" ] || skip "there is no chromium"
    [ -n "$python" ] || skip "there is no python3"
    run "$python" "$top/tests/html/page.py" "$@"
    [ "$status" -ne 77 ] || skip "$(cat "$stdout")"
    [ "$status" -eq 0 ] || fail "$(cat "$stdout" "$stderr")"
}

# write_page FILE.prof: writes FILE.html.
write_page() {
    "$stats" "$1" -o "${1%.prof}.html" || fail "stats -o fails"
}

# write_wide: writes wide.prof, with 3,000 contexts that are narrower than a pixel, and one without time.
write_wide() {
    {
        printf 'thread\t1\tmain\n0\t/src/a.c\t1\tmain\t1\t0\n'
        printf '1\t/src/a.c\t2\twide\t1\t1000000\n1\t/src/a.c\t4\tnone\t1\t0\n1\t/src/a.c\t3\tfine\t1\t0\n'
        i=0
        while [ "$i" -lt 3000 ]; do
            i=$((i + 1))
            printf '2\t/src/b.c\t%d\tthin_%d\t1\t10\n' "$i" "$i"
        done
    } | "$tree_profile" >wide.prof
}

test_case "the page is smaller than 100 KB before its data, and asks for nothing from elsewhere" '
    write_tree
    write_page tree.prof
    run "$stats" tree.prof --format json
    size=$(($(wc -c <tree.html) - $(wc -c <"$stdout")))
    [ "$size" -lt 100000 ] || fail "the page has $size bytes"
    sed "/<script type=.application.json/,/<\/script>/d" tree.html >page
    ! grep -nE "https?://[^ \"]*|@import|url\(|src=" page | grep -v "http://www.w3.org/2000/svg" || fail "it does"
'

test_case "two pages of one profile have the same bytes" '
    write_tree
    write_page tree.prof
    cp tree.html first.html
    write_page tree.prof
    expect_same first.html tree.html
'

test_case "the table of the page has the text of the report, and the figures of stats --csv" '
    write_tree
    write_page tree.prof
    "$stats" tree.prof --sort tottime >report.txt
    "$stats" tree.prof --csv >figures.csv
    in_browser table tree.html report.txt figures.csv
'

test_case "the table of a recorded program, whose times have errors, has the text of the report" '
    compile program -O1 <<END
static volatile unsigned sink;
static int fib(int n) { sink++; return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static void spin(void) { for (int i = 0; i < 1000000; i++) sink++; }
int main(void) { spin(); fib(20); return 0; }
END
    "$profile" -o out.prof ./program
    write_page out.prof
    "$stats" out.prof --sort tottime >report.txt
    "$stats" out.prof --csv >figures.csv
    in_browser table out.html report.txt figures.csv
'

test_case "times and counts have the digits of the report, whatever their size and error" '
    write_tree
    write_page tree.prof
    in_browser figures tree.html
'

test_case "the table is sorted by a click, and filtered as one types; a row opens its callers and callees" '
    write_tree
    write_page tree.prof
    in_browser rows tree.html
'

test_case "boxes are as wide as their time, and their details have calls and times" '
    write_tree
    write_page tree.prof
    in_browser boxes tree.html
'

test_case "a click zooms; the breadcrumb, Esc and Back go back; the address shows the view again" '
    write_tree
    write_page tree.prof
    in_browser zoom tree.html
'

test_case "keys alone move between boxes, zoom, search and change the tab" '
    write_tree
    write_page tree.prof
    in_browser keys tree.html
'

test_case "a search marks what it finds, and says its share, which counts nested matches once" '
    write_tree
    write_page tree.prof
    in_browser search tree.html
'

test_case "the switches choose the weight, the direction, the order, the thread and the colours" '
    write_tree
    write_page tree.prof
    in_browser switches tree.html
'

test_case "callers and callees of one function are merged over all contexts, and lead on to others" '
    write_tree
    write_page tree.prof
    in_browser calls tree.html
'

test_case "contexts too thin to be seen are counted, and drawn when their caller is zoomed" '
    write_wide
    write_page wide.prof
    in_browser thin wide.html
'

test_case "names that try to break out stay text" '
    write_tree
    {
        printf "thread\t1\t\"><img src=x onerror=window.broken=1>\n"
        printf "0\t/src/\"><b>.c\t1\t</script><!--<script>window.broken=1</script>\t1\t10\n"
        printf "1\t/src/a.c\t2\t\"><img src=x onerror=window.broken=1>\t1\t10\n"
        printf "1\t/src/a.c\t3\ttwo\\\\nlines\\\\tand\\\\x1bmore\t1\t10\n"
        printf "1\t/src/a.c\t4\tabc\\\\xe2\\\\x80\\\\xaedef\t1\t10\n"
        printf "1\t/src/a.c\t5\t\\\\xd7\\\\xa9\\\\xd7\\\\x9c\\\\xd7\\\\x95\\\\xd7\\\\x9d\t1\t10\n"
        printf "1\t/src/a.c\t6\t__proto__\t1\t10\n1\t/src/a.c\t7\t@SCRIPT@\t1\t10\n"
    } | "$tree_profile" >hostile.prof
    write_page hostile.prof
    in_browser hostile hostile.html
    write_page tree.prof
    in_browser hostile tree.html
'

test_case "a profile of one function, and one without calls, have pages that say so" '
    printf "thread\t1\tmain\n0\t/src/a.c\t1\tmain\t1\t10\n" | "$tree_profile" >one.prof
    write_page one.prof
    in_browser one one.html
    : | "$tree_profile" >none.prof
    write_page none.prof
    in_browser none none.html
'

test_case "a profile of Python, which has no contexts, has the table alone" '
    [ -n "$python" ] || skip "there is no python3"
    echo "sorted([3, 1, 2])" >program.py
    "$python" -m cProfile -o python.pstats program.py >/dev/null
    "$stats" python.pstats -o python.html
    in_browser python python.html
'

test_case "the page is dark where the system is, and where the switch says so" '
    write_tree
    write_page tree.prof
    in_browser dark tree.html
'

test_case "nothing is cut off at a width of 400 pixels" '
    write_tree
    write_page tree.prof
    in_browser narrow tree.html
'

test_case "the boxes are copied as text, and saved as a picture" '
    write_tree
    write_page tree.prof
    in_browser copies tree.html
'

test_case "axe-core finds no violation of WCAG, in any tab, in the light and in the dark" '
    write_tree
    write_page tree.prof
    in_browser axe tree.html
'

test_done
