#!/bin/sh
# Tests profile --start-at and --stop-at.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# A program in C++ with a library: main calls prepare() and run() twice, finish(), and run() once more.
program() {
    echo 'void in_library(void) { }' |
        ${CC:-cc} -x c -g -finstrument-functions -fPIC -shared -o libours.so -
    ${CXX:-c++} -x c++ -g -finstrument-functions -o program - -x none -L. -lours -Wl,-rpath,"$PWD" <<'END'
extern "C" void in_library(void);
namespace app {
struct Work {
    void prepare() { in_library(); }
    void run(int times) { if (times > 0) run(times - 1); }
    void run(const char *) { }
    void finish() { run("at the end"); }
};
}
int main()
{
    app::Work work;
    work.prepare();
    work.run(2);
    work.prepare();
    work.run(0);
    work.finish();
    work.run(0);
}
END
}

# expect_recorded OPTION... -- LINE...: the profile has exactly these edges, and profile prints nothing.
expect_recorded() {
    : >options
    while [ "$1" != -- ]; do
        echo "$1" >>options
        shift
    done
    shift
    set -- "$(printf '%s\n' "$@" | LC_ALL=C sort)"
    expected=$1
    set --
    while read -r option; do set -- "$@" "$option"; done <options
    run "$profile" "$@" -o out.prof ./program
    expect_status 0
    expect_no_stderr
    expect_equal "$expected" "$("$TEST_BIN/inspect" out.prof | sed -n "s/^edge //p" | c++filt |
        sed "s/app::Work:://g; s/[(][^)]*[)]//g" | LC_ALL=C sort)"
}


test_case "recording starts at a function by the name that stats prints, and stops when the function returns" '
    program
    expect_recorded --start-at "app::Work::run(int)" -- "- run 3" "run run 2"
'

test_case "the name may be that of the linker" '
    program
    expect_recorded --start-at _ZN3app4Work7prepareEv -- "- prepare 2" "prepare in_library 2"
'

test_case "a name without parameters stands for all functions of that name" '
    program
    expect_recorded --start-at app::Work::run -- "- run 3" "run run 2" "- run 1"
'

test_case "recording starts at a function of a library" '
    program
    expect_recorded --start-at in_library -- "- in_library 2"
'

test_case "recording stops before a function is entered" '
    program
    expect_recorded --stop-at app::Work::finish -- "- main 1" "main prepare 2" "prepare in_library 2" "main run 2" \
        "run run 2"
'

test_case "with --start-at and --stop-at, recording goes on from the first function to the second" '
    program
    expect_recorded --start-at "app::Work::run(int)" --stop-at app::Work::finish -- "- run 3" "run run 2" \
        "- prepare 1" "prepare in_library 1"
'

test_case "an unknown name is reported, and the program runs" '
    program
    run "$profile" --start-at nowhere -o out.prof ./program
    expect_status 0
    expect_one_line "$stderr"
    expect_stderr_line "profile: --start-at: neither ./program nor a library that it needs has a function '"'nowhere'"': nothing will be recorded until profile ctl says resume"
    run "$profile" --stop-at nowhere -o out.prof ./program
    expect_status 0
    expect_one_line "$stderr"
    expect_stderr_line "profile: --stop-at: neither ./program nor a library that it needs has a function '"'nowhere'"': recording will not stop"
'

test_case "no function is found in a script, and the script is not run to find one" '
    printf "#!/bin/sh\necho ran\n" >script
    chmod +x script
    run "$profile" --start-at main -o out.prof ./script
    expect_stdout_line ran
    expect_one_line "$stdout"
    expect_stderr_match "neither ./script nor a library"
'

test_case "a stripped program has the names that it exports" '
    program
    strip program
    run "$profile" --start-at in_library -o out.prof ./program
    expect_no_stderr
'

test_done
