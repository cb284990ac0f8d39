#!/bin/sh
# Tests `profile ctl`, on programs that run and obey commands from the test.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317,SC2034

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# A program that prints its process ID and then obeys each line that it reads, and prints "done". "call" calls leaf()
# 10 times. "thread" does so in a thread that first waits for the next line. "fork" forks a child that reads on.
server() {
    compile server -O1 -pthread <<'END'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int sum;
static char line[64];

void leaf(void)
{
    sum++;
}

void call(void)
{
    for (int i = 0; i < 10; i++)
        leaf();
}

__attribute__((no_instrument_function)) static char *next(void)
{
    return fgets(line, sizeof line, stdin);
}

__attribute__((no_instrument_function)) static void say(const char *word)
{
    puts(word);
    fflush(stdout);
}

void *in_thread(void *argument)
{
    leaf();
    say("waiting");
    next();
    call();
    return argument;
}

void serve(void)
{
    while (next() != NULL) {
        if (strcmp(line, "call\n") == 0)
            call();
        if (strcmp(line, "thread\n") == 0) {
            pthread_t thread;

            pthread_create(&thread, NULL, in_thread, NULL);
            pthread_join(thread, NULL);
        }
        if (strcmp(line, "fork\n") == 0 && fork() > 0) {
            wait(NULL);
            return;
        }
        say("done");
    }
}

int main(void)
{
    printf("%d\n", (int)getpid());
    fflush(stdout);
    setvbuf(stdin, NULL, _IONBF, 0);
    serve();
    return 0;
}
END
}

# start [OPTION...]: runs the program under profile, with its output on descriptor 4, and sets pid to its process ID.
start() {
    server
    mkfifo requests answers
    "$profile" "$@" -o out.prof ./server <requests >answers 2>messages &
    launcher=$!
    exec 3>requests 4<answers
    read -r pid <&4
}

# ask LINE: sends LINE to the program and waits until it is done.
ask() {
    echo "$1" >&3
    read -r answer <&4
}

# Ends the program.
finish() {
    exec 3>&-
    wait "$launcher"
    exec 4<&-
    expect_equal "" "$(cat messages)"
}

ctl() {
    run "$profile" ctl "$@"
    expect_status 0
    expect_no_stdout
    expect_no_stderr
}

# expect_calls FILE FUNCTION N: FUNCTION was called N times, by the profile FILE.
expect_calls() {
    expect_equal "$3" "$("$stats" --csv --no-pager "$1" 2>/dev/null |
        awk -F, -v name="$2" '$7 == name { sum += $1 } END { print sum + 0 }')"
}

test_case "a program that starts paused records nothing until it is resumed" '
    start --paused
    ask call
    ctl "$pid" resume
    ask call
    finish
    expect_calls out.prof leaf 10
    expect_calls out.prof call 1
    expect_calls out.prof main 0
    run "$stats" --no-pager out.prof
    expect_stdout_line "   Not the whole run: recording was paused"
'

test_case "nothing is recorded between a pause and its end" '
    start
    ask call
    ctl "$pid" pause
    ask call
    ctl "$pid" resume
    ask call
    finish
    expect_calls out.prof leaf 20
    expect_calls out.prof serve 1
'

test_case "a second pause changes nothing, nor does a resume without a pause" '
    start
    ctl "$pid" resume
    ask call
    ctl "$pid" pause
    ctl "$pid" pause
    ask call
    ctl "$pid" resume
    ctl "$pid" resume
    ask call
    finish
    expect_calls out.prof leaf 20
'

test_case "a reset forgets all that was recorded, and open calls go on" '
    start
    ask call
    ask call
    ctl "$pid" reset
    ask call
    finish
    expect_calls out.prof leaf 10
    expect_calls out.prof serve 1
    run "$stats" --no-pager out.prof
    expect_stdout_line "   Not the whole run: recording was reset"
'

test_case "a reset also clears threads that have ended or make no further call" '
    start
    ask thread
    ask call
    ask call
    ctl "$pid" reset
    kill -KILL "$pid"
    wait "$launcher" || :
    expect_calls out.prof leaf 0
    expect_calls out.prof serve 1
'

test_case "a pause ends the open calls of a thread that sleeps through it" '
    start
    ask thread
    expect_equal waiting "$answer"
    ctl "$pid" pause
    ctl "$pid" resume
    ask go
    finish
    expect_calls out.prof leaf 11
    expect_calls out.prof in_thread 1
    run "$TEST_BIN/inspect" out.prof
    expect_stdout_line "edge - call 1" # and not from in_thread
'

