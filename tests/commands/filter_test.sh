#!/bin/sh
# Tests --only, --exclude, --depth, --min-time and --throttle, on programs in C and C++.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/edges.sh
. "$(dirname "$0")/../lib/edges.sh"

# A program: main calls parse 3 times, parse calls lex 2 times, lex calls next 5 times. Each also calls itself once.
parser() {
    compile parser -O1 "$@" <<'END'
#define BARRIER __asm__ volatile("")
static void next(int again) { if (again) next(0); BARRIER; }
static void lex(int again) { if (again) lex(0); else for (int i = 0; i < 5; i++) next(1); BARRIER; }
static void parse(int again) { if (again) parse(0); else for (int i = 0; i < 2; i++) lex(1); BARRIER; }
int main(void) { for (int i = 0; i < 3; i++) parse(1); return 0; }
END
}

# rows FILE: prints the calls and the name of each function.
rows() {
    "$stats" --csv "$1" >rows.csv
    python3 -c '
import csv
for row in csv.DictReader(open("rows.csv")):
    print(row["ncalls"], row["function"])' | LC_ALL=C sort
}

# expect_rows FILE ROW...: FILE has these rows and no more.
expect_rows() {
    rows "$1" >actual
    shift
    printf '%s\n' "$@" | LC_ALL=C sort >expected
    expect_same expected actual
}

# total FILE [OPTION...]: prints the sum of the self times, in ns.
total() {
    "$stats" --csv --raw "$@" | python3 -c '
import csv, sys
print(round(sum(float(row["tottime_ns"]) for row in csv.DictReader(sys.stdin))))'
}

test_case "without filters all functions are there, and the report has no line about them" '
    parser
    run "$profile" -o out.prof ./parser
    expect_status 0
    expect_rows out.prof "60 next" "12 lex" "6 parse" "1 main"
    run "$stats" out.prof
    ! grep Filters "$stdout" || fail "there is a line"
'

test_case "--exclude leaves functions out, and the report says so" '
    parser
    run "$profile" --exclude lex -o out.prof ./parser
    expect_status 0
    expect_no_stderr
    expect_rows out.prof "60 next" "6 parse" "1 main"
    run "$stats" out.prof
    expect_stdout_line "   Filters: --exclude lex"
    "$stats" --callers=next out.prof >callers
    grep -q "(parse)" callers || fail "what lex called is not what parse called"
    ! grep -q "(lex)" callers || fail "there is something left of lex"
'

test_case "functions and edges that remain have the counts that they have without filters" '
    for compiler in gcc clang; do
        command -v $compiler >/dev/null || continue
        for level in -O0 -O2; do
            $compiler $level -w -D_GNU_SOURCE -g -finstrument-functions "$top/tests/programs/exits.c" -o exits -pthread -lm
            "$profile" -o all.prof ./exits >all.out 2>&1 || continue
            rows all.prof | sort -k 2 >all
            victim=$(awk "{ print \$2 }" all | grep -v main | sed -n 5p)
            "$profile" -o some.prof --exclude "$victim" ./exits >some.out 2>&1
            grep -v " $victim\$" all >expected
            rows some.prof | sort -k 2 >actual
            expect_same expected actual
        done
    done
'

test_case "patterns are globs, or regular expressions between slashes, and may be repeated" '
    parser
    "$profile" --exclude "[ln]e*" -o out.prof ./parser
    expect_rows out.prof "6 parse" "1 main"
    "$profile" --exclude "/^(lex|next)$/" -o out.prof ./parser
    expect_rows out.prof "6 parse" "1 main"
    "$profile" --exclude "/ex/" -o out.prof ./parser
    expect_rows out.prof "6 parse" "1 main"
    "$profile" --exclude lex --exclude parse -o out.prof ./parser
    expect_rows out.prof "60 next" "1 main"
'

test_case "--only records functions that match, except those that --exclude leaves out" '
    parser
    "$profile" --only main --only "*e*" --exclude "n?xt" -o out.prof ./parser
    expect_rows out.prof "12 lex" "6 parse" "1 main"
    run "$stats" out.prof
    expect_stdout_line "   Filters: --only main, --only *e*, --exclude n?xt"
'

test_case "patterns with a slash or the ending of a source are for files" '
    mkdir -p src/lib
    cat >src/lib/tools.h <<END
static inline int tool(int x) { return x + 1; }
END
    cat >src/main.c <<END
