"""The parts of the accuracy suite that run small programs whose times are known: `whole` and `short`."""

import collections
import statistics

from accuracy_suite import ms, ratio

WHOLE = ["plain", "threads", "forks", "exec", "contexts", "signals", "jumps", "libraries", "pauses"]
OPTIONS = {"pauses": ["--start-at", "work"]}
SHORT_RUNS = 20


def run_whole(suite, kind, case, profiled):
    """Runs a case of tests/accuracy/whole.c. Returns the seconds of CPU time that its functions took."""
    command = [suite.program(f"whole-{kind}"), case, suite.program(f"libwhole-{kind}.so")]
    if profiled:
        suite.run_profiled(command, OPTIONS.get(case, ()))
    else:
        suite.run(command)
    return sum(map(int, suite.printed_lines())) / 1e9


def measure_whole(suite):
    print("\nwhole: the total of programs with unusual paths")
    for case in WHOLE:
        plain, totals, largest = [], [], 0
        for _ in range(suite.rounds):
            plain.append(run_whole(suite, "plain", case, False))
            run = run_whole(suite, "hooks", case, True)
            totals.append(suite.read_total()[0])
            largest = max(largest, totals[-1] / run)
        here = ratio(totals, plain)
        print(f"  {case}: plain {ms(plain)}, total {ms(totals)}; at most {largest:.2f} of the run itself")
        suite.bar("whole", f"{case}: total / plain", f"{here:.2f}", "0.90 to 1.10", 0.9 <= here <= 1.1)


def run_short(suite, scale):
    """Returns {function: its nanoseconds in SHORT_RUNS plain runs} and {function: Rows of as many profiles}."""
    true, rows = collections.defaultdict(list), collections.defaultdict(list)
    for _ in range(SHORT_RUNS):
        suite.run([suite.program("short-plain"), scale])
        for name, ns in map(str.split, suite.printed_lines()):
            true[name].append(float(ns))
        suite.run_profiled([suite.program("short-hooks"), scale])
        for name, row in suite.read_profile("--errors").items():
            rows[name].append(row)
    return true, rows


def measure_short(suite):
    for scale in "1", "10":
        true, rows = run_short(suite, scale)
        print(f"\nshort: {SHORT_RUNS} runs of {sum(map(statistics.median, true.values())) / 1e6:.1f} ms")
        good = {"cold": 0, "hot": 0}
        for name, values in true.items():
            truth, kind = statistics.median(values), name.split("_")[0]
            says = statistics.median(row.tottime for row in rows[name])
            error = statistics.median(row.error for row in rows[name])
            limits = [max(0.02 * truth, 1000) if kind == "cold" else 2 * row.error for row in rows[name]]
            met = sum(abs(row.tottime - truth) <= limit for row, limit in zip(rows[name], limits))
            good[kind] += met
            print(f"  {name:<12} {truth / 1e3:8.1f} us, profiles {says / 1e3:8.1f} us,"
                  f" stated error {error / 1e3:7.1f} us, right {met} of {len(values)}")
        for kind, what in ("cold", "within 2 % or 1 us"), ("hot", "within two stated errors"):
            runs = 2 * SHORT_RUNS
            suite.bar("short", f"{scale} ms, {kind} functions: {what}", f"{good[kind]} of {runs}", "at least 90 %",
                      good[kind] >= 0.9 * runs)
