#include "search/product_table.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "basis/unset_vector.hpp"
#include "search/kth_smallest.hpp"
#include "search/limit_guess.hpp"

namespace twinscore {
namespace {

constexpr std::size_t most_products = std::size_t{1} << 23;
// As measured on AVX2, of normal points: looking at all products costs what falling limits cost,
// where these leave as many columns of neighbors to be looked at.
constexpr std::size_t products_a_settled_column = 500;
// Of so many rows, coarse sketches let few enough pairs through for each neighbor that is wanted.
constexpr std::size_t rows_a_coarse_neighbor = 400;

constexpr std::size_t slice_depth = 64;  // of so much, a panel stays in a first-level cache
constexpr std::size_t fewest_tile_rows = 2 * panel_rows;
constexpr std::size_t rows_per_task = 32;

const float* as_floats(const Cell* cells) {
    static_assert(sizeof(Cell) == sizeof(float));
    return reinterpret_cast<const float*>(cells);
}

// Products of a tile of rows and a panel.
class TileProducts {
  public:
    explicit TileProducts(const Kernel& kernel)
        : kernel_(kernel),
          block_(kernel.fine.block_rows),
          rows_((fewest_tile_rows + block_ - 1) / block_ * block_),
          sums_(rows_ * panel_rows) {}

    // Rows of a tile, in whole blocks.
    [[nodiscard]] std::size_t rows() const { return rows_; }

    // Rows that will meet panels. They are put side by side, a slice of the depth after the other:
    // as far apart as whole rows are, they would share few places of a cache.
    void take(const Sketches& sketches, std::size_t first, std::size_t count) {
        depth_ = sketches.cells();
        packed_.resize(rows_ * depth_);
        for_each_slice([&](std::size_t begin, std::size_t width) {
            float* slice = packed_.data() + begin * rows_;
            for (std::size_t i = 0; i < count; ++i) {
                std::copy_n(as_floats(sketches.row(first + i)) + begin, width, slice + i * width);
            }
        });
    }

    // Products of the first rows taken.
    void multiply(std::size_t count, const Cell* panel) {
        std::fill_n(sums_.begin(), rows_ * panel_rows, 0.0F);
        for_each_slice([&](std::size_t begin, std::size_t width) {
            const float* slice = packed_.data() + begin * rows_;
            for (std::size_t i = 0; i < count; i += block_) {
                kernel_.add_products(slice + i * width, width,
                                     as_floats(panel) + begin * panel_rows, width,
                                     sums_.data() + i * panel_rows, panel_rows);
            }
        });
    }

    [[nodiscard]] const float* row(std::size_t index) const {
        return sums_.data() + index * panel_rows;
    }

  private:
    template <class Use>
    void for_each_slice(const Use& use) const {
        for (std::size_t begin = 0; begin < depth_; begin += slice_depth) {
            use(begin, std::min(slice_depth, depth_ - begin));
        }
    }

    const Kernel& kernel_;
    std::size_t block_;
    std::size_t rows_;
    std::size_t depth_ = 0;
    UnsetVector<float> packed_;
    std::vector<float> sums_;
};

class ProductTable {
  public:
    ProductTable(const ArrangedRows& rows, const ArrangedRows& others, bool symmetric)
        : rows_(rows),
          others_(others),
          symmetric_(symmetric),
          products_(rows.rows() * others.rows()) {}

    void fill(const Kernel& kernel, unsigned threads, Monitor& monitor) {
        const std::size_t step = TileProducts(kernel).rows();
        const std::size_t tasks = (rows_.rows() + step - 1) / step;
        const std::size_t total = rows_.rows() * others_.rows();
        parallel_for(tasks, threads, total, monitor, [&](std::size_t task, Progress& progress) {
            TileProducts tile(kernel);
            const std::size_t first = task * step;
            const std::size_t count = std::min(step, rows_.rows() - first);
            tile.take(rows_.prefix(), first, count);
            // Of a pair of rows, the one that comes first meets the other.
            const std::size_t begin = symmetric_ ? first / panel_rows * panel_rows : 0;
            for (std::size_t column = begin; column < others_.rows(); column += panel_rows) {
                if (progress.stopped()) return;
                const std::size_t met =
                    symmetric_ ? std::min(count, column + panel_rows - first) : count;
                tile.multiply(met, others_.panels().panel(column / panel_rows));
                keep(tile, first, met, column);
            }
            progress.advance(count * others_.rows());
        });
    }

    [[nodiscard]] const float* row(std::size_t index) const {
        return products_.data() + index * others_.rows();
    }