#include "lib/tools.h"
int main(void) { return tool(1) - 2; }
END
    ${CC:-cc} -O0 -g -finstrument-functions "$PWD/src/main.c" -o main
    "$profile" -o out.prof ./main
    expect_rows out.prof "1 main" "1 tool"
    for pattern in tools.h "*.h" "lib/*" "$PWD/src/lib/*" "/lib\/tools/" "/\.h$/"; do
        run "$profile" --exclude "$pattern" -o out.prof ./main
        expect_no_stderr
        expect_rows out.prof "1 main"
    done
    "$profile" --only main.c -o out.prof ./main
    expect_rows out.prof "1 main"
'

test_case "C++ functions are named as stats prints them, with their parameters or without" '
    cat >names.cc <<END
#include <algorithm>
#include <vector>
namespace shapes {
struct Square { int side; int area() const { return side * side; } };
int twice(int x) { return 2 * x; }
double twice(double x) { return 2 * x; }
}
int main()
{
    std::vector<int> sorted{3, 1, 2};
    std::sort(sorted.begin(), sorted.end());
    return shapes::Square{2}.area() + shapes::twice(1) + (int)shapes::twice(1.0) - 8;
}
END
    for compiler in g++ clang++; do
        command -v $compiler >/dev/null || continue
        $compiler -O0 -g -finstrument-functions names.cc -o names
        run "$profile" --exclude "std::*" --exclude "__gnu_cxx::*" --exclude "*std::*" --exclude "operator*" -o out.prof ./names
        expect_status 0
        expect_rows out.prof "1 main" "1 shapes::Square::area" "1 shapes::twice" "1 shapes::twice"
        run "$profile" --only main --only "shapes::twice(double)" -o out.prof ./names
        expect_no_stderr
        expect_rows out.prof "1 main" "1 shapes::twice"
    done
'

test_case "a stripped library is filtered by its remaining names" '
    echo "int visible(void); static int hidden(void) { return 1; } int visible(void) { return hidden(); }" |
        compile libv.so -shared -fPIC -O0
    strip libv.so
    echo "int visible(void); int main(void) { return visible() - 1; }" | compile main -O0 "$PWD/libv.so"
    "$profile" --exclude visible -o out.prof ./main
    rows out.prof >actual
    ! grep -q visible actual || fail "visible is there"
    grep -q "1 libv.so+0x" actual || fail "the other function is not"
'

test_case "libraries are looked at when a call reaches them, and the program sees no child and no SIGCHLD" '
    echo "void plugin(void); static void inner(void) { } void plugin(void) { inner(); inner(); }" |
        compile plugin.so -shared -fPIC -O0
    compile host -O0 -rdynamic <<END
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
static volatile int signals;
static void count(int number) { (void)number; signals++; }
int main(void)
{
    void *library;
    signal(SIGCHLD, count);
    if ((library = dlopen("./plugin.so", RTLD_NOW)) == NULL)
        return 1;
    ((void (*)(void))dlsym(library, "plugin"))();
    if (waitpid(-1, NULL, 0) != -1 || errno != ECHILD || signals != 0)
        return 2;
    signal(SIGCHLD, SIG_IGN);
    dlclose(library);
    puts("unnoticed");
    return 0;
}
END
    run "$profile" --exclude inner -o out.prof ./host
    expect_status 0
    expect_no_stderr
    expect_stdout_line unnoticed
    expect_rows out.prof "1 main" "1 plugin"
'

test_case "a library is looked at if SIGCHLD is ignored, and if another is loaded at its address later" '
    for name in one two; do
        echo "void call(void); void $name(void) { } void call(void) { $name(); }" | compile $name.so -shared -fPIC -O0
    done
    compile host -O0 -rdynamic <<END
#include <dlfcn.h>
#include <signal.h>
int main(void)
{
    const char *const names[] = {"./one.so", "./two.so", "./one.so", "./two.so"};
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 4; i++) {
        void *library = dlopen(names[i], RTLD_NOW);
        ((void (*)(void))dlsym(library, "call"))();
        dlclose(library);
    }
    return 0;
}
END
    run "$profile" --exclude two -o out.prof ./host
    expect_status 0
    expect_no_stderr
    expect_rows out.prof "1 main" "2 call" "2 call" "2 one"
'

test_case "children that are forked, and programs that are executed, are filtered too" '
    parser
    compile starter -O0 <<END
