#!/bin/sh
# Tests the command `profile` as a user types it.
# The tests' bodies are text to shellcheck, so it takes the functions for unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# A program that calls work() three times, prints its arguments, copies standard input and ends with status 7.
simple() {
    compile simple <<'END'
#include <stdio.h>

static volatile int sum;

static void work(int n)
{
    for (int i = 0; i < n; i++)
        sum += i;
}

int main(int argc, char **argv)
{
    int c;

    for (int i = 1; i < argc; i++)
        printf("[%s]", argv[i]);
    work(1), work(2), work(3);
    while ((c = getchar()) != EOF)
        putchar(c);
    return 7;
}
END
}

# A program whose first argument says what to do.
doer() {
    compile doer -pthread <<'END'
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t got;

static void handler(int number)
{
    got = number;
}

static void leaf(void)
{
}

static void *thread(void *argument)
{
    for (int i = 0; i < 1000; i++)
        leaf();
    return argument;
}

int main(int argc, char **argv)
{
    const char *what = argv[argc > 1];
    pthread_t threads[8];

    leaf();
    if (strcmp(what, "abort") == 0)
        abort();
    if (strcmp(what, "kill") == 0)
        raise(SIGKILL);
    if (strcmp(what, "_exit") == 0)
        _exit(3);
    if (strcmp(what, "wait") == 0) {
        signal(SIGUSR1, handler);
        puts("ready"), fflush(stdout);
        while (!got)
            pause();
        printf("got %d\n", got == SIGUSR1);
    }
    if (strcmp(what, "hang") == 0) {
        puts("ready"), fflush(stdout);
        for (;;)
            pause();
    }
    if (strcmp(what, "threads") == 0) {
        for (int i = 0; i < 8; i++)
            pthread_create(&threads[i], NULL, thread, NULL);
        for (int i = 0; i < 8; i++)
            pthread_join(threads[i], NULL);
    }
    if (strcmp(what, "fork") == 0) {
        if (fork() == 0) {
            leaf(), leaf();
            exit(0);
        }
        wait(NULL);
    }
    return 0;
}
END
}

# calls_of FUNCTION [FILE]: prints the number of its calls in the profile.
calls_of() {
    "$stats" --csv "${2-out.prof}" | awk -F, -v name="$1" '$7 == name { print $1 }'
}

# Waits until the file $1 has the line $2. If the program ends without it, the time limit ends the test.
wait_for_line() {
    until grep -qx "$2" "$1" 2>/dev/null; do
        kill -0 "$3" 2>/dev/null || fail "the program ended before it printed $2"
    done
}

test_case "-o saves the profile, and stats reads it" '
    simple
    run "$profile" -o out.prof ./simple </dev/null
    expect_status 7
    expect_no_stderr
    expect_equal 3 "$(calls_of work)"
    expect_equal 1 "$(calls_of main)"
'

test_case "without -o the report goes to stderr, by cumulative time, and no file is left" '
    simple
    run "$profile" ./simple </dev/null
    expect_status 7
    expect_no_stdout
    expect_stderr_match "^ +4 function calls in "
    expect_stderr_line "   Ordered by: cumulative time"
    expect_stderr_match "simple|<stdin>:5\(work\)"
    expect_equal simple "$(ls)"
'

test_case "-s orders the printed report, and -n shortens it" '
    simple
    run "$profile" -s ncalls,name -n 1 ./simple </dev/null
    expect_stderr_line "   Ordered by: call count, function name"
    expect_stderr_line "   List reduced from 2 to 1 due to restriction <1>"
    expect_stderr_match "^ +3 .*\(work\)$"
'

test_case "arguments, standard input and output pass through untouched" '
    simple
    printf "one\ntwo" >input
    run "$profile" -o out.prof ./simple -o "a b" "" "*" -- --help <input
    printf "[-o][a b][][*][--][--help]one\ntwo" >expected
    expect_same expected "$stdout"
'

test_case "-- ends the options, and so does the first word that is not an option" '
    simple
    cp simple ./-s
    run "$profile" -o out.prof -- -s -n x </dev/null
    expect_status 127
    run env PATH=. "$profile" -o out.prof -- -s -n x </dev/null
    expect_status 7
    expect_equal "[-n][x]" "$(cat "$stdout")"
    run "$profile" -o out.prof ./simple -n x </dev/null
    expect_equal "[-n][x]" "$(cat "$stdout")"
'

