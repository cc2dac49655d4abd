#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "sim/netlist/builder.hpp"

namespace bitscale {

/// A set of a netlist's modes: bit m stands for mode m.
using ModeSet = std::uint32_t;

/// The mode inputs of a drawing and what is decoded from them. Modes are ordered; bit k of the bus
/// `mode` says that the mode comes after mode k, so that neighbours differ in one bit. One mode
/// needs no bus. Nodes that several places need are drawn once.
class ModeSelect {
 public:
  ModeSelect(netlist::Builder& b, std::size_t modes);

  [[nodiscard]] std::size_t modes() const { return after_.size() + 1; }
  [[nodiscard]] ModeSet all() const { return (ModeSet{1} << modes()) - 1; }

  /// 1 in the modes of the set.
  [[nodiscard]] netlist::NodeId in(ModeSet set);
  /// The source that stands for the mode in force; one per mode.
  [[nodiscard]] netlist::NodeId choose(const netlist::Bits& sources);

  /// Value of the bus `mode` in mode `mode`.
  [[nodiscard]] static constexpr std::int64_t code(std::size_t mode) {
    return (std::int64_t{1} << mode) - 1;
  }

 private:
  netlist::Builder& b_;
  netlist::Bits after_;
  std::map<ModeSet, netlist::NodeId> sets_;
  std::map<netlist::Bits, netlist::NodeId> choices_;
};

}  // namespace bitscale
