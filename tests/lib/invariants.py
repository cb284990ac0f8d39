"""Checks that no two numbers in the reports of a profile contradict each other: invariants.py STATS PROFILE [FLAG...]

The FLAGs choose the reports, beside those as they are by default and with --raw.

Prints a line for each contradiction, and fails if there is one. Times are nanoseconds, and each printed number is
rounded: so a sum of N numbers may be off by N.
"""
import csv
import io
import os
import re
import subprocess
import sys


def run(*arguments):
    """Returns what the command prints. Notes about the profile do not matter here."""
    return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, text=True).stdout


def numbers(row):
    """Makes integers of ROW's times and counts."""
    return {key: int(value) if re.fullmatch(r'(level|line|[np]calls|recursive|threads|.*_ns)', key) and value else value
            for key, value in row.items()}


class Report:
    """What `stats` says of one profile with some FLAGS, and what is wrong with it."""

    def __init__(self, stats, profile, flags):
        self.command = [stats, '--no-pager', profile, *flags]
        self.name = ' '.join([os.path.basename(profile), *flags])
        self.wrong = []

    def rows(self, *flags):
        return [numbers(row) for row in csv.DictReader(io.StringIO(run(*self.command, '--csv', *flags)))]

    def expect(self, holds, text):
        if not holds:
            self.wrong.append(f'{self.name}: {text}')

    def not_above(self, low, high, text, slack=1):
        self.expect(low <= high + slack, f'{text}: {low} > {high}')

    def check(self):
        text = run(*self.command, '--unit', 'ns')
        self.total = float(re.search(r' function calls .*in ([-0-9.]+) nanoseconds', text)[1])
        self.table = self.rows()
        self.by_name = {label(row): row for row in self.table}
        self.check_table()
        self.check_tree()
        self.check_callers()
        self.check_threads()
        self.check_percent()
        self.check_pstats()

    def check_table(self):
        count = len(self.table)
        for row in self.table:
            name = label(row)
            self.expect(row['tottime_ns'] >= 0 and row['cumtime_ns'] >= 0, f'{name} is negative')
            self.not_above(row['cumtime_ns'], self.total, f'{name}: cumtime above the total', count)
            if row['ncalls'] == row['pcalls']:
                self.not_above(row['tottime_ns'], row['cumtime_ns'], f'{name}: tottime above cumtime')
        total = sum(row['tottime_ns'] for row in self.table)
        self.expect(abs(total - self.total) <= count, f'tottime adds up to {total}, but the total is {self.total}')

    def check_tree(self):
        """A line of the tree has at least the time of all below it. The lines of a function add up to its row."""
        if '--strip-dirs' in self.command:
            return
        path, below, sums = [], [], {}
        for line in self.rows('--tree') + [{'level': 0}]:
            while len(path) > line['level']:
                top, inner = path.pop(), below.pop()
                if not top['recursive']:
                    self.not_above(top['tottime_ns'] + inner, top['cumtime_ns'],
                                   f'tree: {label(top)}: lines below above its own', 1000)
            if 'ncalls' not in line:
                break
            self.expect(line['tottime_ns'] >= 0 and line['cumtime_ns'] >= 0, f'tree: {label(line)} is negative')
            if below:
                below[-1] += line['cumtime_ns']
            path.append(line)
            below.append(0)
            lines, time = sums.get(label(line), (0, 0))
            sums[label(line)] = lines + 1, time + line['tottime_ns']
        for name, (lines, time) in sums.items():
            row = self.by_name.get(name)
            self.expect(row is not None and abs(time - row['tottime_ns']) <= lines,
                        f'tree: {name} has {time}, but {row and row["tottime_ns"]} in the table')

    def check_callers(self):
        """No part of a function is above its caller. The parts of a function add up to its row."""
        names = [text_of(row) for row in self.table]
        table = {name: row for name, row in zip(names, self.table) if names.count(name) == 1}
        parts = callers(run(*self.command, '--callers', '--unit', 'ns'))
        for callee, edges in parts.items():
            row = table.get(callee)
            if row is None:
                continue
            for caller, (total, cumulative) in edges.items():
                self.expect(total >= 0 and cumulative >= 0, f'{callee} from {caller} is negative')
                if caller in table:
                    self.not_above(cumulative, table[caller]['cumtime_ns'], f'{callee}: above its caller {caller}')
                self.not_above(cumulative, row['cumtime_ns'], f'{callee}: its part from {caller} above it')
            if edges:
                self.not_above(sum(edge[0] for edge in edges.values()), row['tottime_ns'],
                               f'{callee}: parts of tottime', len(edges))
                if row['ncalls'] == row['pcalls']:
                    self.not_above(sum(edge[1] for edge in edges.values()), row['cumtime_ns'],
                                   f'{callee}: parts of cumtime', len(edges))

    def check_threads(self):
        """No thread has more time than passed from its start to its end, and they add up to the total."""
        if '--strip-dirs' in self.command:
            return
        for what in ('thread', 'process'):
            rows = self.rows('--by', what)
            for row in rows:
                self.not_above(row['tottime_ns'], row['wall_ns'] * max(row['threads'], 1),
                               f'{what} {row.get("tid") or row["pid"]}: tottime above wall time', 1000)
            total = sum(row['tottime_ns'] for row in rows)
            self.expect(abs(total - self.total) <= len(rows) + 1, f'by {what}: {total}, but the total is {self.total}')

    def check_percent(self):
        if self.total == 0:
            return
        for report, pattern in (['--percent'], r'^ *\d\S* +\S+ +([\d.]+) +\S+ +\S+ +([\d.]+) '), \
                (['--tree'], r'^ *\d\S* +\S+ +([\d.]+)% +\S+ +([\d.]+)% '):
            if '--strip-dirs' in self.command and report == ['--tree']:
                continue
            for line in run(*self.command, *report).splitlines():
                shares = re.match(pattern, line)
                self.expect(not shares or max(map(float, shares.groups())) <= 100, f'above 100 %: {line}')

    def check_pstats(self):
        if len(self.command) > 3: # it has no other options
            return
        total = float(re.search(r' function calls .*in ([-0-9.]+) seconds', run(*self.command, '--pstats'))[1])
        self.expect(abs(total - self.total / 1e9) < 0.00051, f'--pstats: {total} s, but the total is {self.total} ns')