test_case "the environment is as without profile, also variables that profile sets" '
    for variables in A=b "LD_PRELOAD= A=b" "PROFILE_OPTIONS=frequency=7 PROFILE_OUT=x LD_PRELOAD=$build/libprofile.so"; do
        # shellcheck disable=SC2086
        env -i $variables env >expected
        # shellcheck disable=SC2086
        run env -i $variables "$profile" --frequency 1000 -o out.prof env
        expect_same expected "$stdout"
    done
'

test_case "-o takes a new file in /dev/shm, where no devices are" '
    [ -w /dev/shm ] || skip "there is no /dev/shm"
    simple
    place=$(mktemp -d -p /dev/shm)
    run "$profile" -o "$place/out.prof" ./simple </dev/null
    moved=0
    mv "$place/out.prof" . || moved=1
    rmdir "$place"
    expect_equal 0 $moved
    "$stats" out.prof >/dev/null
'

test_case "the path of -o is relative to the directory that profile was started in" '
    mkdir below
    compile moves <<END
#include <unistd.h>
int main(void)
{
    return chdir("below");
}
END
    run "$profile" -o out.prof ./moves
    expect_status 0
    expect_file out.prof
    expect_no_file below/out.prof
'

test_case "a program that dies by a signal leaves a profile, 128+N and the same signal" '
    doer
    run "$profile" -o out.prof ./doer kill
    expect_status 137
    expect_equal 1 "$(calls_of leaf)"
    run "$profile" -o out.prof ./doer abort
    expect_status 134
    expect_equal 1 "$(calls_of leaf)"
    python3 -c "
import subprocess, sys
sys.exit(subprocess.run(sys.argv[1:]).returncode != -6)" "$profile" -o out.prof ./doer abort
'

test_case "_exit leaves a profile" '
    doer
    run "$profile" -o out.prof ./doer _exit
    expect_status 3
    expect_equal 1 "$(calls_of leaf)"
'

test_case "Ctrl-C still gives a profile" '
    doer
    python3 - "$profile" <<END
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], [sys.argv[1], "-o", "out.prof", "./doer", "hang"])
while b"ready" not in os.read(terminal, 1000):
    pass
os.write(terminal, b"\003")
sys.exit(os.waitpid(child, 0)[1] != 2)
END
    expect_equal 1 "$(calls_of leaf)"
'

test_case "a signal sent to profile reaches the program" '
    doer
    "$profile" -o out.prof ./doer wait >output &
    wait_for_line output ready $!
    kill -USR1 $!
    wait $!
    expect_equal "got 1" "$(tail -n 1 output)"
    expect_equal 1 "$(calls_of leaf)"
'

test_case "a signal that was ignored stays ignored in the program" '
    doer
    trap "" USR1
    run "$profile" -o out.prof sh -c "kill -USR1 \$\$; echo alive"
    expect_stdout_line alive
'

test_case "threads are counted exactly" '
    doer
    run "$profile" -o out.prof ./doer threads
    expect_status 0
    expect_equal 8001 "$(calls_of leaf)"
    expect_equal 8 "$(calls_of thread)"
'

test_case "a forked child has its calls in the same profile" '
    doer
    run "$profile" -o out.prof ./doer fork
    expect_status 0
    expect_equal 3 "$(calls_of leaf)"
'

test_case "a program that runs without profile saves its profile itself if it is linked with the library" '
    simple
    for form in "" -static; do
        ${CC:-cc} -x c -g -finstrument-functions -o alone - -x none $form -L"$build" -lprofile <<END
static void work(void) { }
int main(void) { for (int i = 0; i < 5; i++) work(); return 0; }
END
        LD_LIBRARY_PATH=$build PROFILE_OUT=alone.prof run ./alone
        expect_status 0
        expect_equal 5 "$(calls_of work alone.prof)"
        (unset PROFILE_OUT; LD_LIBRARY_PATH=$build ./alone)
        expect_equal 5 "$(calls_of work "$(echo profile.*.prof)")"
        rm profile.*.prof
        LD_LIBRARY_PATH=$build run "$profile" -o out.prof ./alone
        expect_status 0
        expect_equal 5 "$(calls_of work)"
    done
'

test_case "PROFILE_OUT that cannot be written is one line on standard error, and the program runs as without" '
    simple
    mkdir folder
    mkfifo fifo
    : >file
    refused() {
        PROFILE_OUT=$1 LD_PRELOAD=$build/libprofile.so run ./simple </dev/null
        expect_status 7
        expect_stderr_line "profile: cannot write PROFILE_OUT=$1: $2; nothing is recorded"
        expect_one_line "$stderr"
    }
    refused /no/such/dir/x "there is no such directory"
    refused file/x "there is no such directory"
    refused folder "it is a directory"
    refused fifo "it is not a regular file"
    refused "$(printf "%0300d" 0)" "the name is too long"
    # A closed standard error, and one that nobody reads, stop nothing.
    status=0
    PROFILE_OUT=folder LD_PRELOAD=$build/libprofile.so ./simple </dev/null >output 2>&- || status=$?
    expect_status 7
    { PROFILE_OUT=folder LD_PRELOAD=$build/libprofile.so ./simple </dev/null 2>&3 >output || echo $? >status; } 3>&1 | :
    expect_equal 7 "$(cat status)"
