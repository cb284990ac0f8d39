#!/bin/sh
# Tests the samples in other languages that GCC compiles: names are written as in the language, and there are as many
# calls as the program itself counts. Tests also that all samples compile without a warning.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# need PROGRAM: skips the test if there is no PROGRAM.
need() {
    command -v "$1" >/dev/null || skip "there is no $1 (see make deps test)"
}

# record PROGRAM: profiles PROGRAM. Writes its output to `said`, and "CALLS,FILE,NAME" of each function to `table`.
record() {
    "$profile" -o out.prof "$1" >said
    "$stats" --csv --strip-dirs out.prof | awk -F, 'NR > 1 { print $1 "," $5 "," $7 }' | tr -d '"' >table
}

# said NAME: prints the number that the program printed after NAME.
said() {
    sed -n "s/\(.* \)\{0,1\}$1 \([0-9]*\).*/\2/p" said
}

# expect_calls NAME FILE FUNCTION...: fails unless the FUNCTIONs of FILE together have as many calls as the program
# printed for NAME.
expect_calls() {
    counted=$1
    file=$2
    shift 2
    sum=0
    for function in "$@"; do
        calls=$(sed -n "s/,$file,$function\$//p" table)
        [ -n "$calls" ] || fail "there is no $function of $file"
        sum=$((sum + calls))
    done
    expect_equal "$counted $(said "$counted")" "$counted $sum"
}

test_case "Fortran: a module's procedures are module::procedure, others and the program have their own names" '
    need gfortran
    gfortran -O2 -g -finstrument-functions "$top/samples/shapes.f90" -o shapes
    record ./shapes
    expect_calls towers shapes.f90 towers
    expect_calls circle_area shapes.f90 geometry::circle_area
    expect_calls scaled shapes.f90 geometry::scaled_integer geometry::scaled_real
    expect_calls keep shapes.f90 keep
    grep -qx "1,shapes.f90,shapes" table || fail "the table does not have the name of the program"
'

test_case "Fortran: without debug information procedures of modules are still named module::procedure" '
    need gfortran
    gfortran -O2 -finstrument-functions "$top/samples/shapes.f90" -o shapes
    record ./shapes
    expect_calls circle_area "" geometry::circle_area
'

test_case "Ada: subprograms, also nested and generic ones, operators and tasks are named as in the source" '
    need gnatmake
    gnatmake -q -O2 -g "$top/samples/queues.adb" -cargs -finstrument-functions
    record ./queues
    expect_calls hanoi queues.adb queues.hanoi
    expect_calls put queues.adb queues.numbers.put
    # An operator is in doubled quotes, which CSV doubles again, and which record() removes.
    expect_calls add queues.adb queues.points.+
    expect_calls inner queues.adb queues.outer.inner
    expect_calls step queues.adb queues.step
    grep -qx "1,queues.adb,queues.worker" table || fail "the table does not have the name of the task"
'

test_case "D: functions, methods, nested functions and instances of templates are named as in the source" '
    need gdc
    gdc -O2 -g -finstrument-functions "$top/samples/words.d" -o words
    record ./words
    expect_calls permute words.d words.permute
    expect_calls add words.d words.Dictionary.add
    expect_calls twice words.d "words.twice!(int).twice" "words.twice!(double).twice"
    expect_calls see words.d "words.count(int).see"
'

test_case "the samples compile without a warning, with both compilers" '
    for compiler in gcc clang; do
        command -v $compiler >/dev/null || continue
        for sample in "$top"/samples/*.c; do
            $compiler -std=c11 -Wall -Wextra -Wpedantic -Werror -O2 -I"$top/runtime/api" \
                -finstrument-functions -c "$sample" -o sample.o
        done
    done
    for compiler in g++ clang++; do
        command -v $compiler >/dev/null || continue
        for sample in "$top"/samples/*.cc; do
            $compiler -std=c++17 -Wall -Wextra -Wpedantic -Werror -O2 -I"$top/runtime/api" \
                -finstrument-functions -c "$sample" -o sample.o
        done
    done
    if command -v gfortran >/dev/null; then
        gfortran -Wall -Wextra -Wpedantic -Werror -O2 -c "$top/samples/shapes.f90" -o sample.o
    fi
    if command -v gdc >/dev/null; then
        gdc -Wall -Wextra -Werror -O2 -c "$top/samples/words.d" -o sample.o
    fi
    if command -v gnatmake >/dev/null; then
        gnatmake -q -c -O2 -gnatwe -gnatwa "$top/samples/queues.adb"
    fi
'

test_done
