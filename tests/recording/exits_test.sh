#!/bin/sh
# Tests programs that leave functions in all ways: each call is counted under its true caller.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# shellcheck source=tests/lib/edges.sh
. "$(dirname "$0")/../lib/edges.sh"

# calls_by_callee FILE: prints the sums of the edges in FILE by callee.
calls_by_callee() {
    awk '$1 == "edge" && !/ _Z/ { calls[$3] += $4 } END { for (callee in calls) print callee, calls[callee] }' "$1" | sort
}

for compiler in gcc clang; do
    for flags in "-O0" "-O2" "-O2 -fexceptions" "-O2 -fno-omit-frame-pointer"; do
        test_case "C by $compiler $flags: jumps, handlers, threads that exit and are cancelled" "
            profile_built $compiler '$flags' exits.c -pthread
            expect_status 3
            expect_edges
        "
    done
done

# Clang runs no exit hooks in landing pads. If it inlines a function into one that catches its exception, both have one
# frame. Nothing then tells that the inlined function was left (profile(1), CAVEATS). So clang++ must not inline here.
for compiler in g++ clang++; do
    for flags in "-O0" "-O2" "-O0 -fno-omit-frame-pointer" "-O2 -fno-omit-frame-pointer" "-O0 -fno-plt" "-O2 -fno-plt"; do
        [ $compiler = g++ ] || flags="$flags -fno-inline"
        test_case "C++ by $compiler $flags: exceptions over many frames, rethrown, from constructors, through libraries" "
            command -v $compiler >/dev/null || skip 'there is no $compiler'
            $compiler $flags -g -finstrument-functions -shared -fPIC '$top/tests/programs/throws_library.cc' -o libthrows.so
            profile_built $compiler '$flags' throws.cc ./libthrows.so
            expect_status 0
            expect_edges
        "
    done
done

test_case "C++ by clang++ -O2, with inlined functions that throw: each call is counted" '
    command -v clang++ >/dev/null || skip "there is no clang++"
    clang++ -O2 -g -finstrument-functions -shared -fPIC "$top/tests/programs/throws_library.cc" -o libthrows.so
    clang++ -O2 -g -finstrument-functions "$top/tests/programs/throws.cc" -o throws ./libthrows.so
    run "$profile" -o out.prof ./throws
    "$TEST_BIN/inspect" out.prof >inspected
    calls_by_callee "$stdout" >expected
    # The program prints its C functions only, but some of their callers are C++ functions. So compare by callee.
    sed "s/^edge _Z[^ ]*/edge -/" inspected >renamed
    calls_by_callee renamed >actual
    grep -vxF -e "less 200" actual >actual_but_less
    expect_same expected actual_but_less
'

test_case "a function that an exception leaves is told from one that returns, with either compiler" '
    cat >program.cc <<END
extern "C" {
__attribute__((noinline)) int thrower(int n) { if (n % 3 == 0) throw n; return n; }
__attribute__((noinline)) int between(int n) { return thrower(n) + 1; }
__attribute__((noinline)) int catcher(int n) { try { return between(n); } catch (int) { return 0; } }
}
int main() { for (int i = 0; i < 300; i++) catcher(i); }
END
    for compiler in "g++ -O0" "g++ -O2" "clang++ -O0" "clang++ -O2"; do
        command -v "${compiler%% *}" >/dev/null || continue
        $compiler -g -finstrument-functions program.cc -o program
        "$profile" -o out.prof ./program
        "$TEST_BIN/inspect" out.prof | grep ^unwound | sort >unwound
        printf "unwound between 100\nunwound thrower 100\n" >expected
        expect_same expected unwound
    done
'

# The unwinder of such a program is its own, so nobody sees the exceptions. With -fexceptions alone clang runs no exit hooks.
test_case "a call that was left unseen is closed when its caller makes another at the same place of the stack" '
    command -v clang++ >/dev/null || skip "there is no clang++"
    clang++ -x c++ - -x none -g -o program -O2 -static-libgcc -static-libstdc++ -finstrument-functions-after-inlining <<END
