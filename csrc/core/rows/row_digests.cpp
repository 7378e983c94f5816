#include "rows/row_digests.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>

namespace twinscore {
namespace {

constexpr std::size_t rows_per_task = 256;
constexpr std::size_t sums = 4;

// For each sum a summand, and a factor for every word of a row.
class RandomNumbers {
  public:
    explicit RandomNumbers(std::size_t words) {
        std::mt19937_64 generator;
        for (auto& numbers : numbers_) {
            numbers.resize(words + 1);
            for (std::uint64_t& number : numbers) number = generator();
        }
    }
    [[nodiscard]] const std::uint64_t* of_sum(std::size_t sum) const {
        return numbers_[sum].data();
    }

  private:
    std::array<std::vector<std::uint64_t>, sums> numbers_;
};

RowDigest digest_of(std::span<const std::uint32_t> words, const RandomNumbers& numbers) {
    std::uint64_t halves[sums];
    for (std::size_t sum = 0; sum < sums; ++sum) {
        const std::uint64_t* factors = numbers.of_sum(sum);
        std::uint64_t total = factors[words.size()];
        for (std::size_t i = 0; i < words.size(); ++i) total += factors[i] * words[i];
        halves[sum] = total >> 32U;
    }
    return {halves[0] << 32U | halves[1], halves[2] << 32U | halves[3]};
}

// Whether an exponent is all ones, of one value or two in each word.
bool is_finite(std::span<const std::uint32_t> words, Element element) {
    const auto low = element == Element::float32 ? 0x7F800000U : 0x7C00U;
    const auto high = element == Element::float32 ? 0x7F800000U : 0x7C000000U;
    std::uint32_t found = 0;
    for (const std::uint32_t word : words) {
        found |= static_cast<std::uint32_t>((word & low) == low) |
                 static_cast<std::uint32_t>((word & high) == high);
    }
    return found == 0;
}

}  // namespace

void digest_rows(const MatrixView& matrix, const char* name, std::size_t first_row,
                 std::span<RowDigest> digests, unsigned threads, Monitor& monitor) {
    const std::size_t bytes = matrix.columns * matrix.value_bytes();
    const std::size_t words = (bytes + 3) / 4;
    const RandomNumbers numbers(words);
    const std::size_t tasks = (matrix.rows + rows_per_task - 1) / rows_per_task;
    parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress&) {
        std::vector<std::uint32_t> row(words);
        const std::size_t last = std::min(matrix.rows, (task + 1) * rows_per_task);
        for (std::size_t i = task * rows_per_task; i < last; ++i) {
            std::memcpy(row.data(), matrix.row(i), bytes);
            if (!is_finite(row, matrix.element)) {
                throw std::invalid_argument("expected finite values, got NaN or infinity in row " +
                                            std::to_string(first_row + matrix.row_in_data(i)) +
                                            " of " + name);
            }
            digests[i] = digest_of(row, numbers);
        }
    });
}

std::vector<std::uint32_t> kinds_of(std::span<const RowDigest> digests) {
    std::vector<std::uint32_t> order(digests.size());
    std::iota(order.begin(), order.end(), std::uint32_t{0});
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return digests[a] < digests[b] || (digests[a] == digests[b] && a < b);
    });
    // First, for each row the first of its kind; then these are numbered in turn.
    std::vector<std::uint32_t> kinds(digests.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        const bool is_new = i == 0 || digests[order[i]] != digests[order[i - 1]];
        kinds[order[i]] = is_new ? order[i] : kinds[order[i - 1]];
    }
    std::uint32_t next = 0;
    for (std::uint32_t row = 0; row < kinds.size(); ++row) {
        kinds[row] = kinds[row] == row ? next++ : kinds[kinds[row]];
    }
    return kinds;
}

}  // namespace twinscore
