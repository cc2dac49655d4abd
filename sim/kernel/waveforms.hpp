#pragma once

#include <cstdint>
#include <string>
#include <systemc>

namespace bitscale::kernel {

/// A VCD file of a simulation, in picoseconds. It is written under a temporary name beside its own,
/// which it gets when it is whole: at its limit, or with the end of this object. A signal that ends
/// the process (SIGINT, SIGTERM, SIGHUP) takes the temporary file along. One at a time.
class Waveforms {
 public:
  /// Opens `path`.vcd and has `trace(file)` register its signals; for an empty path does nothing.
  /// After ports were bound, before the start. Throws IoError where the file cannot be written.
  template <typename Trace>
  Waveforms(const std::string& path, Trace&& trace) {
    if (path.empty()) return;
    open(path + ".vcd");
    trace(file_);
  }
  ~Waveforms() { close(""); }
  /// Ends the file where it holds `max_bytes`; its last line says so. Between two deltas.
  void keep_within(std::uint64_t max_bytes);
  Waveforms(const Waveforms&) = delete;
  Waveforms& operator=(const Waveforms&) = delete;

 private:
  void open(const std::string& path);
  /// Ends the file with `last_line` and gives it its name.
  void close(const std::string& last_line);

  sc_core::sc_trace_file* file_ = nullptr;
  std::string path_, temporary_;
};

}  // namespace bitscale::kernel
