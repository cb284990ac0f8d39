"""The accuracy suite: python3 accuracy.py BUILD PROGRAMS. tests/tools/accuracy.sh prepares and calls it.

The truth about a kernel is what the undisturbed program pays for a call. It is measured in the build without hooks:
the time of the kernel's parent with the calls, less its time without them, divided by the calls. So the instructions
that call and return count for the callee. A parent's truth is its time without the calls, divided by the calls it
makes.

Truth and profiles take turns, in rounds. An error is the median of the errors of the rounds. Half the distance between
the quartiles of the rounds stands after ±.
"""

import csv
import os
import re
import shutil
import statistics
import subprocess
import sys
from collections import namedtuple

from measure import Runner, describe_machine, line, over_rounds, seconds, verdict

MODES = {"default": [], "every": ["--clock=every"], "sampled": ["--clock=sampled"]}
GPROF_SCALE = 10  # gprof samples 100 times a second, so it needs more of each kernel
CALLGRIND_SCALE = 0.05
LEAST_CALLS = 10000  # of a parent that is judged, as the cost of the first call stays in the parent
CHAIN = "kernel_multiply_"  # followed by the number of multiplications

Case = namedtuple("Case", "calls of_parent child child_calls own with_ns alone_ns")
Row = namedtuple("Row", "calls tottime cumtime")  # of a function; times in ns, of all calls
NOTHING = Row(0, 0, 0)
UNITS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9}


class Suite:
    def __init__(self, build, programs):
        self.profile = os.path.join(build, "profile")
        self.stats = os.path.join(build, "stats")
        self.programs = programs
        self.rounds = int(os.environ.get("ACCURACY_ROUNDS", "5"))
        self.scale = float(os.environ.get("ACCURACY_SCALE", "1"))
        self.kernels = os.environ.get("ACCURACY_KERNELS", "")
        self.parts = os.environ.get("ACCURACY_ONLY", "kernels threads peers real").split()
        self.runner = Runner("accuracy", precedence=True)
        self.output = os.path.join(self.runner.temporary, "out.prof")
        self.printed = os.path.join(self.runner.temporary, "printed")
        self.modes = {}
        self.has_raw = "--raw" in output_of([self.stats, "--help"])

    def program(self, name):
        return os.path.join(self.programs, name)

    def find_modes(self):
        """Finds the modes of MODES that profile has, and prints the others."""
        for name in os.environ.get("ACCURACY_MODES", " ".join(MODES)).split():
            trial = [self.profile, *MODES[name], "-o", self.output, self.program("kernels-hooks"),
                     "run", "1", "0", "empty"]
            tried = subprocess.run(trial, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   check=False)
            if tried.returncode == 0:
                self.modes[name] = MODES[name]
            else:
                print(f"{name} is left out: {(tried.stderr.splitlines() or ['profile failed'])[0]}")
        if not self.has_raw:
            print("stats has no --raw: what it prints is as measured")

    def run_kernels(self, what, threads=1, command=(), scale=None, program=None):
        """Runs the kernels. Returns {name: Case} from their output."""
        program = program or ("kernels-plain" if what == "truth" else "kernels-hooks")
        self.runner.run([*command, self.program(program), what, str(threads), str(scale or self.scale),
                         self.kernels], stdout=self.printed)
        return read_cases(self.printed)

    def read_profile(self, *options):
        """Returns {function: Row} of the last profile."""
        rows = {}
        for row in csv.DictReader(output_of([self.stats, "--csv", *options, self.output]).splitlines()):
            here = Row(int(row["ncalls"]), float(row["tottime_ns"]), float(row["cumtime_ns"]))
            rows[row["function"]] = Row(*map(sum, zip(here, rows.get(row["function"], NOTHING))))
        return rows

    def profile_kernels(self, mode, threads):
        """Returns ({column: {function: Row}}, {name: Case}). Columns are the mode and its raw times."""
        cases = self.run_kernels("run", threads, [self.profile, *self.modes[mode], "-o", self.output])
        columns = {mode: self.read_profile()}
        if self.has_raw:
            columns[f"{mode} raw"] = self.read_profile("--raw")
        return columns, cases


