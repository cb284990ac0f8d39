/*
 * vfork.h, x86-64 - a vfork that tells when it returns in the parent.
 */
#ifndef RUNTIME_ARCH_X86_64_VFORK_H
#define RUNTIME_ARCH_X86_64_VFORK_H

/*
 * Defines vfork. If the pointer OTHER is not NULL, it goes on in the function there. Else it makes the system
 * call itself. In the parent it then calls FINISH with the stack pointer of its caller and the result of the
 * system call, and returns what FINISH returns.
 *
 * The child runs on the stack of its parent, and overwrites what lies below vfork's caller. So the return
 * address is kept in a register, which each of the two has for itself. A shadow stack is in memory too: where
 * there is one, the address is taken off it without a look at it.
 */
#define ARCH_VFORK(other, finish)                                                                            \
    __asm__(".pushsection .text\n"                                                                           \
            ".globl vfork\n"                                                                                 \
            ".type vfork, @function\n"                                                                       \
            "vfork:\n"                                                                                       \
            "    endbr64\n"                                                                                  \
            "    mov " #other "(%rip), %rax\n"                                                               \
            "    test %rax, %rax\n"                                                                          \
            "    jne 3f\n"                                                                                   \
            "    pop %rdi\n"                                                                                 \
            "    mov $58, %eax\n" /* SYS_vfork */                                                            \
            "    syscall\n"                                                                                  \
            "    push %rdi\n"                                                                                \
            "    test %rax, %rax\n"                                                                          \
            "    je 1f\n"                                                                                    \
            "    lea 8(%rsp), %rdi\n"                                                                        \
            "    mov %rax, %rsi\n"                                                                           \
            "    push %rax\n" /* keeps the stack aligned */                                                  \
            "    call " #finish "\n"                                                                         \
            "    add $8, %rsp\n"                                                                             \
            "1:  xor %ecx, %ecx\n"                                                                           \
            "    rdsspq %rcx\n"                                                                              \
            "    test %rcx, %rcx\n"                                                                          \
            "    je 2f\n"                                                                                    \
            "    pop %rdi\n"                                                                                 \
            "    mov $1, %ecx\n"                                                                             \
            "    incsspq %rcx\n"                                                                             \
            "    jmp *%rdi\n"                                                                                \
            "2:  ret\n"                                                                                      \
            "3:  jmp *%rax\n"                                                                                \
            ".size vfork, . - vfork\n"                                                                       \
            ".popsection")

#endif
