#include <cstring>

#include "dispatch.hpp"
#include "kernel_template.hpp"

namespace twinscore {
namespace {

// Four floats in plain C++: every target has vectors of that size, and the compiler finds them.
struct Portable {
    static constexpr std::size_t width = 4;
    static constexpr Precision precision = Precision::float32;
    struct Vector {
        float lanes[width];
    };
    using Operand = Vector;
    using Sum = Vector;

    template <class Operation>
    static Vector each(Vector a, Vector b, Operation operation) {
        for (std::size_t i = 0; i < width; ++i) a.lanes[i] = operation(a.lanes[i], b.lanes[i]);
        return a;
    }

    static Vector zero() { return {}; }
    static Vector broadcast(float value) { return {{value, value, value, value}}; }
    template <class T>
    static Vector load(const T* values) {
        Vector loaded;
        for (std::size_t i = 0; i < width; ++i) loaded.lanes[i] = static_cast<float>(values[i]);
        return loaded;
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
