// Drives a fuzz target with random bytes where libFuzzer is not at hand:
// fuzz_exact_search SECONDS [SEED]

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

// Bytes of plain noise are mostly values of wild magnitude; runs of few bytes make ties,
// duplicates and values of like magnitude.
std::vector<std::uint8_t> random_bytes(std::mt19937_64& random) {
    std::vector<std::uint8_t> bytes(8 + random() % 4000);
    const std::uint64_t alphabet = std::uint64_t{1} << (1 + random() % 8);
    const std::size_t period = 1 + random() % 600;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] =
            i >= 8 + period ? bytes[i - period] : static_cast<std::uint8_t>(random() % alphabet);
        if (i >= 8 && random() % 50 == 0) bytes[i] = static_cast<std::uint8_t>(random());
    }
    for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<std::uint8_t>(random());
    return bytes;
}

}  // namespace

int main(int count, char** arguments) {
    const double seconds = count > 1 ? std::atof(arguments[1]) : 10.0;
    std::mt19937_64 random(count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1);
    const auto start = std::chrono::steady_clock::now();
    std::uint64_t inputs = 0;
    while (std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() <
           seconds) {
        const auto bytes = random_bytes(random);
        LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
        ++inputs;
    }
    std::printf("%llu inputs\n", static_cast<unsigned long long>(inputs));
}
