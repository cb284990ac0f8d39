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

/* The addresses of a listed module, from start to before end. */
struct module_range {
    uint64_t start, end;
    uint32_t module;     /* the unit of its image_module */
    uint32_t generation; /* process.generation once the module had gone */
    int is_dead;         /* the module has gone: another one may lie at its addresses */
};

/* Functions that visit the modules of other namespaces (dlmopen(3)). */
enum { MODULES_ELSEWHERE = 16 }; /* glibc has fewer namespaces */
extern HIDDEN struct modules_source {
    modules_function *modules; /* or NULL */
    int users;                 /* threads that may be calling it */
} modules_elsewhere[MODULES_ELSEWHERE];

/* Calls VISIT for the modules of all namespaces, until it returns other than 0, as dl_iterate_phdr(3) does
 * for one namespace. Returns the last result of VISIT. */
modules_function modules_visit;

/* Returns 1 if INFO is about the program itself. */
int module_is_program(const struct dl_phdr_info *info);

/* Writes the absolute path of the module of INFO into PATH, which has SIZE bytes. Returns its length. */
size_t module_path(const struct dl_phdr_info *info, char *path, size_t size);

/* Finds or makes the image_module that holds ADDRESS. Returns its unit; 0 if no module holds ADDRESS, or
 * without space. */
uint32_t module_find(struct process *process, uint64_t address);

/* Lists all modules of the process, as module_find() does when it needs them: later it may not be able to. */
void modules_list(struct process *process);

/* Returns the unit of the image_module that was listed as number PLACE, from 0, or 0 if there are fewer. */
uint32_t module_at(struct process *process, size_t place);

/* Keep forks and visits of modules apart: a visit holds the loader's lock, and a child would inherit it. */
void modules_before_fork(void);
void modules_after_fork_in_parent(void);
void modules_after_fork_in_child(void);

#endif
