#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace bitscale {

/// Where progress goes and how. On a terminal one line is rewritten in place; elsewhere (a log)
/// plain lines appear at most every few seconds. Work that is done within a second shows nothing.
struct ProgressOutput {
  std::function<void(std::string_view)> write;  ///< absent: silent
  bool terminal = false;
  std::function<std::chrono::duration<double>()>
      now;  ///< seconds from any origin; absent: the steady clock
};

/// Progress on stderr, with the terminal recognised; silent where `quiet`.
[[nodiscard]] ProgressOutput stderr_progress(bool quiet = false);

/// Progress of `total` pieces of work of one kind, with rate and time left.
class Progress {
 public:
  /// `unit` names the pieces in the plural: `layers`.
  Progress(ProgressOutput output, std::string label, std::string unit, std::uint64_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Clears the line of a terminal.
  ~Progress();

  /// `done` pieces are finished; `detail` says what is next.
  void update(std::uint64_t done, std::string_view detail = {});

 private:
  ProgressOutput output_;
  std::string label_, unit_;
  std::uint64_t total_ = 0;
  double start_s_ = 0, last_shown_s_ = 0;
  bool shown_ = false;
};

/// `42 s`, `3 min 05 s`, `2 h 10 min`.
[[nodiscard]] std::string format_duration(double seconds);

}  // namespace bitscale
