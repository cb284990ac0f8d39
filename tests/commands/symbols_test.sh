#!/bin/sh
# symbols_test.sh - where `profile` finds names, files and lines of functions, and what it says if it does not.
# The bodies are text, so shellcheck does not see which functions and variables they use.
# shellcheck disable=SC2016,SC2034,SC2317
# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

server=$top/tests/commands/debug_server.py
export no_proxy='*'

# make_program: compiles the stripped program ./prog, whose debug information is in prog.debug, and sets $id to its
# build-id.
make_program() {
    cat >prog.c <<'EOF'
static int leaf(int n)
{
    return n + 1;
}

int main(void)
{
    return leaf(1) + leaf(2) == 5 ? 0 : 1;
}
EOF
    ${CC:-cc} -O0 -g -finstrument-functions -Wl,--build-id=sha1 prog.c -o prog
    objcopy --only-keep-debug prog prog.debug
    id=$(build_id prog)
    strip prog
}

build_id() {
    readelf -n "$1" | sed -n 's/.*Build ID: //p'
}

# start_server: starts a debuginfod server of the folder "served", with a fresh cache for its client.
start_server() {
    python3 -c 'import ctypes; ctypes.CDLL("libdebuginfod.so.1")' 2>"$test_work/load" || skip "no libdebuginfod.so.1"
    mkdir -p served
    : >served/requests
    python3 "$server" serve served &
    server_pid=$!
    trap 'kill "$server_pid"' EXIT
    while [ ! -e served/port ]; do
        kill -0 "$server_pid" || fail "the server has ended"
    done
    DEBUGINFOD_URLS="http://127.0.0.1:$(cat served/port)" DEBUGINFOD_CACHE_PATH=$PWD/cache
    export DEBUGINFOD_URLS DEBUGINFOD_CACHE_PATH
}

# functions FILE: prints "file line function" of each function of the profile.
functions() {
    "$stats" "$1" --csv --strip-dirs --sort stdname | tail -n +2 | cut -d, -f5-7 | tr , ' '
}

test_case "the debug information of a stripped program is downloaded from the server in DEBUGINFOD_URLS" '
    start_server
    make_program
    cp prog.debug "served/$id"
    run "$profile" -o out.prof ./prog
    expect_status 0
    expect_no_stderr
    expect_equal "prog.c 1 leaf
prog.c 6 main" "$(functions out.prof)"
    expect_equal "/buildid/$id/debuginfo" "$(cat served/requests)"
'

test_case "no server is asked without DEBUGINFOD_URLS, or for a program with debug information" '
    start_server
    make_program
    servers=$DEBUGINFOD_URLS
    unset DEBUGINFOD_URLS
    cp prog.debug "served/$id"
    run "$profile" -o out.prof ./prog
    expect_status 0
    functions out.prof | grep -q "^ 0 prog+0x" || fail "$(functions out.prof)"
    export DEBUGINFOD_URLS=" "
    run "$profile" -o out.prof ./prog
    export DEBUGINFOD_URLS="$servers"
    ${CC:-cc} -g -finstrument-functions prog.c -o whole
    run "$profile" -o out.prof ./whole
    expect_status 0
    expect_equal "" "$(cat served/requests)"
'

test_case "a program that the server does not know keeps the names of its symbols, and is asked for once" '
    start_server
    ${CC:-cc} -finstrument-functions -Wl,--build-id=sha1 -x c - -o prog <<EOF
static int leaf(int n) { return n; }
int main(void) { return leaf(0); }
EOF
    run "$profile" -o out.prof ./prog
    expect_status 0
    expect_stderr_line "profile: $PWD/prog has no debug information: its functions lack file and line; compile it with -g"
    expect_equal " 0 leaf
 0 main" "$(functions out.prof)"
    expect_equal "/buildid/$(build_id prog)/debuginfo" "$(cat served/requests)"
'

test_case "a file of another build that the server sends is not used" '
    start_server
    make_program
    ${CC:-cc} -g -Wl,--build-id=sha1 -DOTHER prog.c -o "served/$id"
    run "$profile" -o out.prof ./prog
    expect_status 0
    ! functions out.prof | grep prog.c || fail "the wrong file was used"
    head -c 1000 prog.debug >"served/$id"
    rm -r cache
    run "$profile" -o out.prof ./prog
    expect_status 0
    ! functions out.prof | grep prog.c || fail "the damaged file was used"
