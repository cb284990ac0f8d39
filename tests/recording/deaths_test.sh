#!/bin/sh
# Tests programs and launchers that are killed, and full disks: the calls that were recorded are kept.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

test_case "a busy program with eight threads is killed ${KILLS:-100} times: no call that had ended is missing" '
    $CC -O2 -g -finstrument-functions "$top/tests/programs/victim.c" -o victim -pthread
    python3 "$top/tests/recording/kill.py" "$profile" "$TEST_BIN/inspect" ./victim "${KILLS:-100}"
'

test_case "if the launcher is killed, the program goes on, and profile --recover finishes the profile" '
    compile program <<END
#include <stdio.h>
static void leaf(void) { }
int main(void)
{
    leaf();
    puts("ready"), fflush(stdout);
    getchar();
    leaf();
    puts("done");
    return 0;
}
END
    mkfifo input
    TMPDIR=$PWD "$profile" -o out.prof ./program <input >output &
    exec 3>input
    until grep -q ready output; do :; done
    spool=
    while [ -z "$spool" ]; do
        spool=$(grep -ls "$PWD/out.prof" /dev/shm/profile-*/launch profile-*/launch | head -n 1)
    done
    spool=${spool%/launch}
    run "$profile" --recover "$spool"
    expect_status 1
    expect_stderr_match "in use"
    kill -KILL $!
    wait $! || :
    run "$profile" --recover "$spool"
    expect_status 1
    expect_stderr_match "still running"
    expect_one_line "$stderr"
    program=$(sed "s/ .*//;q" "$spool/launch")
    echo >&3
    exec 3>&-
    while kill -0 "$program" 2>/dev/null; do :; done
    grep -qx done output
    run "$profile" --recover "$spool"
    expect_status 0
    [ ! -e "$spool" ] || fail "the spool is still there"
    "$TEST_BIN/inspect" out.prof | grep -qx "edge main leaf 2"
    run "$profile" --recover "$spool"
    expect_status 1
    expect_one_line "$stderr"
'

test_case "--recover knows that a program has ended which nobody collects, or whose ID another process has" '
    compile program -I"$top" <<END
#include <stdio.h>
#include <unistd.h>
#include "tests/lib/spool.h"
static void leaf(void) { }
int main(void)
{
    leaf();
    printf("%d %s\n", (int)getpid(), spool());
    fflush(stdout);
    for (;;)
        pause();
}
END
    for way in zombie reused; do
        run timeout 60 python3 - "$profile" $way <<END
import ctypes, os, signal, subprocess, sys
profile, way = sys.argv[1:]
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: the orphan becomes a child of this process
run = subprocess.Popen([profile, "-o", "out.prof", "./program"], stdout=subprocess.PIPE)
program, spool = run.stdout.readline().decode().split()
program = int(program)
while not os.path.exists(spool + "/launch") or not open(spool + "/launch").read():
    pass
run.kill()
run.wait()
os.kill(program, signal.SIGKILL)
os.waitid(os.P_PID, program, os.WEXITED | os.WNOWAIT)  # it stays a zombie
if way == "reused":
    os.waitpid(program, 0)
    note = open(spool + "/launch").read().replace(str(program), str(os.getpid()), 1)
    open(spool + "/launch", "w").write(note)
sys.exit(subprocess.run([profile, "--recover", spool]).returncode)
END
        expect_status 0
        "$TEST_BIN/inspect" out.prof | grep -qx "edge main leaf 1"
        rm out.prof
    done
'

test_case "if the profile cannot be written at the end, the recorded calls are kept" '
    compile program <<END
#include <unistd.h>
static void leaf(void) { }
int main(void)
{
    leaf();
    return rmdir("gone") == 0 ? 4 : 5;
}
END
    mkdir gone
    run "$profile" -o gone/out.prof ./program
    expect_status 4
    expect_one_line "$stderr"
    expect_stderr_match "gone/out.prof.*; what was recorded is kept: profile --recover -o FILE /"
    spool=$(sed "s/.* //" "$stderr")
    run "$profile" --recover -o out.prof "$spool"
    expect_status 0
    expect_no_file "$spool"
    "$TEST_BIN/inspect" out.prof | grep -qx "edge main leaf 1"
'

test_case "the spool is private, and files that others put in it are left out" '
    compile program -I"$top" <<END
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/lib/spool.h"
static void leaf(void) { }
int main(int argc, char **argv)
{
    struct stat status;

    leaf();
    if (chdir(spool()) != 0 || stat(".", &status) != 0 || (status.st_mode & 0777) != 0700)
        return 1;
    symlink(argv[argc - 1], "1.1.image");
    close(open("two names", O_CREAT | O_WRONLY, 0600));
    link("two names", "2.1.image");
    mkfifo("3.1.image", 0600);
    mkdir("4.1.image", 0700);
    close(open("5.1.image", O_CREAT | O_WRONLY, 0600));
    close(open("6.1.image.bak", O_CREAT | O_WRONLY, 0600));
    return 0;
}
END
    "$profile" -o other.prof ./program / || :
    run timeout 20 "$profile" -o out.prof ./program "$PWD/other.prof"
    expect_status 0
    for name in 1 2 3 4; do
        expect_stderr_match "/$name.1.image is left out: profile did not put it there$"
    done
    expect_stderr_match "/5.1.image is not a profile$"
    expect_equal 5 "$(wc -l <"$stderr")"
    "$TEST_BIN/inspect" out.prof >inspected
    expect_equal 1 "$(grep -c ^process inspected)"
    grep -qx "edge main leaf 1" inspected
'

test_case "--recover refuses a directory that others may have made" '
    mkdir open
    chmod 777 open
    printf "1\n%s" "$PWD/out.prof" >open/launch
    ln -s open link
    for directory in open link; do
        run timeout 20 "$profile" --recover "$directory"
        expect_status 1
        expect_one_line "$stderr"
        expect_stderr_match "$directory holds nothing to recover: it is not a directory that only you can write to"
    done
    run "$profile" --recover nowhere
    expect_status 1
    expect_stderr_line "profile: cannot read nowhere: No such file or directory"
    mkdir own
    mkfifo own/launch
    run timeout 20 "$profile" --recover own
    expect_status 1
    expect_one_line "$stderr"
'

test_case "a full tmpfs loses contexts, but no calls, and does not stop the program" '
    [ "$(id -u)" -eq 0 ] || skip "only root can mount a tmpfs"
    mkdir small
    mount -t tmpfs -o size=300k none small 2>/dev/null || skip "a tmpfs cannot be mounted"
    compile program <<END
static void leaf(void) { }
#define F(n) static void f##n(void) { leaf(); }
F(1) F(2) F(3) F(4) F(5) F(6) F(7) F(8)
static void (*fs[])(void) = {f1, f2, f3, f4, f5, f6, f7, f8};
static void deep(int n) { fs[n % 8](); if (n > 0) deep(n - 1); }
int main(void) { deep(100000); return 9; }
END
    status=0
    PROFILE_OUT=$PWD/small/image LD_PRELOAD=$build/libprofile.so ./program || status=$?
    cp small/image image
    umount small
    expect_status 9
    "$TEST_BIN/inspect" image >inspected
    calls=$(awk "\$1 == \"edge\" && \$3 == \"deep\" { calls += \$4 } END { print calls }" inspected)
    expect_equal 100001 "$calls"
'

test_done
