#!/bin/sh
# Tests signals: the program gets each as often as without `profile`, and `profile` obeys them when the program has
# ended.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# counter: compiles a program that counts the signals it gets, until the last real-time signal comes. Relays and
# kernels deliver that behind all others. It prints "ready PID", and then a line for each kind: NUMBER TIMES VALUE.
# With the argument "group" it signals its own group, with "leave" it makes a group of its own, and with "alarm" it
# ends when it gets SIGALRM.
counter() {
    compile counter <<'END'
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static volatile sig_atomic_t times[100], value[100];
static void handle(int number, siginfo_t *info, void *context)
{
    (void)context;
    times[number]++;
    value[number] = info->si_code == SI_QUEUE ? info->si_value.sival_int : 0;
}
int main(int argc, char **argv)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};
    int alarms = argc > 1 && strcmp(argv[1], "alarm") == 0 ? 1 : 100;
    sigset_t all, old;

    action.sa_sigaction = handle;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &old);
    for (int number = 1; number <= SIGRTMAX; number++)
        if (number != SIGCHLD && number != SIGTSTP && number != SIGCONT)
            sigaction(number, &action, NULL);
    if (argc > 1 && strcmp(argv[1], "leave") == 0)
        setpgid(0, 0);
    printf("ready %d\n", (int)getpid());
    fflush(stdout);
    if (argc > 1 && strcmp(argv[1], "group") == 0)
        kill(0, SIGUSR1);
    while (times[SIGRTMAX] == 0 && times[SIGALRM] < alarms)
        sigsuspend(&old);
    for (int number = 1; number < SIGRTMAX; number++)
        if (times[number] != 0)
            printf("%d %d %d\n", number, (int)times[number], (int)value[number]);
    return 0;
}
END
}

# start COMMAND...: runs COMMAND in a process group of its own, with its output in the file `output`. Sets $launcher,
# and $program when the program is ready.
start() {
    rm -f output
    setsid "$@" >output 2>errors &
    launcher=$!
    wait_for output "^ready"
    program=$(sed -n "s/^ready //p" output)
}

# wait_for FILE REGEX: waits until FILE has a line that matches.
wait_for() {
    until grep -q "$2" "$1" 2>/dev/null; do kill -0 "$launcher" || fail "it ended without $2"; done
}

# finish: ends the counter. Sets $status.
finish() {
    kill -RTMAX "$launcher"
    status=0
    wait "$launcher" || status=$?
}

# send SIGNAL TARGET...: sends SIGNAL to processes, or to groups if TARGET is negative, by one command.
send() {
    signal=$1
    shift
    env kill "-$signal" -- "$@"
}

# received: prints the numbers of the signals that came and how often, as "2x1 15x1".
received() {
    sed -n "s/^\([0-9]*\) \([0-9]*\) .*/\1x\2/p" output | tr "\n" " "
}

# daemon: compiles a program that ends at once and leaves a child, which works until it gets a signal.
daemon() {
    compile daemon <<'END'
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
static void leaf(void) { }
int main(void)
{
    if (fork() != 0)
        return 3;
    setsid();
    leaf();
    printf("ready %d\n", (int)getpid());
    fflush(stdout);
    pause();
    return 0;
}
END
}

# simple: compiles a program that calls leaf() once.
simple() {
    echo "static void leaf(void) { } int main(void) { leaf(); return 4; }" | compile simple
}

# leaves FILE: prints the calls of leaf() in the profile FILE.
leaves() {
    "$stats" --csv "$1" | awk -F, '$7 == "leaf" { print $1 }'
}

# recovery FILE: prints the directory that the message in FILE tells to recover.
recovery() {
    sed -n "s/^profile: interrupted; what was recorded is kept: profile --recover //p" "$1"
}

