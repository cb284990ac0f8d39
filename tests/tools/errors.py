"""Checks that the standard errors which `stats --errors` prints hold: errors.py BUILD NAME=COMMAND...

Each COMMAND, in one word, is profiled ERRORS_RUNS times (20). For each function, the runs are counted whose tottime
lies within two errors of the mean of the other runs. Of 20 runs 19 should. Functions that take less than
ERRORS_SHARE of the program's time (0.005) are left out. ERRORS_OPTIONS are passed to `profile`.

The programs do the same work in each run. What differs is the machine: if it is busy, times scatter by more than what
can be known of a single run. So the last columns tell how much the times scatter, and how much of that the errors say.
The times of processes alone (ERRORS_OPTIONS='--timer cpu') scatter less.
"""
import csv
import io
import math
import os
import shlex
import statistics
import subprocess
import sys
import tempfile

RUNS = int(os.environ.get("ERRORS_RUNS", "20"))
SHARE = float(os.environ.get("ERRORS_SHARE", "0.005"))
OPTIONS = shlex.split(os.environ.get("ERRORS_OPTIONS", ""))
BAR = 0.95
WORST = 5


def run_once(build, command, directory):
    """Returns {function: (tottime, error)} of one run, in ns."""
    profile = os.path.join(directory, "out.prof")
    subprocess.run([f"{build}/profile", *OPTIONS, "-o", profile, *command], check=False, cwd=directory,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) # the program's exit status may be any
    text = subprocess.run([f"{build}/stats", "--no-pager", "--csv", "--errors", profile], check=True, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return {(row["file"], row["line"], row["function"]): (float(row["tottime_ns"]), float(row["tottime_error_ns"]))
            for row in csv.DictReader(io.StringIO(text))}


def is_within(value, error, others):
    """Whether VALUE lies within two errors of the mean of the OTHERS, which has an error of its own."""
    mean = statistics.fmean(time for time, _ in others)
    error_of_mean = math.sqrt(sum(other ** 2 for _, other in others)) / len(others)
    return abs(value - mean) <= 2 * math.hypot(error, error_of_mean)


class Function:
    """A function's times in all runs."""

    def __init__(self, name, values):
        times = [time for time, _ in values]
        self.name = name
        self.mean = statistics.fmean(times)
        self.within = sum(is_within(*value, values[:i] + values[i + 1:]) for i, value in enumerate(values))
        self.runs = len(values)
        self.scatter = statistics.stdev(times)
        self.error = math.sqrt(statistics.fmean(error ** 2 for _, error in values))

    def line(self):
        return (f"    {self.within:3} of {self.runs}  {self.mean / 1e6:9.3f} ms  scatters by {self.scatter / 1e6:8.3f} ms,"
                f"  stated error {self.error / 1e6:8.3f} ms  {self.name[2]}")


def judge(name, runs):
    """Prints a line about a program, and its worst functions. Returns how many values lie within, and how many there
    are."""
    total = statistics.fmean(sum(time for time, _ in run.values()) for run in runs)
    names = [key for key in runs[0] if all(key in run for run in runs)]
    functions = [Function(key, [run[key] for run in runs]) for key in names]
    functions = [function for function in functions if function.mean >= SHARE * total]
    within, count = sum(function.within for function in functions), sum(function.runs for function in functions)
    print(f"{name}: {within} of {count} times of {len(functions)} functions lie within two errors, "
          f"{100 * within / max(count, 1):.1f} %", flush=True)
    for function in sorted(functions, key=lambda function: (function.within, -function.mean))[:WORST]:
        print(function.line(), flush=True)
    return within, count


def main():
    build, programs = os.path.abspath(sys.argv[1]), [word.split("=", 1) for word in sys.argv[2:]]
    within = count = 0
    with tempfile.TemporaryDirectory(prefix="errors.") as directory:
        for name, command in programs:
            runs = [run_once(build, shlex.split(command), directory) for _ in range(RUNS)]
            more_within, more = judge(name, runs)
            within, count = within + more_within, count + more
    part = within / max(count, 1)
    print(f"all: {100 * part:.1f} %, of which {100 * BAR:.0f} % are wanted: {'' if part >= BAR else 'not '}within the bar")


if __name__ == "__main__":
    main()
