#include <cstring>

#include "kernels/dispatch.hpp"
#include "kernels/kernel_template.hpp"

namespace twinscore {
namespace {

// Four floats in plain C++: every target has vectors of that size, and the compiler finds them.
struct Portable {
    static constexpr std::size_t width = 4;
    static constexpr Precision precision = Precision::float32;
    template <class Value>
    struct Lanes {
        Value lanes[width];
    };
    using Vector = Lanes<float>;
    using Operand = Vector;
    using Sum = Vector;

    template <class Value, class Operation>
    static Lanes<Value> each(Lanes<Value> a, Lanes<Value> b, Operation operation) {
        for (std::size_t i = 0; i < width; ++i) a.lanes[i] = operation(a.lanes[i], b.lanes[i]);
        return a;
    }

    static Vector zero() { return {}; }
    static Vector broadcast(float value) { return {{value, value, value, value}}; }
    template <class Value, class T>
    static Lanes<Value> load_as(const T* values) {
        Lanes<Value> loaded;
        for (std::size_t i = 0; i < width; ++i) loaded.lanes[i] = static_cast<Value>(values[i]);
        return loaded;
    }
    template <class T>
    static Vector load(const T* values) {
        return load_as<float>(values);
    }
    static void store(float* target, Vector a) { std::memcpy(target, a.lanes, sizeof a.lanes); }
    static Vector add(Vector a, Vector b) {
        return each(a, b, [](float x, float y) { return x + y; });
    }
    static Vector subtract(Vector a, Vector b) {
        return each(a, b, [](float x, float y) { return x - y; });
    }
    static Vector minimum(Vector a, Vector b) {
        return each(a, b, [](float x, float y) { return x < y ? x : y; });
    }
    static Vector multiply_add(Vector a, Vector b, Vector c) {
        for (std::size_t i = 0; i < width; ++i) c.lanes[i] += a.lanes[i] * b.lanes[i];
        return c;
    }
    static float sum(Vector a) { return (a.lanes[0] + a.lanes[2]) + (a.lanes[1] + a.lanes[3]); }
    static std::uint64_t at_least(Vector a, Vector b) {
        std::uint64_t mask = 0;
        for (std::size_t i = 0; i < width; ++i) {
            mask |= static_cast<std::uint64_t>(a.lanes[i] >= b.lanes[i]) << i;
        }
        return mask;
    }
    static Vector load_cells(const Cell* cells) {
        Vector loaded;
        std::memcpy(loaded.lanes, cells, sizeof loaded.lanes);
        return loaded;
    }
    static Vector broadcast_cell(Cell cell) { return broadcast(std::bit_cast<float>(cell)); }

    static constexpr std::size_t doubles_width = width;
    using Doubles = Lanes<double>;
    static Doubles zero_doubles() { return {}; }
    static Doubles broadcast(double value) { return {{value, value, value, value}}; }
    template <class T>
    static Doubles load_doubles(const T* values) {
        return load_as<double>(values);
    }
    template <class T>
    static void store(T* target, Doubles a) {
        for (std::size_t i = 0; i < width; ++i) target[i] = static_cast<T>(a.lanes[i]);
    }
    static Doubles add(Doubles a, Doubles b) {
        return each(a, b, [](double x, double y) { return x + y; });
    }
    static Doubles subtract(Doubles a, Doubles b) {
        return each(a, b, [](double x, double y) { return x - y; });
    }
    static Doubles multiply(Doubles a, Doubles b) {
        return each(a, b, [](double x, double y) { return x * y; });
    }

    static Sum start(const Cell* /*panel*/) { return zero(); }
    static Vector value(Sum sum, const Cell* /*row*/, const Cell* /*panel*/) { return sum; }
    static Vector multiply_cells(Vector a, Vector b, Vector c) { return multiply_add(a, b, c); }
};

}  // namespace

const Kernel& portable_kernel() {
    static constexpr Kernel kernel = make_kernel<Portable, Portable, 4, 2>("portable");
    return kernel;
}

}  // namespace twinscore