test_case "a signal to profile alone reaches the program once, whichever it is" '
    counter
    start "$profile" -o out.prof ./counter
    for number in 1 2 3 4 5 6 7 8 10 11 12 13 14 15 16 21 22 23 24 25 26 27 28 29 30 31 34 40 63; do
        send $number "$launcher"
    done
    finish
    expect_status 0
    expect_equal "1x1 2x1 3x1 4x1 5x1 6x1 7x1 8x1 10x1 11x1 12x1 13x1 14x1 15x1 16x1 21x1 22x1 23x1 24x1 25x1 26x1 27x1 28x1 29x1 30x1 31x1 34x1 40x1 63x1 " "$(received)"
'

test_case "a signal to the process group reaches the program once, also one that it sends itself" '
    counter
    for signal in TERM INT HUP QUIT USR1 WINCH ALRM 40; do
        start "$profile" -o out.prof ./counter
        send $signal "-$launcher"
        finish
        expect_status 0
        expect_equal 1 "$(sed -n "s/^[0-9]* \([0-9]*\) .*/\1/p" output)"
    done
    start "$profile" -o out.prof ./counter group
    finish
    expect_equal "10x1 " "$(received)"
'

test_case "a signal that a supervisor sends to each process in turn reaches the program once" '
    counter
    start "$profile" -o out.prof ./counter
    others=$(cat "/proc/$launcher/task/$launcher/children")
    send STOP "$launcher"
    # shellcheck disable=SC2086
    send TERM "$launcher" $others
    send CONT "$launcher"
    finish
    expect_status 0
    expect_equal "15x1 " "$(received)"
'

test_case "a program that makes a process group of its own gets the signals to the group of profile" '
    counter
    start "$profile" -o out.prof ./counter leave
    send TERM "-$launcher"
    finish
    expect_status 0
    expect_equal "15x1 " "$(received)"
'

test_case "queued signals keep their values" '
    counter
    start "$profile" -o out.prof ./counter
    env kill -q 42 -s 40 "$launcher" || skip "this kill cannot queue a value"
    finish
    expect_equal "40 1 42" "$(tail -n 1 output)"
'

test_case "a signal that profile was started to ignore reaches a program that handles it" '
    counter
    trap "" INT QUIT HUP
    start "$profile" -o out.prof ./counter
    send INT "$launcher"
    send HUP "$launcher"
    finish
    expect_equal "1x1 2x1 " "$(received)"
'

test_case "the program gets the SIGALRM that was ordered before profile started" '
    counter
    start python3 -c "
import os, signal, sys
signal.setitimer(signal.ITIMER_REAL, 0.2, 0)
os.execv(sys.argv[1], sys.argv[1:])" "$profile" -o out.prof ./counter alarm
    status=0
    wait "$launcher" || status=$?
    expect_status 0
    expect_equal "14x1 " "$(received)"
'

test_case "a program that was to be killed when its parent ends is killed then" '
    counter
    python3 -c "
import ctypes, signal, subprocess, sys
subprocess.Popen(sys.argv[1:], preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL), stdout=open(\"output\", \"w\"))
while not open(\"output\").read():
    pass" "$profile" -o out.prof ./counter
    program=$(sed -n "s/^ready //p" output)
    while grep -q "^State:.[^Z]" "/proc/$program/status" 2>/dev/null; do :; done
    spool=$(grep -ls "$PWD/out.prof" /dev/shm/profile-*/launch "${TMPDIR:-/tmp}"/profile-*/launch || :)
    run "$profile" --recover "${spool%/launch}"
    expect_status 0
'

test_case "SIGTSTP to profile stops the program and profile, and SIGCONT continues them" '
    counter
    python3 - "$profile" <<END
import os, signal, subprocess, sys
os.setsid() # for the kernel stops a process group only if a parent of the same session is in another group
profile = subprocess.Popen([sys.argv[1], "-o", "out.prof", "./counter"], stdout=subprocess.PIPE,
                           preexec_fn=lambda: os.setpgid(0, 0))
program = int(profile.stdout.readline().split()[1])
def wait_state(process, state):
    while open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()[0] != state:
        pass
for round in range(2):
    profile.send_signal(signal.SIGTSTP)
    if not os.WIFSTOPPED(os.waitpid(profile.pid, os.WUNTRACED)[1]):
        sys.exit("profile does not stop")
    wait_state(program, "T")
    profile.send_signal(signal.SIGCONT)
    wait_state(program, "S")
    wait_state(profile.pid, "S")
profile.send_signal(signal.SIGRTMAX)
sys.exit(profile.wait())
END
'

test_case "profile tells the exit status also if its parent ignores SIGCHLD, which the program ignores too" '
    simple
    for program in ./simple "grep SigIgn:.*1....$ /proc/self/status"; do
        run python3 -c "
import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])" "$profile" -o out.prof $program
        expect_status $([ "$program" = ./simple ] && echo 4 || echo 0)
    done
