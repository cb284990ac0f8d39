#!/bin/sh
# Tests profile --timer, which chooses what is measured. timer_test.c tests how readings of a timer become times.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# The timers of custom.so: one counts the work that the program has done, one how often it is read, one steps back.
compile_timers() {
    # shellcheck disable=SC2086
    ${CC:-cc} -x c - -shared -fPIC -o custom.so <<'END'
#include <errno.h>
#include <stdint.h>
uint64_t work_done;
uint64_t work(void) { errno = 99; return work_done; }
uint64_t asked(void) { static uint64_t count; return ++count; }
uint64_t saws(void) { return work_done % 300; }
END
    compile program -O1 -Wl,-rpath,. custom.so -xc - <<'END'
#include <errno.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>
extern uint64_t work_done;
static void leaf(void) { work_done += 3; }
static void parent(void)
{
    for (int i = 0; i < 100; i++)
        leaf();
    work_done += 50;
}
static void child(void) { work_done += 7; }
int main(int argc, char **argv)
{
    (void)argv;
    errno = 0;
    parent();
    parent();
    work_done += 12345;
    if (argc > 1) {
        pid_t pid = fork();
        if (pid == 0) {
            child();
            _exit(0);
        }
        waitpid(pid, 0, 0);
    }
    return errno;
}
END
}

# column NAME FUNCTION: prints the column NAME of FUNCTION in the file `rows`, a CSV.
column() {
    awk -F, -v name="$1" -v row="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) wanted = i; next }
        $7 == row { print $wanted }' rows
}

test_case "--timer=cpu leaves out the time for which a function sleeps" '
    compile program -O1 <<END
#include <poll.h>
#include <time.h>
static void sleeper(void) { poll(0, 0, 300); }
static void worker(void)
{
    struct timespec now;
    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while (now.tv_sec == 0 && now.tv_nsec < 100000000);
}
int main(void) { sleeper(); worker(); return 0; }
END
    run "$profile" --timer=cpu -o out.prof ./program
    expect_status 0
    expect_no_stderr
    "$stats" out.prof --csv >rows
    expect_equal 1 "$(column ncalls sleeper)"
    [ "$(column cumtime_ns sleeper)" -lt 100000000 ] || fail "it does not"
    [ "$(column cumtime_ns worker)" -gt 50000000 ] || fail "work takes no time"
    run "$stats" out.prof
    expect_stdout_line "   Clock: CPU time, sampled calls; overhead subtracted"
    expect_stdout_match "^ +3 function calls in [0-9.]+ms$"
'

test_case "each thread has CPU time of its own" '
    compile program -O1 -pthread <<END
#include <pthread.h>
#include <time.h>
static void *worker(void *argument)
{
    struct timespec now;
    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while (now.tv_sec == 0 && now.tv_nsec < 100000000);
    return argument;
}
static void waiter(pthread_t thread) { pthread_join(thread, 0); }
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, 0, worker, 0);
    waiter(thread);
    return 0;
}
END
    "$profile" --timer=cpu -o out.prof ./program
    "$stats" out.prof --csv >rows
    [ "$(column cumtime_ns worker)" -gt 50000000 ] || fail "who works has none"
    [ "$(column cumtime_ns waiter)" -lt 50000000 ] || fail "who waits has that of others"
'

test_case "--timer=wall,cpu tells waiting from working, by function, with callers, and in sums" '
    compile program -O1 <<END
