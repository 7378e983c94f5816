#pragma once

#include <cstddef>
#include <limits>
#include <new>
#include <vector>

#include "basis/large_pages.hpp"
#include "basis/unset_vector.hpp"

namespace twinscore {

// Leaves numbers unset, and takes large pages where it is large itself.
template <class T>
class LargeAllocator : public UnsetAllocator<T> {
  public:
    LargeAllocator() = default;
    template <class U>
    explicit LargeAllocator(const LargeAllocator<U>& /*other*/) {}

    template <class U>
    struct rebind {
        using other = LargeAllocator<U>;
    };

    [[nodiscard]] T* allocate(std::size_t count) {
        if (count > most_bytes / sizeof(T)) throw std::bad_array_new_length();
        const std::size_t bytes = count * sizeof(T);
        return static_cast<T*>(is_large(bytes) ? take_large_pages(bytes) : ::operator new(bytes));
    }

    void deallocate(T* memory, std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        if (is_large(bytes)) {
            let_go_of_large_pages(memory, bytes);
        } else {
            ::operator delete(memory);
        }
    }

  private:
    static constexpr std::size_t most_bytes = std::numeric_limits<std::size_t>::max() / 2;

    static bool is_large(std::size_t bytes) { return bytes >= large_page_bytes / 2; }
};

template <class T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

}  // namespace twinscore
