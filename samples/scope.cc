/*
 * A C++ program that profiles itself with profile.h while an object lives, also if an exception ends that.
 *
 *     c++ -O2 -g -finstrument-functions samples/scope.cc -o scope -Iruntime/api -Lbuild -lprofile \
 *         -Wl,-rpath,$PWD/build
 *     ./scope
 *
 * Look for evaluate, which each attempt calls and which an exception leaves every third time. main has no
 * row: it was entered before the profile was enabled. The program also runs without -lprofile.
 */
#include <stdexcept>

#include <profile.h>

PROFILE_ONLY_API;

static int evaluate(int n)
{
    if (n % 3 == 0)
        throw std::invalid_argument("a multiple of three");
    return n * n;
}

static int attempt(int n)
{
    try {
        return evaluate(n);
    } catch (const std::invalid_argument &) {
        return 0;
    }
}

int main()
{
    struct profile *profile = profile_new(nullptr, 0);
    int sum = 0;

    {
        PROFILE_SCOPE(profile);
        for (int n = 0; n < 1000; n++)
            sum += attempt(n);
    }
    std::printf("sum %d\n", sum);
    if (profile_print_stats(profile, stdout, "calls") != 0)
        std::perror(profile_error());
    profile_free(profile);
}
