/*
 * D: a module's functions, a struct's method, a template, a nested function, recursion.
 *
 *     gdc -O2 -g -finstrument-functions samples/words.d -o words
 *     build/profile ./words
 *
 * Look for functions as module.function, methods as module.type.method, and a row for each instance of a template.
 * words.permute has `326/1` calls. The program prints how often it called each function.
 */
module words;

import core.stdc.stdio;

int permutes, adds, twices, nested;

struct Dictionary
{
    int used;

    void add(int word)
    {
        adds++;
        used += word > 0;
    }
}

T twice(T)(T value)
{
    twices++;
    return value + value;
}

int permute(int letters)
{
    int ways = 0;

    permutes++;
    if (letters == 0)
        return 1;
    for (int i = 0; i < letters; i++)
        ways += permute(letters - 1);
    return ways;
}

int count(int limit)
{
    int seen = 0;

    void see(int number)
    {
        nested++;
        seen += number % 2;
    }

    for (int i = 0; i < limit; i++)
        see(i);
    return seen;
}

int main()
{
    Dictionary dictionary;
    int ways = permute(5), odd = count(100);
    double total = 0;

    for (int i = 0; i < 50; i++)
    {
        dictionary.add(twice(i));
        total += twice(i * 0.5);
    }
    printf("permute %d add %d twice %d see %d: %d ways, %d odd, %d words, total %.0f\n", permutes, adds, twices, nested,
        ways, odd, dictionary.used, total);
    return 0;
}
