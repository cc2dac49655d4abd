#pragma once

#include <functional>
#include <string>
#include <systemc>
#include <utility>

#include "sim/kernel/context.hpp"

namespace bitscale::kernel {

/// Stops a simulation that makes no progress: when the layer has not finished in the cycle in which
/// everyone has surely lost patience, it keeps a dump of everybody's state and calls sc_stop().
/// Errors are raised after the simulation returned, because an exception that escapes a SystemC
/// process loses its type.
class Watchdog : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Watchdog);
  Watchdog(const sc_core::sc_module_name& name, std::int64_t patience,
           const sc_core::sc_event& finish, std::function<bool()> finished,
           std::function<std::string()> dump)
      : sc_module(name),
        patience_(patience),
        finish_(finish),
        finished_(std::move(finished)),
        dump_(std::move(dump)) {
    SC_METHOD(watch);
  }

  [[nodiscard]] const std::string& report() const { return report_; }

 private:
  /// Called when the simulation starts, and when the layer has ended or patience has.
  void watch() {
    if (!std::exchange(watching_, true)) {
      next_trigger(cycles(patience_), finish_);
      return;
    }
    if (finished_()) return;
    report_ = dump_();
    stop_quietly();  // the reason follows in the error
  }

  std::int64_t patience_;
  const sc_core::sc_event& finish_;
  std::function<bool()> finished_;
  std::function<std::string()> dump_;
  std::string report_;
  bool watching_ = false;
};

}  // namespace bitscale::kernel
