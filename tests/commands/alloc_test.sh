#!/bin/sh
# Tests profile --timer=alloc, which counts the bytes that functions ask malloc for.
# The tests' bodies are text to shellcheck, so it takes the functions for unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# With a sanitizer, a malloc that is preloaded replaces the sanitizer's in the launcher too, and frees nothing.
export ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS:-}"

# expect_bytes NUMBER FUNCTION: FUNCTION asked for NUMBER bytes, by the CSV of out.prof.
expect_bytes() {
    counted=$("$stats" out.prof --csv | awk -F, -v row="$2" '$7 == row { print $3 }')
    [ "$counted" = "$1" ] || fail "$2 has asked for ${counted:-nothing}, not $1"
}

# A library with a malloc that never frees and counts its calls in mine_calls.
compile_mine() {
    # shellcheck disable=SC2086
    ${CC:-cc} -x c - -shared -fPIC -o mine.so <<'END'
#include <stddef.h>
#include <string.h>
static char memory[1 << 24];
static size_t used;
size_t mine_calls;
void *malloc(size_t size)
{
    size_t *start = (size_t *)(memory + (used = (used + 63) & ~(size_t)63));
    if (size > 1 << 20)
        return NULL;
    start[0] = size;
    used += size + 16;
    mine_calls++;
    return start + 2;
}
void free(void *given) { (void)given; }
void *_Znwm(size_t size) { return malloc(size + 10); }
void *calloc(size_t count, size_t size) { return malloc(count * size); }
void *realloc(void *old, size_t size)
{
    size_t *new = malloc(size);
    if (old != NULL)
        memcpy(new, old, ((size_t *)old)[-2] < size ? ((size_t *)old)[-2] : size);
    return new;
}
END
}

compile_asker() {
    compile asker -O0 -Wno-alloc-size-larger-than -rdynamic -pthread <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
static void plain(void) { free(malloc(1000)); }
static void zeroed(void) { free(calloc(10, 7)); }
static void grows(void) { free(realloc(realloc(NULL, 30), 300)); }
static void aligned(void)
{
    void *memory = NULL;
    if (posix_memalign(&memory, 64, 640) == 0)
        free(memory);
    free(aligned_alloc(64, 128));
    free(memalign(64, 64));
    free(valloc(11));
    free(pvalloc(13));
}
static void library(void) { free(strdup("seven b")); }
static void too_much(void) { free(calloc((size_t)-1 / 2, 3)); }
static void *thread(void *argument) { free(malloc(77)); return argument; }
static void starts(void)
{
    pthread_t other;
    pthread_create(&other, NULL, thread, NULL);
    pthread_join(other, NULL);
}
int main(int argc, char **argv)
{
    size_t *calls = dlsym(RTLD_DEFAULT, "mine_calls");
    (void)argv;
    plain();
    plain();
    zeroed();
    grows();
    if (argc == 1)
        aligned();
    library();
    too_much();
    if (argc == 1)
        starts();
    return argc > 1 && (calls == NULL || *calls < 6);
}
END
}

test_case "the bytes asked of malloc, calloc, realloc and others are counted exactly, for the function that asks" '
    compile_asker
    run "$profile" --timer=alloc -o out.prof ./asker
    expect_status 0
    expect_no_stderr
    expect_bytes 2000 plain
    expect_bytes 70 zeroed
    expect_bytes 330 grows
    expect_bytes 856 aligned
    expect_bytes 8 library
    expect_bytes 0 too_much
    expect_bytes 77 thread
    run "$stats" out.prof
    expect_stdout_line "   Clock: bytes, every call"
    expect_stdout_match "^ +10 function calls in [0-9.,]+ bytes$"
    run "$profile" --timer=alloc ./asker
    expect_stderr_match "^ +2 +2.000k +1.000k +2.000k +1.000k .*\(plain\)"
'

test_case "operator new is counted too" '
    # shellcheck disable=SC2086
    ${CXX:-c++} -x c++ - -x none -g -O0 -finstrument-functions -o program <<END
#include <new>
struct alignas(128) wide { char bytes[256]; };
static void maker() { delete[] new char[5000]; delete new int; delete new wide; }
static volatile unsigned long long too_many = 1ull << 62;
static void fails() { try { delete[] new char[too_many]; } catch (const std::bad_alloc &) { } }
int main() { fails(); maker(); return 0; }
END
    compile_mine
    run "$profile" --timer=alloc -o out.prof ./program
    expect_status 0
    expect_bytes 5260 maker
    "$stats" out.prof --csv | grep -q ",fails," || fail "who fails is lost"
    LD_PRELOAD=$PWD/mine.so "$profile" --timer=alloc -o out.prof ./program
    expect_bytes 5260 maker
'

test_case "a malloc that is preloaded is used, and the bytes asked of it are counted" '
    compile_asker
    compile_mine
    export LD_PRELOAD="$PWD/mine.so"
    run "$profile" --timer=alloc -o out.prof ./asker mine
    expect_status 0
    unset LD_PRELOAD
    expect_bytes 2000 plain
    expect_bytes 330 grows
'

test_case "a program that is started without an environment is counted, and so is a forked child" '
    compile_asker
    compile starter -O0 <<END
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
static void child(void) { free(malloc(123)); }
int main(void)
{
    char *words[] = {"asker", 0}, *none[] = {0};
    free(malloc(9));
    if (fork() == 0) {
        child();
        execve("./asker", words, none);
    }
    wait(0);
    return 0;
}
END
    run "$profile" --timer=alloc -o out.prof ./starter
    expect_status 0
    expect_bytes 2000 plain
    expect_bytes 123 child
'

test_case "a program with a malloc of its own is not run, and one line says why" '
    compile program -O1 -fno-builtin <<END
#include <stddef.h>
static char memory[1 << 20];
static size_t used;
void *malloc(size_t size) { used += (size + 31) & ~(size_t)15; return memory + used - size; }
void free(void *given) { (void)given; }
int main(void) { free(malloc(10)); return 0; }
END
    run "$profile" --timer=alloc -o out.prof ./program
    expect_status 1
    expect_one_line "$stderr"
    expect_stderr_match "^profile: ./program has a malloc of its own, which alloc does not see: count in it, "
    expect_no_file out.prof
    run "$profile" --timer=cpu -o out.prof ./program
    expect_status 0
'

test_case "with another timer malloc is not replaced" '
    nm -D --defined-only "$build/libprofile.so" >names
    ! grep -E " (malloc|calloc|realloc)$" names || fail "the runtime has a malloc"
    nm -D --defined-only "$build/libprofile-alloc.so" | awk "{ print \$3 }" | sort >more
    awk "{ print \$3 }" names | sort | comm -13 - more >found
    grep -v "^_Zn" found >functions
    [ "$(grep -c "^_Zn[wa]m" found)" -eq 8 ] || fail "operator new has other forms"
    printf "%s\n" __profile_allocated aligned_alloc calloc malloc memalign posix_memalign pvalloc realloc valloc |
        sort >expected
    expect_same expected functions
'

test_done
