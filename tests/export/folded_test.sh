#!/bin/sh
# Tests stats --format folded, which flamegraph.pl reads, and --weight.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/trees.sh
. "$(dirname "$0")/../lib/trees.sh"

flamegraph=$(command -v flamegraph.pl || echo /usr/share/perl5/Devel/NYTProf/flamegraph.pl)

test_case "each context is a line with its own time" '
    printf "thread\t7\tmain\n0\ta.c\t1\tmain\t1\t100\n1\ta.c\t5\tfib\t1\t50\n2\ta.c\t5\tfib\t9\t500\n1\tb.c\t7\tx;y\t3\t0\n" |
        "$tree_profile" >tree.prof
    run "$stats" tree.prof --format folded
    expect_status 0
    expect_equal "main 100
main;fib 50
main;fib;fib 500" "$(cat "$stdout")"
    expect_one_line "$stderr"
    expect_stderr_match "^stats: folded holds one figure"
    "$stats" tree.prof --by thread --weight calls -o calls.folded 2>errors
    expect_equal "main 7;main 1
main 7;main;fib 1
main 7;main;fib;fib 9
main 7;main;x:y 3" "$(cat calls.folded)"
'

test_case "functions of one name are told apart by their files" '
    printf "thread\t7\tmain\n0\ta.c\t1\tmain\t1\t100\n1\ta.c\t5\tget\t1\t50\n1\tb.c\t7\tget\t1\t20\n" |
        "$tree_profile" >tree.prof
    "$stats" tree.prof -o out.folded 2>errors
    expect_equal "main 100
main;get (a.c:5) 50
main;get (b.c:7) 20" "$(cat out.folded)"
'

test_case "the lines are one for each context, whatever the names, and their sum is the total of the table" '
    write_tree
    "$stats" tree.prof -o out.folded 2>errors
    expect_equal 12 "$(wc -l <out.folded)"
    expect_equal 7218 "$(sed "s/.* //" out.folded | paste -sd+ | bc)"
    ! grep -vq "^[^[:cntrl:]]* [0-9]*$" out.folded || fail "a line is not one of the format"
    "$stats" tree.prof --restrict fib -o out.folded 2>errors
    expect_equal 7218 "$(sed "s/.* //" out.folded | paste -sd+ | bc)"
    grep -q "^main;(left out) 1153$" out.folded
'

test_case "flamegraph.pl draws the time of each function with its callees" '
    [ -e "$flamegraph" ] || skip "there is no flamegraph.pl"
    write_tree
    "$stats" tree.prof -o out.folded 2>errors
    perl "$flamegraph" --nametype Function: --countname ns --minwidth 0 out.folded >out.svg
    for title in "all (7,218 ns, 100%)" "main (7,153 ns, 99.10%)" "fib (5,000 ns, 69.27%)" "fib (4,800 ns, 66.50%)" \
        "add (/src/a.cc:41) (700 ns, 9.70%)" "even (400 ns, 5.54%)" "work (65 ns, 0.90%)" \
        "x:y &quot;z&quot; (/script)(!-- &amp;amp: \\\\x0a\\x01\\xff (53 ns, 0.73%)"; do
        grep -qF "<title>$title</title>" out.svg || fail "no box has the title $title"
    done
'

test_case "threads of several files are summed up, which is said" '
    write_tree
    run "$stats" tree.prof tree.prof --by thread --format folded
    expect_status 0
    expect_stderr_line "stats: the threads of several files are summed up"
    expect_stdout_line "main;fib;fib 9600"
'

test_case "a weight that the files do not have is refused, and so is one that the format does not use" '
    write_tree
    run "$stats" tree.prof --format folded --weight waittime
    expect_status 1
    expect_no_stdout
    expect_stderr_match "it is not known how long functions waited"
    run "$stats" tree.prof --format json --weight calls
    expect_status 2
    expect_stderr_match "^stats: --weight is for formats with one figure, not for json"
    printf "thread\t7\tmain\n0\ta.c\t1\tmain\t1\t0\n" | "$tree_profile" >untimed.prof
    run "$stats" untimed.prof -o out.folded
    expect_status 1
    expect_stderr_line "stats: the calls took no time: --weight=calls writes their numbers"
    expect_no_file out.folded
'

test_case "a file without contexts is refused" '
    python3 -c "import cProfile; cProfile.run(\"1\", \"python.prof\")"
    run "$stats" python.prof -o out.folded
    expect_status 1
    expect_stderr_line "stats: python.prof has no calling contexts, only figures of functions"
    expect_no_file out.folded
'

test_done
