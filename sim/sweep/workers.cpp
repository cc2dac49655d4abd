#include "sim/sweep/workers.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <new>
#include <system_error>

#include "sim/core/errors.hpp"

namespace bitscale::sweep {
namespace {

constexpr int kPoll_ms = 100;
/// Pieces that wait at a worker, so that it never waits for its parent; few enough that the last
/// ones are shared evenly.
constexpr double kQueued_s = 0.02;
constexpr std::size_t kMostQueued = 64;
/// What a worker that ran out of memory leaves with, after it said so.
constexpr int kOutOfMemoryExit = 33;

volatile std::sig_atomic_t stop_asked = 0;  // the signal

void ask_to_stop(int signal) { stop_asked = signal; }

struct Header {
  std::uint64_t index = 0;
  std::uint64_t bytes = 0;
};

bool write_all(int file, const void* data, std::size_t bytes) {
  const char* at = static_cast<const char*>(data);
  while (bytes > 0) {
    const ssize_t written = ::write(file, at, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    at += written;
    bytes -= static_cast<std::size_t>(written);
  }
  return true;
}

bool read_all_bytes(int file, void* data, std::size_t bytes) {
  char* at = static_cast<char*>(data);
  while (bytes > 0) {
    const ssize_t count = ::read(file, at, bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    at += count;
    bytes -= static_cast<std::size_t>(count);
  }
  return true;
}

/// A piece that takes longer ends its process by SIGALRM: nothing else interrupts a simulation.
void arm(double seconds) {
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(seconds);
  timer.it_value.tv_usec = static_cast<suseconds_t>((seconds - std::floor(seconds)) * 1e6);
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

void limit_memory(std::uint64_t bytes) {
#if defined(__SANITIZE_ADDRESS__)
  (void)bytes;  // the shadow memory alone is larger
#else
  if (bytes == 0) return;
  const rlimit limit{static_cast<rlim_t>(bytes), static_cast<rlim_t>(bytes)};
  ::setrlimit(RLIMIT_DATA, &limit);
#endif
}

std::string reason_of(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    const char* const name = sigabbrev_np(signal);
    return fmt::format("the worker process was ended by signal {} (SIG{})", signal,
                       name != nullptr ? name : "?");
  }
  return fmt::format("the worker process ended with status {}", WEXITSTATUS(status));
}

}  // namespace

StopSignals::StopSignals() {
  stop_asked = 0;
  struct sigaction action {};
  action.sa_handler = ask_to_stop;  // without SA_RESTART: waiting ends
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

StopSignals::~StopSignals() {
  ::signal(SIGINT, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
}

bool StopSignals::asked() { return stop_asked != 0; }

int StopSignals::signal() { return stop_asked; }

WorkerPool::WorkerPool(std::size_t workers, WorkerLimits limits, std::function<Work()> make_work)
    : limits_(limits),
      make_work_(std::move(make_work)),
      workers_(std::max<std::size_t>(workers, 1)) {
  ::signal(SIGPIPE, SIG_IGN);
  for (Worker& worker : workers_) start(worker);
}

WorkerPool::~WorkerPool() {
  for (Worker& worker : workers_) {
    if (worker.process < 0) continue;
    // Whatever they still do, nobody waits for it.
    ::kill(worker.process, SIGKILL);
    ::close(worker.requests);
    ::close(worker.results);
    ::waitpid(worker.process, nullptr, 0);
  }
}

void WorkerPool::start(Worker& worker) {
  std::array<int, 2> requests{};
  std::array<int, 2> results{};
  const auto fail = [] {
    throw IoError(fmt::format("error: cannot start a worker process: {}",
                              std::generic_category().message(errno)));
  };
  if (::pipe(requests.data()) != 0) fail();
  if (::pipe(results.data()) != 0) fail();
  const pid_t parent = ::getpid();
  const pid_t process = ::fork();
  if (process < 0) fail();
  if (process == 0) {
    // Dies with its parent, whatever ends that.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(0);
    ::close(requests[1]);
    ::close(results[0]);
    for (const Worker& other : workers_) {
      if (other.requests >= 0) ::close(other.requests);
      if (other.results >= 0) ::close(other.results);
    }
    serve(requests[0], results[1]);
  }
  ::close(requests[0]);
  ::close(results[1]);
  worker = Worker{};
  worker.process = process;
  worker.requests = requests[1];
  worker.results = results[0];
}

void WorkerPool::serve(int requests, int results) {
  // A terminal's interrupt reaches the whole group; the parent decides what it means.
  ::signal(SIGINT, SIG_IGN);
  ::signal(SIGTERM, SIG_DFL);
  ::signal(SIGALRM, SIG_DFL);
  limit_memory(limits_.memory_bytes);
  try {
    Work work;
    std::uint64_t index = 0;
    while (read_all_bytes(requests, &index, sizeof index)) {
      arm(limits_.time_s);
      if (!work) work = make_work_();
      const std::string message = work(index);
      arm(0);
      const Header header{index, message.size()};
      if (!write_all(results, &header, sizeof header) ||
          !write_all(results, message.data(), message.size()))
        break;
    }
  } catch (const std::bad_alloc&) {
    ::_exit(kOutOfMemoryExit);
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "worker process: %s\n", error.what());
    ::_exit(1);
  }
  ::_exit(0);
}

void WorkerPool::send(Worker& worker, std::uint64_t index) {
  worker.pending.push_back(index);
  // A worker that died meanwhile is found out when its results end.
  (void)write_all(worker.requests, &index, sizeof index);
}

std::size_t WorkerPool::depth() const {
  if (finished_ == 0) return 1;
  const double elapsed_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  const double each_s =
      elapsed_s * static_cast<double>(workers_.size()) / static_cast<double>(finished_);
  const double count = each_s > 0 ? kQueued_s / each_s : static_cast<double>(kMostQueued);
  return 1 + std::min(kMostQueued, static_cast<std::size_t>(count));
}

std::optional<std::uint64_t> WorkerPool::next(const WorkHooks& hooks) {
  if (!returned_.empty()) {
    const std::uint64_t index = returned_.front();
    returned_.pop_front();
    return index;
  }
  if (exhausted_) return std::nullopt;
  std::optional<std::uint64_t> index = hooks.next();
  exhausted_ = !index.has_value();
  return index;
}

void WorkerPool::fill(const WorkHooks& hooks) {
  const std::size_t most = depth();
  // One round each, so that the last pieces do not all go to the first worker.
  for (std::size_t level = 1; level <= most; ++level) {
    for (Worker& worker : workers_) {
      if (worker.process < 0 || worker.pending.size() >= level) continue;
      const std::optional<std::uint64_t> index = next(hooks);
      if (!index) return;
      send(worker, *index);
    }
  }
}

void WorkerPool::receive(Worker& worker, const WorkHooks& hooks) {
  std::array<char, std::size_t{1} << 16U> buffer{};
  const ssize_t count = ::read(worker.results, buffer.data(), buffer.size());
  if (count < 0 && errno == EINTR) return;
  if (count <= 0) return bury(worker, hooks);
  worker.received.append(buffer.data(), static_cast<std::size_t>(count));
  std::size_t at = 0;
  while (worker.received.size() - at >= sizeof(Header)) {
    Header header;
    std::memcpy(&header, worker.received.data() + at, sizeof header);
    if (worker.received.size() - at - sizeof header < header.bytes) break;
    Finished finished;
    finished.index = header.index;
    finished.message = worker.received.substr(at + sizeof header, header.bytes);
    at += sizeof header + header.bytes;
    worker.pending.pop_front();
    ++finished_;
    hooks.finished(std::move(finished));
  }
  worker.received.erase(0, at);
}

void WorkerPool::bury(Worker& worker, const WorkHooks& hooks) {
  int status = 0;
  ::waitpid(worker.process, &status, 0);
  ::close(worker.requests);
  ::close(worker.results);
  worker.process = -1;
  worker.requests = worker.results = -1;
  std::deque<std::uint64_t> pending = std::exchange(worker.pending, {});
  if (!pending.empty()) {
    Finished lost;
    lost.index = pending.front();
    pending.pop_front();
    returned_.insert(returned_.begin(), pending.begin(), pending.end());
    const bool memory = WIFEXITED(status) && WEXITSTATUS(status) == kOutOfMemoryExit;
    if (memory && out_of_memory_ != lost.index) {
      // What earlier pieces left in the process may have been too much: the limit is for one piece.
      out_of_memory_ = lost.index;
      returned_.push_front(lost.index);
    } else {
      const bool timeout = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
      lost.loss = memory ? Loss::memory : timeout ? Loss::timeout : Loss::crashed;
      lost.reason = reason_of(status);
      ++finished_;
      hooks.finished(std::move(lost));
    }
  }
  if (hooks.before_fork) hooks.before_fork();
  start(worker);
  if (hooks.after_fork) hooks.after_fork();
}

bool WorkerPool::run(const WorkHooks& hooks) {
  started_ = std::chrono::steady_clock::now();
  finished_ = 0;
  exhausted_ = false;
  while (!StopSignals::asked()) {
    fill(hooks);
    std::vector<pollfd> files;
    for (const Worker& worker : workers_) {
      if (!worker.pending.empty()) files.push_back({worker.results, POLLIN, 0});
    }
    if (files.empty() && exhausted_ && returned_.empty()) return true;
    const int ready = ::poll(files.data(), files.size(), kPoll_ms);
    for (std::size_t i = 0; ready > 0 && i < files.size(); ++i) {
      if (files[i].revents == 0) continue;
      const auto worker = std::ranges::find(workers_, files[i].fd, &Worker::results);
      if (worker != workers_.end()) receive(*worker, hooks);
    }
    if (hooks.idle) hooks.idle();
  }
  return false;
}

}  // namespace bitscale::sweep
