#!/usr/bin/env python3
"""Kills a profiled program at random instants: kill.py PROFILE INSPECT VICTIM TIMES.

Each time the profile must load and have every call that had ended. Beyond these it may have one unfinished call for
each level and thread. It must have no impossible time.
"""
import collections
import mmap
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time

THREADS, DEPTH, SIZE = 8, 6, 64 * 9


def run_once(profile, inspect, victim, directory, draw, clock):
    counters, out = os.path.join(directory, "counters"), os.path.join(directory, "out.prof")
    with open(counters, "wb") as file:
        file.write(bytes(SIZE))
    with open(counters, "r+b") as file, mmap.mmap(file.fileno(), SIZE) as shared:
        launcher = subprocess.Popen([profile, f"--clock={clock}", "-o", out, victim, counters], stderr=subprocess.PIPE)
        while struct.unpack_from("Q", shared)[0] == 0 and launcher.poll() is None:
            time.sleep(0.0005)
        time.sleep(draw.random() * 0.01)
        os.kill(struct.unpack_from("Q", shared)[0], signal.SIGKILL)
        stderr = launcher.communicate()[1]
        if launcher.returncode != -signal.SIGKILL or stderr:
            return f"profile ended with {launcher.returncode}: {stderr.decode()}"
        ended = collections.Counter()
        for i in range(THREADS):
            leaf, branch = struct.unpack_from("QQ", shared, 64 * (i + 1))
            ended["leaf"] += leaf
            ended["branch"] += branch
    recorded = collections.Counter()
    for line in subprocess.run([inspect, out], capture_output=True, text=True, check=True).stdout.splitlines():
        words = line.split()
        if words[0] == "insane":
            return line
        if words[0] == "edge":
            recorded[words[2]] += int(words[3])
    for name, slack in ("leaf", THREADS), ("branch", THREADS * DEPTH):
        if not ended[name] <= recorded[name] <= ended[name] + slack:
            return f"{name}: {recorded[name]} calls recorded, {ended[name]} had ended"
    return None


def main():
    profile, inspect, victim, times = sys.argv[1:4] + [int(sys.argv[4])]
    draw = random.Random()
    with tempfile.TemporaryDirectory() as directory:
        for i in range(times):
            problem = run_once(profile, inspect, victim, directory, draw, ("every", "sampled")[i % 2])
            if problem:
                sys.exit(f"kill {i + 1}: {problem}")


main()
