"""The parts of the accuracy suite that run real programs: `programs`, `functions` and `refused`.

The programs are Lua, SQLite and inline.cc (tests/real/build.sh), built by each compiler without hooks (plain), with
hooks after inlining (after) and with -finstrument-functions (every). perf records a build without hooks and without
sibling calls (frames): where f ends in a jump to a function of a library, perf would see that library called by f's
caller.
"""

import collections
import os
import re
import shutil
import statistics
import subprocess
from typing import NamedTuple

from accuracy_suite import ms, ratio, spread
from measure import line

REAL = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "real")
COMPILERS = "gcc", "clang"
PAIR_ROUNDS = "500000"  # of tests/accuracy/pairs.c
FREQUENCY = 4000        # of perf's samples, in a second of CPU time
STACK = 4096            # bytes of the stack that perf copies with each sample
LEAST_SAMPLES = 200     # of a run of perf that is judged


class Program(NamedTuple):
    title: str
    name: str
    arguments: tuple = ()
    stdin: str = None
    expected: int = 0

    def command(self, suite, compiler, kind):
        return [suite.program(f"{self.name}-{compiler}-{kind}"), *self.arguments]

    def how(self):
        return {"stdin": self.stdin, "expected": self.expected}


def programs():
    scale = os.environ.get("ACCURACY_LUA_SCALE", "80")
    return [
        Program("Lua", "lua", (os.path.join(REAL, "workload.lua"), scale), expected=3),
        Program("SQLite", "sqlite", ("-batch", "workload.db"), os.path.join(REAL, "workload.sql"), 1),
        Program("C++", "inline"),
    ]


def each(suite):
    """Yields all programs and compilers that there are builds of."""
    for program in programs():
        for compiler in COMPILERS:
            if suite.has(f"{program.name}-{compiler}-after"):
                yield program, compiler


# --- totals ------------------------------------------------------------------------------------------------------


def run_profile(suite, program, compiler, kind, results):
    """Runs a build under profile. Adds its total and its calls to `results`."""
    suite.run_profiled(program.command(suite, compiler, kind), **program.how())
    total, calls = suite.read_total()
    results[f"total {kind}"].append(total)
    results[f"calls {kind}"].append(calls)


def run_round(suite, program, compiler, results):
    """Runs each build of a program once. `results` are lists of seconds, and of calls."""
    results["plain"].append(suite.run(program.command(suite, compiler, "plain"), **program.how()))
    run_profile(suite, program, compiler, "after", results)
    if not has_every(suite, program, compiler):
        return
    results["empty"].append(suite.run(program.command(suite, compiler, "every"), **program.how()))
    run_profile(suite, program, compiler, "every", results)
    without, having = (suite.run([suite.program(f"pairs-{compiler}-{kind}"), PAIR_ROUNDS])
                       for kind in ("plain", "every"))
    results["pair"].append((having - without) / int(suite.printed_lines()[0]))


def has_every(suite, program, compiler):
    """inline.cc with hooks in every function takes 20 times as long, and all but 5 % of that is the hooks."""
    return program.name != "inline" and suite.has(f"{program.name}-{compiler}-every")


def within(suite, part, what, value, low, high):
    suite.bar(part, what, f"{value:.2f}", f"{low:.2f} to {high:.2f}", low <= value <= high)


def print_totals(suite, name, results):
    totals, calls = results["total after"], results["calls after"][0]
    print(f"  plain {ms(results['plain'])}, total {ms(totals)} ± {spread(totals) * 1e3:.0f},"
          f" {calls / 1e6:.1f} million calls")
    within(suite, "programs", f"{name}: total / plain", ratio(totals, results["plain"]), 0.90, 1.10)
    within(suite, "programs", f"{name}: largest / smallest total of {len(totals)} runs",
           max(totals) / min(totals), 1, 1.10)


def print_totals_of_every(suite, name, results):
    totals, calls = results["total every"], results["calls every"][0]
    less = [empty - calls * pair for empty, pair in zip(results["empty"], results["pair"])]
    pair = statistics.median(results["pair"]) * 1e9
    print(f"  hooks in every function: {ms(results['empty'])} with empty hooks, {ms(less)} less"
          f" {calls / 1e6:.1f} million empty calls of {pair:.1f} ns; total {ms(totals)} ± {spread(totals) * 1e3:.0f},"
          f" {ratio(totals, results['plain']):.2f} of plain")
    what = f"{name}, every function: total / empty hooks less calls"
    within(suite, "programs", what, ratio(totals, less), 0.85, 1.15)


def measure_programs(suite):
    for program, compiler in each(suite):
        print(f"\n{program.title}, {compiler}: totals")
        results = collections.defaultdict(list)
        for _ in range(suite.rounds):
            run_round(suite, program, compiler, results)
        print_totals(suite, f"{program.title}, {compiler}", results)
        if results["empty"]:
            print_totals_of_every(suite, f"{program.title}, {compiler}", results)