def output_of(command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


# --- truth -------------------------------------------------------------------------------------------------------


def read_cases(path):
    """Returns {name: Case} from the output of the kernels (tests/accuracy/main.c)."""
    cases = {}
    with open(path, encoding="utf-8") as lines:
        for words in map(str.split, lines):
            if len(words) == 6:
                name, calls, of_parent, child, child_calls, own = words
                cases[name] = Case(int(calls), int(of_parent), child, float(child_calls), own, [], [])
            else:
                cases[name].with_ns.append(int(words[0]))
                cases[name].alone_ns.append(int(words[1]))
    return cases


def truth_of(cases):
    """Returns {row: ns a call}. The rows are kernel_NAME, cumulative_NAME if it calls another, and parent_NAME, whose
    time is divided by the calls that the parent makes."""
    cost = {}
    for name, case in cases.items():
        differences = [with_ns - alone for with_ns, alone in zip(case.with_ns, case.alone_ns)]
        cost[name] = statistics.median(differences) / case.calls
    truth = {}
    for name, case in cases.items():
        truth[f"kernel_{name}"] = cost[name]
        if case.child in cost:
            truth[f"cumulative_{name}"] = cost[name]
            truth[f"kernel_{name}"] = cost.get(case.own, cost[name] - case.child_calls * cost[case.child])
        if case.calls >= LEAST_CALLS:
            truth[f"parent_{name}"] = statistics.median(case.alone_ns) / case.calls
    return truth


def per_call(rows, cases):
    """Returns {row: ns a call} from a profiler's {function: Row}."""
    says = {}
    for function, row in rows.items():
        kind, name = function.split("_", 1) if "_" in function else ("", "")
        if kind == "kernel":
            says[function] = row.tottime / row.calls
            says[f"cumulative_{name}"] = row.cumtime / row.calls
        elif kind == "parent" and name in cases:
            says[function] = row.tottime / row.calls / cases[name].of_parent
    return says


def calls_made(cases, relations, threads):
    """Returns {function: calls} of a run of `cases`. `relations` are Cases that know all children."""
    made = {}
    for name, case in cases.items():
        made[f"parent_{name}"] = case.calls // case.of_parent * threads
        count = case.calls * threads
        while name in relations:
            made[f"kernel_{name}"] = made.get(f"kernel_{name}", 0) + round(count)
            count *= relations[name].child_calls
            name = relations[name].child
    return made


# --- tables ------------------------------------------------------------------------------------------------------


def spread(values):
    if len(values) < 2:
        return 0
    lower, _, upper = statistics.quantiles(values, n=4, method="inclusive")
    return (upper - lower) / 2


def meets_bar(error, truth):
    return abs(error) <= max(2, abs(truth) * 0.05)


def figure(value):
    """Returns nanoseconds as text, in at most seven characters below a second."""
    if value is None:
        return "-"
    if abs(value) < 1000:
        return f"{value:.2f}" if abs(value) < 100 else f"{value:.1f}"
    return f"{value:.0f}"


class Table:
    """Truth and profilers side by side: `truth` and each of `columns` are a list over rounds of {row: ns a call}."""

    def __init__(self, truth, columns):
        self.truth, self.columns = truth, columns
        self.rows = [row for row in truth[0]
                     if any(row in says for rounds in columns.values() for says in rounds)]

    def true(self, row):
        return statistics.median(truth[row] for truth in self.truth)

    def says(self, column, row):
        values = [says[row] for says in self.columns[column] if row in says]
        return statistics.median(values) if values else None

    def errors(self, column, row):
        return [says[row] - truth[row] for truth, says in zip(self.truth, self.columns[column]) if row in says]

    def met(self, column, rows):
        """Returns how many rows meet the bar, and how many there are."""
        verdicts = [meets_bar(statistics.median(self.errors(column, row)), self.true(row))
                    for row in rows if self.errors(column, row)]
        return sum(verdicts), len(verdicts)

    def print_errors(self, title, rows, columns):
        head = f"{title:<22}{'truth':>10} {'±':>6}"
        print(head + "".join(f"  | {column:>10} {'error':>9} {'±':>6} {'':>7}    " for column in columns))
        for row in rows:
            around = spread([truth[row] for truth in self.truth])
            text = f"{name_of(row):<22}{figure(self.true(row)):>10} {figure(around):>6}"
            print((text + "".join(self.error_cells(column, row) for column in columns)).rstrip(), flush=True)

    def error_cells(self, column, row):
        errors, true = self.errors(column, row), self.true(row)
        if not errors:
            return f"  | {'-':>10} {'':>9} {'':>6} {'':>7} {'':>3}"
        error = statistics.median(errors)
        share = f"{error / true * 100:+.1f}%" if abs(true) >= 1 else ""
        return (f"  | {figure(self.says(column, row)):>10} {figure(error):>9} {figure(spread(errors)):>6} {share:>7}"
                f" {verdict(meets_bar(error, true)):>3}")

    def print_values(self, title, rows, columns):
        print(f"{title:<22}{'truth':>10}" + "".join(f" {column:>13}" for column in columns))
        for row in rows:
            print(f"{name_of(row):<22}{figure(self.true(row)):>10}"
                  + "".join(f" {figure(self.says(column, row)):>13}" for column in columns), flush=True)


def name_of(row):
    kind, name = row.split("_", 1)
    return {"kernel": name, "parent": f"of {name}", "cumulative": f"{name}"}[kind]


def kinds(table):
    """Prints the rows of the table, kind by kind."""
    return {title: [row for row in table.rows if row.startswith(prefix)] for title, prefix in
            (("kernel, ns a call", "kernel_"), ("with its child", "cumulative_"), ("parent, ns a call", "parent_"))}


def print_summary(table, column):
    counts = {title.split(",")[0]: table.met(column, rows) for title, rows in kinds(table).items()}
    text = ", ".join(f"{met} of {count} {what}" for what, (met, count) in counts.items() if count)
    met, count = counts["kernel"]
    print(f"within max(2 ns, 5 %), {column + ':':<13} {text}  {verdict(met == count)}", flush=True)


def print_scale(table):
    """Checks the truth itself: the chains differ only in length, so all steps between two must cost equally much."""
    lengths = sorted(int(row[len(CHAIN):]) for row in table.rows if row.startswith(CHAIN))
    costs = [(length, table.true(f"{CHAIN}{length}")) for length in lengths if length >= 10]
    steps = [(right - left) / (more - less) for (less, left), (more, right) in zip(costs, costs[1:])]
    if steps:
        middle = statistics.median(steps)
        line("the truth about a multiplication, at all lengths", f"{min(steps):.3f} to {max(steps):.3f} ns",
             "within 5 %", max(abs(step / middle - 1) for step in steps) <= 0.05)
    known = sum(meets_bar(2 * spread([truth[row] for truth in table.truth]), table.true(row)) for row in table.rows)
    count = len(table.rows)
    line("rows whose truth is steadier than the bar", f"{known} of {count}", "all", known == count)


# --- peers -------------------------------------------------------------------------------------------------------


def gprof(suite):
    """Returns the self time by gprof's samples, without the C library."""
    prefix = os.path.join(suite.runner.temporary, "gmon")
    cases = suite.run_kernels("run", 1, ["env", f"GMON_OUT_PREFIX={prefix}"], GPROF_SCALE * suite.scale, "kernels-pg")
    found = [entry.path for entry in os.scandir(suite.runner.temporary) if entry.path.startswith(prefix)]
    rows = {}
    for text in output_of(["gprof", "-b", "-p", suite.program("kernels-pg"), found[0]]).splitlines():
        words = text.split()
        if len(words) == 7 and words[3].isdigit():
            rows[words[6]] = Row(int(words[3]), float(words[2]) * 1e9, 0)
    return {row: ns for row, ns in per_call(rows, cases).items() if not row.startswith("cumulative_")}


def uftrace(suite):
    data = os.path.join(suite.runner.temporary, "uftrace.data")
    cases = suite.run_kernels("run", 1, ["uftrace", "record", "--no-libcall", "-d", data])
    rows = {}
    for text in output_of(["uftrace", "report", "--no-pager", "-d", data]).splitlines():
        words = text.split()
        if len(words) == 6 and words[4].isdigit():
            total, unit, own, own_unit, calls, name = words
            rows[name] = Row(int(calls), float(own) * UNITS[own_unit], float(total) * UNITS[unit])
    shutil.rmtree(data)
    return per_call(rows, cases)


def callgrind(suite):
    """Returns the instructions a call in the build without hooks, with the C library and without children."""
    data = os.path.join(suite.runner.temporary, "callgrind.out")
    command = ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={data}"]
    cases = suite.run_kernels("run", 1, command, CALLGRIND_SCALE * suite.scale, "kernels-plain")
    report = output_of(["callgrind_annotate", "--inclusive=yes", "--threshold=100", "--show=Ir", data])
    says = {}
    for count, name in re.findall(r"^ *([\d,]+) .*:kernel_(\w+)", report, re.MULTILINE):
        if name in cases:
            says[f"kernel_{name}"] = int(count.replace(",", "")) / cases[name].calls
    return {row: count for row, count in says.items() if cases[row[len("kernel_"):]].child == "-"}


PEERS = {"gprof": ("gprof", gprof), "uftrace": ("uftrace", uftrace), "callgrind, Ir": ("valgrind", callgrind)}


# --- the parts ---------------------------------------------------------------------------------------------------


def measure_kernels(suite, threads):
    """Returns a Table of all rounds, and reports a profile whose counts are not those of the calls made."""
    truths, columns, wrong = [], {}, set()
    for _ in range(suite.rounds):
        cases = suite.run_kernels("truth", threads)
        truths.append(truth_of(cases))
        for mode in suite.modes:
            profiles, run = suite.profile_kernels(mode, threads)
            made = calls_made(run, cases, threads)
            for column, rows in profiles.items():
                columns.setdefault(column, []).append(per_call(rows, cases))
                wrong |= {f"{column}: {name}" for name, calls in made.items()
                          if rows.get(name, NOTHING).calls != calls}
    table = Table(truths, columns)
    line("calls counted are the calls made", f"{len(wrong)} wrong", "none", not wrong)
    for what in sorted(wrong)[:10]:
        print(f"    {what}")
    print_scale(table)
    return table


def print_kernels(suite, threads, peers):
    print(f"\nkernels, in {threads} thread{'s' if threads > 1 else ''}")
    table = measure_kernels(suite, threads)
    compensated = [column for column in table.columns if not column.endswith(" raw")]
    for title, rows in kinds(table).items():
        if rows:
            print()
            table.print_errors(title, rows, compensated)
    print()
    for column in table.columns:
        print_summary(table, column)
    for name, (program, measure) in PEERS.items() if peers else ():
        if shutil.which(program):
            table.columns[name] = [measure(suite)]
        else:
            print(f"there is no {program}")
    if len(table.columns) > len(compensated):
        for title, rows in kinds(table).items():
            if rows:
                print()
                table.print_values(title, rows, table.columns)


def read_total(suite, *options):
    """Returns (ns, calls): the sums of self times and of calls of all functions of the last profile."""
    rows = suite.read_profile(*options).values()
    return sum(row.tottime for row in rows), sum(row.calls for row in rows)


def spread_ms(runs):
    return f"{spread([run[0] for run in runs]) * 1e3:.0f}"


def print_real(suite, title, program, arguments, stdin=None, expected=0):
    plain = [suite.program(f"{program}-plain"), *arguments]
    hooks = [suite.program(f"{program}-O2"), *arguments]
    results = {"plain": [], "empty hooks": []}
    totals, calls = {}, 0
    for _ in range(suite.rounds):
        results["plain"].append(suite.runner.run(plain, stdin=stdin, expected=expected))
        results["empty hooks"].append(suite.runner.run(hooks, stdin=stdin, expected=expected))
        for mode, options in suite.modes.items():
            command = [suite.profile, *options, "-o", suite.output, *hooks]
            run = suite.runner.run(command, stdin=stdin, expected=expected)
            results.setdefault(f"profile, {mode}", []).append(run)
            total, calls = read_total(suite)
            totals.setdefault(mode, []).append((total / 1e9,))
            if suite.has_raw:
                totals.setdefault(f"{mode} raw", []).append((read_total(suite, "--raw")[0] / 1e9,))
    totals["plain"], totals["empty hooks"] = results["plain"], results["empty hooks"]

    print(f"\n{title}, {calls / 1e6:.1f} million calls")
    for name in results:
        slowdown = over_rounds(results, lambda alone, other: other / alone, "plain", name)
        line(f"{name}: takes", f"{seconds(results, name) * 1e3:.0f} ms",
             f"{slowdown:.2f}x, ± {spread_ms(results[name])} ms")
    lost = over_rounds(totals, lambda alone, empty: empty - alone, "plain", "empty hooks")
    line("calls of hooks that do nothing, and lost inlining", f"{lost * 1e3:.0f} ms",
         f"{lost / calls * 1e9:.1f} ns a call")
    for name in totals:
        if name in ("plain", "empty hooks"):
            continue
        line(f"{name}: total", f"{seconds(totals, name) * 1e3:.0f} ms", f"± {spread_ms(totals[name])} ms")
        ratio = over_rounds(totals, lambda alone, other: other / alone, "plain", name)
        line(f"{name}: total / plain", f"{ratio:.2f}", "0.85 to 1.15", 0.85 <= ratio <= 1.15)
        ratio = over_rounds(totals, lambda empty, other: other / empty, "empty hooks", name)
        line(f"{name}: total / empty hooks", f"{ratio:.2f}")
        difference = over_rounds(totals, lambda alone, other: other - alone, "plain", name)
        line(f"{name}: of what it differs from plain, explained", f"{lost * 1e3:.0f} of {difference * 1e3:.0f} ms")


def main():
    suite = Suite(*sys.argv[1:])
    real = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "real")
    try:
        describe_machine(suite.rounds)
        suite.find_modes()
        if "kernels" in suite.parts:
            print_kernels(suite, 1, "peers" in suite.parts)
        if "threads" in suite.parts:
            print_kernels(suite, 2, False)
        if "real" in suite.parts:
            scale = os.environ.get("ACCURACY_LUA_SCALE", "40")
            print_real(suite, "Lua's workload", "lua", [os.path.join(real, "workload.lua"), scale], expected=3)
            print_real(suite, "SQLite's workload", "sqlite", ["-batch", "workload.db"],
                       os.path.join(real, "workload.sql"), 1)
    finally:
        suite.runner.close()


if __name__ == "__main__":
    main()