'

test_case "a server that does not answer changes nothing" '
    start_server
    make_program
    kill "$server_pid"
    wait "$server_pid" || :
    trap - EXIT
    run "$profile" -o out.prof ./prog
    expect_status 0
    expect_one_line "$stderr"
    expect_stderr_match "^profile: $PWD/prog is stripped, or was linked with -s"
'

test_case "the file that dwz -m makes is downloaded too" '
    command -v dwz >/dev/null || skip "no dwz"
    start_server
    make_program
    cp prog.debug twin.debug
    dwz -m shared -M /nonexistent/shared prog.debug twin.debug || skip "dwz cannot read what this compiler writes"
    run "$profile" -o out.prof ./prog
    cp prog.debug "served/$id"
    rm -rf cache
    run "$profile" -o out.prof ./prog
    shared_id=$(build_id shared)
    grep -qx "/buildid/$shared_id/debuginfo" served/requests || fail "it was not asked for"
    cp shared "served/$shared_id"
    rm -rf cache
    run "$profile" -o out.prof ./prog
    expect_no_stderr
    expect_equal "prog.c 1 leaf
prog.c 6 main" "$(functions out.prof)"
'

test_case "a download shows its progress on a terminal" '
    start_server
    make_program
    head -c 1000000 /dev/zero >zeros
    objcopy --add-section zeros=zeros prog.debug "served/$id"
    touch served/hold
    run python3 "$server" watch served "$profile" -o out.prof ./prog
    expect_status 0
    expect_stdout_match "downloading debug information of prog: [0-9.]+ of 1\.[0-9] MB"
    tr "\r" "\n" <"$stdout" | tail -n 1 | grep -q downloading && fail "the line is left"
    expect_equal "prog.c 1 leaf
prog.c 6 main" "$(functions out.prof)"
'

# make_listener: compiles ./listener, which writes to ./seen which of descriptors 0 to 2 are open.
make_listener() {
    compile listener <<'EOF'
#include <fcntl.h>
#include <stdio.h>

static void leaf(FILE *to, const char *open_ones)
{
    fprintf(to, "open:%s\n", open_ones);
}

int main(void)
{
    char open_ones[4] = "";
    FILE *to;
    int count = 0;

    for (int i = 0; i < 3; i++)
        if (fcntl(i, F_GETFD) >= 0)
            open_ones[count++] = '0' + i;
    to = fopen("seen", "w");
    leaf(to, open_ones);
    return fclose(to);
}
EOF
}

test_case "standard descriptors may be closed: functions have names and are filtered, and the program finds them closed" '
    make_listener
    "$profile" -o out.prof ./listener <&- >&- 2>&-
    expect_equal "open:" "$(cat seen)"
    expect_equal "listener.c 4 leaf
listener.c 9 main" "$(functions out.prof | sed "s/^<stdin>/listener.c/")"
    "$profile" --start-at leaf -o out.prof ./listener <&- >&- 2>&-
    expect_equal leaf "$(functions out.prof | cut -d" " -f3)"
    "$profile" --exclude leaf -o out.prof ./listener <&- >&- 2>&-
    expect_equal main "$(functions out.prof | cut -d" " -f3)"
    "$profile" --exclude leaf -o out.prof ./listener >&- 2>&-  </dev/null
    expect_equal "open:0 main" "$(cat seen) $(functions out.prof | cut -d" " -f3)"
'

# make_plugin: compiles ./host, which opens ./plugin.so, calls plugin() and runs the shell command in $BETWEEN, before
# the first call if it is called with "early", else after that.
make_plugin() {
    cat >plugin.c <<'EOF'
static int step(int n)
{
    return n + 1;
}

int plugin(int n)
{
    return step(n);
}
EOF
    cat >host.c <<'EOF'
#include <dlfcn.h>
#include <stdlib.h>

int main(int count, char **words)
{
    void *library = dlopen(count > 2 ? words[2] : "./plugin.so", RTLD_NOW);
    int (*plugin)(int) = (int (*)(int))dlsym(library, "plugin");
    int sum = words[1][0] == 'e' ? 0 : plugin(0);

    if (system(getenv("BETWEEN")) != 0)
        return 1;
    return plugin(sum) > 0 ? 0 : 1;
}
EOF
    ${CC:-cc} -O0 -g -finstrument-functions -fPIC -shared plugin.c -o plugin.so "$@"
    ${CC:-cc} -O0 -g -finstrument-functions host.c -o host
}