  private:
    void keep(const TileProducts& tile, std::size_t first, std::size_t count, std::size_t column) {
        const std::size_t end = std::min(column + panel_rows, others_.rows());
        for (std::size_t i = first; i < first + count; ++i) {
            const std::size_t from = symmetric_ ? std::max(column, i) : column;
            if (from >= end) continue;
            std::copy_n(tile.row(i - first) + (from - column), end - from,
                        products_.data() + i * others_.rows() + from);
        }
        if (!symmetric_) return;
        for (std::size_t j = std::max(column, first + 1); j < end; ++j) {
            float* mirrored = products_.data() + j * others_.rows();
            const std::size_t last = std::min(first + count, j);
            for (std::size_t i = first; i < last; ++i) {
                mirrored[i] = tile.row(i - first)[j - column];
            }
        }
    }

    const ArrangedRows& rows_;
    const ArrangedRows& others_;
    bool symmetric_;
    UnsetVector<float> products_;
};

// Half the squared distance at most of one row to others, less what the row itself adds.
class FarEnds {
  public:
    FarEnds(const SearchProblem& problem, const ArrangedRows& queries,
            const ArrangedRows& reference)
        : problem_(problem),
          queries_(queries),
          reference_(reference),
          ends_(reference.rows()),
          of_row_(reference.rows()) {
        const Sketches& sketches = reference.prefix();
        for (std::size_t j = 0; j < ends_.size(); ++j) {
            ends_[j] = sketches.bases()[j] + sketches.spreads()[j];
        }
    }

    // Those of the eligible rows.
    [[nodiscard]] std::span<float> of(std::size_t row, const float* products) {
        for (std::size_t j = 0; j < ends_.size(); ++j) of_row_[j] = ends_[j] - products[j];
        if (problem_.query_groups.empty() && problem_.retired.empty()) {
            if (!problem_.self_join) return of_row_;
            of_row_[row] = of_row_.back();
            return std::span(of_row_).first(of_row_.size() - 1);
        }
        std::size_t eligible = 0;
        for (std::size_t j = 0; j < ends_.size(); ++j) {
            of_row_[eligible] = of_row_[j];
            eligible += problem_.eligible(queries_.row_at(row), reference_.row_at(j)) ? 1 : 0;
        }
        return std::span(of_row_).first(eligible);
    }

  private:
    const SearchProblem& problem_;
    const ArrangedRows& queries_;
    const ArrangedRows& reference_;
    std::vector<float> ends_;
    std::vector<float> of_row_;
};

}  // namespace

TableUse table_use(const SearchProblem& problem, const Kernel& kernel, Screen screen) {
    const std::size_t rows = problem.reference.rows;
    // The products must be precise, and be few, 4 bytes each.
    const bool suits = kernel.fine.precision == Precision::float32 &&
                       problem.queries.rows <= most_products / std::max<std::size_t>(1, rows);
    if (suits && screen == Screen::product_table) return TableUse::always;
    const bool pays = problem.k * problem.reference.columns >=
                      problem.queries.rows * rows / products_a_settled_column;
    if (!suits || screen != Screen::automatic || !pays) return TableUse::never;
    const bool has_rival = kernel.coarse != nullptr && problem.k * rows_a_coarse_neighbor <= rows;
    return has_rival ? TableUse::unless_coarse : TableUse::always;
}

void compare_by_table(Screening& screening, const SearchProblem& problem, const Kernel& kernel,
                      const ArrangedRows& queries, Collection& collection,
                      const ArrangedRows& reference, unsigned threads, Monitor& monitor) {
    ProductTable table(queries, reference, &queries == &reference);
    table.fill(kernel, threads, monitor);
    Collection lookup(reference, false);
    const Sketches& rows = queries.prefix();
    const std::size_t tasks = (queries.rows() + rows_per_task - 1) / rows_per_task;
    parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress& progress) {
        if (progress.stopped()) return;
        FarEnds far_ends(problem, queries, reference);
        const std::size_t end = std::min(queries.rows(), (task + 1) * rows_per_task);
        for (std::size_t i = task * rows_per_task; i < end; ++i) {
            const double own =
                static_cast<double>(rows.bases()[i]) + static_cast<double>(rows.spreads()[i]);
            const float kth = kth_smallest(far_ends.of(i, table.row(i)), problem.k);
            collection.bound(i, distance_within(own, static_cast<double>(kth)));
            screening.compare_with_all(i, table.row(i), collection, lookup);
        }
    });
}

}  // namespace twinscore
