/*
 * vfork.h, any machine - there is no stand-in for vfork.
 */
#ifndef RUNTIME_ARCH_GENERIC_VFORK_H
#define RUNTIME_ARCH_GENERIC_VFORK_H
#endif
