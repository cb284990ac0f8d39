/*
 * inline.cc - a program of the benchmark that is full of small inline functions, as C++ programs are.
 *
 *     inline [ORDERS]
 *
 * It makes up orders as lines of JSON, parses them, evaluates formulas on each, and sums up the results by
 * town. Nearly all functions are templates, accessors, iterators and lambdas, which the optimizer inlines and
 * -finstrument-functions keeps apart. Prints the sums of each town and a checksum of all, which depend on all
 * of the work.
 */
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace
{

/* Makes one callable object of several lambdas, for std::visit. */
template <class... Lambdas> struct overloaded : Lambdas... {
    using Lambdas::operator()...;
};
template <class... Lambdas> overloaded(Lambdas...) -> overloaded<Lambdas...>;

/* A place in a text that is being parsed. */
class cursor
{
  public:
    explicit cursor(std::string_view text) : text_(text)
    {
    }

    bool at_end() const
    {
        return at_ == text_.size();
    }

    /* Returns the next character, or 0 at the end. */
    char peek() const
    {
        return at_end() ? '\0' : text_[at_];
    }

    char next()
    {
        char c = peek();

        at_ += !at_end();
        return c;
    }

    void skip_space()
    {
        take_while([](char c) { return c == ' ' || c == '\n' || c == '\t'; });
    }

    /* Takes spaces, and then C. Returns false if another character is next, and leaves that. */
    bool accept(char c)
    {
        skip_space();
        if (peek() != c || at_end())
            return false;
        at_++;
        return true;
    }

    void expect(char c)
    {
        if (!accept(c))
            throw std::runtime_error("expected '" + std::string(1, c) + "' at " + std::to_string(at_));
    }

    /* Takes the longest run of characters that fulfil PREDICATE, and returns it. */
    template <class Predicate> std::string_view take_while(Predicate predicate)
    {
        std::size_t start = at_;

        while (!at_end() && predicate(peek()))
            at_++;
        return text_.substr(start, at_ - start);
    }

    double take_number()
    {
        auto digits = take_while([](char c) { return is_digit(c) || c == '-' || c == '.'; });
        double number = 0;

        std::from_chars(digits.data(), digits.data() + digits.size(), number);
        return number;
    }

    static bool is_digit(char c)
    {
        return c >= '0' && c <= '9';
    }

    static bool is_letter(char c)
    {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

  private:
    std::string_view text_;
    std::size_t at_ = 0;
};

/* JSON. */
class value
{
  public:
    using array = std::vector<value>;
    using member = std::pair<std::string, value>;
    using object = std::vector<member>; /* in the order of the text */

    value() = default;

    template <class Content> explicit value(Content content) : content_(std::move(content))
    {
    }

    double number() const
    {
        return std::get<double>(content_);
    }

    const std::string &text() const
    {
        return std::get<std::string>(content_);
    }

    const array &items() const
    {
        return std::get<array>(content_);
    }

    /* Returns the member NAME of an object, or nullptr if there is none. */
    const value *find(std::string_view name) const
    {
        const auto &members = std::get<object>(content_);
        auto found = std::find_if(members.begin(), members.end(),
                                  [name](const member &candidate) { return candidate.first == name; });

        return found == members.end() ? nullptr : &found->second;
    }

    const value &operator[](std::string_view name) const
    {
        if (const value *found = find(name))
            return *found;
        throw std::out_of_range("no member " + std::string(name));
    }

  private:
    std::variant<std::nullptr_t, bool, double, std::string, array, object> content_;
};

class json_parser
{
  public:
    explicit json_parser(std::string_view text) : at_(text)
    {
    }

    value parse()
    {
        at_.skip_space();
        switch (at_.peek()) {
        case '{':
            return value(parse_object());
        case '[':
            return value(parse_array());
        case '"':
            return value(parse_string());
        case 't':
        case 'f':
        case 'n':
            return parse_word();
        default:
            return value(at_.take_number());
        }
    }

  private:
    /* Parses items that commas separate, up to the character CLOSE. */
    template <class Item> void parse_list(char open, char close, Item item)
    {
        at_.expect(open);
        if (at_.accept(close))
            return;
        do
            item();
        while (at_.accept(','));
        at_.expect(close);
    }

    value::object parse_object()
    {
        value::object members;

        parse_list('{', '}', [&] {
            auto name = parse_string();

            at_.expect(':');
            members.emplace_back(std::move(name), parse());
        });
        return members;
    }

    value::array parse_array()
    {
        value::array items;

        parse_list('[', ']', [&] { items.push_back(parse()); });
        return items;
    }

    std::string parse_string()
    {
        std::string text;

        at_.expect('"');
        while (at_.peek() != '"') {
            if (at_.peek() == '\\')
                at_.next();
            if (at_.at_end())
                throw std::runtime_error("a string has no end");
            text.push_back(at_.next());
        }
        at_.next();
        return text;
    }

    value parse_word()
    {
        auto word = at_.take_while(cursor::is_letter);

        return word == "null" ? value(nullptr) : value(word == "true");
    }

    cursor at_;
};

/* A formula, such as "price * count * (1 - max(rebate, 0.02))", as a tree. */
struct node;
using tree = std::unique_ptr<node>;

struct constant {
    double number;
};

struct field {
    std::string name;
};

struct operation {
    char sign;
    tree left, right;
};

struct call {
    std::function<double(double, double)> function;
    tree left, right;
};

struct node {
    std::variant<constant, field, operation, call> content;
};

template <class Content> tree make_node(Content content)
{
    return std::make_unique<node>(node{std::move(content)});
}

class formula_parser
{
  public:
    explicit formula_parser(std::string_view text) : at_(text)
    {
    }

    tree parse()
    {
        return parse_operations({'+', '-'}, [this] {
            return parse_operations({'*', '/'}, [this] { return parse_operand(); });
        });
    }

  private:
    /* Parses operands between SIGNS, which bind to the left. */
    template <class Operand> tree parse_operations(std::initializer_list<char> signs, Operand parse_one)
    {
        auto accept_any = [&]() -> std::optional<char> {
            auto sign = std::find_if(signs.begin(), signs.end(), [this](char c) { return at_.accept(c); });

            return sign == signs.end() ? std::nullopt : std::optional(*sign);
        };
        tree left = parse_one();

        while (auto sign = accept_any())
            left = make_node(operation{*sign, std::move(left), parse_one()});
        return left;
    }

    tree parse_operand()
    {
        if (at_.accept('(')) {
            tree inner = parse();

            at_.expect(')');
            return inner;
        }
        if (cursor::is_digit(at_.peek()))
            return make_node(constant{at_.take_number()});

        std::string name(at_.take_while(cursor::is_letter));

        return at_.accept('(') ? parse_call(name) : make_node(field{std::move(name)});
    }

    tree parse_call(const std::string &name)
    {
        static const std::unordered_map<std::string, std::function<double(double, double)>> functions = {
            {"min", [](double a, double b) { return std::min(a, b); }},
            {"max", [](double a, double b) { return std::max(a, b); }},
        };
        tree left = parse();

        at_.expect(',');
        tree right = parse();
        at_.expect(')');
        return make_node(call{functions.at(name), std::move(left), std::move(right)});
    }

    cursor at_;
};

double calculate(char sign, double left, double right)
{
    switch (sign) {
    case '+':
        return left + right;
    case '-':
        return left - right;
    case '*':
        return left * right;
    default:
        return right == 0 ? 0 : left / right;
    }
}

/* Returns what FORMULA is for the object that GET_FIELD reads. */
template <class Get> double evaluate(const tree &formula, const Get &get_field)
{
    auto sides = [&](const auto &parent) {
        return std::pair(evaluate(parent.left, get_field), evaluate(parent.right, get_field));
    };

    return std::visit(overloaded{
                          [](const constant &leaf) { return leaf.number; },
                          [&](const field &leaf) { return get_field(leaf.name); },
                          [&](const operation &parent) {
                              auto [left, right] = sides(parent);
                              return calculate(parent.sign, left, right);
                          },
                          [&](const call &parent) {
                              auto [left, right] = sides(parent);
                              return parent.function(left, right);
                          },
                      },
                      formula->content);
}

/* Random numbers that are the same everywhere. */
class random_numbers
{
  public:
    std::uint32_t below(std::uint32_t limit)
    {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return static_cast<std::uint32_t>(state_ >> 33) % limit;
    }

    template <class Container> const auto &pick(const Container &container)
    {
        return container[below(container.size())];
    }

  private:
    std::uint64_t state_ = 42;
};

/* Draws first and joins then: a sum's operands may be evaluated in any order. */
std::string make_item(random_numbers &random)
{
    static const std::vector<std::string> goods = {"nails", "rope", "lamp oil", "canvas", "tar", "glass"};
    const auto &name = random.pick(goods);
    auto price = random.below(900), count = 1 + random.below(20);

    return R"({"name": ")" + name + R"(", "price": )" + std::to_string(price) + R"(.5, "count": )" +
           std::to_string(count) + "}";
}

std::string make_order(random_numbers &random)
{
    static const std::vector<std::string> towns = {
        "Rome", "Oslo", "Bern", "Riga", "Turin", "Ghent", R"(Port \"Royal\")"};
    const auto &town = random.pick(towns);
    auto is_paid = random.below(3) > 0;
    auto rebate = random.below(10);
    std::string items = make_item(random);

    for (auto more = random.below(4); more > 0; more--)
        items += ", " + make_item(random);
    return R"({"town": ")" + town + R"(", "paid": )" + (is_paid ? "true" : "null") + R"(, "rebate": 0.)" +
           std::to_string(rebate) + R"(, "items": [)" + items + "]}";
}

/* Returns orders, a line each. */
std::vector<std::string> make_orders(int count)
{
    random_numbers random;
    std::vector<std::string> orders(count);

    std::generate(orders.begin(), orders.end(), [&] { return make_order(random); });
    return orders;
}

struct totals {
    std::vector<double> results; /* the last for each formula */
    std::unordered_map<std::string, double> by_goods;
    std::map<int, int> sizes; /* number of items -> number of orders */
    double sum = 0;

    void add(const value &order, const std::vector<tree> &formulas)
    {
        for (const value &item : order["items"].items()) {
            auto get_field = [&](const std::string &name) {
                const value *found = item.find(name);

                return (found ? *found : order[name]).number();
            };

            results.resize(formulas.size());
            std::transform(formulas.begin(), formulas.end(), results.begin(),
                           [&](const tree &formula) { return evaluate(formula, get_field); });
            sum = std::accumulate(results.begin(), results.end(), sum);
            by_goods[item["name"].text()] += results.front();
        }
        sizes[static_cast<int>(order["items"].items().size())]++;
    }

    /* Returns the goods, the most valuable first. */
    std::vector<std::pair<std::string, double>> ranking() const
    {
        std::vector<std::pair<std::string, double>> goods(by_goods.begin(), by_goods.end());

        std::sort(goods.begin(), goods.end(), [](const auto &a, const auto &b) {
            return std::tie(b.second, a.first) < std::tie(a.second, b.first);
        });
        return goods;
    }
};

std::map<std::string, totals> sum_up(const std::vector<std::string> &orders,
                                     const std::vector<tree> &formulas)
{
    std::map<std::string, totals> towns;

    for (const std::string &line : orders) {
        value order = json_parser(line).parse();

        towns[order["town"].text()].add(order, formulas);
    }
    return towns;
}

/* Adds TEXT to a checksum (FNV-1a). */
std::uint64_t add_to_checksum(std::uint64_t checksum, std::string_view text)
{
    return std::accumulate(text.begin(), text.end(), checksum, [](std::uint64_t sum, char c) {
        return (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    });
}

void print(const std::map<std::string, totals> &towns)
{
    std::uint64_t checksum = 0xcbf29ce484222325u;

    for (const auto &[name, town] : towns) {
        std::string row = name + ": " + std::to_string(town.sum);

        for (const auto &[goods, sum] : town.ranking())
            row += ", " + goods + " " + std::to_string(sum);
        for (const auto &[size, count] : town.sizes)
            row += ", " + std::to_string(count) + " of " + std::to_string(size);
        std::printf("%s\n", row.c_str());
        checksum = add_to_checksum(checksum, row);
    }
    std::printf("%016llx\n", static_cast<unsigned long long>(checksum));
}

} // namespace

int main(int argc, char **argv)
{
    std::vector<tree> formulas;

    for (auto text : {"price * count * (1 - rebate)", "max(price - 100, 0) * min(count, 10) / 4"})
        formulas.push_back(formula_parser(text).parse());
    print(sum_up(make_orders(argc > 1 ? std::atoi(argv[1]) : 120000), formulas));
    return 0;
}
