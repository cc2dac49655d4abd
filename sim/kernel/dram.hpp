#pragma once

#include <systemc>

#include "sim/kernel/context.hpp"
#include "sim/mapping/closed_form.hpp"

namespace bitscale::kernel {

/// The off-chip channel: one transfer at a time, in the order of the requests; reads and writes
/// share it. A request of b bits occupies it for its latency and ceil(b / bits per memory cycle)
/// memory cycles, rounded up to array cycles.
class Dram : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Dram);
  Dram(const sc_core::sc_module_name& name, const Mapping& mapping)
      : sc_module(name), mapping_(mapping), requests_("requests", 4) {
    SC_THREAD(serve);
  }

  /// Blocks the calling process until the transfer is complete; `done` is the caller's own event.
  /// Ideal DRAM takes no time.
  void transfer(std::int64_t bits, sc_core::sc_event& done) {
    if (mapping_.dram.ideal() || bits == 0) return;
    requests_.write({bits, &done});
    wait(done);
  }

  /// Array cycles that a transfer of `bits` occupies the channel.
  [[nodiscard]] std::int64_t cycles_of(std::int64_t bits) const {
    const std::int64_t overhead = mapping_.dram.latency_cycles * mapping_.dram.bits_per_cycle;
    return channel_cycles(mapping_, bits + overhead);
  }
  [[nodiscard]] std::uint64_t busy_cycles() const { return busy_cycles_; }
  [[nodiscard]] std::int64_t waiting() const { return requests_.num_available(); }

 private:
  struct Request {
    std::int64_t bits = 0;
    sc_core::sc_event* done = nullptr;
    friend std::ostream& operator<<(std::ostream& out, const Request& r) {
      return out << r.bits << " bit";
    }
  };

  void serve() {
    while (true) {
      Request request;
      requests_.read(request);
      const std::int64_t busy = cycles_of(request.bits);
      wait(cycles(busy));
      busy_cycles_ += static_cast<std::uint64_t>(busy);
      request.done->notify(sc_core::SC_ZERO_TIME);
    }
  }

  const Mapping& mapping_;
  sc_core::sc_fifo<Request> requests_;
  std::uint64_t busy_cycles_ = 0;
};

}  // namespace bitscale::kernel
