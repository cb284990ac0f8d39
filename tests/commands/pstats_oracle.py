#!/usr/bin/env python3
"""Compares the output of `stats` with that of Python's pstats for equal figures.

    pstats_oracle.py STATS [CASES [SEED]]

STATS is cli/commands/stats.c linked with tests/lib/model_load.c. Each case draws one or two random profiles, sort keys,
reverse, strip_dirs and restrictions; the two texts must be the same bytes, but for the lines that name the
files. pstats leaves rows that compare equal in the order of its dictionary; ours stand in the order of file,
line, name: so the dictionary is put in that order.
"""
import io
import os
import pstats
import random
import subprocess
import sys
import tempfile

KEYS = "calls ncalls cumtime cumulative filename line module name nfl pcalls stdname time tottime".split()
FILES = ["main.c", "/usr/src/draw.c", "/home/é/parse.c", "/a/b.c", "/c/b.c", "~", "lib/x.cc", "a'b.h"]
NAMES = ["main", "draw_line", "parse_中", "f", "g", "operator()", "<method x>", "std::map<int>", "zeta"]
REGEXES = ["main", r"\.c:", "^/usr", "(draw|parse)_", "[0-9]{2}", r"\)$", "nosuch", "a'b", 'a"b', "a'\"", r"\\",
           "é", "f?", "(?i)DRAW", "a'b|main", "a'b|\"|main", "main|\t"]


class Figures:
    """Figures that pstats.Stats takes in place of a file."""

    def __init__(self, stats):
        self.stats = stats

    def create_stats(self):
        pass


def random_profile(draw):
    stats = {}
    files = draw.sample(FILES, draw.randint(1, 6))
    for _ in range(draw.choice([1, 2, 5, 30, 120])):
        file = draw.choice(files)
        line = 0 if file == "~" else draw.choice([0, 1, 7, 10, 99, 1234567])
        name = draw.choice(NAMES) + draw.choice(["", "", "1", "_2"])
        # Equal values and zeros are as likely as others.
        calls = draw.choice([0, 1, 1, 2, 100, draw.randrange(10 ** draw.randint(1, 12))])
        primitive = draw.choice([calls, calls, draw.randint(0, calls)])
        self_time = draw.choice([0, 0, draw.randrange(10 ** draw.randint(1, 14))])
        total = self_time + draw.choice([0, draw.randrange(10 ** draw.randint(1, 14))])
        if calls or total:
            stats[file, line, name] = (primitive, calls, self_time, total)
    return stats or {("main.c", 1, "main"): (1, 1, 5, 5)}


def write_model(path, stats, draw):
    rows = list(stats.items())
    draw.shuffle(rows)
    with open(path, "w", encoding="utf-8") as model:
        for (file, line, name), (primitive, calls, self_time, total) in rows:
            model.write(f"{file}\t{line}\t{name}\t{calls}\t{primitive}\t{self_time}\t{total}\n")


def figures(stats):
    return Figures({key: (primitive, calls, self_time * 1e-9, total * 1e-9, {})
                    for key, (primitive, calls, self_time, total) in stats.items()})


def random_restriction(draw):
    kind = draw.randrange(3)
    if kind == 0:
        value = draw.choice([0, 1, 2, 5, 20, 1000, -3])
        return value, str(value)
    if kind == 1:
        value = draw.choice([0.0, 0.5, 0.1, 1.0, 1e-05, 0.333, round(draw.random(), draw.randint(1, 17))])
        return value, repr(value)
    value = draw.choice(REGEXES)
    return value, value


def sort_words(draw):
    probe = pstats.Stats(Figures({("a", 1, "b"): (1, 1, 0, 0, {})}))
    words = sorted(probe.get_sort_arg_defs())
    return [draw.choice(words) for _ in range(draw.choice([1, 1, 2, 3]))]


def expected(profiles, keys, reverse, strip, restrictions):
    out = io.StringIO()
    stats = pstats.Stats(figures(profiles[0]), stream=out)
    for more in profiles[1:]:
        stats.add(pstats.Stats(figures(more), stream=out))
    if strip:
        stats.strip_dirs()
    stats.stats = dict(sorted(stats.stats.items()))
    stats.sort_stats(*keys)
    if reverse:
        stats.reverse_order()
    stats.print_stats(*restrictions)
    return out.getvalue()


def run_case(program, directory, draw):
    profiles = [random_profile(draw) for _ in range(draw.choice([1, 1, 2]))]
    paths = []
    for number, profile in enumerate(profiles):
        paths.append(os.path.join(directory, f"{number}.model"))
        write_model(paths[-1], profile, draw)
    keys = sort_words(draw)
    if draw.randrange(10) == 0:
        keys = [draw.choice([-1, 0, 1, 2])]
    reverse, strip = draw.random() < .3, draw.random() < .3
    restrictions = [random_restriction(draw) for _ in range(draw.choice([0, 0, 1, 2, 3]))]

    command = [program, "--unit", "s", "--no-pager", "--sort=" + ",".join(map(str, keys))]
    command += ["--reverse"] * reverse + ["--strip-dirs"] * strip
    command += ["--restrict=" + text for _, text in restrictions]
    run = subprocess.run(command + paths, capture_output=True, check=False)
    titles, ours = run.stdout.decode().split("\n\n", 1)
    theirs = expected(profiles, keys, reverse, strip, [value for value, _ in restrictions])
    if run.returncode != 0 or run.stderr or ours != theirs or len(titles.split("\n")) != len(paths):
        print("differs:", " ".join(command + paths), run.stderr.decode())
        print("--- ours\n" + ours + "--- pstats\n" + theirs)
        return 1
    return 0


def check_prefixes(program, directory):
    """Each word that pstats takes as a key must be that key for stats too, and stats must take no other word."""
    probe = pstats.Stats(Figures({("a", 1, "b"): (1, 1, 0, 0, {})}))
    known = probe.get_sort_arg_defs()
    path = os.path.join(directory, "one.model")
    write_model(path, {("a.c", 1, "f"): (1, 1, 1, 1)}, random.Random(0))
    failures = 0
    words = {key[:end] for key in KEYS for end in range(len(key) + 1)} | {"bogus", "callsx", "3", "-2", "1x"}
    for word in sorted(words):
        command = [program, "--no-pager", "--sort=" + word, path]
        run = subprocess.run(command, capture_output=True, check=False)
        label = known[word][1] if word in known else None
        good = (run.returncode == 0 and f"Ordered by: {label}\n" in run.stdout.decode()) if label else \
               (run.returncode == 2 and not run.stdout)
        if not good:
            print(f"--sort={word!r}: exit {run.returncode}, pstats says {label}")
            failures += 1
    return failures


def main():
    program = os.path.abspath(sys.argv[1])
    cases = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory() as directory:
        failures = check_prefixes(program, directory)
        for _ in range(cases):
            failures += run_case(program, directory, draw)
            if failures > 3:
                break
    print(f"pstats_oracle: {cases} cases with seed {seed}, {failures} differ")
    return failures != 0


sys.exit(main())
