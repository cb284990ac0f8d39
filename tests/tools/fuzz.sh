#!/bin/sh
# Fuzzes the loaders with libFuzzer: `make fuzz`, or `FUZZ_SECONDS=1800 make fuzz`. The targets share the
# time. They begin with the kept inputs in tests/fuzz/corpus and write new ones below build/fuzz. Prints a
# line of figures for each target. The exit status is 1 if a target found an error.
#
# `sh tests/tools/fuzz.sh --minimize` makes the kept inputs again, from the kept ones, the new ones, and those of
# tests/fuzz/seeds.sh.
set -eu

cd "$(dirname "$0")/../.."
targets='image prof'
build=build/fuzz
corpus=tests/fuzz/corpus
work=$build/work

# Comparisons are not traced, which would take half of the time. The targets' own mutators know the compared
# values.
sanitize='-fsanitize=address,undefined,float-cast-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer'
sanitize="$sanitize -fsanitize-coverage=inline-8bit-counters,pc-table"
export ASAN_OPTIONS="quarantine_size_mb=8:malloc_context_size=8:${ASAN_OPTIONS:-}"

# Small inputs, in bytes, allow more mutations a second.
input_max=8192

compile() {
    programs=
    for target in $targets; do
        programs="$programs $build/obj/tests/${target}_fuzzer $build/obj/tests/${target}_driver"
    done
    # shellcheck disable=SC2086
    ${MAKE:-make} --no-print-directory -j2 CC="${CLANG:-clang}" CFLAGS='-O1 -g' BUILD=$build \
        SANITIZE="$sanitize" $programs
}

# fuzz TARGET SECONDS: runs one target.
fuzz() {
    program=$build/obj/tests/$1_fuzzer
    log=$work/$1.log
    mkdir -p "$work/$1" "$work/found"
    status=0
    "$program" -max_total_time="$2" -rss_limit_mb=1024 -malloc_limit_mb=512 -timeout=10 -max_len=$input_max \
        -print_final_stats=1 -artifact_prefix="$work/found/$1-" "$work/$1" "$corpus/$1" >"$log" 2>&1 || status=$?
    awk -v target="$1" '
        $1 == "stat::number_of_executed_units:" { runs = $2 }
        $1 == "stat::average_exec_per_sec:" { speed = $2 }
        $1 == "stat::new_units_added:" { found = $2 }
        $1 == "stat::peak_rss_mb:" { memory = $2 }
        { for (i = 1; i < NF; i++) if ($i == "cov:") edges = $(i + 1); else if ($i == "corp:") inputs = $(i + 1) }
        END {
            printf "fuzz: %s: %d runs, %d a second; %d edges reached, %d new inputs; corpus %s, %d MB\n",
                target, runs, speed, edges, found, inputs, memory
        }' "$log"
    [ "$status" -ne 0 ] || return 0
    grep -v -e '	NEW' -e '	REDUCE' "$log" | tail -n 40 >&2
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    printf 'fuzz: %s failed with status %d; again: %s %s\n' "$1" "$status" "$program" "$input" >&2
    return 1
}

# Keeps the fewest inputs that reach every edge that all inputs reach.
minimize() {
    CC=${CC:-cc} sh tests/fuzz/seeds.sh "$PWD/build" "$work/seeds"
    for target in $targets; do
        rm -rf "$work/files" "$work/merged"
        mkdir -p "$work/files" "$work/merged" "$work/$target" "$corpus/$target"
        "$build/obj/tests/${target}_driver" -f -i "$work/files" "$work/seeds/$target"
        "$build/obj/tests/${target}_fuzzer" -merge=1 -use_counters=0 -max_len=$input_max "$work/merged" "$work/files" \
            "$corpus/$target" "$work/$target" >"$work/merge.log" 2>&1
        rm -f "$corpus/$target"/*
        keep "$work/merged" "$corpus/$target"
    done
}

# keep FROM TO: copies the smallest inputs, up to 140 KB in all, as they reach most for their size.
keep() {
    find "$1" -type f -printf '%s %p\n' | sort -n | while read -r size path; do
        kept=$((${kept:-0} + size))
        [ "$kept" -le 140000 ] || break
        cp "$path" "$2/"
    done
}

command -v "${CLANG:-clang}" >/dev/null || {
    echo 'fuzz: needs clang, and its libFuzzer; see make deps test' >&2
    exit 1
}
compile
if [ "${1:-}" = --minimize ]; then
    minimize
    exit
fi
seconds=${FUZZ_SECONDS:-60}
failed=0
for target in $targets; do
    fuzz "$target" $((seconds / 2)) || failed=1
done
exit "$failed"
