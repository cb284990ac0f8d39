#!/bin/sh
# The linters, as .ci/run wants them: silent. `make lint`.
set -eu

cd "$(dirname "$0")/../.."
machine=$(uname -m)
[ -d "runtime/arch/$machine" ] || machine=generic
flags="-D_GNU_SOURCE -I. -Iruntime/arch/$machine"

echo 'lint: clang-format'
find runtime cli symbolizer tests \( -name '*.[ch]' -o -name gcc_plugin.cc -o -name inline.cc \) -exec \
    clang-format --dry-run -Werror {} +

echo 'lint: shellcheck'
shellcheck tests/*/*.sh runtime/package/*.sh .ci/run

echo 'lint: order of the folders'
python3 tests/tools/layers.py

echo 'lint: prose'
python3 tests/tools/prose.py

echo 'lint: mandoc'
# Our pages refer to each other, but they are not installed here.
if mandoc -Tlint -Wstyle man/*.[1-9] 2>/dev/null | grep -v 'referenced manual not found'; then
    exit 1
fi

echo 'lint: man'
for page in man/*.[1-9]; do
    warnings=$(MANWIDTH=80 man --warnings -l "$page" 2>&1 >/dev/null)
    [ -z "$warnings" ] || {
        printf '%s: %s\n' "$page" "$warnings"
        exit 1
    }
done

# The suppressions:
#   unreachableCode        raise() returns where a signal is blocked
#   variableScope          our variables stand at the head of functions
#   unusedStructMember     these members are used through a cast
#   allocaCalled           between vfork and exec there is no memory but the stack
#   knownConditionTrueFalse  conditions on the version of libdwarf are constant with one version
echo 'lint: cppcheck'
# shellcheck disable=SC2086
cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,style,performance,portability \
    --suppress=missingIncludeSystem --suppress=unreachableCode --suppress=variableScope --suppress=allocaCalled \
    --suppress=knownConditionTrueFalse --suppress=constParameter:runtime/hooks/hooks.c \
    --suppress=unusedStructMember:cli/analysis/tree_walk.c \
    --suppress=unusedStructMember:runtime/interpose/switch.c $flags \
    runtime cli symbolizer

echo 'lint: clang-tidy'
# shellcheck disable=SC2086
find runtime cli symbolizer -name '*.c' -print | sort |
    xargs -P "$(nproc)" -I{} clang-tidy -quiet {} -- -std=gnu11 $flags 2>/dev/null

echo 'lint: clean'
