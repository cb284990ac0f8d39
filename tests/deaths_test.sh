#!/bin/sh
# Programs, and their launchers, that are killed: what had been recorded is there.
# The tests' bodies are text to shellcheck, and what they call seems never called.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/harness.sh
. "$(dirname "$0")/harness.sh"

test_case "a busy program of eight threads is killed ${KILLS:-100} times: no call that had ended is missing" '
    $CC -O2 -g -finstrument-functions "$top/tests/programs/victim.c" -o victim -pthread
    python3 "$top/tests/kill.py" "$profile" "$TEST_BIN/inspect" ./victim "${KILLS:-100}"
'

test_case "when the launcher is killed the program goes on, and profile --recover finishes the profile" '
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
    program=$(head -n 1 "$spool/launch")
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

test_case "a full tmpfs costs contexts, not calls, and not the program" '
    [ "$(id -u)" -eq 0 ] || skip "only root can mount one"
    mkdir small
    mount -t tmpfs -o size=300k none small 2>/dev/null || skip "no tmpfs can be mounted"
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
