#!/bin/sh
# Tests stats --format callgrind, which callgrind_annotate reads.
# shellcheck disable=SC2016,SC2034,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/trees.sh
. "$(dirname "$0")/../lib/trees.sh"

# annotate FILE [OPTION...]: prints "COST MARK FUNCTION" for each line of callgrind_annotate's table.
annotate() {
    command -v callgrind_annotate >/dev/null || skip "there is no callgrind_annotate"
    graph=$PWD/$1
    shift
    (cd / && callgrind_annotate --threshold=100 --auto=no "$@" "$graph") >annotated 2>errors
    [ ! -s errors ] || fail "callgrind_annotate: $(cat errors)"
    sed -n "/file:function/,\$s/^ *\([0-9,]*\) ([^)]*) *\([*<>]\{0,1\}\) *\(.*\)/\1 \2 \3/p; /file:function/,\$s/^ *0 *\([<>]\) *\(.*\)/0 \1 \2/p" \
        annotated | sed "s/^\([0-9]*\),/\1/; s/ \[[^ ]*\]$//"
}

test_case "callgrind_annotate shows self times, times with callees, and calls" '
    write_tree
    run "$stats" tree.prof --by thread -o callgrind.out.1
    expect_status 0
    expect_one_line "$stderr"
    expect_stderr_match "^stats: callgrind.s format is a graph of functions"
    annotate callgrind.out.1 >selfs
    expect_equal "5000  /src/a.cc:fib
1000  /src/a.cc:main
700  /src/a.cc:add (/src/a.cc:41)
360  /src/a.cc:add (/src/a.cc:40)" "$(head -n 4 selfs)"
    annotate callgrind.out.1 --tree=both --inclusive=yes | cut -c 1-70 >tree
    for line in "7153 * /src/a.cc:main" "5000 > /src/a.cc:fib (1x)" "700 > /src/a.cc:add (/src/a.cc:41) (7x)" \
        "7153 * ???:[main 4242]" "5000 * /src/a.cc:fib" "0 < /src/a.cc:fib (24x)" "400 * /src/a.cc:even" \
        "0 < /src/a.cc:odd (5x)" "300 < /src/a.cc:odd (5x)" "60 < /src/a.cc:work (6x)" \
        "360 * /src/a.cc:add (/src/a.cc:40)" "65 * ???:[work;er \"1\"\\x0a 4243]"; do
        grep -qxF -- "$line" tree || fail "there is no line $line"
    done
    grep -qF "53 * /src/a;b \"c\".cc:x;y \"z\" </script><!-- &amp;" tree
    grep -qF "20 * /src/a.cc:long<unsigned long long, unsigned" tree
    grep -q "^7,218 (100.0%)  PROGRAM TOTALS" annotated
    grep -q "^Contexts: summed up by caller and callee" annotated
'

# random_tree SEED: writes random.prof, in which six functions call each other at random. All begin with f0.
random_tree() {
    awk -v seed="$1" "BEGIN {
        srand(seed)
        print \"thread\t1\tmain\"
        print \"0\tr.c\t1\tf0\t1\t\" int(rand() * 100)
        level = 1
        for (i = 0; i < 60; i++) {
            f = int(rand() * 6)
            print level \"\tr.c\t\" f + 1 \"\tf\" f \"\t1\t\" int(rand() * 1000)
            level = rand() < 0.6 ? level + 1 : 1 + int(rand() * level)
        }
    }" | "$tree_profile" >random.prof
}

test_case "no time is above the total, however functions recurse, and the first function has all of it" '
    for seed in 1 2 3 4 5 6 7 8; do
        random_tree $seed
        "$stats" random.prof -o random.callgrind 2>errors
        total=$("$stats" random.prof --csv | awk -F, "{ total += \$3 } END { print total }")
        annotate random.callgrind --inclusive=yes --tree=calling >tree
        expect_equal "$total" "$(sed -n "s/ \* r.c:f0$//p" tree)"
        awk -v total="$total" "\$1 > total { exit 1 }" tree || fail "with the seed $seed: $(cat tree)"
        # As KCachegrind adds up: the self time and what the callees took. The first function has all.
        awk -v total="$total" "
            /^fn=/ { sum = 0; first = /f0/ }
            /^[0-9]/ { sum += \$2; if (sum > total) exit 1; if (first && sum == total) found = 1 }
            END { exit !found }" random.callgrind || fail "with the seed $seed: $(cat random.callgrind)"
    done
'

test_case "constructors that share a row have the time of what they call" '
    printf "thread\t1\tmain\n0\ta.cc\t1\tmain\t1\t10\n1\ta.cc\t5\t_ZN1AC1Ev\t1\t5\n2\ta.cc\t5\t_ZN1AC2Ev\t1\t20\n3\ta.cc\t7\tleaf\t1\t100\n" |
        "$tree_profile" >tree.prof
    "$stats" tree.prof -o out.callgrind 2>errors
    annotate out.callgrind --inclusive=yes --tree=calling >tree
    for line in "135 * a.cc:main" "125 * a.cc:A::A" "100 > a.cc:leaf (1x)" "0 > a.cc:A::A (1x)"; do
        grep -qxF -- "$line" tree || fail "there is no line $line in $(cat tree)"
    done
'

test_case "contexts that are left out are one function, and the totals stay" '
    write_tree
    "$stats" tree.prof --restrict add -o out.callgrind 2>errors
    annotate out.callgrind --inclusive=yes --tree=caller >tree
    grep -q "^7,218 (100.0%)  PROGRAM TOTALS" annotated
    grep -qxF "5093 * ???:(left out)" tree
    grep -qxF "7153 * /src/a.cc:main" tree
'

test_case "equal files give equal bytes, and KCachegrind sees calls of several files summed up" '
    write_tree
    "$stats" tree.prof tree.prof -o callgrind.out.1 2>errors
    "$stats" tree.prof tree.prof --format callgrind 2>errors | cmp - callgrind.out.1
    annotate callgrind.out.1 --inclusive=yes --tree=both >tree
    grep -qxF "14306 * /src/a.cc:main" tree
    grep -qxF "14306 < ???:[all threads] (2x)" tree
'

test_done
