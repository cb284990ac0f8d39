#!/bin/sh
# The last test of tests/tools/memcheck.sh: memcheck must have run all programs, and found no errors.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# errors_in LOG...: prints each error in the LOGs once, with its stack and the command. Leaves out leaks of other
# programs than ours, and processes that a signal ended, which the tests check themselves. The log of a forked child
# has the command of its parent.
errors_in() {
    awk -v ours="$CODE/" '
        function end_paragraph() {
            if (has_stack && !is_other && !seen[paragraph]++)
                printf "%s\n%s\n", command, paragraph
            paragraph = ""
            has_stack = is_other = 0
        }
        FNR == 1 { end_paragraph() }
        { text = $0 }
        !sub(/^==[0-9]+== ?/, "", text) || text ~ /^(Warning: | +to suppress, use: | +further instances )/ { next }
        text == "" { end_paragraph() }
        text ~ /^Command: / { command = substr(text, 10) }
        text ~ /^   at 0x/ { has_stack = 1 }
        text ~ /^Process terminating / || (text ~ / definitely lost in / && index(command, ours) != 1) { is_other = 1 }
        text != "" { paragraph = paragraph "    " text "\n" }
        END { end_paragraph() }' "$@"
}

logs=$build/logs

test_case "memcheck has run profile, stats, and profiled programs" '
    for command in "$CODE/profile" "$CODE/stats" "\./"; do
        grep -qr "^==[0-9]*== Command: $command" "$logs" || fail "there is no log of $command"
    done
'

test_case "memcheck has found no errors" '
    errors_in "$logs"/* >errors
    [ ! -s errors ] || {
        head -n 300 errors
        fail "there are $(grep -c "^[^ ]" errors) errors; the logs are in $logs"
    }
'

test_done
