#!/bin/sh
# The linter of prose: the repository has no sentence that it refuses, and it finds those that it should.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# expect_prose NAME TEXT COMPLAINT: prose.py says COMPLAINT of a file NAME with TEXT; nothing if COMPLAINT is empty.
expect_prose() {
    rm -rf project
    mkdir -p project/tests/tools
    printf '%s\n' "$2" >"project/$1"
    cp "$top/tests/tools/prose.py" project/tests/tools
    git -C project init -q
    git -C project add "$1"
    run python3 project/tests/tools/prose.py
    expect_equal "$3" "$(cat "$stdout")"
}

test_case "no comment and no document of the repository is refused" '
    git -C "$top" rev-parse --git-dir >/dev/null 2>&1 || skip "this is no checkout of git"
    run python3 "$top/tests/tools/prose.py"
    cat "$stdout"
    expect_status 0
'

test_case "a sentence that opens with a clause is found, in the middle of a comment too" '
    expect_prose a.c "/* What it returns. */" "a.c:1: What it returns."
    expect_prose a.c "int a; /* Returns 1. Those below are 0. */" "a.c:1: Those below are 0."
    expect_prose a.h "/*
 * Returns 1. The
 * same holds for b. The same of c.
 */" "a.h:1: The same of c."
    expect_prose a.sh "# Who reads this?" "a.sh:1: Who reads this?"
    expect_prose a.md "- What it is." "a.md:1: What it is."
'

test_case "plain sentences, code and strings pass" '
    expect_prose a.c "/* Returns what it was. */ const char *a = \"/* What */\";" ""
    expect_prose a.c "/* Returns 1 if that is so: those who ask get 0. */" ""
    expect_prose a.md "It is what it is." ""
'

test_done
