#include "sim/report/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

namespace bitscale {

namespace {

constexpr double kSilentSeconds = 1.0;  ///< shorter work shows nothing
constexpr double kTerminalPeriodSeconds = 0.1;
constexpr double kLogPeriodSeconds = 5.0;
constexpr std::string_view kClearLine = "\r\x1b[K";

}  // namespace

ProgressOutput stderr_progress(bool quiet) {
  ProgressOutput output;
  if (quiet) return output;
  output.terminal = ::isatty(STDERR_FILENO) == 1;
  output.write = [](std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
  };
  return output;
}

Progress::Progress(ProgressOutput output, std::string label, std::string unit, std::uint64_t total)
    : output_(std::move(output)), label_(std::move(label)), unit_(std::move(unit)), total_(total) {
  if (!output_.now) {
    output_.now = [] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch());
    };
  }
  start_s_ = output_.now().count();
  last_shown_s_ = start_s_;
}

Progress::~Progress() {
  if (shown_ && output_.terminal) output_.write(kClearLine);
}

void Progress::update(std::uint64_t done, std::string_view detail) {
  if (!output_.write) return;
  const double now_s = output_.now().count();
  const double elapsed_s = now_s - start_s_;
  if (elapsed_s < kSilentSeconds) return;
  const double period_s = output_.terminal ? kTerminalPeriodSeconds : kLogPeriodSeconds;
  // The first line of a log waits a period as well: a log should not fill with short jobs.
  if ((shown_ || !output_.terminal) && now_s - last_shown_s_ < period_s) return;
  last_shown_s_ = now_s;
  shown_ = true;

  std::string text = fmt::format("{}: {}/{} {}", label_, done, total_, unit_);
  if (done > 0) {
    const double rate = static_cast<double>(done) / elapsed_s;
    const std::uint64_t left = done < total_ ? total_ - done : 0;
    text +=
        fmt::format(", {:.3g}/s, {} left", rate, format_duration(static_cast<double>(left) / rate));
  }
  if (!detail.empty()) text += fmt::format(" ({})", detail);
  output_.write(output_.terminal ? std::string(kClearLine) + text : text + "\n");
}

std::string format_duration(double seconds) {
  if (!(seconds >= 0) || seconds > 3.2e9) return "?";
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 60) return fmt::format("{} s", whole);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace bitscale
