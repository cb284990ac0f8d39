#!/bin/sh
# The order of the folders: the sources keep to tests/tools/layers.txt, and what does not is found.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2034,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# copy_sources: a copy of what layers.py reads, to spoil.
copy_sources() {
    (cd "$top" && find cli runtime symbolizer tests -name '*.[ch]' && echo tests/tools/layers.txt ARCHITECTURE.md) |
        tr ' ' '\n' | tar -C "$top" -cf - -T - | tar -xf -
}

# expect_complaint TEXT: layers.py says that, and nothing else.
expect_complaint() {
    run python3 "$top/tests/tools/layers.py" "$PWD"
    expect_status 1
    expect_equal "$1" "$(cat "$stdout")"
}

test_case "every include is in the order of the folders, and ARCHITECTURE.md prints that order" '
    run python3 "$top/tests/tools/layers.py"
    cat "$stdout"
    expect_status 0
'

test_case "an include against the order is found" '
    copy_sources
    echo "#include \"cli/report/csv.h\"" >>cli/base/text.c
    expect_complaint "cli/base/text.c: cli/base may not include cli/report/csv.h"
'

test_case "cli includes nothing of the runtime but its formats" '
    copy_sources
    echo "#include \"runtime/core/thread.h\"" >>cli/files/load.c
    expect_complaint "cli/files/load.c: cli/files may not include runtime/core/thread.h"
'

test_case "an inner header of the symbolizer is found in cli" '
    copy_sources
    echo "#include \"symbolizer/lookup.h\"" >>cli/model/symbolize.c
    expect_complaint "cli/model/symbolize.c: cli/model may not include symbolizer/lookup.h"
'

test_case "a bare name is found" '
    copy_sources
    echo "#include \"text.h\"" >>cli/base/file.c
    expect_complaint "cli/base/file.c: \"text.h\" is not a path from the root"
'

test_case "two headers with one guard are found" '
    copy_sources
    sed -i "s/CLI_BASE_FILE_H/CLI_BASE_TEXT_H/" cli/base/file.h
    expect_complaint "cli/base/file.h: the guard is not CLI_BASE_FILE_H"
'

test_case "a circle in the table is found" '
    copy_sources
    sed -i "s|^cli/base:.*|cli/base: cli/ui|" tests/tools/layers.txt
    sed -i "s/^\(| .cli.base.. |.*| \)|$/\1\`cli\/ui\` |/" ARCHITECTURE.md
    expect_complaint "layers.txt: cli/base knows cli/ui, which does not stand above it"
'

test_case "a table in ARCHITECTURE.md that differs is found" '
    copy_sources
    sed -i "/^| .cli.ui/s/cli.base/runtime\/format/" ARCHITECTURE.md
    expect_complaint "ARCHITECTURE.md: its table of folders is not that of layers.txt"
'

test_done
