"""What all parts of the accuracy suite share: running programs, reading profiles, and the table of bars."""

import csv
import os
import statistics
import subprocess
from collections import namedtuple

from measure import Runner, line, verdict

Row = namedtuple("Row", "calls tottime cumtime error")  # of a function; times in ns, of all calls
NOTHING = Row(0, 0, 0, 0)


class Suite:
    def __init__(self, build, programs):
        self.profile = os.path.join(build, "profile")
        self.stats = os.path.join(build, "stats")
        self.programs = programs
        self.rounds = int(os.environ.get("ACCURACY_ROUNDS", "6"))
        self.runner = Runner("accuracy", precedence=True, processor=True, memory=True)
        self.output = os.path.join(self.runner.temporary, "out.prof")
        self.printed = os.path.join(self.runner.temporary, "printed")
        self.bars = []

    def program(self, name):
        return os.path.join(self.programs, name)

    def has(self, name):
        return os.path.exists(self.program(name))

    def run(self, command, stdin=None, expected=0):
        """Runs a command. Returns its seconds of CPU time; its output is in `printed`."""
        return self.runner.run(command, stdin=stdin, expected=expected, stdout=self.printed)[0]

    def printed_lines(self):
        with open(self.printed, encoding="utf-8") as lines:
            return lines.read().splitlines()

    def run_profiled(self, command, options=(), before=(), **how):
        """Runs a command under profile. Returns the seconds of CPU time of both."""
        return self.run([*before, self.profile, *options, "-o", self.output, *command], **how)

    def read_profile(self, *options):
        """Returns {function: Row} of the last profile. Functions of one name are one."""
        rows = {}
        for row in csv.DictReader(output_of([self.stats, "--csv", *options, self.output]).splitlines()):
            here = Row(int(row["ncalls"]), float(row["tottime_ns"]), float(row["cumtime_ns"]),
                       float(row.get("tottime_error_ns") or 0))
            rows[row["function"]] = Row(*map(sum, zip(here, rows.get(row["function"], NOTHING))))
        return rows

    def read_total(self):
        """Returns (seconds, calls): the sums over all functions of the last profile."""
        rows = self.read_profile().values()
        return sum(row.tottime for row in rows) / 1e9, sum(row.calls for row in rows)

    def bar(self, part, what, figure, limit, met):
        """Prints a figure that has a bar, and keeps it for the table at the end."""
        line(what, figure, limit, met)
        self.bars.append((part, what, figure, limit, met))

    def print_table(self):
        """Prints all figures that have a bar, as ACCURACY.md has them."""
        if not self.bars:
            return
        print("\n| part | what | measured | bar | |\n|---|---|---|---|---|")
        for part, what, figure, limit, met in self.bars:
            print(f"| {part} | {what} | {figure} | {limit} | {verdict(met)} |")
        met = sum(row[-1] for row in self.bars)
        print(f"\n{met} of {len(self.bars)} bars are met")


def output_of(command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def spread(values):
    """Returns half the distance between the quartiles."""
    if len(values) < 2:
        return 0
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    return (upper - lower) / 2


def ms(values):
    return f"{statistics.median(values) * 1e3:.0f} ms"


def ratio(over, under):
    """Returns the median, over the rounds, of the ratio of two lists of seconds."""
    return statistics.median(one / other for one, other in zip(over, under))