test_case "the profile command may be named instead of its program" '
    start --paused
    until "$profile" ctl "$launcher" resume 2>/dev/null; do # its note may be written after the program has begun
        kill -0 "$launcher"
    done
    ask call
    finish
    expect_calls out.prof leaf 10
'

test_case "a forked child of a paused process is paused, and resumes by itself" '
    start --paused
    ask fork
    ask call # from its first event on, the child has an image of its own
    child=$(ps -o pid= --ppid "$pid")
    ctl "${child##* }" resume
    ask call
    finish
    expect_calls out.prof leaf 10
'

test_case "a snapshot is the profile that would be saved if the program were killed now" '
    start
    ask call
    ctl "$pid" snapshot one.prof
    ask call
    ctl "$pid" snapshot two.prof
    finish
    expect_calls one.prof leaf 10
    expect_calls one.prof serve 1
    expect_calls two.prof leaf 20
    expect_calls out.prof leaf 20
'

test_case "a snapshot of a program in a mount namespace of its own has names" '
    unshare -m true 2>"$test_work/unshare" || skip "no mount namespaces"
    server
    mkdir inside
    mkfifo requests answers
    "$profile" -o out.prof unshare -m sh -c "mount -t tmpfs none inside && cp server inside && exec inside/server" <requests >answers 2>messages &
    launcher=$!
    exec 3>requests 4<answers
    read -r pid <&4
    ask call
    ctl "$pid" snapshot now.prof
    expect_calls now.prof leaf 10
    finish
    expect_calls out.prof leaf 10
'

test_case "a snapshot has the descendants of the process, and not its ancestors" '
    start
    ask call
    ask fork
    ask call
    child=$(ps -o pid= --ppid "$pid")
    ctl "$pid" snapshot all.prof
    ctl "${child##* }" snapshot child.prof
    finish
    expect_calls all.prof leaf 20
    expect_calls child.prof leaf 10
'

