/* coroutine.cc - coroutines, whose bodies are functions that gcc names by a parameter's type. */
#include <coroutine>

struct task {
    struct promise_type {
        task get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() {}
    };
    std::coroutine_handle<promise_type> handle;
};

static volatile int sink;

namespace space
{
template <class T> struct box {
    task body(T a) /* @_ZN5space3boxIiE4bodyEi */
    {
        sink = a;
        co_await std::suspend_always{};
        sink = sink + 1;
    }
};
} // namespace space

int main()
{
    space::box<int> box;
    task task = box.body(3);

    while (!task.handle.done())
        task.handle.resume();
    task.handle.destroy();
}
