"""The benchmark: python3 bench.py BUILD PROGRAMS SOURCES RUNS LUA_SCALE. tests/tools/bench.sh calls it."""

import os
import shutil
import statistics
import subprocess
import sys
from typing import NamedTuple

from measure import Runner, describe_machine, line, over_rounds, seconds, size_of

FIB_CALLS = 29860703 + 1  # of fibonacci, and main

# Sections that raise errors or yield are left out. After a few longjmps uftrace 0.13 loses count of the depth and kills
# the program ("call depth beyond 1024", "invalid dynsym idx"). check-real runs all sections.
LUA_SECTIONS = "recursion sorting formatting patterns objects"


class Bench:
    def __init__(self, build, programs, sources, runs, scale):
        self.profile = os.path.join(build, "profile")
        self.stats = os.path.join(build, "stats")
        self.programs = programs
        self.workload = (os.path.join(sources, "workload.lua"), scale, LUA_SECTIONS)
        self.queries = os.path.join(sources, "workload.sql")
        self.sources = sources
        self.runs = int(runs)
        self.runner = Runner("bench")
        self.output = os.path.join(self.runner.temporary, "out.prof")

    def program(self, name):
        return os.path.join(self.programs, name)

    def build_lua(self, name, flags):
        """Builds Lua like lua-O2, with more flags, which are quoted for a shell."""
        build = f"""top=$1/../..; . "$1/build.sh"; real_lua {name} -O2 -g -finstrument-functions {' '.join(flags)}"""
        subprocess.run(["sh", "-euc", build, "sh", self.sources], check=True)

    def compare(self, cases, once=None):
        """Runs the cases of `once` only once, as they take long. over_rounds() then compares with the first round."""
        return {**self.runner.compare(cases, self.runs), **self.runner.compare(once or {}, 1)}


CLOCKS = ("sampled", "every", "none")


def ours(bench, output, command):
    """Returns the cases of profile's clocks."""
    return {f"--clock={clock}": ([bench.profile, f"--clock={clock}", "-o", output, *command], None)
            for clock in CLOCKS}


def slow_peers(command):
    """Returns the cases of other programs that time or count every call, if they are installed."""
    cases = {}
    if shutil.which("uftrace"):
        cases["uftrace record"] = (["uftrace", "record", "-d", "uftrace.data", *command], None)
    if shutil.which("valgrind"):
        cases["callgrind"] = (["valgrind", "--tool=callgrind", *command], None)
    return cases


def print_cases(results):
    for name, runs in results.items():
        slowdown = over_rounds(results, lambda plain, other: other / plain, "uninstrumented", name)
        # The program itself writes no file, so all bytes are the profiler's.
        written = max(run[2] for run in runs)
        memory = statistics.median(run[1] for run in runs)
        line(name, f"{seconds(results, name) * 1e3:.0f} ms",
             f"{slowdown:.1f}x, {memory / 1024:.1f} MiB peak, {written:,} bytes written")


def compare_cost(results, ours_name, other, most):
    """Prints the ratio of two costs over the uninstrumented program."""
    ratio = over_rounds(results, lambda plain, low, high: (high - plain) / (low - plain),
                        "uninstrumented", other, ours_name)
    line(f"{ours_name} / {other}, both over uninstrumented", f"{ratio:.2f}", f"at most {most}", ratio <= most)


def bench_fib(bench):
    fib = [bench.program("fib")]
    results = bench.compare({
        "uninstrumented": ([bench.program("fib-plain")], None),
        "empty hooks": (fib, None),
        "floor": (fib, bench.program("libfloor.so")),
        **ours(bench, "out.prof", fib),
        "--paused": ([bench.profile, "--paused", "-o", "out.prof", *fib], None),
        "--exclude": ([bench.profile, "--exclude", "fibonacci", "-o", "out.prof", *fib], None),
        "gprof (-pg)": ([bench.program("fib-pg")], None),
    }, slow_peers(fib))
    print("fib(35), 29.9 million calls")
    print_cases(results)
    for name in ("floor", *(f"--clock={clock}" for clock in CLOCKS)):
        cost = over_rounds(results, lambda empty, other: (other - empty) / FIB_CALLS * 1e9,
                           "empty hooks", name)
        line(f"{name}: a call's cost over the empty hooks", f"{cost:.1f} ns")
    compare_cost(results, "--clock=sampled", "floor", 0.30)
    compare_cost(results, "--clock=every", "floor", 1.35)
    compare_cost(results, "--clock=none", "gprof (-pg)", 1.5)
    ratio = over_rounds(results, lambda empty, paused: paused / empty, "empty hooks", "--paused")
    line("--paused / empty hooks", f"{ratio:.2f}", "at most 1.5", ratio <= 1.5)
    compare_cost(results, "--exclude", "empty hooks", 2)
    bench.runner.run([bench.profile, "-o", bench.output, *fib])
    size = size_of(bench.output)
    line("out.prof", f"{size} bytes", "at most 16384", size <= 16384)


