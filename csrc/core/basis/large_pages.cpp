#include "basis/large_pages.hpp"

#include <algorithm>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>

#include <cstdint>
#endif

namespace twinscore {

#if defined(__linux__)

namespace {

constexpr std::size_t small_page_bytes = 4096;

// A last page is taken whole where at least half of it is used.
std::size_t taken_bytes(std::size_t bytes) {
    const std::size_t whole = (bytes + large_page_bytes / 2) / large_page_bytes * large_page_bytes;
    const std::size_t least = (bytes + small_page_bytes - 1) / small_page_bytes * small_page_bytes;
    return std::max(whole, least);
}

}  // namespace

// More is mapped than wanted, and what lies before and behind the aligned part given back.
void* take_large_pages(std::size_t bytes) {
    const std::size_t wanted = taken_bytes(bytes);
    const std::size_t mapped = wanted + large_page_bytes;
    void* const all =
        mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) throw std::bad_alloc();
    const auto begin = reinterpret_cast<std::uintptr_t>(all);
    const std::size_t before = (large_page_bytes - begin % large_page_bytes) % large_page_bytes;
    std::byte* const memory = static_cast<std::byte*>(all) + before;
    if (before > 0) munmap(all, before);
    munmap(memory + wanted, mapped - before - wanted);
    static_cast<void>(madvise(memory, wanted, MADV_HUGEPAGE));
    return memory;
}

void let_go_of_large_pages(void* memory, std::size_t bytes) noexcept {
    munmap(memory, taken_bytes(bytes));
}

#else

void* take_large_pages(std::size_t bytes) {
    return ::operator new(bytes, std::align_val_t{large_page_bytes});
}

void let_go_of_large_pages(void* memory, std::size_t /*bytes*/) noexcept {
    ::operator delete(memory, std::align_val_t{large_page_bytes});
}

#endif

}  // namespace twinscore
