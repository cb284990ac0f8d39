#!/bin/sh
# Tests `profile --exec`, which becomes the program.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317,SC2034

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# A program that calls leaf() and then does what its first word says: "exit N", "show", "wait", "daemon".
program() {
    compile program <<'END'
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

void leaf(void)
{
}

/* Prints all that a parent, a child or a descriptor more would change. */
__attribute__((no_instrument_function)) static void show(void)
{
    DIR *directory = opendir("/proc/self/fd");
    struct dirent *entry;
    sigset_t blocked, pending;
    struct sigaction action;
    int adopts = 0;

    printf("parent %d, group %d, session %d", (int)getppid(), (int)getpgrp(), (int)getsid(0));
    prctl(PR_GET_CHILD_SUBREAPER, &adopts);
    printf(", adopts %d", adopts);
    errno = 0;
    printf(", child %d", (int)waitpid(-1, NULL, WNOHANG));
    printf(" %d, descriptors:", errno);
    while ((entry = readdir(directory)) != NULL)
        printf(" %s", entry->d_name);
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    sigpending(&pending);
    for (int number = 1; number < NSIG; number++)
        if (sigaction(number, NULL, &action) == 0)
            printf("%s%d%d%d", number == 1 ? ", signals:" : " ", sigismember(&blocked, number),
                   sigismember(&pending, number), action.sa_handler == SIG_IGN);
    printf("\n");
}

int main(int argc, char **argv)
{
    leaf();
    if (argc > 1 && strcmp(argv[1], "exit") == 0)
        return atoi(argv[2]);
    if (argc > 1 && strcmp(argv[1], "show") == 0)
        show();
    if (argc > 1 && strcmp(argv[1], "daemon") == 0) {
        if (fork() != 0)
            return 0;
        close(2);
    }
    if (argc > 1 && (strcmp(argv[1], "wait") == 0 || strcmp(argv[1], "daemon") == 0)) {
        printf("%d\n", (int)getpid());
        fflush(stdout);
        for (;;)
            pause();
    }
    return 0;
}
END
}

# start WORD...: starts the program in the background, and sets pid to $!. Standard error goes to the file messages,
# and output to the FIFO answers, open as descriptor 4.
start() {
    program
    mkfifo answers errors
    cat <errors >messages &
    reader=$!
    "$profile" --exec -o out.prof ./program "$@" >answers 2>errors &
    pid=$!
    exec 4<answers
}

# Waits for the collector, which has standard error.
collected() {
    wait "$reader"
    exec 4<&-
}

expect_leaf() {
    "$stats" --csv --no-pager "$1" 2>/dev/null | grep -q ",leaf" || fail "$1 does not have the calls"
}

test_case "the program has the process ID that the shell knows, and ends by its own status" '
    start exit 5
    wait "$pid" || status=$?
    expect_equal 5 "$status"
    collected
    expect_equal "" "$(cat messages)"
    expect_leaf out.prof
    expect_equal "$pid" "$("$stats" --by process --csv --no-pager out.prof | sed -n "2s/,.*//p")"
'

test_case "signals go to the program alone, and it may die of them" '
    for signal in TERM KILL; do
        rm -f answers errors
        start wait
        read -r own <&4
        expect_equal "$pid" "$own"
        kill -$signal "$pid"
        status=0
        wait "$pid" || status=$?
        expect_equal "$signal" "$(kill -l "$status")"
        collected
        expect_equal "" "$(cat messages)"
        expect_leaf out.prof
        rm out.prof
    done
'

test_case "the program has the parent, children, descriptors and signals that it has without profile" '
    program
    # run_as WAY COMMAND...: becomes COMMAND with other signals than usual, and perhaps as who adopts orphans.
    run_as() {
        python3 - "$@" <<END
import ctypes, os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD, signal.SIGUSR1])
signal.signal(signal.SIGUSR2, signal.SIG_IGN)
if sys.argv[1] == "reaper":
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER, which an exec keeps
os.execvp(sys.argv[2], sys.argv[2:])
END
    }
    mkfifo errors
    for way in plain reaper; do
        run_as $way ./program show >expected
        cat <errors & # until the collector has ended
        run_as $way "$profile" --exec -o out.prof ./program show >actual 2>errors
        wait "$!"
        expect_same expected actual
    done
'

test_case "who reads the output of the program does not wait for the profile" '
    program
    mkfifo profile.fifo
    "$profile" --exec -o profile.fifo ./program exit 0 | cat
    cat profile.fifo >out.prof
    expect_leaf out.prof
'

test_case "who reads standard error waits for the profile" '
    program
    "$profile" --exec -o out.prof ./program exit 0 2>&1 | cat
    expect_leaf out.prof
'

test_case "profile ctl controls the program by its process ID" '
    start wait
    read -r own <&4
    run "$profile" ctl "$pid" snapshot now.prof
    expect_status 0
    expect_leaf now.prof
    run "$profile" ctl "$pid" pause
    expect_status 0
    kill "$pid"
    wait "$pid" || :
    collected
    run "$stats" --no-pager out.prof
    expect_stdout_line "   Not the whole run: recording was paused"
'

test_case "a daemon that the program has left is told of" '
    start daemon
    wait "$pid"
    read -r daemon <&4
    collected
    kill "$daemon"
    expect_equal "profile: a process of the program still runs, and its profile ends here: without --exec, --wait=all waits for it" "$(cat messages)"
'

test_case "a program that cannot be run is reported in one line, and nothing is left behind" '
    printf "#!/no/such/interpreter\n" >script
    chmod +x script
    mkdir tmp
    # Standard error is a pipe, which ends when the collector has ended.
    { TMPDIR=$PWD/tmp "$profile" --exec -o out.prof ./script 2>&1 || echo "status $?"; } | cat >"$stdout"
    expect_stdout_match "^profile: cannot run .*/script: No such file or directory$|^profile: cannot run ./script: No such file or directory$"
    expect_stdout_line "status 126"
    expect_equal 2 "$(wc -l <"$stdout")"
    expect_no_file out.prof
    expect_equal "" "$(ls tmp)"
'

test_case "process 1 is refused, and so is a descriptor of the program for the profile" '
    program
    run "$profile" --exec -o /dev/stdout ./program exit 0
    expect_status 1
    expect_stderr_line "profile: --exec: -o /dev/stdout is a descriptor of the program: name a file"
    unshare -pf true 2>/dev/null || skip "processes cannot have a namespace of their own here"
    run unshare -pf "$profile" --exec -o out.prof ./program exit 0
    expect_status 1
    expect_stderr_line "profile: --exec: the program would be process 1, whose end kills all others before they can save its profile: leave the option out"
'

test_done
