#pragma once

// Enough of a test framework: a failed expectation names its place and ends the program.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <source_location>
#include <string_view>

namespace twinscore::testing {

inline void expect(bool holds, std::string_view rule,
                   std::source_location place = std::source_location::current()) {
    if (holds) return;
    std::fprintf(stderr, "%s:%u: does not hold: %.*s\n", place.file_name(),
                 static_cast<unsigned>(place.line()), static_cast<int>(rule.size()), rule.data());
    std::exit(1);
}

template <class Error, class Function>
void expect_throws(Function&& function, std::string_view message,
                   std::source_location place = std::source_location::current()) {
    try {
        function();
    } catch (const Error& error) {
        expect(std::string_view(error.what()).find(message) != std::string_view::npos,
               "the message names the cause", place);
        return;
    }
    expect(false, "an error is thrown", place);
}

}  // namespace twinscore::testing
