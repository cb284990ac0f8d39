/*
 * turnstile.c - waits of many threads and one thread for each other. See turnstile.h.
 *
 * A user counts before it looks for closers, and a closer the other way round, so that one of two sees the
 * other.
 */
#include "runtime/core/turnstile.h"

#include <time.h>

#include "runtime/core/compiler.h"
#include "runtime/system/system.h"

/* The pauses of 50 us after which a wait is given up. */
enum { PAUSES = 10000 };

/* Waits until COUNT is at most MOST, for at most PAUSES pauses. Returns how many are left. */
static int wait_for(const int *count, int most, int pauses)
{
    static const struct timespec pause = {0, 50000};

    for (; pauses > 0 && __atomic_load_n(count, __ATOMIC_SEQ_CST) > most; pauses--)
        SYSTEM_CALL(SYS_nanosleep, &pause, NULL, 0, 0, 0, 0);
    return pauses;
}

/* After a wait it looks again: the next closer may have come. */
void turnstile_enter(struct turnstile *turnstile)
{
    int pauses = PAUSES;

    __atomic_add_fetch(&turnstile->users, 1, __ATOMIC_SEQ_CST);
    while (RARE(__atomic_load_n(&turnstile->closers, __ATOMIC_SEQ_CST) != 0) && pauses > 0) {
        __atomic_sub_fetch(&turnstile->users, 1, __ATOMIC_SEQ_CST);
        pauses = wait_for(&turnstile->closers, 0, pauses);
        __atomic_add_fetch(&turnstile->users, 1, __ATOMIC_SEQ_CST);
    }
}

void turnstile_leave(struct turnstile *turnstile)
{
    __atomic_sub_fetch(&turnstile->users, 1, __ATOMIC_SEQ_CST);
}

void turnstile_close(struct turnstile *turnstile, int own)
{
    __atomic_add_fetch(&turnstile->closers, 1, __ATOMIC_SEQ_CST);
    wait_for(&turnstile->users, own, PAUSES);
}

void turnstile_open(struct turnstile *turnstile)
{
    __atomic_sub_fetch(&turnstile->closers, 1, __ATOMIC_SEQ_CST);
}
