#!/bin/sh
# Tests stats --format firefox, pprof and speedscope: they have the contexts of the JSON. `make check-real` opens them with
# the programs that they are for.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/trees.sh
. "$(dirname "$0")/../lib/trees.sh"

# contexts FORMAT FILE: prints the contexts of FILE, with the names as the JSON has them.
contexts() {
    command -v python3 >/dev/null || skip "there is no python3"
    python3 "$top/tests/export/contexts.py" "$1" "$2" || fail "$2 cannot be read"
}

# write_names: writes names.prof, like write_tree, but without bytes that formats spell in different ways.
write_names() {
    {
        printf "thread\t4242\tmain\n"
        printf "0\t/src/a.cc\t10\tmain\t1\t1000\n"
        printf "1\t/src/a.cc\t20\tfib\t1\t200\n"
        printf "2\t/src/a.cc\t20\tfib\t24\t4800\n"
        printf "1\t/src/a.cc\t30\teven\t1\t10\n"
        printf "2\t/src/a.cc\t31\todd\t5\t50\n"
        printf "3\t/src/a.cc\t30\teven\t5\t40\n"
        printf "1\t/src/a;b \"c\".cc\t50\tx;y \"z\" </script><!-- &amp; {}\t3\t33\n"
        printf "2\t/src/a.cc\t60\t_Z4longIJ%sEEvv\t2\t20\n" "$(printf "%500s" "" | tr " " y)"
        printf "1\t/src/a.cc\t20\tfib\t2\t0\n"
        printf "thread\t4243\twork;er \"1\"\n"
        printf "0\t/src/a.cc\t70\twork\t1\t5\n"
        printf "1\t/src/a.cc\t20\tfib\t6\t60\n"
    } | "$tree_profile" >names.prof
}

test_case "firefox, pprof and speedscope have the contexts of the JSON, by thread" '
    write_names
    for options in "" "--restrict even" "--min-percent 3" "--thread main"; do
        "$stats" names.prof $options -o out.json
        contexts json out.json >expected
        "$stats" names.prof $options --by thread -o out.speedscope.json 2>notes
        expect_equal "stats: speedscope holds a timeline, which is made up: contexts stand in the order in which they were first met" \
            "$(cat notes)"
        contexts speedscope out.speedscope.json >speedscope
        expect_same expected speedscope
        run "$stats" names.prof $options -o out.pb.gz
        expect_no_stderr
        contexts pprof out.pb.gz >pprof
        expect_same expected pprof
        "$stats" names.prof $options -o out.firefox.json 2>notes
        expect_equal "stats: firefox holds one figure of each context, on a timeline, which is made up: --weight chooses which figure" \
            "$(cat notes)"
        sed "s/ [0-9]* \([0-9]*\)\$/ 0 \1/" expected >expected.times
        contexts firefox out.firefox.json >firefox
        expect_same expected.times firefox
    done
'

test_case "firefox shows calls if --weight asks for them" '
    write_names
    "$stats" names.prof --weight calls -o out.firefox.json 2>notes
    grep -qx "\"weight\":\[1,1,24,1,5,5,3,2,2\]," out.firefox.json
    grep -qx "\"weightType\":\"samples\"," out.firefox.json
'

test_case "overloads stay apart, and names of any bytes can be read" '
    write_tree
    "$stats" tree.prof -o out.pprof
    contexts pprof out.pprof >pprof
    grep -q "^4242;main /src/a.cc:10;add (/src/a.cc:41) /src/a.cc:41 7 700$" pprof
    grep -q "^4243;work /src/a.cc:70;add (/src/a.cc:40) /src/a.cc:40 6 60$" pprof
    expect_equal 12 "$(wc -l <pprof)"
    "$stats" tree.prof -o out.speedscope 2>notes
    contexts speedscope out.speedscope >speedscope
    expect_equal 12 "$(wc -l <speedscope)"
    grep -q "^threads;main /src/a.cc:10 1 1000$" speedscope
'

test_case "equal files give equal bytes" '
    write_tree
    for format in firefox speedscope pprof; do
        "$stats" tree.prof tree.prof --format "$format" >one 2>notes
        "$stats" tree.prof tree.prof --format "$format" >two 2>notes
        cmp one two
    done
'

test_case "a profile without any call can be written" '
    printf "thread\t4242\tmain\n" | "$tree_profile" >empty.prof
    for format in callgrind csv firefox folded json pprof speedscope; do
        "$stats" empty.prof --format "$format" >out.$format 2>notes
    done
    expect_equal "" "$(contexts speedscope out.speedscope)"
    expect_equal "" "$(contexts pprof out.pprof)"
    expect_equal "" "$(cat out.folded)"
'

test_done
