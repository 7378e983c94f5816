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
constexpr unsigned looks_per_clock = 4;  // some steps of tasks take less than to read the clock

// Keeps the first failure; the calling thread waits here for the others.
class Gate {
  public:
    void enter() {
        const std::lock_guard lock(mutex_);
        ++running_;
    }

    void leave() {
        const std::lock_guard lock(mutex_);
        --running_;
        changed_.notify_one();
    }

    [[nodiscard]] bool wait_for_all(std::chrono::milliseconds timeout) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, timeout, [this] { return running_ == 0; });
    }

    void fail(std::exception_ptr failure) {
        const std::lock_guard lock(mutex_);
        if (!failure_) failure_ = std::move(failure);
    }

    void rethrow_failure() {
        const std::lock_guard lock(mutex_);
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned running_ = 0;
    std::exception_ptr failure_;
};

// The calling thread works too, and looks up now and then.
class CallersProgress final : public Progress {
  public:
    CallersProgress(SharedProgress& shared, std::uint64_t total, Monitor& monitor, Gate& gate)
        : Progress(shared), total_(total), monitor_(monitor), gate_(gate) {}

    [[nodiscard]] bool stopped() override {
        if (++looks_ % looks_per_clock == 0 && Clock::now() >= next_poll_) poll();
        return Progress::stopped();
    }

    void poll() {
        try {
            monitor_.poll(shared().done.load(std::memory_order_relaxed), total_);
        } catch (...) {
            gate_.fail(std::current_exception());
            shared().stopped.store(true, std::memory_order_relaxed);
        }
        next_poll_ = Clock::now() + poll_interval;
    }

  private:
    using Clock = std::chrono::steady_clock;

    std::uint64_t total_;
    Monitor& monitor_;
    Gate& gate_;
    unsigned looks_ = 0;
    Clock::time_point next_poll_ = Clock::now() + poll_interval;
};

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
    const auto workers = std::min<std::size_t>(resolve_threads(threads), tasks);
    SharedProgress shared;
    std::atomic<std::size_t> next{0};
    Gate gate;
    const auto run_tasks = [&](Progress& progress) {
        try {
            for (auto task = next.fetch_add(1); task < tasks && !progress.stopped();
                 task = next.fetch_add(1)) {
                body(task, progress);
            }
        } catch (...) {
            gate.fail(std::current_exception());
            shared.stopped.store(true, std::memory_order_relaxed);
        }
    };
    {
        JoinedThreads others;
        try {
            for (std::size_t worker = 1; worker < workers; ++worker) {
                gate.enter();
                others.start([&] {
                    Progress progress(shared);
                    run_tasks(progress);
                    gate.leave();
                });
            }
        } catch (...) {
            shared.stopped.store(true, std::memory_order_relaxed);
            throw;
        }
        CallersProgress progress(shared, total_units, monitor, gate);
        run_tasks(progress);
        while (!gate.wait_for_all(poll_interval)) progress.poll();
    }
    gate.rethrow_failure();
    monitor.poll(shared.done.load(std::memory_order_relaxed), total_units);
}

}  // namespace twinscore
