#!/usr/bin/env python3
"""Uses a page of `stats -o FILE.html` as a person would. page.py STEPS FILE.html [FILE...] takes the steps of the
function see_STEPS. A step that fails, or anything on the browser's console, ends it with status 1.
"""
import csv
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree

import chromium

SKIPPED = 77
BOX = ".box[aria-label]"


def equal(actual, expected, what):
    if actual != expected:
        raise AssertionError(f"{what}: expected {expected!r}, but it is {actual!r}")


def boxes(page, panel="#panel-flame"):
    """Returns the labels of the boxes, by which a screen reader names them, and their widths in percent."""
    return page.js(f"""Array.from(document.querySelectorAll("{panel} .box"),
        (e) => [e.getAttribute("aria-label"), Math.round(e.getBoundingClientRect().width /
                e.parentElement.getBoundingClientRect().width * 1000) / 10])""")


def labels(page):
    return [label for label, _ in boxes(page)]


def names(page, panel="#panel-flame"):
    return [label.split(",")[0] for label, _ in boxes(page, panel)]


def facts(page, selector):
    """Returns the list of facts in the element: {name: value}."""
    return page.js(f"""Object.fromEntries(Array.from(document.querySelectorAll("{selector} dl > div"),
        (e) => [e.firstChild.textContent, e.lastChild.textContent]))""")


def tab(page, name):
    page.click("[role=tab]", name)


def rows(page):
    return page.js("""Array.from(document.querySelectorAll("#panel-table .rows > tbody > tr:not(.edges)"),
        (row) => Array.from(row.cells, (cell) => cell.textContent))""")


def column(page, head):
    heads = page.js("""Array.from(document.querySelectorAll("#panel-table .rows > thead th"), (e) => e.textContent)""")
    return [row[heads.index(head)] for row in rows(page)]


def figures_of(row):
    """Returns the columns of the report from ROW of the page, which has shares too."""
    return [row[0], row[1], row[3], row[4], row[6], row[-1]]