#include <poll.h>
#include <time.h>
static void sleeper(void) { poll(0, 0, 200); }
static void worker(void)
{
    struct timespec now;
    do
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    while (now.tv_sec == 0 && now.tv_nsec < 100000000);
}
static void both(void) { sleeper(); worker(); }
int main(void) { both(); return 0; }
END
    run "$profile" --timer=wall,cpu -o out.prof ./program
    expect_status 0
    expect_no_stderr
    "$stats" out.prof out.prof --save sum.prof
    for file in out.prof sum.prof; do
        "$stats" "$file" --csv >rows
        [ "$(column waittime_ns sleeper)" -ge 150000000 ] || fail "who sleeps does not wait"
        [ "$(column waittime_ns both)" -lt 50000000 ] || fail "who calls waits by itself"
        [ "$(column cumwait_ns both)" -ge 150000000 ] || fail "who calls does not wait with it"
        worked=$(($(column tottime_ns worker) - $(column waittime_ns worker)))
        [ "$worked" -gt 50000000 ] || fail "who works does not: $worked"
    done
    [ "$(column cumwait_ns both)" -ge 300000000 ] || fail "the sum is not of both"
    run "$stats" out.prof --sort waittime
    expect_stdout_line "   Ordered by: time waited"
    expect_stdout_match "^   ncalls  tottime waittime  percall  cumtime  cumwait  percall filename"
    expect_stdout_match "^   Clock: (TSC|CLOCK_MONOTONIC), every call; overhead subtracted$"
    run "$stats" out.prof --pstats
    ! grep wait "$stdout" | grep -v "<stdin>" || fail "pstats has no such columns"
    run "$profile" --timer=cpu -o out.prof ./program
    "$stats" out.prof --csv >rows
    ! grep -q wait rows || fail "there are columns of waits"
'

test_case "--timer=wall,cpu is refused with --clock=sampled and --clock=none" '
    for clock in sampled none; do
        run "$profile" --timer=wall,cpu --clock=$clock touch ran
        expect_status 2
        expect_one_line "$stderr"
        run "$profile" --clock=$clock --timer=wall,cpu touch ran
        expect_status 2
    done
    expect_stderr_match "^profile: --timer wall,cpu needs --clock every: "
    expect_no_file ran
'

test_case "--timer=page-faults counts them" '
    compile program -O1 <<END
