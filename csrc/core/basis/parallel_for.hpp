#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace twinscore {

// The caller's window on a running computation. `poll` runs on the calling thread, several times a
// second; whatever it throws stops the workers and reaches the caller.
class Monitor {
  public:
    Monitor() = default;
    Monitor(const Monitor&) = delete;
    Monitor& operator=(const Monitor&) = delete;
    virtual ~Monitor() = default;

    virtual void poll(std::uint64_t done, std::uint64_t total) = 0;
};

class SilentMonitor final : public Monitor {
  public:
    void poll(std::uint64_t /*done*/, std::uint64_t /*total*/) override {}
};

// What the threads of one call share: work done so far, and whether to give up.
struct SharedProgress {
    std::atomic<std::uint64_t> done{0};
    std::atomic<bool> stopped{false};
};

// One thread's hand on it.
class Progress {
  public:
    explicit Progress(SharedProgress& shared) : shared_(shared) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    virtual ~Progress() = default;

    void advance(std::uint64_t units) { shared_.done.fetch_add(units, std::memory_order_relaxed); }
    [[nodiscard]] virtual bool stopped() { return shared_.stopped.load(std::memory_order_relaxed); }

  protected:
    [[nodiscard]] SharedProgress& shared() { return shared_; }

  private:
    SharedProgress& shared_;
};

// Threads to use when the caller asks for 0: all that this process may run on.
[[nodiscard]] unsigned resolve_threads(unsigned requested);

using TaskBody = std::function<void(std::size_t task, Progress& progress)>;

// Runs tasks 0 .. tasks-1 on the calling thread and others, `threads` in all, that live for this
// call only: a pool would not survive the fork of a data-loader worker. The first exception of a
// task stops all and is rethrown. Long tasks look at `progress.stopped()` now and then and return
// early: on the calling thread, the monitor is polled there, and between tasks.
void parallel_for(std::size_t tasks, unsigned threads, std::uint64_t total_units, Monitor& monitor,
                  const TaskBody& body);

}  // namespace twinscore
