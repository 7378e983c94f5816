#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "basis/matrix_view.hpp"
#include "basis/parallel_for.hpp"

namespace twinscore {

// Which rows are the same, bit for bit. Black frames and frames that a farm wrote twice are; what
// holds for one of them holds for all.
class EqualRows {
  public:
    EqualRows(const MatrixView& matrix, unsigned threads, Monitor& monitor);

    // `kinds`: for each row the kind it is of, numbered in the order of their first rows.
    // Throws std::invalid_argument where they are not.
    explicit EqualRows(std::vector<std::uint32_t> kinds);

    // Whether it is worth telling equal rows from others: they are a good part of all, or so many
    // of one kind that spelling out who is as far from whom takes more than searching.
    [[nodiscard]] bool many() const;

    [[nodiscard]] std::size_t kinds() const { return first_.size(); }
    [[nodiscard]] std::uint32_t kind_of(std::size_t row) const { return kinds_[row]; }

    // The rows of one kind, ascending. Kinds are in the order of their first rows.
    [[nodiscard]] std::span<const std::uint32_t> rows_of(std::size_t kind) const {
        return {members_.data() + offsets_[kind], members_.data() + offsets_[kind + 1]};
    }

    // The first row of every kind. Valid while this is.
    [[nodiscard]] MatrixView distinct(const MatrixView& matrix) const;

  private:
    void list_members();

    std::vector<std::uint32_t> kinds_;
    std::vector<std::uint32_t> first_;
    std::vector<std::uint32_t> members_;
    std::vector<std::size_t> offsets_;
};

}  // namespace twinscore