'

test_case "PROFILE_OUT on a full disk, or without permission, is one line on standard error" '
    [ "$(id -u)" -eq 0 ] || skip "only root can mount a tmpfs and be another user"
    simple
    mkdir small
    mount -t tmpfs -o size=8k none small 2>/dev/null || skip "a tmpfs cannot be mounted"
    PROFILE_OUT=small/x LD_PRELOAD=$build/libprofile.so run ./simple </dev/null
    umount small
    expect_status 7
    expect_stderr_line "profile: cannot write PROFILE_OUT=small/x: there is no space left; nothing is recorded"
    chmod 755 . "$test_work"
    cp "$build/libprofile.so" .
    PROFILE_OUT=small/x LD_PRELOAD=./libprofile.so run setpriv --reuid 65534 --regid 65534 --clear-groups ./simple </dev/null
    expect_status 7
    expect_stderr_line "profile: cannot write PROFILE_OUT=small/x: permission denied; nothing is recorded"
'

test_case "forked children say nothing more of PROFILE_OUT" '
    compile forks <<END
#include <sys/wait.h>
#include <unistd.h>
static void work(void) { }
int main(void)
{
    work();
    for (int i = 0; i < 3; i++)
        if (fork() == 0) {
            work();
            _exit(0);
        }
    while (wait(0) > 0)
        ;
    return 7;
}
END
    PROFILE_OUT=. LD_PRELOAD=$build/libprofile.so run ./forks
    expect_status 7
    expect_one_line "$stderr"
'

