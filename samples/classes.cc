/*
 * C++: classes, a virtual method, a template, a lambda, an overload.
 *
 *     c++ -O2 $(build/profile --cflags) samples/classes.cc -o classes
 *     build/profile ./classes
 *
 * Look for names as in the source (shapes::Circle::area, twice<int>, twice<double>), one row for each
 * instantiation and overload. The flags leave the standard library's functions out of the table. With clang
 * they leave out only inlined ones. Compare the table of a build with -g -finstrument-functions.
 */
#include <cstdio>
#include <memory>
#include <vector>

namespace shapes
{

class Shape
{
  public:
    virtual ~Shape() = default;
    virtual double area() const = 0;
};

class Circle : public Shape
{
  public:
    explicit Circle(double radius) : radius_(radius)
    {
    }
    double area() const override
    {
        return 3.14159265358979 * radius_ * radius_;
    }

  private:
    double radius_;
};

class Square : public Shape
{
  public:
    explicit Square(double side) : side_(side)
    {
    }
    double area() const override
    {
        return side_ * side_;
    }

  private:
    double side_;
};

double scale(double value)
{
    return value * 0.5;
}

int scale(int value)
{
    return value / 2;
}

} // namespace shapes

template <typename T> static T twice(T value)
{
    return value + value;
}

template <typename Function>
static double sum(const std::vector<std::unique_ptr<shapes::Shape>> &list, Function of)
{
    double total = 0;
    for (const auto &shape : list)
        total += of(*shape);
    return total;
}

int main()
{
    std::vector<std::unique_ptr<shapes::Shape>> list;
    for (int i = 0; i < 1000; i++) {
        if (i % 4 == 0)
            list.push_back(std::make_unique<shapes::Circle>(i));
        else
            list.push_back(std::make_unique<shapes::Square>(i));
    }
    double total = sum(list, [](const shapes::Shape &shape) { return twice(shapes::scale(shape.area())); });
    std::printf("%zu shapes, total area %.0f, %d\n", list.size(), total, twice(shapes::scale(42)));
    return 0;
}
