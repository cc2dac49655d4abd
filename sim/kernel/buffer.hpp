#pragma once

#include <systemc>

#include "sim/mapping/schedule.hpp"

namespace bitscale::kernel {

/// An on-chip buffer as its users see it: places for tiles. With double buffering the fill of one
/// place overlaps the array's reads of the other; capacity was checked by the mapping, port width
/// is in the step time.
class Buffer : public sc_core::sc_module {
 public:
  Buffer(const sc_core::sc_module_name& name, const BufferConfig& config)
      : sc_module(name), free_("free", config.double_buffered ? 2 : 1) {}

  /// Blocks until a place is free, and takes it.
  void acquire() {
    free_.wait();
    ++held_;
  }
  void release() {
    free_.post();
    --held_;
  }
  [[nodiscard]] int held() const { return held_; }

 private:
  sc_core::sc_semaphore free_;
  int held_ = 0;
};

}  // namespace bitscale::kernel