def label(row):
    return tuple(row[key] for key in ('file', 'line', 'function', 'module'))


def text_of(row):
    return f'{row["file"]}:{row["line"]}({row["function"]})'


def callers(text):
    """Returns {callee: {caller: (tottime, cumtime)}} of a report with --callers."""
    parts, edges = {}, None
    for line in text.splitlines():
        head = re.match(r'(\S.*?) +<-(.*)', line)
        if head:
            edges, line = parts.setdefault(head[1], {}), head[2]
        edge = re.match(r' +\d+(?:/\d+)? +(\S+) +(\S+)  (.*)', line)
        if edge and edges is not None:
            edges[edge[3]] = float(edge[1]), float(edge[2])
    return parts


def check(stats, profile, flags):
    solved, raw = Report(stats, profile, []), Report(stats, profile, ['--raw'])
    reports = [solved, raw] + [Report(stats, profile, [flag]) for flag in flags]
    for report in reports:
        report.check()
    for name, row in solved.by_name.items():
        for key in ('tottime_ns', 'cumtime_ns'):
            solved.not_above(row[key], raw.by_name[name][key], f'{name}: {key} above that with --raw')
    return [text for report in reports for text in report.wrong]


if __name__ == '__main__':
    found = check(sys.argv[1], sys.argv[2], sys.argv[3:])
    print('\n'.join(found[:40]), end='\n' if found else '')
    sys.exit(1 if found else 0)
