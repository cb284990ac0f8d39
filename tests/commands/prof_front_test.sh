#!/bin/sh
# Tests the front of out.prof, which Python's tools read as a file of their own.
# shellcheck disable=SC2016,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

command -v python3 >/dev/null || {
    echo '1..0 # SKIP there is no python3'
    exit
}
export TZ=UTC LC_ALL=C.UTF-8

# a_profile [NAME]: makes out.prof, of a program whose calls are known.
a_profile() {
    compile prog <<END
static void leaf(void) {}
static int odd(int n);
static int even(int n) { leaf(); return n == 0 || odd(n - 1); }
static int odd(int n) { return n != 0 && even(n - 1); }
int main(void) { leaf(); return !even(4); }
END
    "$profile" -o out.prof ./prog
}

# load TEXT: runs TEXT in Python, where `stats` is the dictionary of out.prof with names alone as keys.
load() {
    python3 -c "
import marshal
data = open(\"out.prof\", \"rb\").read()
full = marshal.loads(data)
stats = {key[2]: (*value[:4], {caller[2]: cell for caller, cell in value[4].items()}) for key, value in full.items()}
$1"
}

test_case 'the front has the bytes of marshal.dumps(..., 2), ordered by file, line and name' '
    a_profile
    load "assert data.startswith(marshal.dumps(full, 2)); assert list(full) == sorted(full)"
'

test_case 'counts have the order of cProfile, and those of callers the reverse order' '
    a_profile
    load "
assert {name: value[:2] for name, value in stats.items()} == {
    \"main\": (1, 1), \"even\": (1, 3), \"odd\": (1, 2), \"leaf\": (4, 4)}, stats
assert stats[\"main\"][4] == {}
assert {name: cell[:2] for name, cell in stats[\"even\"][4].items()} == {\"main\": (1, 1), \"odd\": (2, 1)}, stats
assert {name: cell[:2] for name, cell in stats[\"leaf\"][4].items()} == {\"main\": (1, 1), \"even\": (3, 3)}, stats
assert all(key in full for value in full.values() for key in value[4])"
'

test_case 'python3 -m pstats opens the file' '
    a_profile
    printf "callers leaf\nquit\n" | run python3 -m pstats out.prof
    expect_status 0
    printf "sort calls\nstats leaf\n" | python3 -m pstats out.prof >report
    grep -q "^        4 .*prog\|^        4 .*leaf" report || fail "no leaf with 4 calls: $(cat report)"
'

# A callgrind file has times in whole nanoseconds, rounded down.
test_case 'pyprof2calltree makes a callgrind file with equal figures, for C and C++' '
    command -v pyprof2calltree >/dev/null || skip "there is no pyprof2calltree"
    a_profile
    mv out.prof c.prof
    ${CXX:-c++} -g -finstrument-functions -o classes "$top/samples/classes.cc"
    "$profile" -o cc.prof ./classes >/dev/null
    compile recursion <"$top/samples/recursion.c"
    "$profile" -o recursion.prof ./recursion >/dev/null
    for name in c cc recursion; do
        pyprof2calltree -i $name.prof -o $name.callgrind
        "$stats" --csv $name.prof >$name.csv
        python3 -c "
import csv, marshal, re
text = open(\"$name.callgrind\").read()
rows = list(csv.DictReader(open(\"$name.csv\")))
stats = marshal.load(open(\"$name.prof\", \"rb\"))
own = [int(ns) for ns in re.findall(r\"^fn=.*\n\d+ (\d+)\$\", text, re.M)]
assert len(own) == len(rows) == len(stats), (own, rows)
assert all(abs(a - b) <= 1 for a, b in zip(sorted(own), sorted(float(row[\"tottime_ns\"]) for row in rows))), (own, rows)
total = int(re.search(r\"^summary: (\d+)\", text, re.M).group(1))
assert abs(total - max(float(row[\"cumtime_ns\"]) for row in rows)) <= 1, total
calls = sorted(int(calls) for calls in re.findall(r\"^calls=(\d+) \", text, re.M))
edges = sorted(cell[0] for value in stats.values() for cell in value[4].values())
assert calls == edges and calls, (calls, edges)"
    done
'

test_case 'names that are not valid UTF-8 are changed so that Python reads them' '
    printf "__attribute__((noinline)) void f(void) {}\nint main(void) { f(); return 0; }\n" >prog.c
    mkdir "$(printf "dir\377")"
    mv prog.c dir*
    ${CC:-cc} -g -finstrument-functions "$(echo dir*)/prog.c" -o prog
    "$profile" -o out.prof ./prog
    load "assert {key[0].rpartition(\"/\")[0][-4:] for key in full} == {\"dir\\ufffd\"}, full"
'

test_done
