#!/bin/sh
# Tests programs that are compiled with the sanitizers of both compilers: output and exit status are as without
# `profile`, also where the sanitizer ends the program, and all calls are counted.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# sanitize COMPILER FLAG...: compiles sanitized.cc and tool.so, a library to preload. Sets $sanitizer to the path of
# the sanitizer's shared library, or to nothing.
sanitize() {
    nm "$profile" | grep -q __asan_init && skip "profile has a sanitizer itself"
    command -v "$1" >/dev/null || skip "there is no $1"
    "$@" -g -O1 -finstrument-functions -o sanitized "$top/tests/programs/sanitized.cc" -pthread || skip "$* does not work here"
    echo "int tool;" | ${CC:-cc} -x c -shared -fPIC -o tool.so -
    sanitizer=$("$1" "-print-file-name=libclang_rt.asan-$(uname -m).so")
    LD_LIBRARY_PATH=$(dirname "$sanitizer")
    export LD_LIBRARY_PATH
    sanitizer=$(ldd ./sanitized | sed -n "s/.* => \([^ ]*\(san\.so\|clang_rt\)[^ ]*\) .*/\1/p")
}

# calls: prints the calls of leaf() in all processes.
calls() {
    "$stats" --csv out.prof | awk -F, '$7 == "leaf" { calls += $1 } END { print calls + 0 }'
}

# compare PRELOAD [WORD]: fails unless the program does as without profile, with this LD_PRELOAD. Leaves the exit status
# in $status.
compare() {
    preload=LD_PRELOAD=$1
    shift
    run env "$preload" ./sanitized "$@"
    plain=$status
    cp "$stdout" plain
    run env "$preload" "$profile" -o out.prof ./sanitized "$@"
    expect_status "$plain"
    expect_same plain "$stdout"
}

# compare_all: compares with each word and each LD_PRELOAD: none, a library, and the sanitizer before and behind it.
compare_all() {
    for preloaded in "" ./tool.so ${sanitizer:+"$sanitizer" "$sanitizer:./tool.so" "./tool.so:$sanitizer"}; do
        for word in "" exec overflow leak; do
            # shellcheck disable=SC2086
            compare "$preloaded" $word
            [ "$status" -ne 0 ] || expect_equal "$([ "$word" = exec ] && echo 208 || echo 104)" "$(calls)"
        done
    done
}

for compiler in g++ clang++; do
    for flags in address undefined thread leak memory address,undefined; do
        test_case "$compiler -fsanitize=$flags, alone and with other preloaded libraries" "
            [ $compiler-$flags != g++-memory ] || skip 'gcc has no such sanitizer'
            sanitize $compiler -fsanitize=$flags
            compare_all
        "
    done
done

test_case "clang++ -fsanitize=address -shared-libsan, alone and with other preloaded libraries" '
    sanitize clang++ -fsanitize=address -shared-libsan
    compare_all
'

test_case "a program with AddressSanitizer that a shell starts, and one that counts its memory, are recorded" '
    sanitize g++ -fsanitize=address
    run "$profile" -o out.prof sh -c "./sanitized; exec ./sanitized exec"
    expect_status 0
    expect_equal 312 "$(calls)"
    run "$profile" --timer alloc -o out.prof ./sanitized
    expect_status 0
    expect_equal 104 "$(calls)"
'

test_case "a library that comes before AddressSanitizer is still refused by it" '
    sanitize g++ -fsanitize=address
    run "$profile" -o out.prof env LD_PRELOAD=./tool.so ./sanitized
    expect_status 1
    expect_stderr_match "ASan runtime does not come first"
'

test_done
