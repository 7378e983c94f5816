#include "rows/equal_rows.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace twinscore {
namespace {

constexpr std::size_t rows_per_task = 4096;
constexpr std::size_t glance_bytes = 64;  // a cache line tells most rows apart
constexpr std::size_t many_of_a_kind = 64;
constexpr std::size_t good_part = 16;  // one in so many

struct HashedRow {
    std::uint64_t hash;
    std::uint32_t row;
};

std::uint64_t mixed(std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15U;
    return hash ^ hash >> 32U;
}

std::uint64_t word_at(const std::byte* bytes) {
    std::uint64_t word;
    std::memcpy(&word, bytes, sizeof word);
    return word;
}

// Four words side by side: a chain of multiplications would wait for each.
std::uint64_t hash_of(const std::byte* bytes, std::size_t count) {
    std::uint64_t lanes[4] = {1, 2, 3, 4};
    std::size_t i = 0;
    for (; i + 32 <= count; i += 32) {
        for (std::size_t lane = 0; lane < 4; ++lane) {
            lanes[lane] = mixed(lanes[lane], word_at(bytes + i + 8 * lane));
        }
    }
    std::byte rest[32] = {};
    std::memcpy(rest, bytes + i, count - i);
    for (std::size_t lane = 0; lane < 4; ++lane) {
        lanes[lane] = mixed(lanes[lane], word_at(rest + 8 * lane));
    }
    return mixed(mixed(lanes[0], lanes[1]), mixed(lanes[2], lanes[3]));
}

class Rows {
  public:
    explicit Rows(const MatrixView& matrix)
        : matrix_(matrix), bytes_(matrix.columns * matrix.value_bytes()) {}

    // Hashes the bytes of rows up to a count, and sorts by the hash, then the row.
    void hash(std::vector<HashedRow>& rows, std::size_t most_bytes, unsigned threads,
              Monitor& monitor) const {
        const std::size_t count = std::min(bytes_, most_bytes);
        const std::size_t tasks = (rows.size() + rows_per_task - 1) / rows_per_task;
        parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress& progress) {
            const std::size_t end = std::min(rows.size(), (task + 1) * rows_per_task);
            for (std::size_t i = task * rows_per_task; i < end && !progress.stopped(); ++i) {
                rows[i].hash = hash_of(at(rows[i].row), count);
            }
        });
        std::sort(rows.begin(), rows.end(), [](const HashedRow& a, const HashedRow& b) {
            return a.hash < b.hash || (a.hash == b.hash && a.row < b.row);
        });
    }

    [[nodiscard]] bool equal(std::uint32_t a, std::uint32_t b) const {
        return std::memcmp(at(a), at(b), bytes_) == 0;
    }

  private:
    [[nodiscard]] const std::byte* at(std::uint32_t row) const {
        return static_cast<const std::byte*>(matrix_.row(row));
    }

    const MatrixView& matrix_;
    std::size_t bytes_;
};

// Calls use(first, last) for every run of one hash that is longer than 1.
template <class Use>
void for_each_run(std::vector<HashedRow>& rows, const Use& use) {
    for (auto first = rows.begin(); first != rows.end();) {
        const auto last = std::find_if(
            first, rows.end(), [first](const HashedRow& row) { return row.hash != first->hash; });
        if (last - first > 1) use(first, last);
        first = last;
    }
}

}  // namespace

EqualRows::EqualRows(const MatrixView& matrix, unsigned threads, Monitor& monitor)
    : kinds_(matrix.rows) {
    const Rows rows(matrix);
    std::vector<HashedRow> all(matrix.rows);
    for (std::size_t i = 0; i < all.size(); ++i) all[i].row = static_cast<std::uint32_t>(i);
    rows.hash(all, glance_bytes, threads, monitor);
    std::vector<HashedRow> alike;
    for_each_run(all, [&](auto first, auto last) { alike.insert(alike.end(), first, last); });
    rows.hash(alike, static_cast<std::size_t>(-1), threads, monitor);

    // The first row of the kind, for each row.
    std::vector<std::uint32_t> first_rows(matrix.rows);
    std::iota(first_rows.begin(), first_rows.end(), std::uint32_t{0});
    for_each_run(alike, [&](auto first, auto last) {
        while (first != last) {
            const std::uint32_t row = first->row;
            // Those of the same hash that differ all the same wait for the next round, in order.
            last = std::stable_partition(first + 1, last, [&](const HashedRow& other) {
                const bool same = rows.equal(row, other.row);
                if (same) first_rows[other.row] = row;
                return !same;
            });
            ++first;
        }
    });

    for (std::uint32_t row = 0; row < matrix.rows; ++row) {
        if (first_rows[row] == row) {
            kinds_[row] = static_cast<std::uint32_t>(first_.size());
            first_.push_back(row);
        } else {
            kinds_[row] = kinds_[first_rows[row]];
        }
    }
    list_members();
}

EqualRows::EqualRows(std::vector<std::uint32_t> kinds) : kinds_(std::move(kinds)) {
    for (std::uint32_t row = 0; row < kinds_.size(); ++row) {
        if (kinds_[row] > first_.size()) {
            throw std::invalid_argument("expected kinds numbered in the order of their first rows");
        }
        if (kinds_[row] == first_.size()) first_.push_back(row);
    }
    list_members();
}

void EqualRows::list_members() {
    offsets_.assign(kinds() + 1, 0);
    for (const std::uint32_t kind : kinds_) ++offsets_[kind + 1];
    std::partial_sum(offsets_.begin(), offsets_.end(), offsets_.begin());
    members_.resize(kinds_.size());
    auto next = offsets_;
    for (std::uint32_t row = 0; row < kinds_.size(); ++row) members_[next[kinds_[row]]++] = row;
}

bool EqualRows::many() const {
    if ((kinds_.size() - kinds()) * good_part > kinds_.size()) return true;
    for (std::size_t kind = 0; kind < kinds(); ++kind) {
        if (rows_of(kind).size() > many_of_a_kind) return true;
    }
    return false;
}

MatrixView EqualRows::distinct(const MatrixView& matrix) const {
    MatrixView selected = matrix;
    selected.rows = kinds();
    selected.selection = first_.data();
    return selected;
}

}  // namespace twinscore
