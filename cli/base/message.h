/*
 * message.h - the one line that says what went wrong.
 *
 * A function that fails returns -1 and fills a message that its caller owns. It leaves the message alone if
 * nothing failed. Only the two main files print it. The text names the thing at fault and what to do, without
 * a newline.
 */
#ifndef CLI_BASE_MESSAGE_H
#define CLI_BASE_MESSAGE_H

enum { MESSAGE_MAX = 1024 };

struct message {
    char text[MESSAGE_MAX];
};

/* Sets the text, cut to fit, with a '?' for each control character: they come in with names. Returns -1, so
 * that a function fails by `return message_set(...)`. */
int message_set(struct message *message, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets the text to "not enough memory". Returns -1. */
int message_no_memory(struct message *message);

#endif
