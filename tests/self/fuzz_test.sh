#!/bin/sh
# Tests hostile files: the fuzzers' corpus, mutations by a fixed generator, and files that are made to take long.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317,SC3045

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# Bounds the freed memory that AddressSanitizer holds back, because the fuzz targets bound the memory in use.
export ASAN_OPTIONS="quarantine_size_mb=8:${ASAN_OPTIONS:-}"

# drive TARGET ARGUMENT...: runs the target's driver. If an input fails, prints it in base64.
drive() {
    driver=$TEST_BIN/${1}_driver
    shift
    run "$driver" "$@"
    [ "$status" -eq 0 ] || {
        [ ! -e failed-input ] || base64 failed-input
        fail "the driver's status is $status"
    }
}

# Makes real.prof, a profile, and real.image, the image of a process that was killed while other threads ran.
real_files() {
    compile program -pthread -O1 <"$top/tests/fuzz/seeds.c"
    "$profile" -o real.prof ./program recursion jump threads strands signal 2>/dev/null
    compile alone -pthread -O1 -L"$build" -Wl,-rpath,"$build" -Wl,--no-as-needed -lprofile <"$top/tests/fuzz/seeds.c"
    (PROFILE_OUT=real.image ./alone recursion jump threads strands signal killed) 2>/dev/null || :
    expect_file real.image
}

# stats_survives LIMIT ARGUMENT...: fails unless stats prints a report, or no report but a reason, in LIMIT seconds.
stats_survives() {
    limit=$1
    shift
    run timeout "$limit" "$stats" --no-pager "$@"
    case $status in
    0) ;;
    1)
        tail -n 1 "$stderr" >last
        [ -s last ] || fail "there is no error message: stats $*"
        [ ! -s "$stdout" ] || fail "there is half a report: stats $*"
        ;;
    *) fail "the exit status is $status: stats $*" ;;
    esac
    ! grep -q -e "runtime error" -e Sanitizer "$stderr" || fail "a sanitizer reports an error: stats $*"
}

# stats_refuses ARGUMENT...: fails unless stats refuses its input in one line.
stats_refuses() {
    stats_survives 60 "$@"
    expect_status 1
    expect_one_line "$stderr"
}

test_case "the images in the fuzzing corpus do no harm" '
    drive image "$top/tests/fuzz/corpus/image"
'

test_case "the profiles in the fuzzing corpus do no harm" '
    drive prof "$top/tests/fuzz/corpus/prof"
'

test_case "${MUTATIONS:-5000} mutations of a real image do no harm" '
    real_files
    drive image -f -n "${MUTATIONS:-5000}" real.image
'

test_case "${MUTATIONS:-5000} mutations of a real profile, and 500 each of one with sums and of one by Python, do no harm" '
    real_files
    drive prof -f -n "${MUTATIONS:-5000}" real.prof
    "$profile" -o contexts.prof ./program contexts # which has sums
    drive prof -f -n 500 contexts.prof
    command -v python3 >/dev/null || exit 0
    echo "print(sorted([3, 1], key=lambda number: -number))" >script.py
    python3 -m cProfile -o python.prof script.py
    drive prof -f -n 500 python.prof
'

test_case "stats prints a report of a damaged file, or one line that tells why not" '
    real_files
    mkdir images profs
    "$TEST_BIN/image_driver" -f -n 20 -w images real.image
    "$TEST_BIN/prof_driver" -f -n 20 -w profs real.prof
    for file in images/* profs/*; do
        case $(basename "$file") in
        *0 | *5) set -- ;;
        *1 | *6) set -- --tree ;;
        *2 | *7) set -- --by thread ;;
        *3 | *8) set -- --callers ;;
        *) set -- --pstats ;;
        esac
        stats_survives 60 "$file" "$@"
        [ "$status" -eq 0 ] || expect_one_line "$stderr"
    done
'

# Limits the memory of this shell to 1 GB, unless sanitizers need more: they take terabytes of addresses.
limit_memory() {
    ! (ulimit -v 1000000 && "$stats" --version) >/dev/null 2>&1 || ulimit -v 1000000
}

# python_files SCRIPT: makes files with Python. They are too long for the repository.
python_files() {
    command -v python3 >/dev/null || skip "there is no python3"
    python3 -c "$1"
}

test_case "marshal nested 100,000 deep, in circles, or with lengths beyond the file is refused in one line" '
    python_files "
for name, data in {
    \"tuples\": b\"{\" + b\")\x03\" * 100000, \"dicts\": b\"{\" * 100000, \"lists\": b\"{\" + b\"[\1\0\0\0\" * 100000,
    \"circle\": b\"\xfb\xa9\x03r\0\0\0\0\", \"length\": b\"{)\x03u\xff\xff\xff\x7fa\", \"list\": b\"[\0\0\0\0\",
    \"code\": b\"{)\x03z\1fi\1\0\0\0\xe3\0\0\",
}.items():
    open(name, \"wb\").write(data)
"
    for file in tuples dicts lists circle length list code; do
        (limit_memory; stats_refuses "$file" --pstats)
    done
'

test_case "an image of 80,000 modules, 10 MB, is read within 15 seconds" '
    real_files
    python_files "
import struct
header = bytearray(open(\"real.image\", \"rb\").read(4096))
struct.pack_into(\"<II\", header, 32, 64, 0)
with open(\"many.image\", \"wb\") as file:
    file.write(header)
    for i in range(80000):
        module = struct.pack(\"<IIQQQQqII64s\", 66 + 2 * i if i < 79999 else 0, 8, 0, 0, 0, 0, 0, 0, 0, b\"\")
        file.write((module + b\"%08x\" % i).ljust(128, b\"\0\"))
"
    stats_survives 15 many.image
    expect_status 0
'

test_case "a long name that a small file refers to often takes bounded memory" '
    python_files "
import marshal
name = \"x\" * 1000000
marshal.dump({(name, i, \"f\"): (1, 1, 0, 0, {}) for i in range(5000)}, open(\"lines.prof\", \"wb\"))
calls = {(\"a\", i, \"f\"): (1, 1, 0, 0, {(\"b\", 1, \"g\"): (1, 1, 0, 0)}) for i in range(5000)}
calls[name, 1, \"f\"] = (1, 1, 0, 0, {})
marshal.dump(calls, open(\"wide.prof\", \"wb\"))
calls = {(\"a\", i, \"f\"): (1, 1, 0, 0, {(name, 1, \"f\"): (1, 1, 0, 0)}) for i in range(2000)}
marshal.dump(calls, open(\"calls.prof\", \"wb\"))
"
    stats_refuses --callers calls.prof
    stats_refuses lines.prof
    stats_survives 20 --callers wide.prof
    expect_status 0
'

test_done
