/*
 * turnstile.h - keeps what many threads do apart from what one thread does: they wait for each other.
 *
 * Both waits have a limit, half a second or somewhat more: a thread that is waited for may itself be waiting
 * for the one that waits, in code that is not ours. After the limit, each goes on as if it had not waited.
 * All zeros is a turnstile that is open and that nobody uses.
 */
#ifndef RUNTIME_CORE_TURNSTILE_H
#define RUNTIME_CORE_TURNSTILE_H

struct turnstile {
    int users;   /* threads that have entered */
    int closers; /* threads that have closed it */
};

/* Enters TURNSTILE, as soon as it is open. */
void turnstile_enter(struct turnstile *turnstile);
void turnstile_leave(struct turnstile *turnstile);

/* Closes TURNSTILE and waits until there are no more than OWN users: the entries of the calling thread. */
void turnstile_close(struct turnstile *turnstile, int own);
void turnstile_open(struct turnstile *turnstile);

#endif
