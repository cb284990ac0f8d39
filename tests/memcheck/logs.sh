#!/bin/sh
# The last test of tests/tools/memcheck.sh: what memcheck has said of each process.
# The tests' bodies are text to shellcheck, and what they call seems never called.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# errors_in LOG...: what is said with a stack, each once, but for leaks of programs that are not ours, and for the ends
# that tests look at themselves. A forked child's log has the command of its parent.
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

test_case "memcheck has run profile, the programs that it has profiled, and stats" '
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
