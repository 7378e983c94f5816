#pragma once

#include <cstddef>

namespace twinscore {

inline constexpr std::size_t large_page_bytes = std::size_t{1} << 21;

// Memory in large pages where the system has them: of small ones, the first touch of each costs as
// much as the work on it in small searches. It goes back to the system as soon as it is let go,
// which a heap puts off: searches within a limit of memory count on it. Throws std::bad_alloc.
[[nodiscard]] void* take_large_pages(std::size_t bytes);
void let_go_of_large_pages(void* memory, std::size_t bytes) noexcept;

}  // namespace twinscore
