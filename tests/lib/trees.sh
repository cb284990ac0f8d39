# Sourced by the tests of exports, after harness.sh: profiles with known contexts.
# shellcheck shell=sh

tree_profile=$TEST_BIN/tree_profile

# write_tree: writes tree.prof: two threads, recursion, overloads, and names that try to break out of every format.
write_tree() {
    long=$(printf '%500s' '' | tr ' ' y) # "unsigned long long, ", 500 times
    {
        printf 'thread\t4242\tmain\n'
        printf '0\t/src/a.cc\t10\tmain\t1\t1000\n'
        printf '1\t/src/a.cc\t20\tfib\t1\t200\n'
        printf '2\t/src/a.cc\t20\tfib\t24\t4800\n'
        printf '1\t/src/a.cc\t30\teven\t1\t10\n'
        printf '2\t/src/a.cc\t31\todd\t5\t50\n'
        printf '3\t/src/a.cc\t30\teven\t5\t40\n'
        printf '3\t/src/a.cc\t40\t_Z3addii\t5\t300\n'
        printf '1\t/src/a.cc\t41\t_Z3addff\t7\t700\n'
        printf '1\t/src/a;b "c".cc\t50\tx;y "z" </script><!-- &amp; \\\\\\n\\x01\\xff\t3\t33\n'
        printf '2\t/src/a.cc\t60\t_Z4longIJ%sEEvv\t2\t20\n' "$long"
        printf 'thread\t4243\twork;er "1"\\n\n'
        printf '0\t/src/a.cc\t70\twork\t1\t5\n'
        printf '1\t/src/a.cc\t40\t_Z3addii\t6\t60\n'
    } | "$tree_profile" >tree.prof
}
