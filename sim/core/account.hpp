#pragma once

#include <array>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace bitscale {

/// Why a cycle passed. Every array cycle of a layer has exactly one cause.
enum class Cause : std::uint8_t {
  compute,           ///< the units worked
  fill,              ///< skew and pipeline depth
  stationary_load,   ///< a stationary operand shifted in, not hidden behind compute
  operand_fetch,     ///< a step waited for a buffer's read port
  spill,             ///< partial sums written out and read back
  drain,             ///< results left the accumulators, not hidden
  wait_activations,  ///< no tile yet: activations were under way
  wait_weights,      ///< no tile yet: weights were under way
  wait_outputs,      ///< no free place in the output buffer
  write_back,        ///< the last results on their way to DRAM
  vector,            ///< work without MACs on the vector unit
};
inline constexpr std::size_t kCauses = 11;
inline constexpr std::array<std::string_view, kCauses> kCauseNames = {
    "compute",          "fill",         "stationary_load", "operand_fetch", "spill", "drain",
    "wait_activations", "wait_weights", "wait_outputs",    "write_back",    "vector"};

/// Array cycles by cause; they sum to the total by construction, and engines check the total
/// against their clock.
struct CycleAccount {
  std::array<std::uint64_t, kCauses> by_cause{};
  std::uint64_t& operator[](Cause cause) { return by_cause[static_cast<std::size_t>(cause)]; }
  const std::uint64_t& operator[](Cause cause) const {
    return by_cause[static_cast<std::size_t>(cause)];
  }
  [[nodiscard]] std::uint64_t total() const {
    return std::accumulate(by_cause.begin(), by_cause.end(), std::uint64_t{0});
  }
  bool operator==(const CycleAccount&) const = default;
};

/// Product slots by what they did: active + guarded + idle + stalled = multiplier positions x
/// products of a step x cycles.
struct SlotAccount {
  std::uint64_t active = 0;   ///< worked on a product
  std::uint64_t guarded = 0;  ///< held still because an operand was zero
  std::uint64_t idle = 0;     ///< had no product: the layer did not fill the array
  std::uint64_t stalled = 0;  ///< the whole array waited
  [[nodiscard]] std::uint64_t total() const { return active + guarded + idle + stalled; }
  bool operator==(const SlotAccount&) const = default;
};

/// What hardware can do that costs energy. A width is in bits.
enum class Action : std::uint8_t {
  multiply,           ///< width_a x width_b integer multiply
  add,                ///< width_a integer add
  sram_read,          ///< one bit from a memory of capacity_bits accessed access_bits at a time
  sram_write,         ///< one bit into such a memory
  dram_read,          ///< one bit
  dram_write,         ///< one bit
  switch_zero_delay,  ///< capacitance of one NAND input pin, between settled states of gates
  switch_glitch,      ///< the same, by pulses before they settle
  flip_flop_clock,    ///< one flip-flop at a clock edge
  flip_flop_toggle,   ///< one flip-flop that changes, beside the nets it drives
  array_transfer,     ///< one bit over the array's network, between a buffer and register files
  wire_toggle,        ///< one bit of an operand on its way from a buffer to the units
};

[[nodiscard]] std::string_view to_string(Action action);

/// The whole hand-over from performance to energy: a component did an action `count` times.
struct ActionCount {
  std::string
      component;  ///< multiplier, adder_tree, accumulator, weight_buffer, ..., dram_weights, vector
  Action action = Action::add;
  int width_a = 0, width_b = 0;
  std::int64_t capacity_bits = 0, access_bits = 0;
  std::uint64_t count = 0;
  bool operator==(const ActionCount&) const = default;
};

/// One kind of hardware block that takes area: `count` of them.
struct AreaItem {
  std::string component;
  Action action =
      Action::add;  ///< multiply and add: an operator; sram_read: a memory of capacity_bits;
                    ///< switch_zero_delay: gates, `count` in NAND2 equivalents
  int width_a = 0, width_b = 0;
  std::int64_t capacity_bits = 0;
  std::uint64_t count = 0;
  bool operator==(const AreaItem&) const = default;
};

}  // namespace bitscale
