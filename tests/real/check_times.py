"""Checks the times of `stats --csv`: python3 check_times.py largest|sum STATS_CSV ROOT...

largest: no function's cumulative time may exceed that of the first ROOT. sum: the sum of all self times must be the
sum of the cumulative times of the ROOTs, which the C library called. Prints the figures; exits 1 if a check fails.
"""

import csv
import sys


def main():
    what, path, *roots = sys.argv[1:]
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cumulative = {row["function"]: int(row["cumtime_ns"]) for row in rows if row["function"] in roots}
    if roots[0] not in cumulative:
        print(f"there is no {roots[0]} in {path}")
        return 1
    if what == "largest":
        top = max(rows, key=lambda row: int(row["cumtime_ns"]))
        print(f"{top['function']} {top['cumtime_ns']} ns, {roots[0]} {cumulative[roots[0]]} ns")
        return 0 if int(top["cumtime_ns"]) == cumulative[roots[0]] else 1
    total = sum(cumulative.values())
    self_times = sum(int(row["tottime_ns"]) for row in rows)
    difference = self_times - total
    print(f"self times {self_times} ns, total {total} ns, difference {difference} ns, {len(rows)} rows")
    # Each figure is rounded to a nanosecond.
    return 0 if abs(difference) <= len(rows) + len(cumulative) else 1


if __name__ == "__main__":
    sys.exit(main())