# A master that starts workers in four ways: a fork, a fork whose parent ends, one below a shell, and by exec. It
# prints their numbers and process IDs. Each calls leaf() once for each line that it reads from the FIFO of its number, and
# answers. A fifth worker has ended, and nobody has collected it.
workers() {
    compile workers <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static volatile int sum;

void leaf(void)
{
    sum++;
}

__attribute__((no_instrument_function)) static int work(const char *number)
{
    char name[16], line[16];
    FILE *requests;

    snprintf(name, sizeof name, "to%s", number);
    requests = fopen(name, "r");
    leaf();
    printf("%s %d\n", number, (int)getpid());
    fflush(stdout);
    while (fgets(line, sizeof line, requests) != NULL) {
        leaf();
        printf("done\n");
        fflush(stdout);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return work(argv[1]);
    if (fork() == 0) {
        leaf();
        _exit(0);
    }
    if (fork() == 0)
        exit(work("1"));
    if (fork() == 0) {
        leaf();
        if (fork() == 0)
            exit(work("2"));
        _exit(0);
    }
    if (fork() == 0)
        execl("/bin/sh", "sh", "-c", "./workers 3; :", (char *)NULL);
    if (fork() == 0)
        execl("./workers", "workers", "4", (char *)NULL);
    return work("0");
}
END
}

test_case "--tree controls all descendants, also orphans and those below a shell, and says how many there are" '
    workers
    mkfifo to0 to1 to2 to3 to4 answers
    "$profile" --wait=all -o out.prof ./workers >answers 2>messages &
    launcher=$!
    exec 4<answers 5>to0 6>to1 7>to2 8>to3 9>to4
    for worker in 0 1 2 3 4; do
        read -r number pid <&4
        eval "pid$number=$pid"
    done
    ask_all() {
        for descriptor in 5 6 7 8 9; do
            eval "echo go >&$descriptor"
            read -r answer <&4
        done
    }
    ask_all
    run "$profile" ctl --tree "$launcher" pause
    expect_status 0
    expect_no_stderr
    expect_equal "paused 5 processes" "$(cat "$stdout")"
    ask_all
    ask_all
    run "$profile" ctl "$pid0" --tree resume
    expect_equal "resumed 5 processes" "$(cat "$stdout")"
    ask_all
    run "$profile" ctl --tree "$pid2" reset
    expect_equal "reset 1 process" "$(cat "$stdout")"
    exec 5>&- 6>&- 7>&- 8>&- 9>&-
    wait "$launcher"
    # Each worker called leaf 3 times, but one was reset then, and two processes that ended once.
    expect_calls out.prof leaf 14
'

test_case "a program that is linked with the runtime can be controlled without profile" '
    server
    ${CC:-cc} -g -O1 -finstrument-functions -pthread -x c - -x none -o alone -L"$build" -Wl,-rpath,"$build" \
        -Wl,--no-as-needed -lprofile <<END
#include <stdio.h>
#include <unistd.h>
static volatile int sum;
void leaf(void) { sum++; }
int main(void)
{
    printf("%d\n", (int)getpid());
    fflush(stdout);
    while (getchar() != EOF) {
        leaf();
        puts("done");
        fflush(stdout);
    }
    return 0;
}
END
    mkfifo requests answers
    PROFILE_OUT=alone.prof ./alone <requests >answers &
    exec 3>requests 4<answers
    read -r pid <&4
    printf x >&3
    read -r answer <&4
    ctl "$pid" snapshot now.prof
    ctl "$pid" pause
    printf x >&3
    read -r answer <&4
    exec 3>&-
    wait "$!"
    expect_calls now.prof leaf 1
    expect_calls alone.prof leaf 1
'

# refused STATUS LINE WORD...: profile ctl WORD... exits with STATUS, and prints LINE and nothing else.
refused() {
    expected=$1
    line=$2
    shift 2
    run "$profile" ctl "$@"
    expect_status "$expected"
    expect_no_stdout
    expect_one_line "$stderr"
    expect_stderr_line "profile: $line"
}

test_case "wrong usage is reported in one line, and exits 2" '
    refused 2 "no PID given; see profile ctl --help"
    refused 2 "no request given; see profile ctl --help" 1
    for pid in x "" 0 -- 12x; do
        run "$profile" ctl -- "$pid" pause
        expect_status 2
        expect_one_line "$stderr"
    done
    refused 2 "invalid process ID '"'12x'"'; see profile ctl --help" 12x pause
    refused 2 "unknown request '"'stop'"' (use pause, resume, reset or snapshot); see profile ctl --help" 1 stop
    refused 2 "snapshot needs a FILE; see profile ctl --help" 1 snapshot
    refused 2 "--tree does nothing beside snapshot, which has the descendants; see profile ctl --help" --tree 1 snapshot x
    refused 2 "unexpected word '"'now'"'; see profile ctl --help" 1 pause now
    refused 2 "unknown option --now; see profile ctl --help" --now
'

test_case "a process whose first thread has ended is controlled by its own ID and by that of profile" '
    compile program -pthread <<END
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static pthread_t first;
static void leaf(void) { }
static void *run(void *argument)
{
    pthread_join(first, NULL);
    leaf();
    printf("%d\n", (int)getpid());
    fflush(stdout);
    getchar();
    return argument;
}
int main(void)
{
    pthread_t thread;

    first = pthread_self();
    pthread_create(&thread, NULL, run, NULL);
    pthread_exit(NULL);
}
END
    mkfifo input
    "$profile" -o out.prof ./program <input >output &
    launcher=$!
    exec 3>input
    until [ -s output ]; do kill -0 "$launcher"; done
    for process in "$(cat output)" "$launcher"; do
        run "$profile" ctl "$process" snapshot snapshot.prof
        expect_status 0
        expect_equal 1 "$("$stats" --csv snapshot.prof | awk -F, "\$7 == \"leaf\" { print \$1 }")"
    done
    echo >&3
    wait "$launcher"
'

test_case "a process that cannot be controlled is reported as missing, not ours, not profiled, or ended" '
    refused 1 "there is no process 2147483647" 2147483647 pause
    refused 1 "process $$ is not being profiled, or has made no call yet" "$$" pause
    sh -c "sleep 60 & echo \$! >zombie; exec sleep 60" &
    parent=$!
    until [ -s zombie ]; do kill -0 "$parent"; done
    zombie=$(cat zombie)
    kill "$zombie"
    until grep -q "^State:.Z" "/proc/$zombie/status"; do kill -0 "$parent"; done
    refused 1 "process $zombie has ended" "$zombie" pause
    kill "$parent"
    [ "$(id -u)" -eq 0 ] || skip "who is not root cannot become another user"
    setpriv --reuid 65534 --clear-groups "$profile" ctl "$$" pause 2>refusal && fail "another user can do it"
    expect_equal "profile: process $$ is not yours" "$(cat refusal)"
'

test_case "a snapshot that cannot be written is reported, and does no harm" '
    start
    ask call
    run "$profile" ctl "$pid" snapshot missing/x.prof
    expect_status 1
    expect_one_line "$stderr"
    ask call
    finish
    expect_calls out.prof leaf 20
'

test_case "help and version go to stdout" '
    run "$profile" ctl --help
    expect_status 0
    expect_stdout_line "Usage: profile ctl [--tree] PID pause|resume|reset"
    run "$profile" ctl --version
    expect_status 0
'

test_done