all_named="host.c 4 main
plugin.c 1 step
plugin.c 6 plugin"

# need_map_files: skips the test if this process may not open what it has mapped by another name.
need_map_files() {
    for file in "/proc/$$/map_files/"*; do
        head -c 1 "$file" >"$test_work/mapped" || skip "/proc/self/map_files is not for us"
        break
    done 2>"$test_work/map_files"
}

test_case "files that are removed while the program runs are read: the program itself, and a library that was called" '
    make_plugin
    export BETWEEN="rm host plugin.so"
    run "$profile" -o out.prof ./host late
    expect_status 0
    expect_no_stderr
    expect_equal "$all_named" "$(functions out.prof)"
'

test_case "stats says once, and not for each file, that a program cannot be read" '
    compile prog -L"$build" -lprofile -Wl,-rpath,"$build" <"$top/samples/recursion.c"
    ./prog >ran
    ./prog >ran
    rm prog
    run "$stats" profile.*.prof
    expect_status 0
    expect_stderr_line "stats: $PWD/prog cannot be read (No such file or directory): its functions are shown as addresses"
    expect_equal 1 "$(grep -c "cannot be read" "$stderr")"
    set -- profile.*.prof
    run "$stats" "$1" --diff "$2"
    expect_equal 1 "$(grep -c "cannot be read" "$stderr")"
'

test_case "a library that is replaced while the program runs has the names that it had" '
    for id in sha1 none; do
        make_plugin -Wl,--build-id=$id
        sed "s/step/other/" plugin.c | ${CC:-cc} -g -finstrument-functions -fPIC -shared -x c - -o new.so -Wl,--build-id=$id
        touch -d 2001-01-01 new.so
        export BETWEEN="mv new.so plugin.so"
        run "$profile" -o out.prof ./host late
        expect_status 0
        expect_no_stderr
        expect_equal "$all_named" "$(functions out.prof)"
    done
'

test_case "a library that is removed before it is called is read, if the kernel lets processes open what they have mapped" '
    need_map_files
    make_plugin
    export BETWEEN="rm plugin.so"
    run "$profile" -o out.prof ./host early
    expect_status 0
    expect_no_stderr
    expect_equal "$all_named" "$(functions out.prof)"
'

test_case "a program in a mount namespace of its own has names" '
    unshare -m true 2>"$test_work/unshare" || skip "no mount namespaces"
    make_plugin
    mkdir inside
    export BETWEEN=:
    run "$profile" -o out.prof unshare -m sh -c "mount -t tmpfs none inside && cp host plugin.so inside && cd inside && ./host late"
    expect_status 0
    expect_no_stderr
    expect_equal "$all_named" "$(functions out.prof)"
'

test_case "more libraries than the launcher may have descriptors for are still found by their paths" '
    make_plugin
    cat >many.c <<EOF
#include <dlfcn.h>
#include <stdio.h>
int main(void)
{
    char name[32];
    int sum = 0;

    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "./plugin%d.so", i);
        sum += ((int (*)(int))dlsym(dlopen(name, RTLD_NOW), "plugin"))(i);
    }
    return sum == 5050 ? 0 : 1;
}
EOF
    ${CC:-cc} -g -finstrument-functions many.c -o many
    for i in $(seq 0 99); do cp plugin.so "plugin$i.so"; done
    run sh -c "ulimit -n 100; exec \"\$@\"" sh "$profile" -o out.prof ./many
    expect_status 0
    expect_no_stderr
    "$stats" out.prof --csv --strip-dirs --sort stdname | tail -n +2 | cut -d, -f1,5-7 >all
    printf "1,many.c,3,main\n100,plugin.c,1,step\n100,plugin.c,6,plugin\n" >expected
    expect_same expected all
'

test_case "the program finds its descriptors as without profile, also at the first call in a library" '
    make_plugin
    export BETWEEN="ls /proc/\$PPID/fd | tr \"\\n\" \" \""
    run ./host late
    cp "$stdout" plain
    run "$profile" -o out.prof ./host late
    expect_same plain "$stdout"
'

test_done
