"""The accuracy suite: python3 accuracy.py BUILD PROGRAMS. tests/tools/accuracy.sh prepares and calls it."""

import os
import sys

from accuracy_kernels import measure_kernels, measure_threads
from accuracy_programs import measure_functions, measure_programs, measure_refused
from accuracy_small import measure_short, measure_whole
from accuracy_suite import Suite
from measure import describe_machine

PARTS = {"programs": measure_programs, "functions": measure_functions, "kernels": measure_kernels,
         "threads": measure_threads, "whole": measure_whole, "short": measure_short, "refused": measure_refused}


def main():
    suite = Suite(*sys.argv[1:])
    chosen = os.environ.get("ACCURACY_ONLY", " ".join(PARTS)).split()
    try:
        describe_machine(suite.rounds)
        for part in PARTS:
            if part in chosen:
                PARTS[part](suite)
        suite.print_table()
    finally:
        suite.runner.close()


if __name__ == "__main__":
    main()
