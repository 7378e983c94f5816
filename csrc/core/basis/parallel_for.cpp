#include "basis/parallel_for.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

#include "basis/joined_threads.hpp"

namespace twinscore {
namespace {

constexpr auto poll_interval = std::chrono::milliseconds(50);

// Workers count themselves out here; the calling thread waits here between polls.
class Gate {
  public:
    explicit Gate(unsigned workers) : running_(workers) {}

    void leave(std::exception_ptr failure) {
        const std::lock_guard lock(mutex_);
        if (failure && !failure_) failure_ = std::move(failure);
        --running_;
        changed_.notify_one();
    }

    [[nodiscard]] bool wait_for_all(std::chrono::milliseconds timeout) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, timeout, [this] { return running_ == 0; });
    }

    void rethrow_failure() {
        const std::lock_guard lock(mutex_);
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned running_;
    std::exception_ptr failure_;
};

void run_tasks(std::size_t tasks, std::atomic<std::size_t>& next, Progress& progress,
               const TaskBody& body, Gate& gate) {
    std::exception_ptr failure;
    try {
        for (auto task = next.fetch_add(1); task < tasks && !progress.stopped();
             task = next.fetch_add(1)) {
            body(task, progress);
        }
    } catch (...) {
        failure = std::current_exception();
        progress.stop();
    }
    gate.leave(std::move(failure));
}

}  // namespace

unsigned resolve_threads(unsigned requested) {
    if (requested > 0) return requested;
#if defined(__linux__)
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        return std::max(1U, static_cast<unsigned>(CPU_COUNT(&allowed)));
    }
#endif
    return std::max(1U, std::thread::hardware_concurrency());
}

void parallel_for(std::size_t tasks, unsigned threads, std::uint64_t total_units, Monitor& monitor,
                  const TaskBody& body) {
    const auto workers = static_cast<unsigned>(
        std::min<std::size_t>(resolve_threads(threads), std::max<std::size_t>(tasks, 1)));
    Progress progress;
    std::atomic<std::size_t> next{0};
    Gate gate(workers);
    {
        JoinedThreads pool;
        try {
            for (unsigned worker = 0; worker < workers; ++worker) {
                pool.start([&] { run_tasks(tasks, next, progress, body, gate); });
            }
            while (!gate.wait_for_all(poll_interval)) monitor.poll(progress.done(), total_units);
        } catch (...) {
            progress.stop();
            throw;
        }
    }
    gate.rethrow_failure();
    monitor.poll(progress.done(), total_units);
}

}  // namespace twinscore
