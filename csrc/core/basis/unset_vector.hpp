#pragma once

#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace twinscore {

// Leaves numbers unset rather than zero: pages are then first touched by the threads that fill
// them.
template <class T>
class UnsetAllocator : public std::allocator<T> {
  public:
    UnsetAllocator() = default;
    template <class U>
    explicit UnsetAllocator(const UnsetAllocator<U>& /*other*/) {}

    template <class U>
    struct rebind {
        using other = UnsetAllocator<U>;
    };

    template <class U>
    void construct(U* place) {
        ::new (static_cast<void*>(place)) U;
    }
    template <class U, class... Arguments>
    void construct(U* place, Arguments&&... arguments) {
        ::new (static_cast<void*>(place)) U(std::forward<Arguments>(arguments)...);
    }
};

template <class T>
using UnsetVector = std::vector<T, UnsetAllocator<T>>;

}  // namespace twinscore
