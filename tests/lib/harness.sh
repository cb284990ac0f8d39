# Sourced by the shell tests of commands. A test is a sentence and a body:
#
#     # shellcheck source=tests/lib/harness.sh
#     . "$(dirname "$0")/../lib/harness.sh"
#     test_case "a missing program is reported in one line, and the exit status is 127" '
#         run "$profile" ./nothing
#         expect_status 127
#         expect_stderr_line "profile: ./nothing: No such file or directory"
#     '
#     test_done
#
# The body is shell text or the name of a function. It runs in a subshell with `set -e`, in a new directory of
# its own. The first command or expectation that fails ends the body and is shown.
#
# A test also fails if the times contradict each other in a profile that it leaves behind: a file NAME.prof in its
# directory that stats reads. A file that a test breaks on purpose has another name, or stats refuses it.
#
# The script prints TAP to stdout, and the plan at the end. A script that dies half-way prints no plan, which
# tests/lib/run.sh counts as a failure.
# shellcheck shell=sh

# For the bodies: the folder of the repository, the folder of the build, and the programs.
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${BUILD:-$top/build}
profile=$build/profile
stats=$build/stats
: "$profile" "$stats"

# No test asks the servers of whoever runs it.
unset DEBUGINFOD_URLS

test_number=0
test_failures=0
test_work=$(mktemp -d "${TMPDIR:-/tmp}/harness.XXXXXX") || exit 1
trap 'chmod -R u+rwx "$test_work"; rm -rf "$test_work"' EXIT
trap 'exit 1' HUP INT TERM

# The output and the exit status of the last `run`. The files are outside of the test's directory, which thus
# has only the program's files.
stdout=$test_work/stdout
stderr=$test_work/stderr
status=0

# left_out SENTENCE: prints the reason why the file LEFT_OUT, if there is one, leaves out the test SENTENCE. A line
# of the file is "SCRIPT: PATTERN: REASON", with a shell pattern.
left_out() {
    while IFS= read -r left_out_line; do
        left_out_rest=${left_out_line#*: }
        # shellcheck disable=SC2254
        case ${left_out_line%%: *}:$1 in
        "$(basename "$0" _test.sh)":${left_out_rest%%: *}) printf '%s\n' "${left_out_rest#*: }" ;;
        esac
    done <"${LEFT_OUT:-/dev/null}"
}

# contradictions FOLDER: prints the times that contradict each other in the profiles of FOLDER, and returns 1 if there
# are some, or if stats dies. Large files are left out, to save time, and so are all where CHECK_PROFILES is 0.
contradictions() {
    [ "${CHECK_PROFILES:-1}" != 0 ] || return 0
    find "$1" -name '*.prof' -type f -size -8192k -size +0 2>/dev/null >"$test_work/profiles"
    contradictions_result=0
    while IFS= read -r contradictions_file; do
        contradictions_status=0
        "$stats" --check "$contradictions_file" >"$test_work/checked" 2>/dev/null </dev/null || contradictions_status=$?
        [ "$contradictions_status" -gt 1 ] || [ -s "$test_work/checked" ] || continue
        printf 'stats --check %s ended with %d:\n' "${contradictions_file#"$1"/}" "$contradictions_status"
        head -n 5 "$test_work/checked"
        contradictions_result=1
    done <"$test_work/profiles"
    return "$contradictions_result"
}

