#!/bin/sh
# Makes the calls of CPython's profilee.py in C, by the settable clock. The report must be the one that CPython's tests
# expect.
# To shellcheck the tests' bodies are text.
# shellcheck disable=SC2016

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

test_case "profilee has the profile that CPython's test_cprofile expects" '
    PROFILE_OUT=out.prof "$TEST_BIN/profilee"
    run "$stats" out.prof --unit s --strip-dirs --sort stdname
    expect_status 0
    sed -e 1d -e "s/profilee.c:[0-9]*/profilee.c/" "$stdout" >actual
    cat >expected <<END

         108 function calls (88 primitive calls) in 1.000 seconds

   Ordered by: standard name

   ncalls  tottime  percall  cumtime  percall filename:lineno(function)
        1    0.270    0.270    1.000    1.000 profilee.c(testfunc)
       28    0.028    0.001    0.028    0.001 profilee.c(getattr)
       12    0.000    0.000    0.012    0.001 profilee.c(hasattr)
        8    0.064    0.008    0.080    0.010 profilee.c(subhelper)
        8    0.312    0.039    0.400    0.050 profilee.c(helper2)
        4    0.116    0.029    0.120    0.030 profilee.c(helper1)
       20    0.020    0.001    0.020    0.001 profilee.c(mul)
     23/3    0.150    0.007    0.170    0.057 profilee.c(factorial)
        2    0.000    0.000    0.140    0.070 profilee.c(helper2_indirect)
        2    0.040    0.020    0.600    0.300 profilee.c(helper)


END
    expect_same expected actual
'

test_done
