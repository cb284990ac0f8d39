/*
 * modules.h - which executable or shared object an address belongs to.
 */
#ifndef RUNTIME_CORE_MODULES_H
#define RUNTIME_CORE_MODULES_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/core/compiler.h"
#include "runtime/core/process.h"

struct dl_phdr_info;
typedef int modules_visitor(struct dl_phdr_info *info, size_t size, void *argument);
typedef int modules_function(modules_visitor *visit, void *argument);

/* Addresses from start to before end, of a module that functions have been called in. */
struct module_range {
    uint64_t start, end;
    uint32_t module;     /* the unit of its image_module */
    uint32_t generation; /* process.generation when it went */
    int is_dead;         /* it has gone */
};

/* Functions that visit the modules of other namespaces. */
enum { MODULES_ELSEWHERE = 16 }; /* more than glibc has namespaces */
extern HIDDEN struct modules_source {
    modules_function *modules; /* or NULL */
    int users;                 /* threads that may be calling it */
} modules_elsewhere[MODULES_ELSEWHERE];

/* Visits the modules of all namespaces, as dl_iterate_phdr() does those of one. */
modules_function modules_visit;

/* Writes the absolute path of a module into PATH, which has SIZE bytes. Returns its length. */
size_t module_path(const struct dl_phdr_info *info, char *path, size_t size);

/* Returns the unit of the image_module that holds ADDRESS, which is made if need be; 0 if no module holds it.
 */
uint32_t module_find(struct process *process, uint64_t address);

/* Keep a fork and visits of modules apart. */
void modules_before_fork(void);
void modules_after_fork_in_parent(void);
void modules_after_fork_in_child(void);

#endif