'

test_case "the first child of profile is the program, and no other is called profile, which pkill would signal too" '
    counter
    start "$profile" -o out.prof ./counter
    expect_equal "$program" "$(cut -d " " -f 1 "/proc/$launcher/task/$launcher/children")"
    for process in $(cat "/proc/$launcher/task/$launcher/children"); do
        ! grep -q profile "/proc/$process/comm" "/proc/$process/cmdline" ||
            fail "$(tr "\0" " " <"/proc/$process/cmdline") is called profile"
    done
    finish
'

test_case "SIGTERM, SIGINT, SIGHUP and SIGQUIT end the wait for descendants, and the profile is saved" '
    daemon
    for signal in TERM INT HUP QUIT; do
        # a shell starts what is in the background with SIGINT and SIGQUIT ignored
        start env --default-signal=INT,QUIT "$profile" --wait=all -o out.prof ./daemon
        wait_for "/proc/$program/status" "^PPid:.$launcher$"
        sleep 0.2 # a signal that comes sooner was meant for the program
        send $signal "$launcher"
        status=0
        wait "$launcher" || status=$?
        kill "$program"
        expect_status 3
        expect_equal 1 "$(leaves out.prof)"
        rm out.prof
    done
'

test_case "a signal that profile was started to ignore does not end the wait for descendants" '
    daemon
    trap "" HUP
    start "$profile" --wait=all -o out.prof ./daemon
    wait_for "/proc/$program/status" "^PPid:.$launcher$"
    sleep 0.2
    send HUP "$launcher"
    until [ "$(sed -n "s/^ShdPnd:.//p" "/proc/$launcher/status" | tr -d 0)" = "" ]; do :; done
    kill -0 "$launcher"
    kill "$program"
    wait "$launcher" || :
    expect_file out.prof
'

test_case "a named pipe gets the profile, and its reader is not cut off before" '
    simple
    mkfifo pipe
    cat pipe >read.prof &
    run "$profile" -o pipe ./simple
    wait
    expect_status 4
    expect_no_stderr
    expect_equal 1 "$(leaves read.prof)"
'

test_case "a signal ends profile while it waits for the reader of a named pipe, and what was recorded is kept" '
    simple
    mkfifo pipe
    "$profile" -o pipe sh -c "./simple; touch ended" 2>errors &
    until [ -e ended ]; do :; done
    while grep -q "^State:.[^Z]" "/proc/$!/status" 2>/dev/null; do kill -TERM $! || :; done
    status=0
    wait $! || status=$?
    expect_status 143
    expect_one_line errors
    run "$profile" --recover -o recovered.prof "$(recovery errors)"
    expect_status 0
    expect_equal 1 "$(leaves recovered.prof)"
'

test_case "a signal while the profile is written leaves no unfinished file" '
    nm "$profile" | grep -q __asan_init && skip "a sanitizer wants to be the first library"
    simple
    ${CC:-cc} -x c -shared -fPIC -o slow.so - <<END
#include <signal.h>
int fsync(int descriptor) { for (;;) raise(SIGTERM); return descriptor; }
END
    LD_PRELOAD=./slow.so run "$profile" -o out.prof ./simple
    expect_status 143
    expect_equal "simple slow.so" "$(echo *)"
    "$profile" --recover "$(recovery "$stderr")"
    expect_file out.prof
'

test_done
