/*
 * message.h - the one line that says what went wrong.
 *
 * Library functions return -1 and fill a message that the caller owns; it is left alone when nothing failed.
 * Only the two main files print it. The text names the thing at fault and what to do, without a newline.
 */
#ifndef CLI_BASE_MESSAGE_H
#define CLI_BASE_MESSAGE_H

enum { MESSAGE_MAX = 1024 };

struct message {
    char text[MESSAGE_MAX];
};

/* Sets the text, cut to fit; control characters that came in with a name are shown as '?'. Returns -1, so
 * that a failure is reported by `return message_set(...)`. */
int message_set(struct message *message, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Sets the text to "not enough memory". Returns -1. */
int message_no_memory(struct message *message);

#endif
