"""The parts of the accuracy suite that run functions of known cost: `kernels`, and `threads` for two threads at once.

The truth about a kernel is what the undisturbed program pays for a call. It is measured in the build without hooks:
the time of the kernel's parent with the calls, less its time without them, divided by the calls. So the instructions
that call and return count for the callee. A parent's truth is its time without the calls, divided by the calls it
makes.

Truth and profiles take turns, in rounds. An error is the median of the errors of the rounds. Half the distance between
the quartiles of the rounds stands after ±.
"""

import os
import statistics
from collections import namedtuple

from accuracy_suite import NOTHING, spread
from measure import line, verdict

LEAST_CALLS = 10000  # of a parent that is listed, as the cost of the first call stays in the parent
CHAIN = "kernel_multiply_"  # followed by the number of multiplications
TITLES = ("kernel, ns a call", "kernel_"), ("with its child", "cumulative_"), ("parent, ns a call", "parent_")
MAY_MISS = 3  # kernels

Case = namedtuple("Case", "calls of_parent child child_calls own with_ns alone_ns")


# --- truth -------------------------------------------------------------------------------------------------------


def read_cases(lines):
    """Returns {name: Case} from the output of the kernels (tests/accuracy/main.c)."""
    cases = {}
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


def meets_bar(error, truth):
    return abs(error) <= max(2, abs(truth) * 0.05)


def figure(value):
    """Returns nanoseconds as text, in at most seven characters below a second."""
    if abs(value) < 1000:
        return f"{value:.2f}" if abs(value) < 100 else f"{value:.1f}"
    return f"{value:.0f}"


class Table:
    """Truth and profiles side by side: each is a list over rounds of {row: ns a call}."""

    def __init__(self, truth, profiles):
        self.truth, self.profiles = truth, profiles
        self.rows = [row for row in truth[0] if any(row in says for says in profiles)]

    def true(self, row):
        return statistics.median(truth[row] for truth in self.truth)

    def says(self, row):
        return statistics.median(says[row] for says in self.profiles if row in says)

    def errors(self, row):
        return [says[row] - truth[row] for truth, says in zip(self.truth, self.profiles) if row in says]

    def meets(self, row):
        return meets_bar(statistics.median(self.errors(row)), self.true(row))

    def judged(self, row):
        """Returns whether a row meets the bar, or None for a parent. After a system call or a cache miss a parent is
        slower for a while. That is the kernel's time by definition, but one that measures well finds it in the parent.
        """
        return None if row.startswith("parent_") else self.meets(row)

    def of_kind(self, prefix):
        return [row for row in self.rows if row.startswith(prefix)]

    def print_errors(self, title, rows):
        print(f"\n{title:<22}{'truth':>10} {'±':>6}  | {'profile':>10} {'error':>9} {'±':>6}")
        for row in rows:
            error, true = statistics.median(self.errors(row)), self.true(row)
            share = f"{error / true * 100:+.1f}%" if abs(true) >= 1 else ""
            around = spread([truth[row] for truth in self.truth])
            print(f"{name_of(row):<22}{figure(true):>10} {figure(around):>6}"
                  f"  | {figure(self.says(row)):>10} {figure(error):>9} {figure(spread(self.errors(row))):>6}"
                  f" {share:>7} {verdict(self.judged(row))}".rstrip())


def name_of(row):
    kind, name = row.split("_", 1)
    return f"of {name}" if kind == "parent" else name


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
    line("rows whose truth is steadier than the bar", f"{known} of {len(table.rows)}", "all", known == len(table.rows))


# --- the parts ---------------------------------------------------------------------------------------------------


def arguments(what, threads):
    return [what, str(threads), os.environ.get("ACCURACY_SCALE", "1"), os.environ.get("ACCURACY_KERNELS", "")]


def measure_rounds(suite, threads):
    """Returns a Table of all rounds, and the functions whose calls were not counted right."""
    truths, profiles, wrong = [], [], set()
    for _ in range(suite.rounds):
        suite.run([suite.program("kernels-plain"), *arguments("truth", threads)])
        cases = read_cases(suite.printed_lines())
        suite.run_profiled([suite.program("kernels-hooks"), *arguments("run", threads)])
        run, rows = read_cases(suite.printed_lines()), suite.read_profile()
        truths.append(truth_of(cases))
        profiles.append(per_call(rows, cases))
        wrong |= {name for name, calls in calls_made(run, cases, threads).items()
                  if rows.get(name, NOTHING).calls != calls}
    return Table(truths, profiles), wrong


def measure(suite, part, threads):
    print(f"\nkernels, in {threads} thread{'s' if threads > 1 else ''}")
    table, wrong = measure_rounds(suite, threads)
    suite.bar(part, "functions whose calls were counted wrong", str(len(wrong)), "none", not wrong)
    for what in sorted(wrong)[:10]:
        print(f"    {what}")
    print_scale(table)
    for title, prefix in TITLES:
        if table.of_kind(prefix):
            table.print_errors(title, table.of_kind(prefix))
    print()
    for what, prefix, may_miss in ("kernels", "kernel_", MAY_MISS), ("kernels with their callees", "cumulative_", 0):
        rows = table.of_kind(prefix)
        met, least = sum(map(table.meets, rows)), max(len(rows) - may_miss, 1)
        if rows:
            suite.bar(part, f"{what} within 2 ns or 5 %", f"{met} of {len(rows)}", f"at least {least}", met >= least)


def measure_kernels(suite):
    measure(suite, "kernels", 1)


def measure_threads(suite):
    measure(suite, "threads", 2)
