/*
 * parser.c - a recursive-descent parser of sums and products, run on made-up text: many short functions that
 * call each other. `parser TIMES` parses it so often. It prints a checksum, and does the same work in each
 * run.
 */
#include <stdio.h>
#include <stdlib.h>

enum { DEPTH = 7, BRANCHES = 3 };

static char text[1 << 16];
static const char *at;
static unsigned long checksum;
static unsigned state = 1;

static unsigned long sum(void);

static void skip(void)
{
    while (*at == ' ')
        at++;
}

static int is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static unsigned long number(void)
{
    unsigned long value = 0;

    while (is_digit(*at))
        value = value * 10 + (unsigned long)(*at++ - '0');
    return value;
}

static unsigned long factor(void)
{
    unsigned long value;

    skip();
    if (*at != '(')
        return number();
    at++;
    value = sum();
    skip();
    at++;
    return value;
}

static unsigned long product(void)
{
    unsigned long value = factor();

    for (skip(); *at == '*'; skip()) {
        at++;
        value *= factor();
    }
    return value;
}

static unsigned long sum(void)
{
    unsigned long value = product();

    for (skip(); *at == '+'; skip()) {
        at++;
        value += product();
    }
    return value;
}

static unsigned long hash(const char *bytes)
{
    unsigned long value = 5381;

    while (*bytes != '\0')
        value = value * 33 + (unsigned char)*bytes++;
    return value;
}

/* Returns a number below COUNT. */
static unsigned below(unsigned count)
{
    state = state * 1103515245 + 12345;
    return (state >> 16) % count;
}

/* Writes a random expression of this DEPTH to END, and returns its end. */
static char *make(char *end, int depth)
{
    if (depth == 0 || below(4) == 0)
        return end + sprintf(end, " %u ", below(1000000));
    *end++ = '(';
    for (int i = 0; i < BRANCHES; i++) {
        if (i > 0)
            *end++ = below(2) != 0 ? '+' : '*';
        end = make(end, depth - 1);
    }
    *end++ = ')';
    return end;
}

static void parse(void)
{
    at = text;
    checksum += sum();
}

int main(int argc, char **argv)
{
    int times = argc > 1 ? atoi(argv[1]) : 1;

    *make(text, DEPTH) = '\0';
    for (int i = 0; i < times; i++) {
        parse();
        if (i % 4 == 0)
            checksum += hash(text);
    }
    printf("%lu\n", checksum);
    return 0;
}
