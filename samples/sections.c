/*
 * A program that profiles a part of itself with profile.h. It profiles the sorting, in which two regions have
 * names, but not the making of the input.
 *
 *     cc -O2 -g -finstrument-functions samples/sections.c -o sections -Iruntime/api -Lbuild -lprofile \
 *         -Wl,-rpath,$PWD/build
 *     ./sections
 *
 * Look for {runs} and {merges}, which sort calls, and for the functions that they call. make_input has no
 * row: it ran before the profile was enabled. The program also runs without -lprofile, but prints no table.
 */
#include <string.h>

#include <profile.h>

PROFILE_ONLY_API;

enum { COUNT = 64 * 1024, RUN = 32 };

static void make_input(int *numbers)
{
    unsigned number = 1;

    for (int i = 0; i < COUNT; i++) {
        number = number * 1103515245 + 12345;
        numbers[i] = (int)(number >> 16) % 1000;
    }
}

static void insert_all(int *run)
{
    for (int i = 1; i < RUN; i++) {
        int number = run[i], place = i;

        for (; place > 0 && run[place - 1] > number; place--)
            run[place] = run[place - 1];
        run[place] = number;
    }
}

static void merge(const int *from, int width, int *to)
{
    const int *left = from, *right = from + width;

    while (left < from + width || right < from + 2 * width)
        if (right == from + 2 * width || (left < from + width && *left <= *right))
            *to++ = *left++;
        else
            *to++ = *right++;
}

static void sort(int *numbers)
{
    static int merged[COUNT];

    profile_begin("runs");
    for (int i = 0; i < COUNT; i += RUN)
        insert_all(numbers + i);
    profile_end();
    profile_begin("merges");
    for (int width = RUN; width < COUNT; width *= 2) {
        for (int i = 0; i < COUNT; i += 2 * width)
            merge(numbers + i, width, merged + i);
        memcpy(numbers, merged, sizeof merged);
    }
    profile_end();
}

int main(void)
{
    static int numbers[COUNT];
    struct profile *profile = profile_new(NULL, 0);

    make_input(numbers);
    profile_enable(profile);
    sort(numbers);
    profile_disable(profile);
    printf("smallest %d, largest %d\n", numbers[0], numbers[COUNT - 1]);
    if (profile_print_stats(profile, stdout, "cumulative") != 0)
        perror(profile_error());
    profile_free(profile);
    return 0;
}
