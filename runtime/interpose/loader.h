/*
 * loader.h - what the stand-ins for the loader's functions ask of each other.
 */
#ifndef RUNTIME_INTERPOSE_LOADER_H
#define RUNTIME_INTERPOSE_LOADER_H

/* Closes our copies in namespaces that the program has done with. */
void namespaces_tidy(void);

#endif
