#!/bin/sh
# Tests the machine code of the hooks in the disassembly: the fast path of runtime/hooks/hooks.c.
# To shellcheck the tests' bodies are text, so their helpers look unused.
# shellcheck disable=SC2016,SC2317

# shellcheck source=tests/lib/harness.sh
. "$(dirname "$0")/../lib/harness.sh"

library=$build/libprofile.so

# disassemble FUNCTION: writes the instructions of FUNCTION to the file code, with its cold part and without padding.
disassemble() {
    objdump -d --no-show-raw-insn "$library" |
        awk -v name="<$1>:" -v cold="<$1.cold>:" '
            /^[0-9a-f]+ </ { inside = $2 == name || $2 == cold; next }
            inside && NF && !/xchg +%ax,%ax/' >code
    [ -s code ] || fail "$1 was not found in $library"
}

for hook in __cyg_profile_func_enter other_enter __cyg_profile_func_exit; do
    test_case "$hook calls nothing on the fast path" "
        disassemble $hook
        grep -E '[[:space:]](call|bl|blr)[a-z]*[[:space:]]' code && fail 'it has a call'
        :
    "
    test_case "$hook locks nothing and makes no system call" "
        disassemble $hook
        grep -E '[[:space:]](lock|xchg|mfence|syscall|svc)' code && fail 'it has such an instruction'
        :
    "
    test_case "$hook jumps only to the slow paths" "
        disassemble $hook
        grep -E '[[:space:]](j[a-z]+|b)[[:space:]]' code | grep -vE '<(${hook}(\.cold)?(\+0x[0-9a-f]+)?|event_(enter|exit)|sampled_(enter|exit)|clock_(start|stop)|shut_(enter|exit)|other_enter)>' &&
            fail 'it jumps somewhere else'
        grep -qE 'event_(enter|exit)>' code
    "
    test_case "$hook reads no clock if the call is not timed" "
        [ \"\$(uname -m)\" = x86_64 ] || skip 'no instruction reads the clock here'
        disassemble $hook
        [ \"\$(grep -c rdtsc code)\" -eq 0 ] || fail 'it reads the clock'
    "
done

for end in enter exit; do
    test_case "with filters, an $end hook calls nothing, locks nothing and makes no system call" "
        for part in filtered recorded throttled other_filtered; do
            [ \$part != other_filtered ] || [ $end = enter ] || continue
            disassemble \${part}_$end
            grep -E '[[:space:]](call|bl|blr|lock|xchg|mfence|syscall|svc)[a-z]*[[:space:]]' code && fail \"\${part}_$end has such an instruction\"
        done
        :
    "
    test_case "the $end hook of an excluded function looks at the table and returns" "
        disassemble filtered_$end
        grep -E '[[:space:]]push' code && fail 'it saves registers'
        [ \"\$(grep -cE '[[:space:]]ret' code)\" -ge 1 ]
    "
done

for half in start stop; do
    test_case "clock_$half, the slow part of a timed call, calls only what is rare: sample_consider() and sample_adjust()" "
        disassemble clock_$half
        grep -E '[[:space:]](call|bl|blr)[a-z]*[[:space:]]' code | grep -vE '<sample_(consider|adjust)>' && fail 'it calls something else'
        :
    "
    test_case "clock_$half jumps only to timer_$half, which is for other timers" "
        disassemble clock_$half
        grep -E '[[:space:]](j[a-z]+|b)[[:space:]]' code | grep -vE '<(clock_$half(\\.cold)?(\\+0x[0-9a-f]+)?|timer_$half|sample_(consider|adjust))>' &&
            fail 'it jumps somewhere else'
        grep -q '<timer_$half>' code
    "
    test_case "timer_$half calls only the timer and what is rare: sample_consider() and sample_adjust()" "
        [ \"\$(uname -m)\" = x86_64 ] || skip 'the instruction does not tell what it calls here'
        disassemble timer_$half
        grep -E '[[:space:]]call[a-z]*[[:space:]]' code | grep -vE '<sample_(consider|adjust)>|\\*.*<timer_read>' && fail 'it calls something else'
        grep -qE '\\*.*<timer_read>' code
    "
done

for half in clock_start clock_stop timer_start timer_stop; do
    test_case "$half locks nothing and makes no system call" "
        disassemble $half
        grep -E '[[:space:]](lock|xchg|mfence|syscall|svc)' code && fail 'it has such an instruction'
        :
    "
done

test_case "the code of all hooks is in one range of addresses, so a signal handler knows that it interrupts one" '
    nm "$library" | LC_ALL=C awk "
        { address[\$3] = \"x\" \$1 }
        END {
            for (name in address)
                if (address[name] >= address[\"hooks_code_start\"] && address[name] < address[\"hooks_code_end\"] &&
                    name != \"hooks_code_start\")
                    print name
        }" | LC_ALL=C sort >code
    printf "%s\n" __cyg_profile_func_enter __cyg_profile_func_exit chosen_stop clock_start clock_stop \
        filtered_enter filtered_exit other_enter other_filtered_enter recorded_enter recorded_exit sampled_enter sampled_exit throttled_enter \
        throttled_exit timer_start timer_stop unknown_enter >expected
    expect_same expected code
'

# Each of the functions that it replaces is in another library too.
test_case "the library exports the two hooks, the table of profile.h, and the functions that it replaces" '
    nm -D --defined-only "$library" | awk "{ print \$3 }" | LC_ALL=C sort >exported
    printf "%s\n" __cyg_profile_func_enter __cyg_profile_func_exit profile_functions_1 \
        _Unwind_SetIP __cxa_begin_catch __longjmp_chk _longjmp longjmp siglongjmp \
        jump_fcontext make_fcontext ontop_fcontext setcontext swapcontext \
        _exit _Exit __profile_copy dl_iterate_phdr dlclose dlmopen dlopen execl execle execlp execv execve execvp execvpe fexecve popen posix_spawn posix_spawnp system wordexp \
        __monstartup __sigpause __sysv_signal bsd_signal epoll_pwait epoll_pwait2 moncontrol ppoll prlimit prlimit64 profil pselect \
        pthread_attr_setstack pthread_attr_setstacksize pthread_kill pthread_sigqueue raise setitimer setrlimit setrlimit64 \
        sigaction sigaltstack sigignore siginterrupt signal signalfd sigpending sigset sigsuspend sigtimedwait sigwait \
        sigwaitinfo ssignal sysv_signal tgkill vfork \
        prctl syscall | LC_ALL=C sort >expected
    expect_same expected exported
'

test_case "the static library defines no other global name" '
    nm --defined-only --extern-only "$build/libprofile.a" | awk "NF == 3 { print \$3 }" | sort >exported
    printf "%s\n" __cyg_profile_func_enter __cyg_profile_func_exit profile_functions_1 >expected
    expect_same expected exported
'

test_case "the library needs only libc" '
    objdump -p "$library" | awk "\$1 == \"NEEDED\" { print \$2 }" >needed
    grep -vE "^(libc\.|ld-linux)" needed && fail "it needs another library"
    :
'

test_done
