#include "rows/matrix_product.hpp"

#include <algorithm>

namespace twinscore {
namespace {

constexpr std::size_t slice_depth = 128;
constexpr std::size_t rows_per_task = 96;

}  // namespace

FloatMatrix::FloatMatrix(std::size_t row_count, std::size_t column_count)
    : rows(row_count),
      columns(column_count),
      stride((column_count + panel_rows - 1) / panel_rows * panel_rows),
      values((row_count + most_block_rows) * stride) {}

RightFactor::RightFactor(const FloatMatrix& rows) : depth_(rows.columns) {
    for (std::size_t start = 0; start < depth_; start += slice_depth) {
        Panels<float> slice(rows.rows, std::min(slice_depth, depth_ - start));
        for (std::size_t i = 0; i < rows.rows; ++i) slice.set_row(i, rows.row(i) + start);
        slices_.push_back(std::move(slice));
    }
}

void RightFactor::multiply(const FloatMatrix& left, std::size_t columns, const Kernel& kernel,
                           FloatMatrix& products) const {
    const std::size_t panels = (columns + panel_rows - 1) / panel_rows;
    for (std::size_t i = 0; i < left.rows; ++i) {
        std::fill_n(products.row(i), panels * panel_rows, 0.0F);
    }
    for (std::size_t panel = 0; panel < panels; ++panel) {
        for (std::size_t slice = 0; slice < slices_.size(); ++slice) {
            const std::size_t start = slice * slice_depth;
            for (std::size_t i = 0; i < left.rows; i += kernel.fine.block_rows) {
                kernel.add_products(left.row(i) + start, left.stride, slices_[slice].panel(panel),
                                    std::min(slice_depth, depth_ - start),
                                    products.row(i) + panel * panel_rows, products.stride);
            }
        }
    }
}

double RightFactor::relative_error() const {
    const auto additions = static_cast<double>(std::min(slice_depth, depth_) + slices_.size() + 2);
    return additions * 0x1p-24;
}

FloatMatrix multiply(const FloatMatrix& left, const FloatMatrix& right, const Kernel& kernel,
                     unsigned threads, Monitor& monitor) {
    const RightFactor factor(right);
    FloatMatrix products(left.rows, right.rows);
    const std::size_t tasks = (left.rows + rows_per_task - 1) / rows_per_task;
    parallel_for(tasks, threads, 0, monitor, [&](std::size_t task, Progress&) {
        const std::size_t first = task * rows_per_task;
        const std::size_t rows = std::min(rows_per_task, left.rows - first);
        FloatMatrix block(rows, left.columns);
        std::copy_n(left.row(first), rows * left.stride, block.values.begin());
        FloatMatrix block_products(rows, right.rows);
        factor.multiply(block, right.rows, kernel, block_products);
        std::copy_n(block_products.values.begin(), rows * products.stride, products.row(first));
    });
    return products;
}

}  // namespace twinscore
