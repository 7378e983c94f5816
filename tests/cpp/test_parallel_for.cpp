#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "basis/parallel_for.hpp"
#include "expect.hpp"

using namespace twinscore;
using twinscore::testing::expect;
using twinscore::testing::expect_throws;

namespace {

void every_task_runs_once() {
    for (unsigned threads = 1; threads <= 4; ++threads) {
        std::vector<std::atomic<int>> runs(100);
        SilentMonitor monitor;
        parallel_for(runs.size(), threads, runs.size(), monitor,
                     [&](std::size_t task, Progress& progress) {
                         ++runs[task];
                         progress.advance(1);
                     });
        for (const auto& count : runs) expect(count == 1, "a task runs once");
    }
}

void the_error_of_a_task_reaches_the_caller() {
    SilentMonitor monitor;
    expect_throws<std::runtime_error>(
        [&] {
            parallel_for(1000, 3, 0, monitor, [](std::size_t task, Progress&) {
                if (task == 7) throw std::runtime_error("task seven");
            });
        },
        "task seven");
}

class Impatient final : public Monitor {
  public:
    void poll(std::uint64_t /*done*/, std::uint64_t /*total*/) override {
        throw std::runtime_error("enough");
    }
};

void an_error_of_the_monitor_stops_the_workers() {
    Impatient monitor;
    for (unsigned threads = 1; threads <= 3; ++threads) {
        expect_throws<std::runtime_error>(
            [&] {
                parallel_for(2, threads, 0, monitor, [](std::size_t, Progress& progress) {
                    while (!progress.stopped()) {
                        std::this_thread::sleep_for(std::chrono::milliseconds(1));
                    }
                });
            },
            "enough");
    }
}

void one_thread_is_the_calling_one() {
    SilentMonitor monitor;
    const auto caller = std::this_thread::get_id();
    parallel_for(20, 1, 0, monitor, [&](std::size_t, Progress&) {
        expect(std::this_thread::get_id() == caller, "no thread is begun");
    });
}

class Recorder final : public Monitor {
  public:
    void poll(std::uint64_t done, std::uint64_t total) override {
        expect(done >= last && done <= total, "progress grows up to its total");
        last = done;
    }
    std::uint64_t last = 0;
};

void the_last_report_is_complete() {
    Recorder monitor;
    parallel_for(50, 2, 50, monitor, [](std::size_t, Progress& progress) { progress.advance(1); });
    expect(monitor.last == 50, "the last report is complete");
}

}  // namespace

int main() {
    every_task_runs_once();
    the_error_of_a_task_reaches_the_caller();
    an_error_of_the_monitor_stops_the_workers();
    one_thread_is_the_calling_one();
    the_last_report_is_complete();
}
