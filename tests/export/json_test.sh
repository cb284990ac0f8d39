#!/bin/sh
# Tests stats --format json, and what all formats have in common: names of formats, endings, and files that cannot be
# written.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/trees.sh
. "$(dirname "$0")/../lib/trees.sh"

# check_json FILE [OPTION...]: compares FILE with the schema and with stats --csv tree.prof OPTION...
check_json() {
    command -v python3 >/dev/null || skip "there is no python3"
    checked=$1
    shift
    "$stats" --csv --errors --unwound "$@" >figures.csv || fail "stats --csv $* fails"
    python3 "$top/tests/export/check_json.py" "$checked" figures.csv "$top/man/profile-json.schema.json" ||
        fail "$checked is wrong"
}

test_case "the JSON has the figures of the table, fits the schema, and its contexts add up to it" '
    write_tree
    run "$stats" tree.prof -o out.json
    expect_status 0
    expect_no_stdout
    expect_no_stderr
    check_json out.json tree.prof
'

test_case "the JSON of a recorded program with two threads has the figures of its table" '
    compile program -O1 -pthread <<END
#include <pthread.h>
static volatile unsigned sink;
static int fib(int n) { sink++; return n < 2 ? n : fib(n - 1) + fib(n - 2); }
static void *work(void *p) { fib(15); return p; }
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, 0, work, 0);
    work(0);
    return pthread_join(thread, 0) + 3;
}
END
    status=0
    "$profile" -o out.prof ./program || status=$?
    expect_equal 3 "$status"
    "$stats" out.prof -o out.json
    check_json out.json out.prof
    expect_equal "2 3 None" "$(python3 -c "
import json
run = json.load(open(\"out.json\"))[\"run\"]
print(run[\"threads\"], run[\"exit_status\"], run[\"signal\"])")"
'

test_case "contexts of functions that share a row add up to it" '
    {
        printf "thread\t1\tmain\n0\ta.cc\t1\tmain\t1\t10\n1\ta.cc\t5\t_ZN1AC1Ev\t1\t5\n"
        printf "2\ta.cc\t5\t_ZN1AC2Ev\t1\t20\n3\tb/x.c\t7\tleaf\t1\t100\n4\tc/x.c\t7\tleaf\t2\t30\n"
    } | "$tree_profile" >tree.prof
    for options in "" "--strip-dirs"; do
        "$stats" tree.prof $options -o out.json
        check_json out.json $options tree.prof
    done
'

for options in "--restrict add" "--sort tottime --limit 2" "--thread 4243" "--raw --strip-dirs"; do
    test_case "the JSON has what $options leaves of the table" "
        write_tree
        \"\$stats\" tree.prof $options --format json >out.json
        check_json out.json tree.prof $options
    "
done

test_case "--min-percent and --restrict leave contexts out and keep the sums" '
    write_tree
    for options in "--min-percent 5" "--restrict add" "--restrict nothing"; do
        "$stats" tree.prof $options --format json >out.json
        python3 -c "
import json
document = json.load(open(\"out.json\"))
contexts = document[\"contexts\"]
assert sum(contexts[\"self\"]) == document[\"run\"][\"self\"] == 7218, sum(contexts[\"self\"])
assert sum(contexts[\"left_out\"]) + sum(f is not None for f in contexts[\"function\"]) == 12
assert document[\"run\"][\"selection\"], document[\"run\"]
"
    done
'

test_case "several files are summed up, and equal files give equal bytes" '
    write_tree
    "$stats" tree.prof tree.prof -o two.json
    "$stats" tree.prof tree.prof -o again.json
    cmp two.json again.json
    check_json two.json tree.prof tree.prof
'

test_case "a file of Python has a table and edges, and no contexts" '
    python3 -c "import cProfile; cProfile.run(\"sorted([3, 2], key=lambda x: -x)\", \"python.prof\")"
    "$stats" python.prof -o out.json
    check_json out.json python.prof
    grep -q "\"contexts\":null" out.json
'

test_case "the text of the JSON can stand in a script of HTML" '
    write_tree
    "$stats" tree.prof -o out.json
    ! grep -q "[<>&]" out.json || fail "there is one of <>&"
    ! grep -q "$(printf "\001")" out.json || fail "there is a control character"
'

test_case "an unknown format or ending is refused with the one that is near" '
    run "$stats" --format jsn out.prof
    expect_status 2
    expect_stderr_match "stats: --format: unknown format .jsn.: did you mean json?"
    run "$stats" -o out.jsno out.prof
    expect_status 2
    expect_stderr_match "stats: no format has the ending of out.jsno: did you mean .json?"
    run "$stats" -o out out.prof
    expect_status 2
    expect_stderr_match "stats: no format has the ending of out: choose one with --format"
'

test_case "a file that cannot be written is named before any file is read" '
    mkdir folder.json
    run "$stats" missing.prof -o folder.json
    expect_status 1
    expect_stderr_line "stats: cannot write folder.json: Is a directory"
    run "$stats" missing.prof -o nowhere/out.json
    expect_status 1
    expect_stderr_line "stats: cannot write nowhere/out.json: No such file or directory"
'

test_case "a full disk in the middle leaves the file that was there" '
    write_tree
    echo before >out.json
    status=0
    (ulimit -f 1; trap "" XFSZ; exec "$stats" tree.prof -o out.json) 2>errors || status=$?
    expect_equal 1 "$status"
    expect_equal "stats: cannot write out.json: File too large" "$(cat errors)"
    expect_equal before "$(cat out.json)"
    expect_equal "errors out.json tree.prof" "$(echo *)"
    run "$stats" tree.prof -o /dev/full --format json
    expect_status 1
    expect_stderr_line "stats: cannot write /dev/full: No space left on device"
'

test_case "-o does not go with reports" '
    for option in --tree --csv --callers "--diff a" "--by process" --pstats "--save b"; do
        run "$stats" -o out.json $option tree.prof
        expect_status 2
    done
'

test_done