#include <sys/wait.h>
#include <unistd.h>
static char *words[] = {"parser", NULL}, *nothing[] = {NULL};
static void lex(void) { }
static void work(void) { lex(); }
int main(void)
{
    if (fork() == 0) {
        work();
        _exit(0);
    }
    wait(NULL);
    if (fork() == 0)
        execve("./parser", words, nothing);
    work();
    return wait(NULL) < 0;
}
END
    run "$profile" --exclude lex --exclude next -o out.prof ./starter
    expect_status 0
    expect_no_stderr
    expect_rows out.prof "1 main" "1 main" "2 work" "6 parse"
'

test_case "exceptions and longjmp leave functions that are left out" '
    cat >throws.cc <<END
#include <stdexcept>
static void thrower(int depth) { if (depth == 0) throw std::runtime_error("x"); thrower(depth - 1); }
static void between(int depth) { thrower(depth); }
static int catcher(int depth) { try { between(depth); } catch (const std::exception &) { return 1; } return 0; }
static void after() { }
int main() { int n = 0; for (int i = 0; i < 100; i++) { n += catcher(i % 5); after(); } return n - 100; }
END
    for compiler in g++ clang++; do
        command -v $compiler >/dev/null || continue
        $compiler -O0 -g -finstrument-functions throws.cc -o throws
        for pattern in between thrower catcher after; do
            run "$profile" --exclude $pattern --exclude "std::*" -o out.prof ./throws
            expect_status 0
            printf "%s\n" "1 main" "100 after" "100 between" "100 catcher" "300 thrower" | grep -v $pattern >expected
            rows out.prof >actual
            expect_same expected actual
        done
        "$profile" --exclude catcher -o out.prof ./throws
        "$stats" --callers=between out.prof | grep -q "(main)" || fail "between was not called by main"
        run "$profile" --depth 3 -o out.prof ./throws
        expect_status 0
        expect_rows out.prof "100 after" "100 between" "100 catcher" "1 main"
    done
'

test_case "--depth leaves out deeper calls, in threads and in coroutines" '
    parser
    "$profile" --depth 2 -o out.prof ./parser
    expect_rows out.prof "3 parse" "1 main"
    "$profile" --depth 4 -o out.prof ./parser
    expect_rows out.prof "6 lex" "6 parse" "1 main"
    for program in threads stacks; do
        ${CC:-cc} -O1 -w -D_GNU_SOURCE -g -finstrument-functions "$top/tests/programs/$program.c" -o $program -pthread
        run "$profile" --depth 1000 -o out.prof ./$program
        expect_status 0
        expect_edges
        run "$profile" --depth 2 -o out.prof ./$program
        expect_status 0
        "$TEST_BIN/inspect" out.prof >inspected
        ! grep insane inspected || fail "there are impossible times"
    done
'

test_case "the sum of all times does not change if functions are left out" '
    parser
    for filter in --exclude=lex --only=main --depth=2 --min-time=1s; do
        "$profile" --clock=every $filter -o out.prof ./parser
        "$stats" --csv --raw out.prof >rows.csv
        python3 - <<END || fail "they are not with $filter"
import csv
rows = list(csv.DictReader(open("rows.csv")))
main = [row for row in rows if row["function"] == "main"][0]
exit(abs(sum(float(row["tottime_ns"]) for row in rows) - float(main["cumtime_ns"])) > 1 + 1e-6 * float(main["cumtime_ns"]))
END
    done
'

test_case "--min-time folds contexts that took less, in profile and in stats" '
    parser
    "$profile" --min-time 100s -o out.prof ./parser
    expect_rows out.prof "1 main"
    run "$stats" out.prof
    expect_stdout_line "   Filters: --min-time 100s"
    "$profile" --min-time 0 -o out.prof ./parser
    expect_rows out.prof "60 next" "12 lex" "6 parse" "1 main"
    "$stats" --csv --min-time 100s out.prof >folded
    expect_equal 2 $(wc -l <folded)
    difference=$(($(total out.prof) - $(total out.prof --min-time 100s)))
    [ "${difference#-}" -le 4 ] || fail "$difference ns are missing" # each of the four rows is rounded
'

hot() {
    compile hot -O1 <<'END'
static int tiny(int x) { __asm__ volatile(""); return x + 1; }
static int work(int count) { int sum = 0; for (int i = 0; i < count; i++) sum = tiny(sum); return sum; }
int main(void) { return work(300000) != 300000; }
END
}

