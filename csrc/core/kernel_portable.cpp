#include "dispatch.hpp"
#include "kernel_template.hpp"

namespace twinscore {
namespace {

// Four floats in plain C++: every target has vectors of that size, and the compiler finds them.
struct Portable {
    static constexpr std::size_t width = 4;
    struct Vector {
        float lanes[width];
    };

    static Vector zero() { return {}; }
    static Vector broadcast(float value) { return {{value, value, value, value}}; }
    static Vector load(const float* values) {
        return {{values[0], values[1], values[2], values[3]}};
    }
    static Vector add(Vector a, Vector b) {
        for (std::size_t i = 0; i < width; ++i) a.lanes[i] += b.lanes[i];
        return a;
    }
    static Vector multiply_add(Vector a, Vector b, Vector c) {
        for (std::size_t i = 0; i < width; ++i) c.lanes[i] += a.lanes[i] * b.lanes[i];
        return c;
    }
    static std::uint64_t at_least(Vector a, Vector b) {
        std::uint64_t mask = 0;
        for (std::size_t i = 0; i < width; ++i) {
            mask |= static_cast<std::uint64_t>(a.lanes[i] >= b.lanes[i]) << i;
        }
        return mask;
    }
};

}  // namespace

const Kernel& portable_kernel() {
    static constexpr Kernel kernel{"portable", 4, screen<Portable, 4, 2>, squared_distance};
    return kernel;
}

}  // namespace twinscore
