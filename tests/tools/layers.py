#!/usr/bin/env python3
"""Holds every #include of runtime/, cli/ and symbolizer/ to the table in layers.txt: `layers.py [ROOT]`.

1. An include is a path from the root, but for the headers of runtime/arch/ that -I chooses.
2. The header's folder is the file's own, or stands in the line of the file's folder.
3. The table has no circle: a folder knows only folders above it.
4. The guard of a header is its path in capitals, so no two headers have the same.
5. ARCHITECTURE.md prints the same table.

Prints what is wrong, a line each, and exits with status 1; prints nothing if all is right.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__.rsplit("/", 3)[0]).resolve()
ARCH = {path.name for path in (ROOT / "runtime/arch/generic").glob("*.h")}


def read_table(text):
    """Returns {folder: text of what it may include}, in the order of the table."""
    lines = [line.split(":") for line in text.splitlines() if ":" in line and not line.startswith("#")]
    return {folder: allowed.strip() for folder, allowed in lines}


def read_printed_table(text):
    """Returns the table of ARCHITECTURE.md in that form."""
    rows = re.findall(r"^\| `([^`|]+)/` \|[^|]*\|([^|]*)\|$", text, re.M)
    return {folder: allowed.replace("`", "").strip() for folder, allowed in rows}


def expand(table):
    """Returns {folder: [what it may include]}, without "..."."""
    expanded = {}
    for folder, allowed in table.items():
        part = folder.split("/")[0]
        expanded[folder] = []
        for name in allowed.split():
            above = [other for other in expanded if other != folder and other.split("/")[0] == part]
            expanded[folder] += above if name == "..." else [name]
    return expanded


def circles(table):
    above = set()
    for folder, allowed in table.items():
        for name in allowed:
            if name not in above and str(pathlib.PurePath(name).parent) not in above:
                yield f"layers.txt: {folder} knows {name}, which does not stand above it"
        above.add(folder)


def folder_of(path, table):
    """Returns the folder of the table that PATH is in, or None."""
    return next((str(parent) for parent in pathlib.PurePath(path).parents if str(parent) in table), None)


def wrong_includes(path, text, table):
    own = folder_of(path, table)
    if own is None:
        yield f"{path}: its folder is not in layers.txt"
        return
    for header in re.findall(r'^#include "([^"]+)"', text, re.M):
        folder = folder_of("runtime/arch/" + header if header in ARCH else header, table)
        if folder is None:
            yield f"{path}: \"{header}\" is not a path from the root"
        elif folder != own and folder not in table[own] and header not in table[own]:
            yield f"{path}: {own} may not include {header}"


def wrong_guard(path, text):
    guard = re.sub(r"[^A-Z0-9]", "_", str(path).upper())
    if f"#ifndef {guard}\n#define {guard}\n" not in text:
        yield f"{path}: the guard is not {guard}"


def main():
    table = read_table((ROOT / "tests/tools/layers.txt").read_text())
    expanded = expand(table)
    problems = list(circles(expanded))
    for top in ("cli", "runtime", "symbolizer", "tests"):
        for file in sorted((ROOT / top).rglob("*.[ch]")):
            path, text = file.relative_to(ROOT), file.read_text()
            if top != "tests":
                problems += wrong_includes(path, text, expanded)
            if file.suffix == ".h" and "#ifndef" in text:
                problems += wrong_guard(path, text)
    if list(read_printed_table((ROOT / "ARCHITECTURE.md").read_text()).items()) != list(table.items()):
        problems.append("ARCHITECTURE.md: its table of folders is not that of layers.txt")
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
