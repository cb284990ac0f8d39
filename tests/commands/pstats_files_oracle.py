#!/usr/bin/env python3
"""Compares `stats --pstats` with Python's pstats, byte for byte, on profiles written by Python's marshal.

    pstats_files_oracle.py STATS [PROFILES [SEED [FILE...]]]

Each case draws one to three random profiles, sort keys, reverse, strip_dirs and restrictions, and prints
statistics, callers and callees. FILEs are profiles to compare too. Where pstats has a bug that we have not
(see stats(1)), it is put right here.
"""
import io
import marshal
import os
import pstats
import random
import subprocess
import sys
import tempfile

FILES = ["main.c", "/usr/src/draw.c", "/home/é/par se.c", "/a/b.c", "/c/b.c", "~", "lib/x.cc", "a'b.h", "", "dir/"]
NAMES = ["main", "draw line", "parse_中", "f", "<built-in method len>", "<>", "<", "operator()", "", "x" * 70, "𝔘"]
REGEXES = ["main", r"\.c:", "^/usr", "(draw|parse)", "[0-9]{2}", r"\)$", "nosuch", "a'b", 'a"b', "[", "(", "*x",
           "é", r"\w中", "(?i)DRAW", "{", "a'b|\"|main", "main|\t", "\\"]


class Stats(pstats.Stats):
    """pstats without two bugs: it sums callers that become equal, and finds callees anew after add()."""

    def strip_dirs(self):
        callers = {}
        for func, (_, _, _, _, old) in self.stats.items():
            sums = callers.setdefault(pstats.func_strip_path(func), {})
            for caller, cell in old.items():
                key = pstats.func_strip_path(caller)
                sums[key] = pstats.add_callers({key: sums[key]}, {key: cell})[key] if key in sums else cell
        super().strip_dirs()
        for func, value in self.stats.items():
            self.stats[func] = value[:4] + (callers[func],)
        return self


def random_time(draw):
    return draw.choice([0, 0.0, 0.0005, 1.5, 1e-300, 1e15, 1e300, 12345.6785, draw.random(), draw.random() * 1e-5,
                        draw.randrange(10 ** 6) / 1000, draw.randrange(100)])


def random_count(draw):
    return draw.choice([0, 1, 1, 2, 100, draw.randrange(10 ** draw.randint(1, 15)), 2 ** 31, 2 ** 31 - 1])


def random_profile(draw, counts_only):
    keys = set()
    for _ in range(draw.choice([1, 2, 5, 30, 60])):
        file = draw.choice(FILES)
        line = draw.choice([0, 0, 0, 5]) if file == "~" else draw.choice([0, 1, 7, 10, 99, 1234567, 2 ** 32 - 1])
        keys.add((file, line, draw.choice(NAMES) + draw.choice(["", "", "1", "_2"])))
    keys = draw.sample(sorted(keys), len(keys))
    stats = {}
    for key in keys:
        calls = random_count(draw)
        callers = {}
        for caller in draw.sample(keys, min(len(keys), draw.choice([0, 1, 2, 5]))):
            count = random_count(draw)
            callers[caller] = count if counts_only else (
                count, draw.choice([count, random_count(draw)]), random_time(draw), random_time(draw))
        if not counts_only and draw.randrange(20) == 0:
            callers["gone.c", 3, "gone"] = (1, 1, 0.5, 0.5)
        stats[key] = (draw.choice([calls, draw.randint(0, calls)]), calls, random_time(draw), random_time(draw), callers)
    return stats


def random_restriction(draw):
    kind = draw.randrange(3)
    if kind == 0:
        value = draw.choice([0, 1, 2, 5, 20, 1000, -3])
        return value, str(value)
    if kind == 1:
        value = draw.choice([0.0, 0.5, 0.1, 1.0, 1.5, -0.5, 1e-05, round(draw.random(), draw.randint(1, 17))])
        return value, repr(value)
    value = draw.choice(REGEXES)
    return value, value


def random_view(draw, words):
    keys = [draw.choice(words) for _ in range(draw.choice([0, 1, 1, 2, 3]))]
    if draw.randrange(10) == 0:
        keys = [draw.choice([-1, 0, 1, 2])]
    restrictions = [random_restriction(draw) for _ in range(draw.choice([0, 0, 0, 1, 2, 3]))]
    return keys, draw.random() < .3, draw.random() < .4, restrictions


def expected(paths, kind, view):
    keys, reverse, strip, restrictions = view
    out = io.StringIO()
    stats = Stats(*paths, stream=out)
    if strip:
        stats.strip_dirs()
    if keys:
        stats.sort_stats(*keys)
    if reverse:
        stats.reverse_order()
    getattr(stats, "print_" + kind)(*[value for value, _ in restrictions])
    return out.getvalue().encode()


def compare(program, paths, kind, view):
    keys, reverse, strip, restrictions = view
    command = [program, "--pstats", "--no-pager"] + ["--" + kind] * (kind != "stats")
    command += ["--sort=" + ",".join(map(str, keys))] * bool(keys)
    command += ["--reverse"] * reverse + ["--strip-dirs"] * strip
    command += ["--restrict=" + text for _, text in restrictions]
    run = subprocess.run(command + paths, capture_output=True, check=False)
    theirs = expected(paths, kind, view)
    if run.returncode == 0 and run.stdout == theirs:
        return 0
    print("differs:", " ".join(command + paths), run.returncode, run.stderr.decode())
    print("--- ours\n" + run.stdout.decode() + "--- pstats\n" + theirs.decode())
    return 1


def write_profiles(directory, draw):
    counts_only = draw.randrange(4) == 0
    paths = []
    for number in range(draw.choice([1, 1, 2, 3])):
        paths.append(os.path.join(directory, f"{number}.prof"))
        with open(paths[-1], "wb") as file:
            file.write(marshal.dumps(random_profile(draw, counts_only), draw.randint(0, 4)))
            file.write(draw.choice([b"", b"what follows is ignored"]))
    return paths


def main():
    program = os.path.abspath(sys.argv[1])
    profiles = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    draw = random.Random(seed)
    words = sorted(pstats.Stats().get_sort_arg_defs())
    failures = 0
    with tempfile.TemporaryDirectory() as directory:
        for case in range(profiles + 5 * len(sys.argv[4:])):
            paths = write_profiles(directory, draw) if case < profiles else [sys.argv[4 + (case - profiles) // 5]]
            for kind in ("stats", "callers", "callees"):
                failures += compare(program, paths, kind, random_view(draw, words))
            if failures > 3:
                break
    print(f"pstats_files_oracle: {profiles} cases with seed {seed}, {failures} differ")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
