#!/usr/bin/env python3
"""Compares `stats -i` with `python3 -m pstats`: a random script that is piped into both must print equal bytes.

    browser_oracle.py STATS [SCRIPTS [SEED]]

Scripts keep away from pstats's bugs (see stats(1)): no two files have the same base name, and nothing is added
once callees were printed or directories stripped.
"""
import difflib
import marshal
import os
import random
import subprocess
import sys
import tempfile

import pstats_files_oracle as oracle

oracle.FILES = ["main.c", "/usr/src/draw.c", "/home/é/parse.c", "/a/b.c", "~", "lib/x.cc"]
TERMS = ["3", "0", "-1", "+2", "0.5", ".1", "1.5", "-0.5", "1e-1", "main", r"\.c:", "nosuch", "[", "draw", "é", "main|b"]
WORDS = "calls cumulative cumu cum c file line mod name nfl pc std t tim tot ncalls nonsense 1".split()
TOPICS = "EOF add callees callers help quit read reverse sort stats strip nothing".split() + ["", "a b"]
FIRST = [[], ["a.prof"], ["a.prof", "b.prof"], ["b.prof"], ["b.prof", "a.prof"]]


def random_command(draw, may_add):
    terms = " ".join(draw.choice(TERMS) for _ in range(draw.choice([0, 0, 1, 1, 2, 3])))
    words = " ".join(draw.choice(WORDS[:-2] if draw.random() < .8 else WORDS) for _ in range(draw.choice([0, 1, 1, 2])))
    files = ["a.prof", "b.prof", "missing", ".", "", "two words"]
    commands = ["stats " + terms, "callers " + terms, "callees " + terms, "sort " + words, "reverse", "strip",
                "read " + draw.choice(files), "help " + draw.choice(TOPICS), "?" + draw.choice(TOPICS), "", "  ",
                "foo " + terms, "!ls", "+", "stats" + terms, "  stats\t" + terms + "  ", "read"]
    return draw.choice(commands + ["add " + draw.choice(files)] * 3 * may_add)


def random_script(draw):
    lines, may_add = [], True
    for _ in range(draw.randint(1, 40)):
        lines.append(random_command(draw, may_add))
        may_add = may_add and not lines[-1].strip().startswith(("callees", "strip"))
    lines.append(draw.choice(["quit", "EOF", "", "quit now"]))
    # An empty line repeats the last command, so it must not follow a command that must not run twice.
    return "".join(line + "\n" for line in lines if may_add or line.strip())


def main():
    program, scripts = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 40
    draw = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    failures = 0
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        for _ in range(scripts):
            for name in ("a.prof", "b.prof"):
                with open(name, "wb") as file:
                    marshal.dump(oracle.random_profile(draw, False), file, draw.randint(0, 4))
            first, script = draw.choice(FIRST), random_script(draw).encode()
            ours = subprocess.run([program, "-i"] + first, input=script, capture_output=True, check=False)
            theirs = subprocess.run([sys.executable, "-m", "pstats"] + first, input=script, capture_output=True,
                                    check=False)
            if theirs.returncode != 0:
                print("pstats failed: the script is wrong", theirs.stderr.decode()[-300:])
            if (ours.returncode, ours.stdout) != (theirs.returncode, theirs.stdout):
                failures += 1
                print("differs:", first, script.decode(), ours.stderr.decode())
                print("\n".join(difflib.unified_diff(theirs.stdout.decode().split("\n"), ours.stdout.decode().split("\n"))))
                break
    print(f"browser_oracle: {scripts} scripts, {failures} differ")
    return failures != 0


if __name__ == "__main__":
    sys.exit(main())
