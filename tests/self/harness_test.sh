#!/bin/sh
# Tests the test harness and run.sh: they must report every failure.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

# script NAME: writes the test script NAME, which sources the harness, from stdin.
script() {
    {
        printf '. "%s/tests/lib/harness.sh"\n' "$top"
        cat
    } >"$1"
}

# program NAME: writes the shell script NAME from stdin.
program() {
    {
        echo '#!/bin/sh'
        cat
    } >"$1"
    chmod +x "$1"
}

# The bodies are expanded when they run.
# shellcheck disable=SC2016
{
    test_case 'a body that succeeds prints ok' '
        script inner.sh <<"END"
            test_case "it works" "run true; expect_status 0"
            test_done
END
        run sh inner.sh
        expect_status 0
        printf "ok 1 - it works\n1..1\n" >expected
        expect_same expected "$stdout"
    '

    test_case 'a body that fails prints not ok and a diagnostic, and the exit status is 1' '
        script inner.sh <<"END"
            test_case "it fails" "run sh -c \"echo seen; exit 3\"; expect_status 0; echo unreached"
            test_case "it works" true
            test_done
END
        run sh inner.sh
        expect_status 1
        cat >expected <<"END"
not ok 1 - it fails
# the exit status is 3, not 0
# stdout was:
#   seen
ok 2 - it works
1..2
END
        expect_same expected "$stdout"
    '

    test_case 'a command that fails in the middle of a body ends the body' '
        script inner.sh <<"END"
            test_case "it fails" "false; true"
            test_done
END
        run sh inner.sh
        expect_status 1
        expect_stdout_line "not ok 1 - it fails"
    '

    test_case 'a body fails that leaves a profile whose times contradict each other' '
        mkdir made_up
        program made_up/stats <<"END"
case $2 in
*bad.prof) echo "f: its tottime, 2 ns, is more than its cumtime, 1 ns"; exit 1 ;;
*crash.prof) kill -SEGV $$ ;;
*refused.prof) exit 1 ;;
esac
END
        script inner.sh <<"END"
            test_case "contradicts" "mkdir a; echo x >a/bad.prof"
            test_case "kills stats" "echo x >crash.prof"
            test_case "is fine" "echo x >good.prof; echo x >refused.prof; echo x >bad.file"
            test_done
END
        BUILD=$PWD/made_up run sh inner.sh
        expect_status 1
        expect_stdout_line "not ok 1 - contradicts"
        expect_stdout_line "# stats --check a/bad.prof ended with 1:"
        expect_stdout_line "# f: its tottime, 2 ns, is more than its cumtime, 1 ns"
        expect_stdout_line "not ok 2 - kills stats"
        expect_stdout_line "ok 3 - is fine"
    '

    test_case 'a test that the file LEFT_OUT names is skipped, with the reason' '
        script some_test.sh <<"END"
            test_case "it fails here" false
            test_case "it works" true
            test_done
END
        printf "%s\n" "other: it works: no reason" "some: it fails *: there is a reason" >left_out
        LEFT_OUT=$PWD/left_out run sh some_test.sh
        expect_status 0
        printf "ok 1 - it fails here # SKIP there is a reason\nok 2 - it works\n1..2\n" >expected
        expect_same expected "$stdout"
    '

    test_case 'a body that skips prints ok and the reason' '
        script inner.sh <<"END"
            test_case "it is skipped" "skip no such machine; false"
            test_done
END
        run sh inner.sh
        expect_status 0
        expect_stdout_line "ok 1 - it is skipped # SKIP no such machine"
    '

    test_case 'a script that dies half-way prints no plan' '
        script inner.sh <<"END"
            test_case "it works" true
            exit 0
END
        run sh inner.sh
        expect_stdout_line "ok 1 - it works"
        ! grep -q "^1\.\." "$stdout" || fail "there is a plan"
    '

    test_case 'each body starts in an empty directory' '
        script inner.sh <<"END"
            test_case "it writes" ": >file"
            test_case "it sees nothing" "run ls -A; expect_no_stdout"
            test_done
END
        run sh inner.sh
        expect_status 0
    '

    test_case 'the runner counts passed, failed and skipped tests in the output of cmocka' '
        program suite <<"END"
            echo "1..4"
            echo "ok 1 - first"
            echo "not ok 2 - second"
            echo "# 0x1 != 0x2"
            echo "not ok 3 # SKIP third"
            echo "ok 4 - fourth"
            echo "# not ok - the group"
            echo "1..1"
            echo "ok 1 - of another group"
            echo "# ok - another group"
            exit 1
END
        run sh "$top/tests/lib/run.sh" ./suite
        expect_status 1
        cat >expected <<"END"
# ./suite
ok - first
not ok - second
    # 0x1 != 0x2
ok - third # SKIP
ok - fourth
ok - of another group
3 passed, 1 failed, 1 skipped
END
        expect_same expected "$stdout"
    '

    test_case 'the runner counts a program that crashes as failed and shows its stderr' '
        program suite <<"END"
            echo "1..1"
            echo "ok 1 - first"
            echo "the reason" >&2
            kill -SEGV $$
END
        run sh "$top/tests/lib/run.sh" ./suite
        expect_status 1
        expect_stdout_line "    stderr: the reason"
        expect_equal "1 passed, 1 failed" "$(tail -n 1 "$stdout")"
    '

    test_case 'the runner counts a program that prints no plan as failed' '
        program suite <<"END"
            echo "ok 1 - first"
END
        run sh "$top/tests/lib/run.sh" ./suite
        expect_status 1
        expect_equal "1 passed, 1 failed" "$(tail -n 1 "$stdout")"
    '

    test_case 'the runner counts missing results as failed' '
        program suite <<"END"
            echo "1..3"
            echo "ok 1 - first"
END
        run sh "$top/tests/lib/run.sh" ./suite
        expect_status 1
        expect_equal "1 passed, 1 failed" "$(tail -n 1 "$stdout")"
    '

    test_case 'the runner stops a program that takes too long' '
        program suite <<"END"
            echo "1..1"
            exec sleep 60
END
        run env TEST_TIMEOUT=1 sh "$top/tests/lib/run.sh" ./suite
        expect_status 1
        expect_stdout_line "not ok - it ends within 1 seconds"
    '

    test_case 'the runner fails if nothing ran' '
        run sh "$top/tests/lib/run.sh"
        expect_status 1
        expect_stdout_line "0 passed, 0 failed"
    '

    test_case 'the runner gives each program its own directory and removes it' '
        program suite <<"END"
            echo "1..1"
            test -z "$(ls -A)" && test "$PWD" = "$TMPDIR" && echo "ok 1 - empty"
            mkdir locked && : >locked/file && chmod 0 locked
END
        mkdir temporary
        run env TMPDIR="$PWD/temporary" sh "$top/tests/lib/run.sh" ./suite ./suite
        expect_status 0
        expect_stdout_line "2 passed, 0 failed"
        expect_equal "" "$(ls -A temporary)"
    '
}

test_done