# test_case SENTENCE BODY: runs the test BODY, and prints its result and SENTENCE, which tells the behaviour.
test_case() {
    test_number=$((test_number + 1))
    test_left_out=$(left_out "$1")
    if [ -n "$test_left_out" ]; then
        printf 'ok %d - %s # SKIP %s\n' "$test_number" "$1" "$test_left_out"
        return
    fi
    mkdir "$test_work/$test_number"
    # Not `if ( ... )`: set -e has no effect in a condition.
    (
        set -e
        cd "$test_work/$test_number"
        : >"$stdout"
        : >"$stderr"
        eval "$2"
    ) >"$test_work/log" 2>&1
    test_status=$?
    chmod -R u+rwx "$test_work/$test_number" 2>/dev/null
    if [ "$test_status" -eq 0 ]; then
        contradictions "$test_work/$test_number" >>"$test_work/log" || test_status=$?
    fi
    case $test_status in
    0) printf 'ok %d - %s\n' "$test_number" "$1" ;;
    77) printf 'ok %d - %s # SKIP %s\n' "$test_number" "$1" "$(tail -n 1 "$test_work/log")" ;;
    *)
        test_failures=$((test_failures + 1))
        printf 'not ok %d - %s\n' "$test_number" "$1"
        sed 's/^/# /' "$test_work/log"
        show_captured
        ;;
    esac
    rm -rf "${test_work:?}/$test_number"
}

# Prints the plan and ends the script.
test_done() {
    printf '1..%d\n' "$test_number"
    [ "$test_failures" -eq 0 ]
    exit
}

# Prints the beginning of the last run's output as diagnostics.
show_captured() {
    for captured in stdout stderr; do
        [ -s "$test_work/$captured" ] || continue
        printf '# %s was:\n' "$captured"
        head -n 30 "$test_work/$captured" | cut -c 1-300 | sed 's/^/#   /'
    done
}

# fail MESSAGE...: prints MESSAGE and ends the body as failed.
fail() {
    printf '%s\n' "$*"
    exit 1
}

# skip REASON...: prints REASON and ends the body as skipped.
skip() {
    printf '%s\n' "$*"
    exit 77
}

# run COMMAND ARGUMENT...: runs COMMAND. Writes its output to the files $stdout and $stderr, and sets $status to
# its exit status.
run() {
    status=0
    "$@" >"$stdout" 2>"$stderr" || status=$?
}

# compile PROGRAM [FLAG...]: compiles the C source on stdin with -finstrument-functions, debug information and the
# FLAGs. CC may have arguments, as in a Makefile.
compile() {
    compiled=$1
    shift
    # shellcheck disable=SC2086
    ${CC:-cc} -x c - -x none -g -finstrument-functions -o "$compiled" "$@"
}

expect_status() {
    [ "$status" -eq "$1" ] || fail "the exit status is $status, not $1"
}

# expect_stdout_line TEXT, expect_stderr_line TEXT: fails unless a line is exactly TEXT.
expect_stdout_line() {
    grep -qxF -e "$1" "$stdout" || fail "stdout has no line: $1"
}

expect_stderr_line() {
    grep -qxF -e "$1" "$stderr" || fail "stderr has no line: $1"
}

# expect_stdout_match REGEX, expect_stderr_match REGEX: fails unless a line matches REGEX (grep -E).
expect_stdout_match() {
    grep -qE -e "$1" "$stdout" || fail "stdout has no line that matches: $1"
}

expect_stderr_match() {
    grep -qE -e "$1" "$stderr" || fail "stderr has no line that matches: $1"
}

# expect_one_line FILE: fails unless FILE, such as "$stderr", has exactly one line, with its newline.
expect_one_line() {
    lines=$(wc -l <"$1")
    [ "$lines" -eq 1 ] || fail "${1##*/} has $((lines)) lines, not 1"
}

expect_no_stdout() {
    [ ! -s "$stdout" ] || fail 'stdout is not empty'
}

expect_no_stderr() {
    [ ! -s "$stderr" ] || fail 'stderr is not empty'
}

# expect_same EXPECTED ACTUAL: fails unless two files have the same bytes. Shows how they differ.
expect_same() {
    cmp -s "$1" "$2" && return
    diff -u "$1" "$2" | head -n 40
    fail "$1 and $2 differ"
}

# expect_equal EXPECTED ACTUAL: fails unless two strings are equal.
expect_equal() {
    [ "$1" = "$2" ] || fail "expected: $1, but it is: $2"
}

expect_file() {
    [ -s "$1" ] || fail "there is no $1, or it is empty"
}

expect_no_file() {
    [ ! -e "$1" ] || fail "there is a $1"
}
