// multifile.cc - uses the functions of multifile.hh. With -DMAIN it has the main function.
#include "multifile.hh"

int other(int n);

#ifdef MAIN
int other(int n) // @_Z5otheri
{
    return doubled(n) + 1;
}

int main(int count, char **)
{
    Store<int> ints;
    Store<char> characters;

    return ints.put(other(count)) + characters.put('c');
}
#else
int third(int n) // @_Z5thirdi
{
    Store<int> ints;
    Store<char> characters;

    return ints.put(other(doubled(n))) + characters.put('d');
}
#endif