def bench_threads(bench):
    """Runs fib(35) in one thread, and in two at once. The cost of a call must not depend on that."""
    bench.runs *= 2
    cases = {}
    for count in ("1", "2"):
        cases[f"empty hooks, {count}"] = ([bench.program("fib-threads"), count], None)
        cases[f"profile, {count}"] = ([bench.profile, "-o", "out.prof", bench.program("fib-threads"), count], None)
    results = bench.compare(cases)
    bench.runs //= 2
    print("\nfib(35) in threads")
    for name in results:
        line(name, f"{seconds(results, name) * 1e3:.0f} ms")
    ratio = over_rounds(results, lambda empty1, ours1, empty2, ours2: (ours2 - empty2) / (ours1 - empty1), *cases)
    line("a call's cost with two threads / with one", f"{ratio:.2f}", "at most 1.05", ratio <= 1.05)


def bench_contexts(bench):
    """Runs a program of very many contexts, by processor time."""
    program = [bench.program("contexts")]
    ordinary, bench.runner = bench.runner, Runner("bench", processor=True)
    results = bench.compare({
        "uninstrumented": ([bench.program("contexts-plain")], None),
        "empty hooks": (program, None),
        **ours(bench, "out.prof", program),
    })
    bench.runner.close()
    bench.runner = ordinary
    print("\n131,070 contexts of 1,000 calls")
    print_cases(results)
    ratio = over_rounds(results, lambda empty, none: none / empty, "empty hooks", "--clock=none")
    line("--clock=none / empty hooks", f"{ratio:.2f}", "at most 4", ratio <= 4)
    ratio = over_rounds(results, lambda none, sampled: sampled / none, "--clock=none", "--clock=sampled")
    line("--clock=sampled / --clock=none", f"{ratio:.2f}", "at most 1.3", ratio <= 1.3)


def bench_lua(bench):
    lua = [bench.program("lua-O2"), *bench.workload]
    results = bench.compare({
        "uninstrumented": ([bench.program("lua-plain"), *bench.workload], None),
        "empty hooks": (lua, None),
        "floor": (lua, bench.program("libfloor.so")),
        **ours(bench, "out.prof", lua),
        "gprof (-pg)": ([bench.program("lua-pg"), *bench.workload], None),
    }, slow_peers(lua))
    print("\nLua's workload")
    print_cases(results)
    for clock, most in ("sampled", 3.8), ("every", 12):
        name = f"--clock={clock}"
        ratio = over_rounds(results, lambda plain, other: other / plain, "uninstrumented", name)
        line(f"{name} / uninstrumented", f"{ratio:.2f}", f"at most {most}", ratio <= most)
    if "uftrace record" in results:
        ratio = over_rounds(results, lambda low, high: low / high, "--clock=every", "uftrace record")
        line("--clock=every / uftrace record", f"{ratio:.2f}", "at most 0.4", ratio <= 0.4)


MARK = "__attribute__((no_instrument_function)) "


def suggested(bench, profiles):
    """Returns what `stats --suggest-exclude` prints for gcc's own flags: {functions: seconds that leaving them out saves
    in a run}, without those that need a mark in the source, and the flags for all."""
    text = subprocess.run([bench.stats, "--suggest-exclude", "--cc", "gcc", *profiles], stdout=subprocess.PIPE,
                          check=True, text=True).stdout
    table, _, ways = text.partition("together\n")
    marks = [row[len(MARK):] for row in ways.splitlines() if row.startswith(MARK)]
    saves = {}
    for words in (row.split(maxsplit=3) for row in table.splitlines()[1:]):
        if len(words) == 4 and words[3] not in marks:
            saves[words[3]] = float(words[0]) / 1e3 / len(profiles)
    return saves, [row for row in ways.splitlines() if row.lstrip("'").startswith("-finstrument")]