test_case "--throttle leaves out short functions that are called often, and reports which and from when" '
    hot
    run "$profile" --throttle=1000:1000000 -o out.prof ./hot
    expect_status 0
    rows out.prof >actual
    calls=$(awk "\$2 == \"tiny\" { print \$1 }" actual)
    [ "$calls" -ge 900 ] && [ "$calls" -le 2000 ] || fail "$calls calls of tiny were recorded"
    grep -q "^1 work" actual
    run "$stats" out.prof
    expect_stdout_line "   Filters: --throttle 1000:1000000"
    expect_stderr_match "^stats: tiny was recorded only until .*s after the start, after some 1[0-9]{3} calls \(--throttle\)$"
    run "$profile" --throttle=1000:1000000 ./hot
    expect_stderr_match "^profile: tiny was recorded only until"
    "$stats" --save sum.prof out.prof out.prof
    run "$stats" sum.prof
    expect_equal 2 "$(grep -c "tiny was recorded only" "$stderr")"
'

test_case "a function that takes longer than --throttle allows is not left out, and none is without --throttle" '
    hot
    "$profile" --throttle=400000 -o out.prof ./hot
    rows out.prof >actual
    grep -qx "300000 tiny" actual || fail "it was throttled before its time"
    run "$profile" -o out.prof ./hot
    rows out.prof >actual
    grep -qx "300000 tiny" actual || fail "it was throttled without being asked for"
'

test_case "--filter takes the options from a file, one to a line" '
    parser
    cat >filters <<END
# functions of no interest
exclude lex

  --exclude=next
depth 5
min-time 1ns
END
    run "$profile" --filter filters -o out.prof ./parser
    expect_status 0
    expect_no_stderr
    run "$stats" out.prof
    expect_stdout_line "   Filters: --exclude lex, --exclude next, --depth 5, --min-time 1ns"
    expect_rows out.prof "6 parse" "1 main"
'

test_case "more than a few patterns are counted in the report" '
    parser
    run "$profile" --exclude lex --exclude next --exclude a --exclude b --exclude c ./parser
    expect_stderr_line "   Filters: --exclude lex, --exclude next, --exclude a and 2 more"
'

test_case "a pattern that matches nothing is named in a warning" '
    parser
    run "$profile" --exclude "lexx" --only "/m.in/" --exclude "*.cc" -o out.prof ./parser
    expect_status 0
    expect_stderr_line "profile: --exclude '\''lexx'\'' matches no function"
    expect_stderr_line "profile: --exclude '\''*.cc'\'' matches no file of any function"
    [ "$(wc -l <"$stderr")" -eq 2 ] || fail "there are other warnings"
'

test_case "a module that cannot be looked up is recorded as a whole, with a warning" '
    echo "void plugin(void); static void inner(void) { } void plugin(void) { inner(); }" |
        compile plugin.so -shared -fPIC -O0
    compile host -O0 -rdynamic <<END
#include <dlfcn.h>
#include <sys/prctl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
int main(void)
{
    struct sock_filter allow[] = {{BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW}};
    struct sock_fprog program = {1, allow};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        return 77;
    void *library = dlopen("$PWD/plugin.so", RTLD_NOW);
    ((void (*)(void))dlsym(library, "plugin"))();
    return 0;
}
END
    run "$profile" --exclude inner -o out.prof ./host
    [ "$status" -ne 77 ] || skip "no filters of system calls here"
    expect_status 0
    expect_stderr_line "profile: the filters left nothing out of $PWD/plugin.so: its functions could not be looked up in time"
    expect_rows out.prof "1 inner" "1 main" "1 plugin"
'

test_case "the file in the spool for a module is used only if it is sound" '
    echo "static void leaf(void) { } int main(void) { leaf(); return 0; }" | compile program -O0 -Wl,--build-id=0x1234
    leaf=0x$(nm program | awk "\$3 == \"leaf\" { print \$1 }")
    cat >write.py <<END
import os, struct, sys
kind, leaf, path = sys.argv[1], int(sys.argv[2], 16), "spool/1234.functions"
head = lambda count, excluded=0: b"PRFILT1\n" + struct.pack("QII", count, excluded, 0)
whole = head(2) + struct.pack("QQ", leaf, leaf + 1)
if kind == "fifo":
    os.mkfifo(path)
elif kind == "link":
    open("elsewhere", "wb").write(whole)
    os.symlink("../elsewhere", path)