def see_table(page, report, figures):
    tab(page, "Table")
    page.click("label.check")
    with open(report, encoding="utf-8", errors="surrogateescape") as file:
        lines = file.read().split("\n")
    start = next(i for i, line in enumerate(lines) if line.split()[:2] == ["ncalls", "tottime"])
    expected = [line.split(None, 5) for line in lines[start + 1:] if line.strip()]
    shown = [figures_of(row) for row in rows(page)]
    for one in expected + shown:  # a name of 10 KB is cut in the middle on the page
        one[5] = one[5][:150]
    equal(sorted(shown), sorted(expected), "the rows")
    equal([row[1] for row in shown], [row[1] for row in expected], "their order")
    with open(figures, encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    data = page.js("profile_of_test = JSON.parse(document.getElementById('profile').textContent).table")
    equal(sorted(zip(data["calls"], data["primitive"], data["self"], data["cumulative"])),
          sorted((int(r["ncalls"]), int(r["pcalls"]), int(r["tottime_ns"]), int(r["cumtime_ns"])) for r in listed),
          "the figures")


# Value, standard error, divisor, and the text: of tests/cli/report/text_table_test.c and by the rules of figures.h.
FIGURES = [(0, 0, 1, "0ns"), (1204000, 0, 1, "1.204ms"), (40, 0, 1, "40.00ns"), (999.96, 0, 1, "1.000us"),
           (2.5, 1, 1, "3ns"), (12.125, 0, 1, "12.12ns"), (12.375, 0, 1, "12.38ns"), (999950, 0, 1, "1.000ms"),
           (1204000, 30000, 1, "1.20ms"), (1204000, 300000, 1, "1.2ms"), (5, 10, 1, "<30ns"), (100, 3, 8, "12.5ns"),
           (100, 0.3, 3, "33.33ns"), (100, 0, 0, ""), (257e9, 9e9, 1, "257s"), (3500, 2000, 1, "4us")]


def see_figures(page):
    # The functions of the page are in a module: its text is run once more to reach them.
    script = page.js("document.querySelector('script[type=module]').textContent")
    part = script[script.index("const MOST_DIGITS"):script.index("/*\n * profile.js")]

    def call(expression):
        return "(() => { const profile = {isTime: true}; " + part + "; return " + expression + "; })()"

    for value, error, divisor, text in FIGURES:
        equal(page.js(call(f"figure({value}, {error}, {divisor})")), text, f"{value} +- {error} / {divisor}")
    equal(page.js(call("grouped(1234567)")), "1,234,567", "a count")
    equal(page.js(call("calls(24, 1)")), "24/1", "calls")
    equal(page.js(call("figure(1500, 0, 1, false)")), "1.500k", "a counted thing")
    equal(page.js(call("percent(1, 3)")), "33.3%", "a share")


def see_rows(page):
    tab(page, "Table")
    page.click("th button", "ncalls")
    counts = [int(text.split("/")[0]) for text in column(page, "ncalls")]
    equal(counts, sorted(counts, reverse=True), "rows by calls")
    page.click("th button", "ncalls")
    counts = [int(text.split("/")[0]) for text in column(page, "ncalls")]
    equal(counts, sorted(counts), "rows by calls, turned round")
    page.click("#filter")
    page.type("fib")
    equal(len(rows(page)), 1, "filtered rows")
    equal(page.text("#filtered").split(" ")[0], "1", "the number of them")
    page.click("td.name button")
    edges = page.js("""Array.from(document.querySelectorAll(".edge"), (table) => [table.caption.textContent,
        ...Array.from(table.tBodies[0].rows, (row) => Array.from(row.cells, (cell) => cell.textContent))])""")
    equal(edges, [["Callers", ["1", "200.0ns", "5.000us", "a.cc:10(main)"], ["24/0", "4.800us", "0ns", "a.cc:20(fib)"]],
                  ["Callees", ["24/0", "4.800us", "0ns", "a.cc:20(fib)"]]], "callers and callees of fib")
    page.click(".edge button", "a.cc:10(main)")
    equal(page.text("tr.open td.name"), "a.cc:10(main)", "the row that a caller leads to")
    page.back()
    equal(page.text("tr.open td.name"), "a.cc:20(fib)", "the row that Back leads to")
    page.click("#filter")
    page.type("(")
    equal(page.js("document.getElementById('filter').getAttribute('aria-invalid')"), "true", "a wrong expression")


def see_boxes(page):
    shown = dict(boxes(page))
    total = 7218  # ns, of write_tree
    main = next(width for label, width in shown.items() if label.startswith("main,"))
    if abs(main - 100 * 7153 / total) > 0.5:
        raise AssertionError(f"main is {main}% wide")
    page.hover(BOX, "add, 700")
    equal(page.text(".details strong"), "add", "the function pointed at")
    equal(page.text(".details .place").split(" ")[0], "/src/a.cc:41", "its place")
    known = facts(page, ".details")
    equal((known["Calls"], known["In itself"], known["Share"]), ("7", "700.0ns", "9.7%"), "its figures")
    page.hover(BOX, "fib, recursive")
    if "recursive" not in page.text(".details .mark"):
        raise AssertionError("recursion is not marked")


def see_zoom(page):
    equal(names(page)[:2], ["all", "main"], "the first boxes")
    page.click(BOX, "even")
    equal(page.texts(".crumbs > *"), ["all", "main", "even"], "the breadcrumb")
    equal(next(width for name, width in boxes(page) if name.startswith("even,")), 100, "the width of the zoomed box")
    address = page.js("location.href")
    page.click(BOX, "odd")
    equal(page.texts(".crumbs > *")[-1], "odd", "zoomed on")
    page.press("Escape")
    page.wait("location.href === " + json.dumps(address))
    equal(page.texts(".crumbs > *")[-1], "even", "after Esc")
    page.click(".crumbs button", "main")
    equal(page.texts(".crumbs > *")[-1], "main", "after the breadcrumb")
    page.back()
    equal(page.texts(".crumbs > *")[-1], "even", "after Back")
    other = page.browser.page()
    other.open(address)
    equal(other.texts(".crumbs > *"), ["all", "main", "even"], "the address in another window")
    other.press("Escape")
    other.wait("document.querySelector('.crumbs').hidden")
    other.open(address.split("#")[0] +
               "#colour=constructor&weight=__proto__&zoom=9*9.9&thread=-1&tab=x&function=1e9&open=x")
    equal(names(other)[:2], ["all", "main"], "the view of an address that makes no sense")


def see_keys(page):
    focus = "document.activeElement.getAttribute('aria-label')?.split(',')[0]"
    page.js("document.querySelector('#panel-flame .box[tabindex=\"0\"]').focus()")
    equal(page.js(focus), "all", "the box that Tab goes to")
    page.press("ArrowDown")
    equal(page.js(focus), "main", "below it")
    page.press("ArrowDown")
    equal(page.js(focus), "fib", "the widest below main")
    page.press("ArrowRight")
    equal(page.js(focus) != "fib", True, "the box on its right is another")
    page.press("ArrowLeft")
    equal(page.js(focus), "fib", "and back")
    equal(page.text(".details strong"), "fib", "the details of the focus")
    page.press("Enter")
    equal(page.texts(".crumbs > *")[-1], "fib", "zoomed by Enter")
    equal(page.js(focus), "fib", "the focus stays")
    page.press("ArrowUp")
    equal(page.js(focus), "main", "above it")
    page.press("Escape")
    page.wait("document.querySelector('.crumbs').hidden")
    page.press("/")
    page.type("odd")
    equal(page.js("document.getElementById('search').value"), "odd", "the search")
    page.press("Escape")
    equal(page.js("document.getElementById('search').value"), "", "Esc empties it")
    page.js("document.getElementById('tab-flame').focus()")
    page.press("ArrowRight")
    equal(page.js("document.activeElement.id"), "tab-calls", "the next tab")
    equal(page.js("document.getElementById('panel-calls').hidden"), False, "is shown")


def see_search(page):
    page.click("#search")
    page.type("^(main|fib)$")
    equal(page.text("#found"), "2 functions, 99.1%", "functions and share")
    marked = page.js("Array.from(document.querySelectorAll('.box.match'), (e) => e.getAttribute('aria-label'))")
    equal(sorted(label.split(",")[0] for label in marked), ["fib", "fib", "main"], "marked boxes")
    equal("search=" in page.js("location.hash"), True, "the address has the search")
    page.type("[")
    equal(page.js("document.getElementById('search').getAttribute('aria-invalid')"), "true", "a wrong expression")
    equal(len(page.js("Array.from(document.querySelectorAll('.box.match'))")), 0, "it marks nothing")


def see_switches(page):
    page.choose("weight", "calls")
    known = dict((label.split(",")[0], label) for label, _ in boxes(page))
    equal(known["all"], "all, 61, 100.0%", "all calls")
    equal(page.text("#panel-flame .thin"), "", "contexts without boxes")
    page.choose("weight", "self")
    page.choose("direction", "up")
    equal(names(page)[1], "fib", "the function with the most time")
    page.hover(BOX, "main, 200.0ns")
    known = facts(page, ".details")
    equal((known["Time on this path"], known["Calls of fib"]), ("200.0ns", "1"), "time and calls of fib by main")
    page.choose("direction", "down")
    page.choose("thread", "each")
    equal(len([n for n in names(page) if n.startswith(("main 4242", "work;er"))]), 2, "a box for each thread")
    threads = page.js("Array.from(document.querySelector('select[name=thread]').options, (e) => [e.text, e.value])")
    page.choose("thread", next(value for words, value in threads if words.startswith("work")))
    equal(names(page)[1:], ["work", "add"], "one thread alone")
    equal(page.text("#panel-flame .thin"), "", "contexts of other threads are not missed")
    page.choose("thread", "all")
    page.choose("order", "first")
    below = [n for n in names(page) if n in ("fib", "even")]
    equal(below[0], "fib", "the function that was called first")
    for kind in ("module", "file", "self"):
        page.choose("colour", kind)
        if not page.texts("#panel-flame .legend li"):
            raise AssertionError("no legend for colours by " + kind)


def see_calls(page):
    tab(page, "Callers and callees")
    page.js("document.getElementById('function').value = ''")
    page.click("#function")
    page.type("a.cc:40")
    page.press("Enter")
    panel = "#panel-calls"
    for name in ("even", "odd", "work", "main"):
        if name not in names(page, panel):
            raise AssertionError(f"{name} is no caller: {names(page, panel)}")
    page.click(panel + " " + BOX, "odd")
    equal(page.js("document.getElementById('function').value"), "a.cc:31(odd)", "the function clicked on")
    page.back()
    equal(page.js("document.getElementById('function').value"), "a.cc:40(add)", "Back")


def see_thin(page):
    def counted():
        words = page.text("#panel-flame .thin")
        return int(words.split(" ")[0].replace(",", "")) if words else 0

    equal(counted(), 3000, "too thin")
    equal("1 context of no width: weigh by calls to see it." in page.text("#panel-flame .thin"), True, "one without time")
    page.click("#search")
    page.type("^thin_7$")
    page.click(BOX, "fine")
    equal(page.js("document.querySelectorAll('.box.match').length"), 1, "groups with a match in them")
    grouped = [int(name.split(" ")[0].replace(",", "")) for name in labels(page) if " more, " in name]
    equal((counted(), sum(grouped)), (3000, 3000), "too thin, and in groups, which are drawn")
    page.click(BOX, f"{grouped[0]} more")
    equal(len([name for name in names(page) if name.startswith("thin_")]), grouped[0], "boxes of the zoomed group")
    equal(page.text("#panel-flame .thin"), "", "contexts without boxes")
    page.click(BOX, "thin_1,")
    equal(page.texts(".crumbs > *"), ["all", "main", "fine", "thin_1"], "the breadcrumb of a box in a group")
    page.back()
    equal(len([name for name in names(page) if name.startswith("thin_")]), grouped[0], "after Back")


def see_hostile(page):
    equal(page.js("window.broken"), None, "a script of a name")
    for name in ("Flame graph", "Callers and callees", "Table"):
        tab(page, name)
        equal(page.js("document.querySelector('img, b:not(td b), main script')"), None, "an element of a name")
    page.click("label.check")
    page.click("td.name button")
    text = page.js("document.body.innerText")
    if re.search("[\u202a-\u202e\u2066-\u2069\x1b]", text):
        raise AssertionError("a mark that turns the line round is shown")
    if "@STYLE@" in text:
        raise AssertionError("a mark of the page is shown")
    equal(page.js("window.broken"), None, "a script of a name")
    equal(page.js("document.documentElement.scrollWidth <= innerWidth"), True, "the page fits the window")


def see_one(page):
    equal(names(page), ["all", "main"], "the boxes")
    tab(page, "Callers and callees")
    equal(names(page, "#panel-calls"), ["main"], "the boxes")
    tab(page, "Table")
    equal(len(rows(page)), 1, "rows")


def see_none(page):
    equal(page.text("#empty"), "No calls were recorded.", "the note")


def see_python(page):
    equal(page.texts("[role=tab]"), ["Table"], "the tabs")
    equal(page.text("#no-contexts") != "", True, "the note")
    names_shown = column(page, "filename:lineno(function)")
    equal("{built-in method builtins.sorted}" in names_shown, True, "a function")


def see_dark(page):
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.js(background)
    page.dark(True)
    equal(page.js(background) != light, True, "dark as the system")
    page.click("#theme")
    equal(page.js(background), light, "light by the switch")
    page.open(page.js("location.href"))
    equal(page.js(background), light, "it is remembered")


def see_narrow(page):
    page.resize(400, 800)
    for name in ("Flame graph", "Callers and callees", "Table"):
        tab(page, name)
        equal(page.js("document.documentElement.scrollWidth <= innerWidth"), True, f"{name} fits")
        outside = page.js("""Array.from(document.querySelectorAll("button, input, select"))
            .map((e) => e.getBoundingClientRect()).filter((box) => box.width > 0 && box.right > 401).length""")
        equal(outside, 0, f"controls outside of the window in {name}")
    page.click("td.name button")
    equal(page.js("document.documentElement.scrollWidth <= innerWidth"), True, "an open row fits")
    sideways = page.js("document.querySelector('.scroll').scrollWidth - document.querySelector('.scroll').clientWidth")
    equal(sideways, 0, "pixels that the table is too wide")


def see_copies(page):
    page.js("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
    page.click("#panel-flame button", "Copy text")
    page.wait("window.copied !== undefined")
    lines = page.js("window.copied").split("\n")
    equal(lines[1].split()[:2] + lines[1].split()[-1:], ["7.153us", "99.1%", "a.cc:10(main)"], "the line of main")
    page.js("URL.createObjectURL = (blob) => (blob.text().then((text) => window.saved = text), 'about:blank#')")
    page.js("HTMLAnchorElement.prototype.click = function () {}")
    page.click("#panel-flame button", "Save SVG")
    page.wait("window.saved !== undefined")
    picture = xml.etree.ElementTree.fromstring(page.js("window.saved"))
    equal(len(picture.findall(".//{http://www.w3.org/2000/svg}g")), len(boxes(page)), "boxes of the picture")


def axe_script():
    """Returns the text of axe-core, or None."""
    places = [os.environ.get("AXE", "")]
    try:
        root = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, check=True).stdout.strip()
        places.append(os.path.join(root, "axe-core", "axe.min.js"))
    except (OSError, subprocess.CalledProcessError):
        pass
    for place in filter(os.path.exists, places):
        with open(place, encoding="utf-8") as file:
            return file.read()
    return None


def see_axe(page):
    script = axe_script()
    if script is None:
        print("there is no axe-core: npm install --global axe-core")
        sys.exit(SKIPPED)
    page.js(script + "; true")
    for is_dark in (False, True):
        page.dark(is_dark)
        for name in ("Flame graph", "Callers and callees", "Table"):
            tab(page, name)
            for colour in ("module", "file", "self") if name == "Flame graph" else ("",):
                if colour:
                    page.choose("colour", colour)
                if name == "Table":
                    page.js("document.querySelector('td.name button[aria-expanded=false]')?.click()")
                found = page.js("""axe.run(document, {resultTypes: ["violations"]}).then((result) =>
                    result.violations.map((one) => [one.id, one.help, ...one.nodes.slice(0, 3).map((node) =>
                        node.html.slice(0, 300) + " " + node.failureSummary)].join(": ")))""")
                equal(found, [], f"violations in {name} {colour} {'dark' if is_dark else 'light'}")


def main():
    steps, path, *others = sys.argv[1:]
    with chromium.Browser() as browser:
        try:
            page = browser.page(path)
            globals()["see_" + steps](page, *others)
            equal(page.errors(), [], "the console")
        except (AssertionError, RuntimeError) as error:
            print(error)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
