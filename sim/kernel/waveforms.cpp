#include "sim/kernel/waveforms.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "sim/core/errors.hpp"

namespace bitscale::kernel {
namespace {

namespace fs = std::filesystem;

constexpr std::array kEndings = {SIGINT, SIGTERM, SIGHUP};

/// The file that a signal would leave behind half written; nullptr for none.
std::atomic<const char*> half_written = nullptr;
static_assert(std::atomic<const char*>::is_always_lock_free);

/// The default action was put back before this runs, and ends the process behind it.
void remove_half_written(int signal) {
  if (const char* path = half_written.load()) ::unlink(path);
  (void)std::raise(signal);
}

/// Where a signal would end the process: one that is ignored or handled by others stays so.
void handle(int signal, void (*from)(int), void (*to)(int)) {
  struct sigaction action {};
  if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler != from) return;
  action = {};
  action.sa_handler = to;
  action.sa_flags = static_cast<int>(to == SIG_DFL ? 0U : SA_RESETHAND);
  (void)::sigaction(signal, &action, nullptr);
}

}  // namespace

void Waveforms::open(const std::string& path) {
  const fs::path whole(path);
  const std::string stem =
      (whole.parent_path() / fmt::format(".{}.{}.tmp", whole.filename().string(), ::getpid()))
          .string();
  std::error_code unknown;
  const fs::file_status status = fs::status(whole, unknown);
  const bool replaceable = !fs::exists(status) || fs::is_regular_file(status);
  // Checked here, because SystemC would report a file it cannot open through its own handler.
  if (!replaceable || !std::ofstream(stem + ".vcd"))
    throw IoError(fmt::format("error: cannot write '{}'", path));
  path_ = path;
  temporary_ = stem + ".vcd";
  half_written = temporary_.c_str();
  for (const int signal : kEndings) handle(signal, SIG_DFL, remove_half_written);
  sc_core::sc_report_handler::set_actions("tracing timescale unit set", sc_core::SC_DO_NOTHING);
  file_ = sc_core::sc_create_vcd_trace_file(stem.c_str());
  file_->set_time_unit(1.0, sc_core::SC_PS);
}

void Waveforms::close(const std::string& last_line) {
  if (file_ == nullptr) return;
  sc_core::sc_close_vcd_trace_file(file_);
  file_ = nullptr;
  if (!last_line.empty()) std::ofstream(temporary_, std::ios::app) << last_line;
  std::error_code unknown;
  fs::rename(temporary_, path_, unknown);
  if (unknown) fs::remove(temporary_, unknown);
  half_written = nullptr;
  for (const int signal : kEndings) handle(signal, remove_half_written, SIG_DFL);
}

void Waveforms::keep_within(std::uint64_t max_bytes) {
  if (file_ == nullptr) return;
  std::error_code unknown;
  if (fs::file_size(temporary_, unknown) < max_bytes || unknown) return;
  close(fmt::format("$comment ended after {} bytes; the simulation went on $end\n", max_bytes));
}

}  // namespace bitscale::kernel