def bench_exclude(bench):
    """Rebuilds Lua with the flags that its profile suggests, and compares the time saved with the prediction."""
    runs = 2 * bench.runs
    profiles = [os.path.join(bench.runner.temporary, f"{i}.prof") for i in range(runs)]
    lua = [bench.program("lua-O2"), *bench.workload]
    for path in profiles[:3]:
        bench.runner.run([bench.profile, "-o", path, *lua])
    chosen, flags = suggested(bench, profiles[:3])
    bench.build_lua("lua-excluded", flags)
    runner = Runner("bench", precedence=True)
    results = {"all functions": [], "without those": []}
    for path in profiles:
        results["all functions"].append(runner.run([bench.profile, "-o", path, *lua]))
        results["without those"].append(
            runner.run([bench.profile, "-o", "out.prof", bench.program("lua-excluded"), *bench.workload]))
    runner.close()
    print("\nLua without the functions that stats --suggest-exclude names")
    for name in results:
        line(name, f"{seconds(results, name) * 1e3:.0f} ms")
    saved = over_rounds(results, lambda all_functions, others: all_functions - others, *results)
    predicted = sum(saves for functions, saves in suggested(bench, profiles)[0].items() if functions in chosen)
    line(f"saved by {len(chosen)} suggestions", f"{saved * 1e3:.0f} ms")
    line("predicted", f"{predicted * 1e3:.0f} ms")
    line("predicted / saved", f"{predicted / saved:.2f}", "0.8 to 1.2", 0.8 <= predicted / saved <= 1.2)


def bench_start(bench):
    """Makes many runs, as their times are a few milliseconds."""
    bench.runs *= 4
    bench.runner.run([bench.profile, "-o", bench.output, bench.program("fib")])
    nothing = [bench.program("nothing")]
    results = bench.compare({
        "stats": ([bench.stats, bench.output], None),
        "alone": (nothing, None),
        "profile": ([bench.profile, "-o", "out.prof", *nothing], None),
    })
    print("\nstarting and reading")
    reading = seconds(results, "stats") * 1e3
    line("stats on the out.prof of fib(35)", f"{reading:.1f} ms", "under 30 ms", reading < 30)
    added = over_rounds(results, lambda alone, ours: ours - alone, "alone", "profile") * 1e3
    line("profile adds to a program that does nothing", f"{added:.1f} ms", "under 50 ms", added < 50)


FORMATS = "callgrind csv firefox folded json pprof prof pstats speedscope".split()


def bench_big(bench):
    """Prints and exports a profile of 100,000 functions and 1,000,000 contexts, and has pstats print it too."""
    big = os.path.join(bench.runner.temporary, "big.prof")
    with open(big, "wb") as output:
        subprocess.run([os.environ["BIG_PROFILE"]], stdout=output, check=True)
    pstats = "import pstats, sys; pstats.Stats(sys.argv[1]).sort_stats('cumulative').print_stats()"
    exported = {name: os.path.join(bench.runner.temporary, "exported." + name) for name in FORMATS}
    results = bench.compare({
        "top 50": ([bench.stats, "-n", "50", big], None),
        "--tree": ([bench.stats, "--tree", big], None),
        "--tree=callers": ([bench.stats, "--tree=callers", "function_with_a_name_77", big], None),
        "all functions": ([bench.stats, big], None),
        "all functions, --pstats": ([bench.stats, "--pstats", "--sort", "cumulative", big], None),
        "all functions, Python's pstats": ([sys.executable, "-c", pstats, big], None),
        **{name: ([bench.stats, big, "--format", name, "-o", path], None) for name, path in exported.items()},
    })
    print("\na profile of 100,000 functions and 1,000,000 contexts")
    for name, runs in results.items():
        memory = statistics.median(run[1] for run in runs) / 1024
        taken = seconds(results, name)
        if name in ("top 50", "--tree", "--tree=callers"):
            line(name, f"{taken * 1e3:.0f} ms, {memory:.0f} MiB", "under 1000 ms, 381 MiB", taken < 1 and memory < 381)
        elif name in exported:
            size = os.path.getsize(exported[name]) / 1e6
            line(f"-o, {name}, {size:.0f} MB", f"{taken * 1e3:.0f} ms, {memory:.0f} MiB", "under 2000 ms, 381 MiB",
                 taken < 2 and memory < 381)
        else:
            line(name, f"{taken * 1e3:.0f} ms, {memory:.0f} MiB")
    for ours, name in ("all functions", "stats"), ("all functions, --pstats", "stats --pstats"):
        ratio = over_rounds(results, lambda theirs, ours: theirs / ours, "all functions, Python's pstats", ours)
        line(f"pstats / {name}", f"{ratio:.1f}", "at least 20", ratio >= 20)


