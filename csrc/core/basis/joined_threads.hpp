#pragma once

#include <thread>
#include <utility>
#include <vector>

namespace twinscore {

// Threads that are waited for at the end of their scope: std::jthread, which Apple's library lacks.
class JoinedThreads {
  public:
    JoinedThreads() = default;
    JoinedThreads(const JoinedThreads&) = delete;
    JoinedThreads& operator=(const JoinedThreads&) = delete;
    ~JoinedThreads() {
        for (auto& thread : threads_) thread.join();
    }

    template <class Function>
    void start(Function&& function) {
        threads_.emplace_back(std::forward<Function>(function));
    }

  private:
    std::vector<std::thread> threads_;
};

}  // namespace twinscore
