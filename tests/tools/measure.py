"""The parts that bench.py and accuracy.py share: interleaved runs of programs, and a line about the machine.

Programs that are compared run in turns, so that a busy moment of the machine meets all of them. A ratio is the median
of the ratios of the rounds, not the ratio of two medians. Times are of the wall clock, or if the Runner is told so,
processor time, which includes the programs that a program starts.
"""

import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time

MEMORY = "/dev/shm"


class Runner:
    """Runs programs in an empty directory, each in its own. `temporary` is for files that are kept until close().
    With `precedence` programs come before all others, where that is permitted. With `processor` their seconds are
    processor time. With `memory` they run in a file system in memory, if there is one: none waits for a disk."""

    def __init__(self, name, precedence=False, processor=False, memory=False):
        self.name = name
        self.processor = processor
        self.precedence = {"start_new_session": True, "preexec_fn": take_precedence} if precedence else {}
        self.temporary = tempfile.mkdtemp(prefix=f"{name}.")
        self.runs = self.temporary
        if memory and os.access(MEMORY, os.W_OK):
            self.runs = tempfile.mkdtemp(prefix=f"{name}.", dir=MEMORY)

    def close(self):
        for directory in {self.temporary, self.runs}:
            shutil.rmtree(directory)

    def run(self, command, preload=None, stdin=None, expected=0, stdout=None):
        """Runs a command in an empty directory. Returns its seconds, its peak memory in KiB and the bytes left there.
        `stdin` and `stdout` are paths of files, and `expected` is the exit status that it must have."""
        directory = os.path.join(self.runs, "run")
        os.mkdir(directory)
        environment = dict(os.environ, TMPDIR=self.runs, HOME=directory, LUA_INIT="")
        if preload:
            environment["LD_PRELOAD"] = preload
        try:
            with open(stdin or os.devnull, "rb") as source, open(stdout or os.devnull, "wb") as output:
                start = time.perf_counter()
                process = subprocess.Popen(command, cwd=directory, env=environment, stdin=source,
                                           stdout=output, stderr=subprocess.PIPE, **self.precedence)
                errors = process.stderr.read()
                _, status, usage = os.wait4(process.pid, 0)
                seconds_taken = usage.ru_utime + usage.ru_stime if self.processor else time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != expected:
                what = f"{' '.join(command)} failed ({process.returncode})"
                raise SystemExit(f"{self.name}: {what}:\n{errors.decode(errors='replace')}")
            return seconds_taken, usage.ru_maxrss, size_of(directory)
        finally:
            shutil.rmtree(directory)

    def compare(self, cases, rounds):
        """Takes {name: the arguments of run()}. Returns {name: results of its runs, one for each round}."""
        results = {name: [] for name in cases}
        for _ in range(rounds):
            for name, case in cases.items():
                results[name].append(self.run(*case))
        return results


def take_precedence():
    """Gives this process, the first of a session, the highest priority: to the session among all sessions, and to the
    process within it. Returns True if both are permitted."""
    try:
        with open("/proc/self/autogroup", "w", encoding="ascii") as weight:
            weight.write("-20")
        os.setpriority(os.PRIO_PROCESS, 0, -20)
    except OSError:
        return False
    return True


def size_of(path):
    """Returns the bytes of a file, or of all files under a directory."""
    if not os.path.isdir(path):
        return os.path.getsize(path)
    return sum(size_of(entry.path) for entry in os.scandir(path) if not entry.is_symlink())


def seconds(results, name):
    return statistics.median(run[0] for run in results[name])


def over_rounds(results, function, *names):
    """Returns the median, over the rounds, of a function of the seconds of the named cases."""
    rounds = zip(*(results[name] for name in names))
    return statistics.median(function(*(run[0] for run in one)) for one in rounds)


def verdict(met):
    return "" if met is None else "yes" if met else "NO"


def line(what, figure, bar="", met=None):
    print(f"  {what:<50} {figure:>14}  {bar:<14} {verdict(met)}".rstrip(), flush=True)


def describe_machine(rounds):
    model = platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        names = (text.split(":", 1)[1].strip() for text in lines if text.startswith("model name"))
        model = next(names, model)
    compiler = subprocess.run([os.environ.get("CC", "cc").split()[0], "--version"], stdout=subprocess.PIPE,
                              check=True, text=True).stdout.splitlines()[0]
    print(f"{model}, {os.cpu_count()} cores, Linux {platform.release()}, {compiler}")
    print(f"medians of {rounds} interleaved runs; load before: {os.getloadavg()[0]:.1f}\n")