test_case "the preloaded library records without profile, each process in a file of its own" '
    compile program <<END
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void work(void) { }
int main(int argc, char **argv)
{
    work();
    if (fork() == 0) {
        work();
        if (argc > 1)
            execl(argv[0], argv[0], (char *)NULL);
        exit(0);
    }
    wait(NULL);
    return 0;
}
END
    env -i LD_PRELOAD="$build/libprofile.so" PROFILE_OUT="$PWD/out.prof" sh -c "./program; env | sort" >actual
    env -i LD_PRELOAD="$build/libprofile.so" PROFILE_OUT="$PWD/out.prof" sh -c "env | sort" >expected
    expect_same expected actual
    expect_equal 1 "$(calls_of work out.prof)"
    expect_equal 1 "$(calls_of work out.prof.[0-9]*)"
    rm out.prof.*
    LD_PRELOAD=$build/libprofile.so ./program exec
    set -- profile.*.prof
    [ $# -eq 3 ] || fail "$# files, not 3: $*"
    LD_PRELOAD=$build/libprofile.so PROFILE_OPTIONS=paused=1 PROFILE_OUT=out.prof ./program
    expect_equal "" "$(calls_of work out.prof)"
'

test_case "profile runs from where it was installed, and from a path with a space and a colon" '
    simple
    for place in "a place:b" plain; do
        mkdir -p "$place/bin" "$place/lib"
        cp "$profile" "$place/bin"
        cp "$build/libprofile.so" "$place/lib"
        run "$place/bin/profile" -o out.prof ./simple </dev/null
        expect_status 7
        expect_no_stderr
        expect_equal 3 "$(calls_of work)"
    done
    rm plain/lib/libprofile.so
    run plain/bin/profile ./simple
    expect_status 1
    expect_one_line "$stderr"
'

test_case "no directory is left behind" '
    doer
    run "$profile" -o out.prof sh -c "tr \"\\0\" \"\\n\" </proc/\$\$/environ | sed -n s/^PROFILE_SPOOL=//p; exec ./doer kill"
    expect_file out.prof
    expect_no_file "$(cat "$stdout")"
'

# --- bad input

test_case "a program that does not exist is reported in one line, and exits 127" '
    run "$profile" ./nothing
    expect_status 127
    expect_one_line "$stderr"
    expect_stderr_line "profile: cannot run ./nothing: No such file or directory"
    run "$profile" no-such-command
    expect_status 127
    expect_one_line "$stderr"
'

test_case "an empty name of a program is reported in one line, and exits 126" '
    run "$profile" ""
    expect_status 126
    expect_stderr_line "profile: the program'\''s name is empty"
'

test_case "a program that cannot be executed is reported in one line, and exits 126" '
    echo "not a program" >text
    run "$profile" ./text
    expect_status 126
    expect_stderr_line "profile: cannot run ./text: Permission denied"
    run "$profile" .
    expect_status 126
    expect_one_line "$stderr"
'

test_case "a statically linked program without the runtime is refused before it runs" '
    echo "int main(void) { return 0; }" | compile static -static
    run "$profile" -o out.prof ./static
    expect_status 1
    expect_one_line "$stderr"
    expect_stderr_match "statically linked.*-lprofile"
    expect_no_file out.prof
'

test_case "a program for another machine is refused before it runs" '
    echo "int main(void) { return 0; }" | compile foreign
    printf "\001" | dd of=foreign bs=1 seek=4 conv=notrunc 2>/dev/null
    run "$profile" ./foreign
    expect_status 1
    expect_one_line "$stderr"
    expect_stderr_match "another kind of machine"
'

test_case "a setuid program is refused before it runs" '
    [ "$(id -u)" -eq 0 ] || skip "only root can make one of another user"
    simple
    chown 12345 simple
    chmod 4755 simple
    run "$profile" ./simple
    expect_status 1
    expect_one_line "$stderr"
    expect_stderr_match "setuid"
'

test_case "a program compiled without the flag runs, and a message asks to recompile it" '
    printf "int main(void) { return 5; }" | ${CC:-cc} -x c -o plain -
    run "$profile" -o out.prof ./plain
    expect_status 5
    expect_one_line "$stderr"
    expect_stderr_match "compile it with profile cc"
    expect_no_file out.prof
'

test_case "an output that cannot be written is reported before the program runs" '
    simple
    for out in nowhere/out.prof . /proc/out.prof; do
        run "$profile" -o "$out" ./simple x </dev/null
        expect_status 1
        expect_one_line "$stderr"
        expect_no_stdout
    done
'

test_case "an output that is the program itself is refused before the program runs" '
    simple
    ln simple hard
    ln -s simple soft
    cp simple copy
    for out in simple ./simple "$PWD/simple" hard soft; do
        run "$profile" -o "$out" ./simple x </dev/null
        expect_status 1
        expect_one_line "$stderr"
        expect_stderr_match "^profile: -o $PWD/([.]/)?(simple|hard) is the program itself: name another file$"
        expect_no_stdout
        cmp simple copy
    done
    PATH=$PWD:$PATH
    run "$profile" -o simple simple </dev/null
    expect_status 1
    expect_stderr_line "profile: -o $PWD/simple is the program itself: name another file"
    run "$profile" -o copy ./simple </dev/null
    expect_equal 3 "$(calls_of work copy)"
'

test_case "an existing output file keeps its permissions, and its contents if the program cannot run" '
    simple
    echo old >out.prof
    chmod 600 out.prof
    run "$profile" -o out.prof ./nothing
    expect_equal old "$(cat out.prof)"
    run "$profile" -o out.prof ./simple </dev/null
    expect_equal 600 "$(stat -c %a out.prof)"
    expect_equal 3 "$(calls_of work)"
'

test_case "the profile of an earlier run does not stay as that of a run without recorded calls" '
    echo old >out.prof
    run "$profile" -o out.prof true
    expect_status 0
    expect_one_line "$stderr"
    expect_stderr_match "; the $PWD/out.prof of an earlier run was removed$"
    expect_no_file out.prof
    run "$profile" -o out.prof true
    expect_one_line "$stderr"
    ! grep removed "$stderr" || fail "there was nothing to remove"
    run "$profile" -o /dev/null true
    [ -c /dev/null ] || fail "/dev/null was removed"
'

test_case "a name of 255 bytes is written, and a longer one is refused before the program runs" '
    simple
    long=$(printf "%0255d" 0)
    run "$profile" -o "$long" ./simple </dev/null
    expect_equal 3 "$(calls_of work "$long")"
    rm "$long"
    run "$profile" -o "${long}0" ./simple </dev/null
    expect_status 1
    expect_one_line "$stderr"
    expect_stderr_match "File name too long$"
    expect_no_stdout
'

# expect_hint TEXT: fails unless standard error has no line of profile but TEXT.
expect_hint() {
    grep "^profile: " "$stderr" >hints || :
    printf "profile: %s\n" "$1" >expected
    expect_same expected hints
}

test_case "each reason why nothing was recorded has a line of its own" '
    run "$profile" true
    expect_hint "true made no calls that can be recorded: compile it with profile cc"

    printf "#!/bin/sh\n" >script
    chmod +x script
    run "$profile" ./script
    expect_hint "./script is a script, and neither its interpreter nor a program that it starts made calls that can be recorded: compile the program with profile cc"

    compile own <<END
__attribute__((no_instrument_function)) void __cyg_profile_func_enter(void *f, void *c) { (void)f, (void)c; }
__attribute__((no_instrument_function)) void __cyg_profile_func_exit(void *f, void *c) { (void)f, (void)c; }
int main(void) { return 0; }
END
    run "$profile" ./own
    expect_hint "./own defines the hooks __cyg_profile_func_enter and _exit itself, so its calls do not reach the runtime: link it without them"

    compile dies <<END
#include <stdlib.h>
__attribute__((constructor, no_instrument_function)) static void die(void) { abort(); }
int main(void) { return 0; }
END
    run "$profile" ./dies
    expect_status 134
    expect_hint "./dies was killed by signal 6 (Aborted) before it called a function with hooks"

    echo "int other;" | ${CC:-cc} -shared -fPIC -x c - -o libother.so
    echo "extern int other; int main(void) { return other; }" | compile lacks -L. -lother
    run "$profile" ./lacks
    expect_status 127
    expect_hint "./lacks ended with status 127 before it called a function with hooks: is there a library that it lacks?"
'

test_case "a limit on the size of files is named as the reason, and profile outlives it" '
    simple
    run sh -c "ulimit -f 100; exec \"\$@\"" sh "$profile" ./simple </dev/null
    expect_status 7
    expect_hint "./simple could not record: the limit on the size of files (ulimit -f) leaves no room for it"
    nm "$profile" | grep -q __asan_init && exit 0 # it prints to the file of stderr, and dies of that
    for words in true "sleep 0.2"; do # a program that lives would get the signal for what profile writes
        # shellcheck disable=SC2086
        run sh -c "ulimit -f 0; exec \"\$@\"" sh "$profile" $words
        expect_status 0
    done
'

test_case "a program with file capabilities is refused, unless root runs it" '
    simple
    { command -v setcap && command -v setpriv && setcap cap_net_raw+ep simple; } >"$test_work/setcap" 2>&1 ||
        skip "file capabilities cannot be set"
    run "$profile" -o out.prof ./simple </dev/null
    expect_equal 3 "$(calls_of work)"
    chmod 755 "$test_work" .
    run setpriv --reuid 65534 --regid 65534 --clear-groups "$profile" ./simple </dev/null
    expect_status 1
    expect_hint "./simple has file capabilities, so the runtime cannot be loaded into it: profile a copy without them, or as root"
'

test_case "without /proc, profile says so" '
    unshare -m true 2>"$test_work/unshare" || skip "no mount namespaces"
    simple
    run unshare -m sh -c "mount -t tmpfs none /proc && exec \"\$@\"" sh "$profile" ./simple
    expect_status 1
    expect_stderr_line "profile: libprofile.so cannot be found: /proc, which tells where this program lies, is not mounted"
'

test_case "wrong usage exits 2 with one line" '
    for words in "" "--no-such-option x" "-o" "--sort nonsense x" "--limit many x" "-n -1 x"; do
        # shellcheck disable=SC2086
        run "$profile" $words
        expect_status 2
        expect_one_line "$stderr"
        expect_no_stdout
    done
'

test_case "an option that would do nothing is refused with the reason, and the program is not run" '
    check() {
        reason=$1
        shift
        run "$profile" "$@"
        expect_status 2
        expect_no_stdout
        expect_one_line "$stderr"
        expect_stderr_line "profile: $reason; see profile --help"
    }
    check "--output and --sort exclude each other" -o out.prof --sort time echo ran
    check "--output and --limit exclude each other" -n 3 -o out.prof echo ran
    check "--recover and --paused exclude each other" --recover --paused
    check "--recover and --sampler exclude each other" --recover --sampler timer
    check "--calibrate and --output exclude each other" --calibrate -o out.prof
    check "--cflags and --timer exclude each other" --cflags --timer cpu
    check "--exec and --wait exclude each other" --exec --wait=all -o out.prof echo ran
    check "--exec needs --output" --exec echo ran
    check "--cc needs --cflags" --cc=gcc echo ran
    check "--cc needs --cflags" --cc gcc echo ran
    check "--clock=none and --frequency exclude each other" --clock none --frequency 100 echo ran
'

test_case "--help and --version print to stdout and exit 0" '
    run "$profile" --help
    expect_status 0
    expect_no_stderr
    expect_stdout_match "^Usage: profile|^usage: profile"
    run "$profile" --version
    expect_status 0
    expect_stdout_match "^profile [0-9]+\.[0-9]+"
'

test_done
