#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitscale::sweep {

struct WorkerLimits {
  double time_s = 0;               ///< per piece of work; 0: none
  std::uint64_t memory_bytes = 0;  ///< data of one process; 0: none
};

/// How a worker was lost while it did a piece of work.
enum class Loss { crashed, timeout, memory };

/// A piece of work that is over: a message of the worker, or how the worker was lost.
struct Finished {
  std::uint64_t index = 0;
  std::string message;
  std::optional<Loss> loss;
  std::string reason;  ///< of the loss
};

/// What the parent of workers does meanwhile.
struct WorkHooks {
  std::function<std::optional<std::uint64_t>()> next;  ///< the next piece; nothing: no more
  std::function<void(Finished)> finished;
  std::function<void()> idle;  ///< at least every 100 ms
  /// Around a fork that replaces a lost worker: a child must not inherit open databases.
  std::function<void()> before_fork, after_fork;
};

/// Processes that do pieces of work by index. A lost process costs the one piece it was doing.
class WorkerPool {
 public:
  /// Work of a child; made once in each child, before its first piece. What it throws
  /// (std::bad_alloc aside) is a loss of kind `crashed`.
  using Work = std::function<std::string(std::uint64_t index)>;

  /// Forks the workers: no SystemC object, thread or open database may exist yet.
  WorkerPool(std::size_t workers, WorkerLimits limits, std::function<Work()> make_work);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// Hands out pieces until there are no more or a signal asks to stop. Returns false after a stop.
  bool run(const WorkHooks& hooks);

 private:
  struct Worker {
    pid_t process = -1;
    int requests = -1, results = -1;
    std::string received;
    std::deque<std::uint64_t> pending;  ///< in the order of the requests
  };

  void start(Worker& worker);
  [[noreturn]] void serve(int requests, int results);
  void send(Worker& worker, std::uint64_t index);
  void fill(const WorkHooks& hooks);
  void receive(Worker& worker, const WorkHooks& hooks);
  void bury(Worker& worker, const WorkHooks& hooks);
  [[nodiscard]] std::size_t depth() const;
  [[nodiscard]] std::optional<std::uint64_t> next(const WorkHooks& hooks);

  WorkerLimits limits_;
  std::function<Work()> make_work_;
  std::vector<Worker> workers_;
  std::deque<std::uint64_t> returned_;  ///< given back by lost workers
  bool exhausted_ = false;
  std::optional<std::uint64_t> out_of_memory_;  ///< tried again once, by a fresh process
  std::chrono::steady_clock::time_point started_;
  std::uint64_t finished_ = 0;
};

/// True once SIGINT or SIGTERM came, while a StopSignals exists.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  [[nodiscard]] static bool asked();
  /// The one that came; 0 before.
  [[nodiscard]] static int signal();
};

}  // namespace bitscale::sweep
