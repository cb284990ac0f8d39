#!/bin/sh
# Tests the browser, stats -i, with scripts and on a terminal.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

command -v python3 >/dev/null || {
    echo '1..0 # SKIP there is no python3'
    exit
}
export TZ=UTC LC_ALL=C.UTF-8

# a_profile NAME
a_profile() {
    python3 -c "
import marshal
marshal.dump({(\"a.c\", 3, \"factorial\"): (1, 2, 0.25, 0.5, {}), (\"b c.c\", 4, \"f\"): (1, 1, 1.0, 1.0, {})},
             open(\"$1\", \"wb\"))"
}

# browse FILE...: runs the browser with the script on stdin.
browse() {
    run "$stats" -i "$@"
    expect_status 0
    expect_no_stderr
}

test_case 'random scripts print the same bytes as in python3 -m pstats' '
    run python3 "$top/tests/commands/browser_oracle.py" "$stats" "${BROWSER_SCRIPTS:-60}" "${PSTATS_SEED:-1}"
    cat "$stdout"
    expect_status 0
'

test_case 'a damaged file does not end the session or change what is loaded' '
    a_profile some.prof
    echo nonsense >bad.prof
    printf "{)" >worse.prof
    printf "add bad.prof\nread worse.prof\nstats factorial\n" | browse some.prof
    expect_stdout_match "^some.prof% bad.prof "
    expect_stdout_match "^some.prof% worse.prof is damaged: it is cut short"
    expect_stdout_match "a.c:3\(factorial\)"
    expect_stdout_line "Goodbye."
'

test_case 'unit changes the unit, and csv writes a file' '
    a_profile some.prof
    printf "unit ms\nstats factorial\nunit days\ncsv\ncsv out.csv\n" | browse some.prof
    expect_stdout_match "250.000.* a.c:3\(factorial\)"
    expect_stdout_match "unknown unit .days"
    expect_stdout_line "some.prof% csv needs a file: csv FILE"
    cat >expected <<END
ncalls,pcalls,tottime_ns,cumtime_ns,file,line,function,module
2,1,250000000,500000000,a.c,3,factorial,
1,1,1000000000,1000000000,b c.c,4,f,
END
    expect_same expected out.csv
'

# tree_of COMMANDS: prints the output that the last of these commands adds to that of the others, for one.prof.
tree_of() {
    printf "%s\n" "$@" | browse one.prof
    sed -e "s/^\\(one.prof% \\)*//" -e "/^Welcome /d" -e "/^Goodbye.$/d" -e "/^$/d" "$stdout"
}

test_case 'tree prints what stats --tree does' '
    compile one <"$top/samples/recursion.c"
    "$profile" -o one.prof ./one >/dev/null
    check() {
        options=$1
        shift
        # shellcheck disable=SC2086
        "$stats" --tree $options --unit s one.prof | sed "/^$/d" >expected
        tree_of "$@" >printed
        expect_same expected printed
    }
    check "" tree
    check "" "tree callees"
    check "--restrict is_even" "tree is_even"
    check "--restrict is_even -n 2" "tree is_even 2"
    check "-n 3" "tree 3"
    check "--restrict 3 --restrict is_even" "tree 3 is_even"
    check "--strip-dirs --sort calls,name --reverse" strip "sort calls name" reverse tree
    "$stats" --tree=callers is_odd --unit s one.prof | sed "/^$/d" >expected
    tree_of "tree callers is_odd" >printed
    expect_same expected printed
    "$stats" --tree=callers is_odd -n 1 --unit s one.prof | sed "/^$/d" >expected
    grep -q "is_odd)$" expected || fail "there is no line to compare"
    tree_of "tree callers is_odd 1" >printed
    expect_same expected printed
    "$stats" --tree=callers is_odd --restrict main --unit s one.prof | sed "/^$/d" >expected
    tree_of "tree callers is_odd main" >printed
    expect_same expected printed
    "$stats" --tree --unit s one.prof one.prof | sed "/^$/d" >expected
    tree_of "add one.prof" tree >printed
    expect_same expected printed
'

test_case 'a failure of tree is reported in one line, and the session goes on' '
    compile one <"$top/samples/recursion.c"
    "$profile" -o one.prof ./one >/dev/null
    a_profile some.prof
    printf "tree\n" | browse
    expect_stdout_line "% No statistics object is loaded."
    printf "tree\n" | browse some.prof
    expect_stdout_line "some.prof% some.prof has no calling contexts, only figures of functions"
    printf "add some.prof\ntree\ntree callers\nread one.prof\ntree callers nothing\ntree callers is_odd\n" | browse one.prof
    expect_stdout_line "one.prof% one.prof% some.prof has no calling contexts, only figures of functions"
    expect_stdout_line "one.prof% tree callers needs a function: tree callers FUNCTION"
    expect_stdout_match "^(one.prof% )*no function is called .nothing. or matches it$"
    expect_stdout_match " 100.0%  .*is_odd"
    cp some.prof two.prof
    { printf "read one.prof\n"; sleep "${PATIENCE:-1}"; cp two.prof one.prof; printf "tree\n"; } | browse
    expect_stdout_line "% one.prof% one.prof has changed since it was read: read it again"
'

test_case 'quotes keep a regular expression with spaces together' '
    a_profile some.prof
    printf "%s\n" "stats \"b c\"" | browse some.prof
    expect_stdout_line "   List reduced from 2 to 1 due to restriction <'\''b c'\''>"
'

test_case 'profiles of profile are read, and the browser starts without any' '
    compile prog <"$top/samples/recursion.c"
    "$profile" -o own.prof ./prog >/dev/null
    printf "callers is_odd\n" | browse own.prof
    expect_stdout_match "is_odd\)  <-   500/1 .*is_even"
    printf "stats\n" | browse
    expect_stdout_line "% No statistics object is loaded."
'

test_case 'a file of the command line that cannot be read is named, and the browser does not start' '
    a_profile some.prof
    echo nonsense >bad.prof
    run "$stats" -i missing.prof
    expect_status 1
    expect_no_stdout
    expect_stderr_line "stats: cannot read missing.prof: No such file or directory"
    for files in "some.prof missing.prof" "missing.prof some.prof" . "some.prof bad.prof"; do
        # shellcheck disable=SC2086
        run "$stats" -i $files
        expect_status 1
        expect_no_stdout
        expect_one_line "$stderr"
    done
'

test_case 'a full disk exits 1' '
    [ -c /dev/full ] || skip "there is no /dev/full"
    status=0
    echo help | "$stats" -i >/dev/full 2>"$stderr" || status=$?
    expect_status 1
    expect_stderr_line "stats: cannot write to standard output: No space left on device"
'

test_case 'tab completes commands, files, sort keys and functions' '
    a_profile some.prof
    python3 "$top/tests/commands/browser_terminal.py" "$stats" complete
'

test_case 'names with spaces and brackets are completed with quotes and backslashes' '
    python3 -c "
import marshal
names = {(\"a.c\", 3, \"spaced::f<int, char*>\"): (1, 1, 1.0, 1.0, {}), (\"a.c\", 4, \"operator[]\"): (1, 1, 0.5, 0.5, {})}
marshal.dump(names, open(\"my profile.prof\", \"wb\"))"
    python3 "$top/tests/commands/browser_terminal.py" "$stats" complete_spaces
'

test_case 'the arrow keys bring back what was typed' '
    python3 "$top/tests/commands/browser_terminal.py" "$stats" remember
'

test_case 'Ctrl-C abandons the line, and Ctrl-D ends the session' '
    python3 "$top/tests/commands/browser_terminal.py" "$stats" interrupt
'

test_done