def measure_refused(suite):
    """Repeats the totals where the kernel refuses samples."""
    for program, compiler in each(suite):
        if compiler != COMPILERS[0]:
            continue
        print(f"\n{program.title}, {compiler}, without perf_event_open")
        plain, totals, runs = [], [], []
        for _ in range(suite.rounds // 2 or 1):
            plain.append(suite.run(program.command(suite, compiler, "plain"), **program.how()))
            runs.append(suite.run_profiled(program.command(suite, compiler, "after"),
                                           before=[suite.program("refuse")], **program.how()))
            totals.append(suite.read_total()[0])
        print(f"  plain {ms(plain)}, total {ms(totals)}, the run {ms(runs)}")
        name = f"{program.title}, {compiler}"
        within(suite, "refused", f"{name}: total / plain", ratio(totals, plain), 0.75, 1.25)
        most = max(total / run for total, run in zip(totals, runs))
        suite.bar("refused", f"{name}: total / the run's time, at most", f"{most:.2f}", "1.00", most <= 1)


# --- function by function ----------------------------------------------------------------------------------------


def record_perf(suite, program, compiler, event):
    """Runs a program under perf. Returns the samples, each a list of names from the innermost function on. Returns
    None if perf cannot."""
    data = os.path.join(suite.runner.temporary, "perf.data")
    command = ["perf", "record", "-q", "-e", event, "-F", str(FREQUENCY), "--call-graph", f"dwarf,{STACK}",
               "-o", data, *program.command(suite, compiler, "frames")]
    try:
        suite.run(command, **program.how())
    except SystemExit:
        return None
    text = subprocess.run(["perf", "script", "-i", data, "--no-inline", "-F", "ip,sym"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, check=True, text=True).stdout
    os.remove(data)
    return [[origin(row.split(None, 1)[-1]) for row in chain.splitlines() if row.strip()]
            for chain in text.split("\n\n") if chain.strip()]


def origin(name):
    """Returns the name of the function that a clone was made of: f of f.isra.0.cold."""
    return re.sub(r"(\.(isra|part|constprop|cold|lto_priv|llvm)(\.\d+)?)+$", "", name)


def shares_of_samples(samples, known):
    """Returns {function: share}. A sample belongs to the innermost function of its chain that is `known`, as the time
    of a library belongs to its caller. A sample without one, of the loader, is left out."""
    found = collections.Counter()
    for chain in samples:
        found.update([next((name for name in chain if name in known), None)])
    del found[None]
    return normalised(found)


def normalised(amounts):
    whole = sum(amounts.values()) or 1
    return {name: amount / whole for name, amount in amounts.items()}


def distance(one, other):
    """Returns half the L1 distance of two {function: share}: the part of the time that is in other functions."""
    return sum(abs(one.get(name, 0) - other.get(name, 0)) for name in one.keys() | other.keys()) / 2


def event_of_perf(suite):
    """Returns an event that perf can record, or None. Time in the kernel is part of ours, where that is permitted."""
    if not shutil.which("perf"):
        print("\nfunctions are left out: there is no perf")
        return None
    for event in "cpu-clock", "cpu-clock:u":
        tried = subprocess.run(["perf", "record", "-q", "-e", event, "-o", suite.printed, "true"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if tried.returncode == 0:
            return event
    print("\nfunctions are left out: the kernel refuses perf's samples")
    return None


def print_largest(ours, perf):
    """Prints the functions that differ most."""
    apart = {name: abs(ours.get(name, 0) - perf.get(name, 0)) for name in ours.keys() | perf.keys()}
    for name in sorted(apart, key=apart.get, reverse=True)[:5]:
        print(f"    {ours.get(name, 0) * 100:5.1f} %, perf {perf.get(name, 0) * 100:5.1f} %  {name[:90]}")


def measure_functions(suite):
    event = event_of_perf(suite)
    for program, compiler in each(suite) if event else ():
        plain, ours = ([], []), collections.Counter()
        for i in range(2 * (suite.rounds // 2 or 1)):
            samples = record_perf(suite, program, compiler, event)
            plain[i % 2].extend(samples or [])
            suite.run_profiled(program.command(suite, compiler, "after"), **program.how())
            for name, row in suite.read_profile().items():
                ours[origin(name)] += row.tottime
        if min(map(len, plain)) < LEAST_SAMPLES:
            print(f"\n{program.title}, {compiler}: perf record took too few samples")
            continue
        perf = shares_of_samples(plain[0] + plain[1], ours)
        floor = distance(*(shares_of_samples(half, ours) for half in plain))
        apart = distance(normalised(ours), perf)
        name = f"{program.title}, {compiler}"
        print(f"\n{name}: shares of {len(plain[0] + plain[1])} samples of {event}")
        line("between the halves of perf's runs", f"{floor:.3f}")
        suite.bar("functions", f"{name}: time in other functions than perf says", f"{apart:.3f}, halves {floor:.3f}",
                  "at most 0.12", apart <= 0.12)
        print_largest(normalised(ours), perf)
