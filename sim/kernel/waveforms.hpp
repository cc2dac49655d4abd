#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <systemc>

#include "sim/core/errors.hpp"

namespace bitscale::kernel {

/// A VCD file of a simulation, in picoseconds, closed with this object.
class Waveforms {
 public:
  /// Opens `path`.vcd and has `trace(file)` register its signals; for an empty path does nothing.
  /// After ports were bound, before the start. Throws IoError where the file cannot be written.
  template <typename Trace>
  Waveforms(const std::string& path, Trace&& trace) {
    if (path.empty()) return;
    path_ = path + ".vcd";
    // Checked here, because SystemC would report a file it cannot open through its own handler.
    if (!std::ofstream(path_)) throw IoError(fmt::format("error: cannot write '{}'", path_));
    sc_core::sc_report_handler::set_actions("tracing timescale unit set", sc_core::SC_DO_NOTHING);
    file_ = sc_core::sc_create_vcd_trace_file(path.c_str());
    file_->set_time_unit(1.0, sc_core::SC_PS);
    trace(file_);
  }
  ~Waveforms() {
    if (file_ != nullptr) sc_core::sc_close_vcd_trace_file(file_);
  }
  /// Ends the file where it holds `max_bytes`; its last line says so. Between two deltas.
  void keep_within(std::uint64_t max_bytes) {
    if (file_ == nullptr) return;
    std::error_code unknown;
    if (std::filesystem::file_size(path_, unknown) < max_bytes || unknown) return;
    sc_core::sc_close_vcd_trace_file(file_);
    file_ = nullptr;
    std::ofstream(path_, std::ios::app)
        << fmt::format("$comment ended after {} bytes; the simulation went on $end\n", max_bytes);
  }
  Waveforms(const Waveforms&) = delete;
  Waveforms& operator=(const Waveforms&) = delete;

 private:
  sc_core::sc_trace_file* file_ = nullptr;
  std::string path_;
};

}  // namespace bitscale::kernel
