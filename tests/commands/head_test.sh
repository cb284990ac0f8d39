#!/bin/sh
# Tests what the first lines of a report say of the runs: threads, processes, wall time and CPU time.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# compile PROGRAM: compiles the C source on stdin with hooks.
compile() {
    # shellcheck disable=SC2086
    ${CC:-cc} -O1 -g -finstrument-functions -pthread -x c - -o "$1"
}

# compile_busy: compiles `busy`, each of whose processes uses 100 ms of CPU time between two of its calls. With an
# argument it has a child and three more threads in each; a second one is the signal that ends it.
compile_busy() {
    compile busy <<'END'
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#define PLAIN __attribute__((no_instrument_function))
static volatile int sum;
__attribute__((noinline)) static void leaf(int n) { sum += n; }
PLAIN static long used(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
static void *run(void *none) { leaf(1); return none; }
static void use(void)
{
    for (long start = used(); used() < start + 100;)
        leaf(2);
}
int main(int count, char **words)
{
    pthread_t threads[3];
    int child = count > 1 ? fork() : 0;

    for (int i = 0; count > 1 && i < 3; i++)
        pthread_create(&threads[i], NULL, run, NULL);
    for (int i = 0; count > 1 && i < 3; i++)
        pthread_join(threads[i], NULL);
    use();
    if (child > 0)
        waitpid(child, NULL, 0);
    if (count > 2 && (child > 0 || atoi(words[2]) == 0))
        atoi(words[2]) == 0 ? _exit(0) : raise(atoi(words[2]));
    return 0;
}
END
}

# run_line [OPTION...] FILE...: prints what the report says of the runs.
run_line() {
    "$stats" "$@" | sed -n "s/^   \(Run\|[0-9]* runs\): //p"
}

# column NAME OPTION...: prints the sum of the column of the comma-separated values.
column() {
    name=$1
    shift
    "$stats" --csv "$@" | awk -F, -v name="$name" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i; next }
        { sum += $column } END { printf "%.0f\n", sum }'
}

# ns_of WHAT: reads a line of run_line, and prints the time that follows WHAT in nanoseconds.
ns_of() {
    sed -n "s/.*$1 \([0-9.]*\)\([mun]*s\).*/\1 \2/p" | awk '{ print $1 * ($2 == "s" ? 1e9 : $2 == "ms" ? 1e6 : $2 == "us" ? 1e3 : 1) }'
}

# expect_at_least NUMBER LEAST
expect_at_least() {
    awk "BEGIN { exit !(${1:-0} >= $2) }" || fail "${1:-nothing} is less than $2"
}

test_case "the report says how long a run took, and how much CPU time it used" '
    compile_busy
    run "$profile" -o out.prof ./busy
    expect_status 0
    run_line out.prof >line
    expect_equal "wall time" "$(cut -c -9 line)"
    expect_at_least "$(ns_of "CPU time" <line)" 99000000
    expect_at_least "$(ns_of "wall time" <line)" "$(ns_of "CPU time" <line)"
    run_line out.prof --tree >tree
    run_line out.prof --by process >parts
    expect_same line tree
    expect_same line parts
    expect_equal "" "$(run_line out.prof --pstats)"
'

test_case "threads, processes and wall time are those of --by thread and --by process" '
    compile_busy
    run "$profile" -o out.prof ./busy more
    expect_status 0
    run_line out.prof >line
    expect_equal "8 threads of 2 processes" "$(sed "s/;.*//" line)"
    expect_equal 8 "$(column threads --by process out.prof)"
    expect_at_least "$(ns_of "CPU time" <line)" 198000000
    pid=$("$stats" --csv --by process out.prof | sed -n "3s/,.*//p")
    run_line out.prof --process "$pid" >line
    expect_equal "4 threads" "$(sed "s/;.*//" line)"
    "$stats" --by process --process "$pid" out.prof >parts
    grep -q " $(sed "s/.*wall time \([^,]*\),.*/\1/" line) " parts || fail "$(cat line) and $(cat parts)"
'

test_case "of threads alone, the CPU time is not known" '
    compile_busy
    run "$profile" -o out.prof ./busy more
    tid=$("$stats" --csv --by thread out.prof | sed -n "3p" | cut -d, -f2)
    run_line out.prof --thread "$tid" >line
    expect_equal "wall time" "$(cut -c -9 line)"
    ! grep "CPU time" line || fail "it is that of the process"
'

test_case "several files are so many runs, also once they are one file" '
    compile_busy
    run "$profile" -o one.prof ./busy more
    run "$profile" -o two.prof ./busy
    "$stats" one.prof two.prof | sed -n "/runs:/p" >line
    expect_equal "   2 runs: 9 threads of 3 processes" "$(sed "s/;.*//" line)"
    expect_equal " in all" "$(sed "s/.*[mun]s//" line)"
    run_line one.prof two.prof >line
    run "$stats" --save sum.prof one.prof two.prof
    run_line sum.prof >sum
    expect_same line sum
'

test_case "the CPU time of a process that does not end by itself is that of its samples" '
    compile_busy
    for how in 0 9; do
        "$profile" -o out.prof ./busy more $how 2>/dev/null || :
        run_line out.prof >line
        expect_equal "8 threads of 2 processes" "$(sed "s/;.*//" line)"
        ! "$stats" out.prof 2>/dev/null | grep -q "the kernel refuses them" || skip "the kernel refuses samples"
        grep -q "CPU time" line || skip "the kernel samples user code alone"
        expect_at_least "$(ns_of "CPU time" <line)" 150000000
    done
'

test_case "where very many contexts make the hooks slow, the report says so, and its advice helps" '
    ${CC:-cc} -O1 -g -finstrument-functions "$top/tests/bench/contexts.c" -o contexts
    run "$profile" -o out.prof ./contexts 10
    run "$stats" out.prof
    expect_stdout_match "^   Contexts: 131,07[12], which makes the hooks slow; fewer by profile cc, --depth, --max-contexts$"
    for fewer in --depth=8 --max-contexts=1000; do
        run "$profile" $fewer -o out.prof ./contexts 10
        run "$stats" out.prof
        ! grep -q "^   Contexts:" "$stdout" || fail "it says so with $fewer"
    done
'

test_case "a file of Python says nothing of its run" '
    command -v python3 >/dev/null || skip "there is no python3"
    echo "print(len([]))" >script.py
    python3 -m cProfile -o python.prof script.py >/dev/null
    expect_equal "" "$(run_line python.prof)"
    compile_busy
    run "$profile" -o out.prof ./busy
    expect_equal "" "$(run_line out.prof python.prof)"
'

test_done