elif kind == "directory":
    os.mkdir(path)
else:
    open(path, "wb").write({"sound": whole, "empty": b"", "short": whole[:-1], "head": whole[:12],
        "other": b"PRFILT0\n" + whole[8:], "many": head(2 ** 61) + whole[24:], "most": head(2 ** 26 - 1) + whole[24:],
        "unsorted": head(2) + struct.pack("QQ", leaf, leaf - 1)}[kind])
END
    for kind in sound empty short head other many most unsorted fifo link directory; do
        rm -rf spool
        mkdir spool
        python3 write.py $kind $leaf
        LD_PRELOAD=$build/libprofile.so PROFILE_SPOOL=$PWD/spool PROFILE_OPTIONS=filters=1 run timeout 20 ./program
        expect_status 0
        expect_no_stderr
        run "$stats" spool/*.image
        if [ $kind = sound ]; then
            expect_no_stderr
            ! grep -q leaf "$stdout" || fail "leaf was not left out"
        else
            expect_stderr_match "the filters left nothing out of $PWD/program: its functions could not be looked up"
            grep -q leaf "$stdout" || fail "$kind: leaf was left out"
        fi
    done
'

test_case "the time to look at a library is not counted as time of the program" '
    echo "void plugin(void) { }" | compile plugin.so -shared -fPIC -O0
    echo "void plugin(void); static void early(void) { } int main(void) { early(); plugin(); return 0; }" |
        compile program -O0 "$PWD/plugin.so"
    mkdir spool
    printf "#!/bin/sh\necho \$2 >>$PWD/asked; exec sleep 1\n" >spool/profile-resolver
    chmod +x spool/profile-resolver
    LD_PRELOAD=$build/libprofile.so PROFILE_SPOOL=$PWD/spool PROFILE_OPTIONS=filters=1 run ./program
    expect_status 0
    printf "%s\n" "$PWD/program" "$PWD/plugin.so" >expected
    expect_same expected asked
    "$stats" --csv spool/*.image >rows.csv
    python3 -c "
import csv
exit(any(float(row[\"cumtime_ns\"]) > 5e8 for row in csv.DictReader(open(\"rows.csv\"))))" || fail "it is"
'

test_case "a wrong filter is reported in one line, and exits 2" '
    while read -r option; do
        run "$profile" "$option" true
        expect_status 2
        expect_one_line "$stderr"
        expect_stderr_match "^profile: ${option%%=*}: .*; see profile --help$"
    done <<END
--exclude=
--only=/(/
--depth=0
--depth=x
--min-time=x
--min-time=10m
--min-time=-1us
--throttle=x
--throttle=5:
--throttle=0
--filter=/nonexistent
END
    run "$profile" --depth 9999999999999999999 true
    expect_stderr_line "profile: --depth: invalid number of calls '\''9999999999999999999'\'' (use 1 to 1000000000); see profile --help"
    run "$profile" --only "/a(b/" true
    expect_stderr_match "^profile: --only: bad regular expression .a\(b.: .*, at offset [0-9]+; see profile --help$"
    printf "exclude a\nexclude /(/\n" >bad
    run "$profile" --filter bad true
    expect_status 2
    expect_stderr_match "^profile: --filter: bad:2: bad regular expression"
    echo "excluded a" >bad
    run "$profile" --filter bad true
    expect_stderr_match "bad:1: unknown filter .excluded. .use only, exclude, depth, min-time or throttle."
'

test_case "a profile that is recovered keeps its filters" '
    compile sleeper -O0 <<END
#include <stdio.h>
static void lex(void) { }
int main(void) { lex(); puts("up"), fflush(stdout); getchar(); return 0; }
END
    mkfifo input
    "$profile" --exclude lex -o out.prof ./sleeper <input >output &
    exec 3>input
    until grep -q up output; do :; done
    spool=
    while [ -z "$spool" ]; do
        spool=$(grep -ls "$PWD/out.prof" /dev/shm/profile-*/launch /tmp/profile-*/launch | head -n 1)
    done
    program=$(sed "s/ .*//;q" "$spool")
    kill -KILL $!
    wait $! || :
    exec 3>&-
    while kill -0 "$program" 2>/dev/null; do :; done
    run "$profile" --recover "${spool%/launch}"
    expect_status 0
    expect_rows out.prof "1 main"
    run "$stats" out.prof
    expect_stdout_line "   Filters: --exclude lex"
'

test_done
