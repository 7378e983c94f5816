// Searches whatever rows the fuzzer thinks of, every way the machine knows; all must agree with
// a plain loop. Built with libFuzzer, or with the driver in fuzz_main.cpp that makes random bytes.

#include <algorithm>
#include <cmath>
#include <cstring>

#include "expect.hpp"
#include "kernels/dispatch.hpp"
#include "search/exact_search.hpp"

using namespace twinscore;
using twinscore::testing::expect;

namespace {

struct Question {
    std::size_t rows;
    std::size_t columns;
    std::size_t k;
    bool self_join;
    Element element;
    std::vector<std::byte> values;
    std::vector<std::int64_t> groups;
};

Question read(const std::uint8_t* bytes, std::size_t size) {
    // Limits are guessed for pools of some hundreds of rows.
    const std::size_t rows = bytes[0] < 240 ? 2 + bytes[0] % 70U : 256 + bytes[0] % 16U * 8U;
    Question question{rows,
                      1 + bytes[1] % 40U,
                      1,
                      bytes[2] % 2 == 0,
                      bytes[2] % 4 < 2 ? Element::float32 : Element::float16,
                      {},
                      {}};
    question.k = 1 + bytes[3] % (question.rows - 1);
    const std::size_t item = question.element == Element::float32 ? 4 : 2;
    question.values.resize(question.rows * question.columns * item);
    for (std::size_t i = 0; i < question.values.size(); ++i) {
        question.values[i] = static_cast<std::byte>(bytes[4 + i % (size - 4)]);
    }
    return question;
}

std::vector<Neighbor> naive(const SearchProblem& problem, std::size_t query) {
    const auto distance = portable_kernel().exact_distance[index_of(problem.reference.element)];
    std::vector<Neighbor> neighbors;
    for (std::size_t j = 0; j < problem.reference.rows; ++j) {
        if (!problem.eligible(query, j)) continue;
        neighbors.push_back({distance(problem.queries.row(query), problem.reference.row(j),
                                      problem.reference.columns),
                             static_cast<std::int64_t>(j)});
    }
    settle(neighbors, problem.k);
    return neighbors;
}

void expect_naive_answer(const SearchProblem& problem, const NeighborTable& table) {
    for (std::size_t i = 0; i < problem.queries.rows; ++i) {
        const auto neighbors = naive(problem, i);
        for (std::size_t j = 0; j < problem.k; ++j) {
            expect(table.ids[i * problem.k + j] == neighbors[j].id, "ids are the naive ones");
            expect(table.distances[i * problem.k + j] == neighbors[j].distance,
                   "distances carry the same bits");
        }
        expect(table.tie_offsets[i + 1] - table.tie_offsets[i] ==
                   static_cast<std::int64_t>(neighbors.size() - problem.k),
               "no tie is lost");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size < 8) return 0;
    const Question question = read(bytes, size);
    const auto item = static_cast<std::ptrdiff_t>(question.element == Element::float32 ? 4 : 2);
    const MatrixView view{question.values.data(), question.element, question.rows, question.columns,
                          static_cast<std::ptrdiff_t>(question.columns) * item};
    const SearchProblem problem{
        .queries = view, .reference = view, .k = question.k, .self_join = question.self_join};
    SilentMonitor monitor;
    for (const Kernel* kernel : available_kernels()) {
        for (const Screen screen : {Screen::full_width, Screen::rotated, Screen::product_table}) {
            try {
                check(problem);
                expect_naive_answer(problem, exact_search(problem, {kernel, 2, screen}, monitor));
            } catch (const std::invalid_argument&) {
                return 0;  // a value that is not finite
            }
        }
    }
    return 0;
}
