#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/netlist/netlist.hpp"

namespace bitscale::netlist {

/// Lanes of the bit-sliced evaluator: each is one operand set of a step, or one window of a stream.
inline constexpr std::size_t kLanes = 512;
inline constexpr std::size_t kPlaneWords = kLanes / 64;

/// Transposes a 64 x 64 bit matrix in place: bit j of word i goes to bit i of word j.
void transpose64(std::span<std::uint64_t, 64> words);

/// Inputs of a netlist over time in bit planes: the stream that the readings of a netlist run on.
/// Lane l of an input bit is bit l % 64 of word l / 64 of its plane. Lanes in use are a multiple of
/// 64; the others are not evaluated.
class Stimulus {
 public:
  /// All operands 0. Throws NetlistError where lanes is not 64, 128, ... 512.
  Stimulus(const Netlist& netlist, std::size_t steps, std::size_t lanes = kLanes);

  /// Sets bus number `bus` (order of Netlist::inputs) of a step: one value per lane, the bits that
  /// the bus has taken from the low end.
  void set(std::size_t step, std::size_t bus, std::span<const std::int64_t> values);
  /// Sets a bus to one value in all lanes of a step, or of all steps.
  void set_all(std::size_t step, std::size_t bus, std::int64_t value);
  void set_always(std::size_t bus, std::int64_t value);

  /// Sets 64 lanes of one input bit of a step: bit `bit` in the order of nodes(), lanes 64 * word..
  void set_word(std::size_t step, std::size_t bit, std::size_t word, std::uint64_t lanes) {
    plane(step, bit)[word] = lanes;
  }

  [[nodiscard]] std::size_t steps() const { return steps_; }
  [[nodiscard]] std::size_t lanes() const { return lanes_; }
  [[nodiscard]] std::size_t words() const { return lanes_ / 64; }
  /// Input nodes in the order of their planes.
  [[nodiscard]] std::span<const NodeId> nodes() const { return nodes_; }
  /// The planes of a step, one after the other.
  [[nodiscard]] const std::uint64_t* step_planes(std::size_t step) const {
    return planes_.data() + step * nodes_.size() * kPlaneWords;
  }

 private:
  std::uint64_t* plane(std::size_t step, std::size_t bit) {
    return planes_.data() + (step * nodes_.size() + bit) * kPlaneWords;
  }

  std::size_t steps_, lanes_;
  std::vector<std::size_t> first_bit_;  ///< of each bus, and one past the last
  std::vector<NodeId> nodes_;
  std::vector<std::uint64_t> planes_;
};

}  // namespace bitscale::netlist
