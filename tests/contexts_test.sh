#!/bin/sh
# `stats` on profiles of real programs: the reports that need calling contexts, threads, processes and files.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/harness.sh
. "$(dirname "$0")/harness.sh"

export TZ=UTC LC_ALL=C.UTF-8
unset PAGER LESS

# Leaves recursion.prof.
recursion() {
    compile recursion <"$top/samples/recursion.c"
    "$profile" -o recursion.prof ./recursion >/dev/null
}

test_case '--tree prints who called whom, with recursion folded' '
    recursion
    run "$stats" --tree --min-percent 0 --strip-dirs recursion.prof
    expect_status 0
    expect_no_stderr
    expect_stdout_match "^ +1 .* 100.0%  .*\(main\)$"
    expect_stdout_match "^ +21890 .*  │ └─.*\(fibonacci\) \(recursive\)$"
    expect_stdout_match "^ +500 .*    └─.*\(is_odd\)$"
'

test_case '--tree=callers takes a function, before or behind the file, and adds up files' '
    recursion
    run "$stats" recursion.prof --tree=callers is_odd recursion.prof --min-percent 0
    expect_status 0
    expect_stdout_match "^ +1000 .* 100.0%  [^ ]*\(is_odd\)$"
    expect_stdout_match "^ +1000 .*  └─.*\(is_even\)$"
    cp "$stdout" behind
    run "$stats" --tree=callers is_odd recursion.prof recursion.prof --min-percent 0
    expect_same behind "$stdout"
'

test_case 'a function that is not there is said in one line' '
    recursion
    run "$stats" recursion.prof --tree=callers nowhere
    expect_status 1
    expect_no_stdout
    expect_one_line "$stderr"
    run "$stats" recursion.prof --tree=callers "["
    expect_status 1
    expect_one_line "$stderr"
'

for arguments in '--tree=callers' '--tree=up' '--tree --sort time' '--tree --csv' '--tree --restrict f' \
    '--min-percent x' '--min-percent 101' '--min-percent nan'; do
    test_case "wrong usage exits 2 with one line: stats x.prof $arguments" '
        # shellcheck disable=SC2086
        run "$stats" x.prof $arguments
        expect_status 2
        expect_no_stdout
        expect_one_line "$stderr"
        expect_stderr_match "; see stats --help$"
    '
done

test_done
