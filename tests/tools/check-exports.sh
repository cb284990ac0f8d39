#!/bin/sh
# Opens what `stats -o` writes with the programs that it is for, as far as these are too large for the suite:
# `make check-real`. Prints TAP. `go tool pprof` is Debian's. Packages of npm stay in build/real, so that the next run is
# quick: speedscope's schema, and the Firefox Profiler's command line with the version of node that it needs.
# shellcheck disable=SC2016,SC2154,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"
# shellcheck source=tests/lib/trees.sh
. "$(dirname "$0")/../lib/trees.sh"

packages=$build/real/npm

# install_packages: installs the packages of npm, once.
install_packages() {
    command -v npm >/dev/null || skip "there is no npm"
    mkdir -p "$packages"
    [ -e "$packages/installed" ] && return
    (cd "$packages" && npm install --silent --no-audit --no-fund speedscope@1 ajv@8 node@24 \
        @firefox-devtools/profiler-cli@0.10) || fail "npm cannot install the packages"
    touch "$packages/installed"
}

# expect_lines FILE LINE...: fails unless each LINE is one of FILE, where any number of spaces is one, or none at the ends.
expect_lines() {
    lines=$1
    shift
    tr -s " " <"$lines" | sed "s/^ //; s/ $//" >spaced
    for line; do
        grep -qxF -- "$line" spaced || fail "there is no line \"$line\" in: $(cut -c 1-200 "$lines")"
    done
}

test_case "go tool pprof shows times with callees, calls, overloads and threads" '
    command -v go >/dev/null || skip "there is no go"
    write_tree
    "$stats" tree.prof -o out.pb.gz
    go tool pprof -top -nodefraction=0 -unit=ns out.pb.gz >top
    expect_lines top "Showing nodes accounting for 7218ns, 100% of 7218ns total" "Type: time" \
        "5000ns 69.27% 69.27% 5000ns 69.27% fib" "1000ns 13.85% 83.13% 7153ns 99.10% main" \
        "700ns 9.70% 92.82% 700ns 9.70% add (/src/a.cc:41)" "360ns 4.99% 97.81% 360ns 4.99% add (/src/a.cc:40)" \
        "50ns 0.69% 98.50% 400ns 5.54% even"
    go tool pprof -top -nodefraction=0 -sample_index=calls out.pb.gz >calls
    expect_lines calls "25 40.98% 40.98% 25 40.98% fib"
    go tool pprof -tags -unit=ns out.pb.gz >tags
    expect_lines tags "7153.0ns (99.10%): main 4242"
    go tool pprof -raw out.pb.gz >raw
    expect_lines raw "calls/count time/nanoseconds[dflt]" "24 4800: 2 2 1"
'

test_case "speedscope files fit its schema" '
    install_packages
    write_tree
    for options in "" "--by thread" "--min-percent 20"; do
        "$stats" tree.prof $options -o out.speedscope.json 2>notes
        NODE_PATH=$packages/node_modules "$packages/node_modules/node/bin/node" -e "
            const fs = require(\"fs\"), read = path => JSON.parse(fs.readFileSync(path));
            const schema = read(process.argv[1] + \"/speedscope/dist/release/file-format-schema.json\");
            const validate = new (require(\"ajv\"))({strict: false}).compile(schema);
            if (!validate(read(\"out.speedscope.json\"))) throw new Error(JSON.stringify(validate.errors));" \
            "$packages/node_modules"
    done
'

# firefox COMMAND...: runs the Firefox Profiler on the command line.
firefox() {
    PROFILER_CLI_SESSION_DIR=$PWD/session timeout 60 "$packages/node_modules/node/bin/node" \
        "$packages/node_modules/.bin/profiler-cli" "$@"
}

test_case "the Firefox Profiler shows times with callees, by thread" '
    install_packages
    write_tree
    "$stats" tree.prof -o out.firefox.json 2>notes
    firefox load out.firefox.json >loaded 2>&1 || fail "$(cat loaded)"
    firefox thread functions >functions
    firefox thread functions --thread t-1 >worker
    firefox stop >stopped
    expect_lines functions "f-1. program!fib - self: 5.000μs (69.9%), total: 5.000μs (69.9%)" \
        "f-0. program!main - self: 1μs (14.0%), total: 7.153μs (100.0%)" \
        "f-2. program!even - self: 50ns (0.7%), total: 400ns (5.6%)"
    expect_lines worker "f-4. program!add (/src/a.cc:40) - self: 60.000ns (92.3%), total: 60.000ns (92.3%)"
'

test_done
