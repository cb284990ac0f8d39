"""Compares call counts: python3 compare_callgrind.py CALLGRIND_OUT STATS_CSV PROGRAM LEAST

Prints a line for each function of PROGRAM whose calls differ between callgrind's file and `stats --csv`, then the
number of functions compared. Exits 1 if there is a difference, or fewer than LEAST functions: two empty lists would
agree too.

Callgrind must leave the names as the linker knows them (--demangle=no). They then tell a clone of a function
(`f.constprop.0`) and a part that was split off (`f.part.0`), whose calls are those of `f` here. Functions that headers
of the system define are left out, as `profile --cflags` does.
"""

import csv
import os.path
import re
import subprocess
import sys
from collections import Counter

ASSIGNMENT = re.compile(r"(\w+)= ?(.*)")
NAME = re.compile(r"\((\d+)\)(?: (.*))?")
CLONE = re.compile(r"(?:\.(?:part|constprop|isra|lto_priv)\.\d+)+$")
SYSTEM_HEADERS = "/usr/include/"


class Names:
    """The names in callgrind's file, by id. Callgrind writes a name first as `(id) name`, and later as `(id)`.
    Functions of one name in different files have different ids."""

    def __init__(self):
        self.names = {}

    def resolve(self, text):
        number, name = NAME.fullmatch(text).groups()
        if name is not None:
            self.names[number] = name
        return number


def callgrind_calls(path, program):
    """Returns {(file, function): calls} for the functions of `program` that have a source file. The start-up code of
    the C runtime has none, and is not instrumented."""
    objects, files, functions = Names(), Names(), Names()
    homes = {}  # function id -> (object id, file id); each called function has run, so it has a record
    calls = Counter()
    at_object = at_file = callee = None
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            match = ASSIGNMENT.match(line)
            if not match:
                continue
            key, value = match.groups()
            if key == "ob":
                at_object = objects.resolve(value)
            elif key == "fl":
                at_file = files.resolve(value)
            elif key == "fn":
                homes[functions.resolve(value)] = (at_object, at_file)
            elif key == "cfn":
                callee = functions.resolve(value)
            elif key == "calls":
                calls[callee] += int(value.split()[0])
            # The other lines may have names that later lines refer to.
            elif key == "cob":
                objects.resolve(value)
            elif key in ("fi", "fe", "cfi", "cfl"):
                files.resolve(value)
    calls_of = Counter()
    for function, count in calls.items():
        object_id, file_id = homes[function]
        file = files.names[file_id]
        if os.path.realpath(objects.names[object_id]) == os.path.realpath(program) and is_ours(file):
            # Callgrind writes a recursion level, `name'2`, only if an option separates the levels.
            name = CLONE.sub("", functions.names[function].split("'")[0])
            calls_of[os.path.basename(file), name] += count
    return demangled(calls_of)


def is_ours(file):
    return file != "???" and not file.startswith(SYSTEM_HEADERS)


def demangled(calls):
    """Returns CALLS with the names as `stats` prints them, without parameters."""
    filtered = subprocess.run(["c++filt", "-p"], input="\n".join(name for _, name in calls), stdout=subprocess.PIPE,
                              check=True, text=True).stdout.splitlines()
    result = Counter()
    for ((file, _), count), name in zip(calls.items(), filtered):
        result[file, name] += count
    return result


def stats_calls(path, program):
    result = Counter()
    with open(path, newline="", encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            if os.path.basename(row["module"]) == os.path.basename(program) and is_ours(row["file"]):
                result[os.path.basename(row["file"]), row["function"]] += int(row["ncalls"])
    return result


def main():
    callgrind_path, stats_path, program, least = sys.argv[1:]
    expected = callgrind_calls(callgrind_path, program)
    actual = stats_calls(stats_path, program)
    differing = [key for key in sorted(expected | actual) if expected[key] != actual[key]]
    for file, function in differing:
        key = file, function
        print(f"{file}:{function}: callgrind counts {expected[key]} calls, stats {actual[key]}")
    print(f"{len(expected)} functions, {sum(expected.values())} calls, {len(differing)} differing")
    return 1 if differing or len(expected) < int(least) else 0


if __name__ == "__main__":
    sys.exit(main())
