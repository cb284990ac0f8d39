#!/bin/sh
# Tests that the manual pages list the options of the commands. The source of a page is compared with --help, which is
# made from the table of options.
# The tests' bodies are text to shellcheck, so it takes the functions for unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# plain: reads lines of mdoc macros, as ".Fl s , -sort Ar key", and prints each as --help has it: "-s, --sort KEY".
plain() {
    awk '
        function add(word) {
            line = line (is_joined || line == "" ? "" : " ") word
            is_joined = 0
        }
        {
            line = mode = ""
            brackets = is_joined = 0
            sub(/^\./, "")
            if ($0 ~ /Ar$/)
                $0 = $0 " file ..."
            for (i = 1; i <= NF; i++)
                if ($i == "Ns")
                    is_joined = 1
                else if ($i == "Op") {
                    add("[")
                    is_joined = 1
                    brackets++
                    mode = ""
                } else if ($i ~ /^(Fl|Ar|Cm)$/)
                    mode = $i
                else if ($i == ",") {
                    is_joined = 1
                    add(",")
                } else
                    add(mode == "Fl" ? "-" $i : mode == "Ar" ? toupper($i) : $i)
            while (brackets-- > 0)
                line = line "]"
            gsub(/ \.\.\./, "...", line)
            gsub(/ \| /, "|", line)
            print line
        }'
}

# options_of COMMAND: prints the options that --help lists, with letter and argument, sorted.
options_of() {
    "$build/$1" --help | sed -nE "s/^  (-[a-zA-Z], |    )(--.*)/\1\2/p" | sed -e "s/^ *//" -e "s/   *.*//" | sort
}

# options_in PAGE: prints the options that PAGE describes, sorted.
options_in() {
    sed -n "s/^\.It Fl/.Fl/p" "$top/man/$1" | plain | sort
}

# usage_of COMMAND [WORD]: prints the usage lines of --help.
usage_of() {
    "$build/$1" ${2:+"$2"} --help | sed -n -e "s/^Usage: //p" -e "s/^       \($1 .*\)/\1/p"
}

# synopsis_in PAGE COMMAND: prints the synopsis in PAGE, a line for each use.
synopsis_in() {
    sed -n "/^\.Sh SYNOPSIS/,/^\.Sh DESCRIPTION/p" "$top/man/$1" | grep -v "^\.Sh" | plain |
        awk -v command="$2" '$1 == "Nm" { if (line != "") print line; line = command; next } { line = line " " $0 }
            END { print line }'
}

for command in profile stats; do
    test_case "$command.1 describes each option once, with its letter and argument, and no other" '
        options_of $command >in_table
        options_in $command.1 >in_page
        expect_file in_table
        expect_same in_table in_page
    '

    test_case "the synopsis of $command.1 is the usage that --help prints" '
        usage_of $command >usage
        synopsis_in $command.1 $command >synopsis
        expect_file usage
        expect_same usage synopsis
    '
done

test_case "profile --help has the usage of profile ctl and profile build" '
    usage_of profile >usage
    for word in ctl build; do
        usage_of profile $word >of_word
        expect_file of_word
        while read -r line; do
            grep -qxF -e "$line" usage || fail "it lacks: $line"
        done <of_word
    done
'

test_done
