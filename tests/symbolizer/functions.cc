// functions.cc - C++ functions of all kinds.
//
// A comment with an at sign and a symbol marks the line of the symbol's name.
#define KEPT __attribute__((noinline, used))

static volatile int sink;

KEPT static int hidden(int a) // @_ZL6hiddeni
{
    sink += a;
    return sink;
}

KEPT static int split_over_lines( // @_ZL16split_over_linesii
    int a, int b)
{
    sink += a;
    return sink + b;
}

namespace outer
{
namespace inner
{
KEPT int nested(int a) // @_ZN5outer5inner6nestedEi
{
    sink += a;
    return hidden(a);
}
} // namespace inner
} // namespace outer

namespace
{
KEPT int anonymous(int a) // @_ZN12_GLOBAL__N_19anonymousEi
{
    sink += a;
    return sink - 1;
}
} // namespace

KEPT int overloaded(int a) // @_Z10overloadedi
{
    sink += a;
    return sink * 3;
}

KEPT int overloaded(double a) // @_Z10overloadedd
{
    sink += 5;
    return static_cast<int>(a) + sink;
}

KEPT int overloaded(const char *a) // @_Z10overloadedPKc
{
    sink += *a;
    return sink;
}

class Counter
{
  public:
    KEPT explicit Counter(int start); // declared here, defined below
    KEPT virtual ~Counter();
    KEPT int add(int a) const // @_ZNK7Counter3addEi
    {
        sink += a;
        return start_ + a;
    }
    KEPT static int make(int a) // @_ZN7Counter4makeEi
    {
        sink -= a;
        return a;
    }
    int later(int a);
    KEPT bool operator<(const Counter &other) const // @_ZNK7CounterltERKS_
    {
        sink++;
        return start_ < other.start_;
    }
    struct Part {
        KEPT int in_part(int a) // @_ZN7Counter4Part7in_partEi
        {
            sink += a;
            return a + 1;
        }
    };

  private:
    int start_;
};

KEPT Counter::Counter(int start) // @_ZN7CounterC2Ei
    : start_(start)
{
    sink += start;
}

KEPT Counter::~Counter() // @_ZN7CounterD2Ev
{
    sink = 0;
}

KEPT int Counter::later(int a) // @_ZN7Counter5laterEi
{
    sink += start_;
    return a;
}

template <class T> KEPT T twice(T value) // @_Z5twiceIiET_S0_ @_Z5twiceIdET_S0_
{
    sink++;
    return value + value;
}

template <class T, int N> struct Array {
    KEPT T sum(T value) // @_ZN5ArrayIiLi3EE3sumEi @_ZN5ArrayIlLi4EE3sumEl
    {
        sink += N;
        return value * N;
    }
};

KEPT inline int with_lambdas(int a) // @_Z12with_lambdasi
{
    auto first = [a](int b) KEPT { // @_ZZ12with_lambdasiENKUliE_clEi
        sink += b;
        return a + b;
    };
    auto second = [](int b) KEPT { // @_ZZ12with_lambdasiENKUliE0_clEi
        sink += 2;
        return b + sink;
    };
    return first(a) + second(a);
}

KEPT int with_local_class(int a) // @_Z16with_local_classi
{
    struct Local {
        KEPT int method(int b) // @_ZZ16with_local_classiEN5Local6methodEi
        {
            sink += b;
            return b - 1;
        }
    };
    return Local().method(a);
}

extern "C" KEPT int plain_c(int a) // @plain_c
{
    sink += a;
    return a;
}

KEPT void *operator new(unsigned long size, int *place) // @_ZnwmPi
{
    sink += static_cast<int>(size);
    return place;
}

int main(int count, char **) // @main
{
    Counter counter(count), other(2);
    Counter::Part part;
    Array<int, 3> array;
    Array<long, 4> larger;
    int place[16];

    sink += split_over_lines(count, 2) + outer::inner::nested(count) + anonymous(count) + overloaded(count);
    sink += overloaded(2.5) + overloaded("x") + counter.add(count) + Counter::make(count) + counter.later(3);
    sink += twice(count) + static_cast<int>(twice(2.5)) + array.sum(count) + static_cast<int>(larger.sum(2));
    sink += with_lambdas(count) + with_local_class(count) + plain_c(count) + part.in_part(count);
    sink += (counter < other) + (::new (place) int(3) == nullptr);
    return sink == 0;
}