extern "C" {
__attribute__((noinline)) int leaf(int n) { __asm__ volatile(""); return n + 1; }
__attribute__((noinline)) int third(int n) { if (n % 2) throw n; return leaf(n); }
__attribute__((noinline)) int second(int n) { return third(n) + 1; }
__attribute__((noinline)) int first(int n) { return second(n) + 1; }
__attribute__((noinline)) int after(int n) { return leaf(n); }
__attribute__((noinline)) int loop(int n) { try { return first(n) + after(n); } catch (int) { return after(n); } }
}
int main() { for (int i = 0; i < 1000; i++) loop(i); }
END
    "$profile" -o out.prof ./program
    "$TEST_BIN/inspect" out.prof | grep "^edge" | sort >edges
    printf "edge %s\n" "after leaf 1000" "first second 1000" "loop after 1000" "loop first 1000" "main loop 1000" \
        "- main 1" "second third 1000" "third leaf 500" | sort >expected
    expect_same expected edges
'

# With -DROOM the function that is called next has a larger frame than all that were left.
for compiler in gcc clang; do
    for flags in "-O0" "-O2" "-O0 -DROOM=4000" "-O2 -DROOM=4000"; do
        test_case "C by $compiler $flags: calls that a jump left unseen are closed when their caller makes another" "
            command -v $compiler >/dev/null || skip 'there is no $compiler'
            cat >program.c <<END
#ifndef ROOM
#define ROOM 1
#endif
static void *buffer[5];
__attribute__((noinline)) static int leaf(int n) { __asm__ volatile(\"\"); return n + 1; }
__attribute__((noinline)) static void c(int n) { leaf(n); __builtin_longjmp(buffer, 1); }
__attribute__((noinline)) static void b(int n) { c(n); __asm__ volatile(\"\"); }
__attribute__((noinline)) static void a(int n) { b(n); __asm__ volatile(\"\"); }
__attribute__((noinline)) static int after(int n)
{
    volatile char room[ROOM];

    room[0] = (char)n;
    return leaf(n) + room[0];
}
__attribute__((noinline)) static void loop(int n)
{
    for (volatile int i = 0; i < n; i++) {
        if (__builtin_setjmp(buffer) == 0)
            a(i);
        after(i);
    }
}
int main(void) { loop(1000); return 0; }
END
            $compiler $flags -g -finstrument-functions program.c -o program
            \"\$profile\" -o out.prof ./program
            \"\$TEST_BIN/inspect\" out.prof | grep '^edge' | sort >edges
            printf 'edge %s\n' 'a b 1000' 'after leaf 1000' 'b c 1000' 'c leaf 1000' 'loop a 1000' 'loop after 1000' \
                'main loop 1' '- main 1' | sort >expected
            expect_same expected edges
        "
    done
done

test_case "a million jumps that nobody sees leave no memory behind" '
    compile program -O2 <<END
static void *buffer[5];
__attribute__((noinline)) static int leaf(int n) { __asm__ volatile(""); return n + 1; }
__attribute__((noinline)) static void c(int n) { leaf(n); __builtin_longjmp(buffer, 1); }
__attribute__((noinline)) static void b(int n) { c(n); __asm__ volatile(""); }
__attribute__((noinline)) static void a(int n) { b(n); __asm__ volatile(""); }
int main(void)
{
    for (volatile int i = 0; i < 1000000; i++) {
        if (__builtin_setjmp(buffer) == 0)
            a(i);
        leaf(i);
    }
    return 0;
}
END
    python3 -c "
import resource, subprocess
subprocess.run([\"$profile\", \"-o\", \"out.prof\", \"./program\"], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)" >peak
    [ "$(cat peak)" -lt 40000 ] || fail "the peak is $(cat peak) KiB"
    "$TEST_BIN/inspect" out.prof | awk "\$1 == \"edge\" { calls[\$3] += \$4 } END { print calls[\"a\"], calls[\"b\"], calls[\"c\"], calls[\"leaf\"] }" >calls
    expect_equal "1000000 1000000 1000000 2000000" "$(cat calls)"
'

test_case "however the program ends deep in calls, all calls are recorded and its exit status is kept" '
    gcc -O2 -g -finstrument-functions "$top/tests/programs/exits.c" -o exits -pthread
    for how in exit quick_exit _exit abort kill segv exec pthread_exit; do
        status_alone=0
        (ulimit -c 0; ./exits "$how" >alone 2>&1) || status_alone=$?
        run sh -c "ulimit -c 0; \"\$@\"" sh "$profile" -o out.prof ./exits "$how"
        expect_status "$status_alone"
        expect_same alone "$stdout"
        expect_edges
    done
'

test_done
