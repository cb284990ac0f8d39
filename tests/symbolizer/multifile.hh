// multifile.hh - functions that two units include, so that dwz moves their debug information to another file.
// The first rows of their code in the line table do not say in which file they are.
template <class T> struct Store {
    T items[4];
    __attribute__((noinline)) int put(T item) // @_ZN5StoreIiE3putEi @_ZN5StoreIcE3putEc
    {
        items[1] = item;
        return 1;
    }
};

inline __attribute__((noinline)) int doubled(int n) // @_Z7doubledi
{
    return n * 2;
}
