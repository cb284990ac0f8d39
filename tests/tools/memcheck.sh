#!/bin/sh
# Runs the suite under valgrind's memcheck: `make memcheck`. `tests/tools/memcheck.sh PROGRAM...` runs a part
# of it, with the environment of tests/lib/run.sh.
#
# In $BUILD/memcheck the commands and the unit tests have stand-ins that start them under memcheck. The
# launcher's stand-in follows the programs that it starts, and so the runtime in them. Each process writes a
# log there, and the last test reads the logs. tests/memcheck/left_out names the tests that are left out, with
# the reasons. tests/memcheck/suppressions lists errors of other programs.
set -eu

cd "$(dirname "$0")/../.."
valgrind=$(command -v valgrind) || {
    echo 'memcheck: needs valgrind; see make deps test' >&2
    exit 1
}
date=$(command -v date)
stand_ins=$BUILD/memcheck
logs=$stand_ins/logs

# stand_in PROGRAM PATH FLAG: makes PATH, which runs PROGRAM under memcheck in any environment and directory.
# Process IDs are used again, so the names of logs contain the time. Forked children of any user write logs
# too. The memory of libc is not freed at the end, because that would flush streams that _exit() does not.
# TEST_SKIP tells a unit test which tests to leave out.
stand_in() {
    skipped=$(awk -F ': ' -v test="$(basename "$1" _test)" '$1 == test { print $2 }' tests/memcheck/left_out)
    cat >"$2" <<END
#!/bin/sh
export TEST_SKIP='$skipped'
exec '$valgrind' --tool=memcheck --fair-sched=yes --vgdb=no --run-libc-freeres=no --run-cxx-freeres=no \\
    $3 --fullpath-after='$PWD/' \\
    --suppressions='$PWD/tests/memcheck/suppressions' --log-file="$logs/\$('$date' +%s%N).%p" '$1' "\$@"
END
    chmod +x "$2"
}

# In programs with an image, memcheck does not search for leaks, as it would read the 4 GiB of the image for
# pointers. So the launcher has a second stand-in, which searches for its leaks and does not follow the
# programs that it starts.
leaks='--leak-check=full --show-leak-kinds=definite'
rm -rf "$stand_ins"
mkdir -p "$stand_ins/tests" "$stand_ins/launcher" "$logs"
chmod 1777 "$logs"
stand_in "$BUILD/profile" "$stand_ins/profile" '--leak-check=no --trace-children=yes'
stand_in "$BUILD/profile" "$stand_ins/launcher/profile" "$leaks"
stand_in "$BUILD/stats" "$stand_ins/stats" "$leaks"
ln -s "$BUILD/libprofile.so" "$BUILD/libprofile-alloc.so" "$BUILD/libprofile.a" "$stand_ins"
ln -s "$BUILD/libprofile.so" "$BUILD/libprofile-alloc.so" "$BUILD/libprofile.a" "$stand_ins/stats" \
    "$stand_ins/launcher"
for program in "$@" "$TEST_BIN"/profilee "$TEST_BIN"/stats_of_model "$TEST_BIN"/*_driver; do
    case $program in
    "$TEST_BIN"/*)
        mkdir -p "$stand_ins/tests/$(dirname "${program#"$TEST_BIN/"}")"
        case " $RUNTIME_TESTS $TEST_BIN/profilee " in
        *" $program "*) memcheck='--leak-check=no --trace-children=yes' ;;
        *) memcheck=$leaks ;;
        esac
        stand_in "$program" "$stand_ins/tests/${program#"$TEST_BIN/"}" "$memcheck"
        ;;
    esac
done
ln -s "$TEST_BIN/inspect" "$TEST_BIN/plugin.so" "$stand_ins/tests"
for name in profile deaths; do
    printf 'BUILD=%s exec sh %s\n' "$stand_ins/launcher" "$PWD"/tests/*/"${name}_test.sh" >"$stand_ins/launcher/$name.sh"
done

# Tests that repeat something repeat it less often.
export PSTATS_CASES=20 BROWSER_SCRIPTS=5 KILLS=5 THREAD_PAIRS=1000 SIGNALS=3000 MUTATIONS=200 BOUNDS=2 LOADS=20
export WAVES=2 PATIENCE=10

# stats would take long for each profile.
export CHECK_PROFILES=0

for program in "$@"; do
    shift
    case $program in
    "$TEST_BIN"/*) program=$stand_ins/tests/${program#"$TEST_BIN/"} ;;
    esac
    set -- "$@" "$program"
done
export CODE="$BUILD" LEFT_OUT="$PWD/tests/memcheck/left_out"
export BUILD="$stand_ins" TEST_BIN="$stand_ins/tests" MODEL_STATS="$stand_ins/tests/stats_of_model"
export TEST_TIMEOUT="${TEST_TIMEOUT:-1200}"
exec sh tests/lib/run.sh "$@" "$stand_ins/launcher/profile.sh" "$stand_ins/launcher/deaths.sh" tests/memcheck/logs.sh
