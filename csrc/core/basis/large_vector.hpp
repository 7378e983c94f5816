#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>
#include <vector>

#include "basis/unset_vector.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace twinscore {

// Leaves numbers unset, and asks for large pages of memory: of small ones, the first touch of each
// costs as much as the work on it in small searches.
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
        if (bytes < fewest_bytes) return static_cast<T*>(::operator new(bytes));
        // A last page is taken whole where at least half of it is used.
        const std::size_t pages = (bytes + page_bytes / 2) / page_bytes;
        void* memory = ::operator new(std::max(bytes, pages * page_bytes), page);
#if defined(__linux__)
        static_cast<void>(madvise(memory, pages * page_bytes, MADV_HUGEPAGE));
#endif
        return static_cast<T*>(memory);
    }

    void deallocate(T* memory, std::size_t count) {
        if (count * sizeof(T) < fewest_bytes) {
            ::operator delete(memory);
        } else {
            ::operator delete(memory, page);
        }
    }

  private:
    static constexpr std::size_t page_bytes = std::size_t{1} << 21;
    static constexpr std::size_t fewest_bytes = page_bytes / 2;
    static constexpr std::size_t most_bytes = std::numeric_limits<std::size_t>::max() / 2;
    static constexpr std::align_val_t page{page_bytes};
};

template <class T>
using LargeVector = std::vector<T, LargeAllocator<T>>;

}  // namespace twinscore
