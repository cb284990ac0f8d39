/*
 * streams.h - the standard streams, which a supervisor may have closed.
 */
#ifndef CLI_BASE_STREAMS_H
#define CLI_BASE_STREAMS_H

/* Opens /dev/null in place of each standard descriptor that is closed: a file or pipe that got its number
 * would be taken for the stream. To read or write it still fails. A program that this process becomes or
 * starts finds the descriptor closed again. */
void streams_open(void);

#endif