def bench_suite(bench):
    """Prints the sums of a profile of many processes of one program."""
    suite = os.path.join(bench.runner.temporary, "suite.prof")
    with open(suite, "wb") as output:
        subprocess.run([os.environ["BIG_PROFILE"], "suite"], stdout=output, check=True)
    results = bench.compare({"top 3": ([bench.stats, "-n", "3", suite], None),
                             "--by process": ([bench.stats, "--by", "process", suite], None),
                             "--tree": ([bench.stats, "--tree", suite], None)})
    print("\na profile of 278 processes of one program, 8,000,000 contexts in all")
    size = size_of(suite) / 1e6
    line("out.prof", f"{size:.1f} MB", "under 50 MB", size < 50)
    for name, runs in results.items():
        memory = statistics.median(run[1] for run in runs) / 1024
        taken = seconds(results, name)
        if name == "--tree":
            line(name, f"{taken * 1e3:.0f} ms, {memory:.0f} MiB")
        else:
            line(name, f"{taken * 1e3:.0f} ms, {memory:.0f} MiB", "under 2000 ms, 476 MiB", taken < 2 and memory < 476)


class Workload(NamedTuple):
    """A program that several compilers build, and how it is run."""
    title: str
    program: str
    bar: float  # for its time under profile, with hooks after inlining, as a multiple of its time without hooks
    arguments: tuple = ()
    stdin: str = None
    expected: int = 0
    slow: tuple = ()  # the builds that run only once, as they take long


# Row, build, and whether it runs under profile.
BUILDS = [
    ("uninstrumented", "plain", False),
    ("hooks after inlining, empty", "after", False),
    ("hooks after inlining, profile", "after", True),
    ("hooks in every function, empty", "every", False),
    ("hooks in every function, profile", "every", True),
    ("gprof (-pg)", "pg", False),
]


def run_builds(bench, workload, compiler):
    """Returns the results of a program's builds by one compiler. A build that is not there has none."""
    cases, once = {}, {}
    for name, build, profiled in BUILDS:
        program = bench.program(f"{workload.program}-{compiler}-{build}")
        if os.path.exists(program):
            command = [*([bench.profile, "-o", "out.prof"] if profiled else []), program, *workload.arguments]
            to = once if build in workload.slow else cases
            to[name] = (command, None, workload.stdin, workload.expected)
    return bench.compare(cases, once) if "uninstrumented" in cases else {}


def print_builds(results, bar):
    for name, build, profiled in BUILDS:
        if name not in results:
            line(name, "not built")
            continue
        ratio = over_rounds(results, lambda plain, other: other / plain, "uninstrumented", name)
        verdict = (f"at most {bar}x", ratio <= bar) if build == "after" and profiled else ()
        line(name, f"{seconds(results, name) * 1e3:.0f} ms, {ratio:.2f}x", *verdict)


def bench_inlining(bench):
    """Compares hooks that are added after inlining with hooks in every function, and with gprof's, by processor time."""
    workloads = [
        Workload("Lua's workload", "lua", 2.8, bench.workload),
        Workload("SQLite's workload", "sqlite", 2.8, ("-batch", "workload.db"), bench.queries, 1),
        Workload("inline.cc, small inline functions of C++", "inline", 2.5, slow=("every",)),
    ]
    ordinary, bench.runner = bench.runner, Runner("bench", precedence=True, processor=True)
    for workload in workloads:
        for compiler in "gcc", "clang":
            results = run_builds(bench, workload, compiler)
            if results:
                print(f"\n{workload.title}, {compiler}")
                print_builds(results, workload.bar)
    bench.runner.close()
    bench.runner = ordinary


PARTS = {"fib": bench_fib, "threads": bench_threads, "contexts": bench_contexts, "lua": bench_lua,
         "inlining": bench_inlining, "exclude": bench_exclude, "start": bench_start, "big": bench_big,
         "suite": bench_suite}


def main():
    bench = Bench(*sys.argv[1:])
    try:
        describe_machine(bench.runs)
        line("", "measured", "bar", None)
        for part in os.environ.get("BENCH_ONLY", " ".join(PARTS)).split():
            PARTS[part](bench)
    finally:
        bench.runner.close()


if __name__ == "__main__":
    main()