#include <sys/mman.h>
static void touch(void)
{
    char *memory = mmap(0, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(memory, 1 << 20, MADV_NOHUGEPAGE);
    for (int i = 0; i < 1 << 20; i += 1 << 12)
        ((volatile char *)memory)[i] = 1;
}
int main(void) { touch(); return 0; }
END
    "$profile" --timer=page-faults -o out.prof ./program
    "$stats" out.prof --csv >rows
    [ "$(column tottime touch)" -ge 256 ] && [ "$(column tottime touch)" -lt 300 ] || fail "$(cat rows)"
    run "$stats" out.prof
    expect_stdout_match "^ +2 function calls in [0-9]+ page faults$"
    expect_stdout_line "   Clock: page faults, every call"
'

test_case "the report names the clock, and a profile with --timer=monotonic can be added to one with another clock" '
    compile_timers
    "$profile" -o wall.prof ./program
    "$profile" --timer=monotonic --clock=every -o monotonic.prof ./program
    run "$stats" wall.prof
    expect_stdout_match "^   Clock: (TSC|CLOCK_MONOTONIC), sampled calls; overhead subtracted$"
    run "$stats" monotonic.prof
    expect_stdout_line "   Clock: CLOCK_MONOTONIC, every call; overhead subtracted"
    "$stats" monotonic.prof --by thread --csv >rows
    awk -F, "NR > 1 && !(\$5 > 0 && \$5 < \$6 && \$6 < 1e10) { exit 1 }" rows || fail "$(cat rows)"
    run "$stats" wall.prof monotonic.prof
    expect_status 0
'

test_case "the time is CLOCK_MONOTONIC if the kernel does not list the time-stamp counter as a clock" '
    list=/sys/devices/system/clocksource/clocksource0/available_clocksource
    compile_timers
    echo "hpet acpi_pm " >distrusted
    echo "hpet tsc acpi_pm " >trusted
    unshare --mount true 2>/dev/null && [ -r "$list" ] || skip "no file can be put in the place of the list of clocks"
    for trust in trusted distrusted; do
        unshare --mount sh -c "mount --bind $trust $list && exec \"$profile\" -o $trust.prof ./program"
    done
    run "$stats" distrusted.prof
    expect_stdout_line "   Clock: CLOCK_MONOTONIC, sampled calls; overhead subtracted"
    run "$stats" trusted.prof
    expect_stdout_match "^   Clock: (TSC|CLOCK_MONOTONIC), sampled calls; overhead subtracted$"
'

test_case "a program that is killed is timed by CLOCK_MONOTONIC to its end" '
    compile program -O1 <<END
#include <poll.h>
#include <signal.h>
static void leaf(void) { poll(0, 0, 50); raise(SIGKILL); }
int main(void) { leaf(); return 0; }
END
    run "$profile" --timer=monotonic -o out.prof ./program
    "$stats" out.prof --csv >rows 2>notes
    [ "$(column cumtime_ns main)" -ge 50000000 ] && [ "$(column cumtime_ns main)" -lt 20000000000 ] || fail "$(cat rows)"
'

test_case "a custom timer is measured exactly, and the report has its unit" '
    compile_timers
    run "$profile" --timer=./custom.so:work:"steps, done" --bias 0 -o out.prof ./program
    expect_status 0
    expect_no_stderr
    run "$stats" out.prof
    expect_no_stderr
    expect_stdout_line "         203 function calls in 13,045 steps, done"
    expect_stdout_line "   Clock: steps, done, every call"
    awk "/^ .*:[0-9]+[(]/ { print \$1, \$2, \$3, \$4, \$5 }" "$stdout" >figures
    printf "%s\n" "1 12.35k 12.35k 13.04k 13.04k" "2 100 50 700 350" "200 600 3 600 3" >expected
    expect_same expected figures
    "$stats" out.prof --csv >rows
    expect_equal ncalls,pcalls,tottime,cumtime,file,line,function,module "$(head -n 1 rows)"
    expect_equal 12345 "$(column tottime main)"
    expect_equal 13045 "$(column cumtime main)"
'

test_case "a custom timer with a unit of time measures time" '
    compile_timers
    "$profile" --timer=./custom.so:work:us --clock=every --bias 0 -o out.prof ./program
    run "$stats" out.prof
    expect_stdout_line "         203 function calls in 13.04ms"
    expect_stdout_line "   Clock: custom time, every call"
    "$stats" out.prof --csv >rows
    expect_equal 700000 "$(column cumtime_ns parent)"
'

test_case "the cost of reading a timer is subtracted in its unit" '
    compile_timers
    "$profile" --timer=./custom.so:asked -o out.prof ./program
    "$stats" out.prof --csv --raw >rows
    expect_equal 200 "$(column tottime leaf)"
    "$stats" out.prof --csv >rows
    expect_equal 0 "$(column tottime leaf)"
    run "$stats" out.prof --restrict leaf
    expect_stdout_line "   Clock: ticks, every call; overhead subtracted"
    expect_stdout_match "^ +200 +<20 +<0.1 +<20 +<0.1 .*\(leaf\)"
    "$profile" --calibrate --timer=./custom.so:asked --clock=every >costs
    printf "%s\n" "A call costs, in ticks:" "     1.0  if it is timed, between the readings, and 1.0 outside them" >expected
    expect_same expected costs
'

test_case "a forked child and an executed program have the timer, in any directory" '
    compile_timers
    export LD_LIBRARY_PATH="$PWD"
    "$profile" --timer=./custom.so:work:steps --bias 0 -o out.prof sh -c "cd /; exec \"$PWD/program\" fork"
    "$stats" out.prof --csv >rows
    expect_equal 7 "$(column tottime child)"
    expect_equal 700 "$(column cumtime parent)"
'

test_case "a timer that goes backwards makes no time negative, and stats reports how often it did" '
    compile_timers
    "$profile" --timer=./custom.so:saws:teeth --bias 0 -o out.prof ./program
    run "$stats" out.prof --csv
    expect_stderr_match "^stats: the timer went backwards [1-9] times$"
    ! grep -q -e ",-[0-9]" "$stdout" || fail "there are negative figures"
'

test_case "trees, callees, threads, differences and sums are in the unit of the timer" '
    compile_timers
    "$profile" --timer=./custom.so:work:steps --bias 0 -o out.prof ./program
    "$stats" out.prof out.prof --save sum.prof
    "$stats" sum.prof --csv >rows
    expect_equal 26090 "$(column cumtime main)"
    run "$stats" sum.prof
    expect_stdout_line "         406 function calls in 26,090 steps"
    run "$stats" out.prof --tree
    expect_stdout_match "^ +1 +12.35k +94.6% +13.04k +100.0% .*\(main\)"
    run "$stats" out.prof --tree --csv
    expect_stdout_match "^level,ncalls,tottime,cumtime,recursive,"
    run "$stats" out.prof --callees
    expect_stdout_match " 200 +600 +600 .*\(leaf\)"
    run "$stats" out.prof --by thread --csv
    expect_stdout_match "^pid,tid,threads,ncalls,tottime,wall_ns,"
    expect_stdout_match ",203,13045,"
    run "$stats" out.prof sum.prof --by file --csv
    expect_stdout_match "^files,ncalls,min,mean,max,"
    run "$stats" sum.prof --diff out.prof
    expect_stdout_match " [+]12.35k "
    run "$stats" out.prof --unit ms
    expect_stdout_line "         203 function calls in 13045 steps"
'

test_case "files with different timers are not added up" '
    compile_timers
    "$profile" --timer=./custom.so:work:steps -o steps.prof ./program
    "$profile" --timer=cpu -o cpu.prof ./program
    "$profile" -o wall.prof ./program
    python3 -c "import cProfile; cProfile.run(\"pass\", \"python.prof\")"
    for arguments in "steps.prof wall.prof" "wall.prof cpu.prof" "cpu.prof steps.prof --tree" \
        "cpu.prof wall.prof --save sum.prof" "cpu.prof --diff wall.prof" "wall.prof steps.prof --by file" \
        "wall.prof steps.prof --by process" "steps.prof python.prof" "python.prof steps.prof"; do
        run "$stats" $arguments
        expect_status 1
        expect_no_stdout
        expect_one_line "$stderr"
        expect_stderr_match "^stats: cannot combine profiles of .* with profiles of .*$"
    done
    expect_no_file sum.prof
    run "$stats" wall.prof python.prof
    expect_status 0
'

test_case "a program that is linked with the runtime has its timer from PROFILE_OPTIONS" '
    compile linked -O1 "$build/libprofile.a" <<END
static void leaf(void) { }
int main(void) { leaf(); return 0; }
END
    PROFILE_OPTIONS=reads=1,timer=cpu PROFILE_OUT=out.prof ./linked
    run "$stats" out.prof
    expect_stdout_line "   Clock: CPU time, every call; overhead subtracted"
'

test_case "if a custom timer cannot be loaded, calls are counted and a message says so" '
    compile_timers
    compile linked -O1 -static "$build/libprofile.a" <<END
static void leaf(void) { }
int main(void) { leaf(); return 0; }
END
    run "$profile" --timer=./custom.so:work -o out.prof ./linked
    expect_status 0
    expect_one_line "$stderr"
    expect_stderr_match "^profile: process [0-9]+ could not load its timer: its calls are only counted$"
    "$stats" out.prof --csv >rows 2>notes
    expect_equal 1 "$(column ncalls leaf)"
'

test_case "--calibrate reports in one line a timer that needs the program" '
    ${CC:-cc} -x c - -shared -fPIC -o wants.so <<END
#include <stdint.h>
extern uint64_t work_done;
uint64_t work(void) { return work_done; }
END
    run "$profile" --calibrate --timer=./wants.so:work
    expect_status 1
    expect_no_stdout
    expect_one_line "$stderr"
    compile program -O1 -rdynamic <<END
#include <stdint.h>
uint64_t work_done;
int main(void) { work_done = 5; return 0; }
END
    "$profile" --timer=./wants.so:work --bias 0 -o out.prof ./program
    "$stats" out.prof --csv >rows
    expect_equal 5 "$(column tottime main)"
'

test_case "unknown timers are refused in one line, before the program runs" '
    compile_timers
    for wrong in sundial "" custom.so ./custom.so: :work ./custom.so::steps ./custom.so:work: \
        ./custom.so:work:sixteen-bytes-16; do
        run "$profile" "--timer=$wrong" touch ran
        expect_status 2
        expect_one_line "$stderr"
    done
    echo nothing >nothing.so
    for wrong in ./custom.so:play ./custom.so:work_done ./none.so:work ./nothing.so:work; do
        run "$profile" "--timer=$wrong" touch ran
        expect_status 1
        expect_one_line "$stderr"
    done
    expect_stderr_line "profile: cannot load the timer ./nothing.so: it is not a shared library"
    expect_no_file ran
'

test_done
