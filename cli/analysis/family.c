/*
 * family.c - orders processes as a family. See family.h.
 */
#include "cli/analysis/family.h"

#include <stdlib.h>
#include <string.h>

/* The rank of a process is its place in the order of starting times. */
struct family {
    const struct profile *profile;
    const unsigned char *listed;
    uint32_t count;
    uint32_t *process; /* by rank */
    uint32_t *by_pid;  /* ranks, sorted by the ID of their process, then by rank */
    uint32_t *parent;  /* by rank: the rank of the nearest listed ancestor, or PROFILE_NONE */
    uint32_t *child;   /* by rank: the first child's rank; behind the last, the first process's */
    uint32_t *sibling; /* by rank: the rank of the parent's next child */
};

static int compare_start(const void *left, const void *right, void *context)
{
    const struct profile_process *processes = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    if (processes[a].start_time != processes[b].start_time)
        return processes[a].start_time < processes[b].start_time ? -1 : 1;
    return (a > b) - (a < b);
}

static uint64_t pid_of(const struct family *family, uint32_t rank)
{
    return family->profile->processes[family->process[rank]].pid;
}

static int compare_pid(const void *left, const void *right, void *context)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    uint64_t first = pid_of(context, a), second = pid_of(context, b);

    if (first != second)
        return first < second ? -1 : 1;
    return (a > b) - (a < b);
}

/* Returns the last process before RANK that has the ID of RANK's parent, or PROFILE_NONE. */
static uint32_t find_parent(const struct family *family, uint32_t rank)
{
    uint64_t pid = family->profile->processes[family->process[rank]].parent;
    size_t low = 0, high = family->count;

    while (low < high) { /* find the first that is not before (pid, rank) */
        size_t middle = low + (high - low) / 2;
        uint32_t other = family->by_pid[middle];
        if (pid_of(family, other) < pid || (pid_of(family, other) == pid && other < rank))
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && pid_of(family, family->by_pid[low - 1]) == pid ? family->by_pid[low - 1] : PROFILE_NONE;
}

static void find_parents(struct family *family)
{
    for (uint32_t rank = 0; rank < family->count; rank++) {
        uint32_t parent = find_parent(family, rank);
        if (parent != PROFILE_NONE && !family->listed[family->process[parent]])
            parent = family->parent[parent];
        family->parent[rank] = parent;
    }
}

/* Puts children in front of their parent's list, the last child first. */
static void link_children(struct family *family)
{
    for (uint32_t rank = family->count; rank-- > 0;) {
        uint32_t parent = family->parent[rank] == PROFILE_NONE ? family->count : family->parent[rank];
        if (!family->listed[family->process[rank]])
            continue;
        family->sibling[rank] = family->child[parent];
        family->child[parent] = rank;
    }
}

static size_t walk(const struct family *family, struct family_member *members)
{
    uint32_t rank = family->child[family->count], level = 0;
    size_t count = 0;

    while (rank != PROFILE_NONE) {
        members[count++] = (struct family_member){.process = family->process[rank],
                                                  .level = level,
                                                  .is_last = family->sibling[rank] == PROFILE_NONE};
        if (family->child[rank] != PROFILE_NONE) {
            rank = family->child[rank];
            level++;
            continue;
        }
        while (rank != PROFILE_NONE && family->sibling[rank] == PROFILE_NONE) {
            rank = family->parent[rank];
            level--;
        }
        if (rank != PROFILE_NONE)
            rank = family->sibling[rank];
    }
    return count;
}

/* Fills FAMILY. Its five arrays lie in MEMORY. */
static void fill(struct family *family, uint32_t *memory)
{
    size_t count = family->count;

    memset(memory, 0xff, (5 * count + 1) * sizeof *memory); /* PROFILE_NONE */
    family->process = memory;
    family->by_pid = memory + count;
    family->parent = memory + 2 * count;
    family->sibling = memory + 3 * count;
    family->child = memory + 4 * count;
    for (uint32_t i = 0; i < count; i++)
        family->process[i] = family->by_pid[i] = i;
    qsort_r(family->process, count, sizeof *memory, compare_start, family->profile->processes);
    qsort_r(family->by_pid, count, sizeof *memory, compare_pid, family);
    find_parents(family);
    link_children(family);
}

struct family_member *family_order(const struct profile *profile, const unsigned char *listed, size_t *count)
{
    struct family family = {.profile = profile, .listed = listed, .count = (uint32_t)profile->process_count};
    struct family_member *members = calloc(profile->process_count + 1, sizeof *members);
    uint32_t *memory = calloc(5 * profile->process_count + 1, sizeof *memory);

    if (members != NULL && memory != NULL) {
        fill(&family, memory);
        *count = walk(&family, members);
    } else {
        free(members);
        members = NULL;
    }
    free(memory);
    return members;
}
