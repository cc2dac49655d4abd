#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "arch/unit.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/netlist/registers.hpp"
#include "sim/netlist/toggles.hpp"

namespace bitscale {

/// A unit's netlist prepared for counting: opened at its accumulators, and the evaluators made.
class UnitGates {
 public:
  /// Which operand an input bus carries.
  enum class Role : std::uint8_t { activation, weight, control };

  UnitGates(UnitNetlist unit, netlist::VectorPath path);

  [[nodiscard]] const UnitNetlist& unit() const { return unit_; }
  [[nodiscard]] const netlist::Netlist& open() const { return cut_.netlist; }
  [[nodiscard]] std::size_t operand_buses() const { return cut_.input_buses; }
  [[nodiscard]] std::size_t buses() const { return cut_.netlist.inputs.size(); }
  [[nodiscard]] Role role(std::size_t bus) const { return roles_[bus]; }
  /// The bits that a bus has.
  [[nodiscard]] std::uint64_t bus_mask(std::size_t bus) const {
    return ~std::uint64_t{0} >> (64 - cut_.netlist.inputs[bus].bits.size());
  }
  /// Bus and width of an accumulator.
  [[nodiscard]] std::size_t state_bus(std::int64_t segment) const {
    return state_buses_[static_cast<std::size_t>(segment)];
  }
  [[nodiscard]] int state_bits(std::int64_t segment) const;
  /// Flip-flops of the accumulators, and those of registers that every step starts afresh.
  [[nodiscard]] std::uint64_t accumulator_bits() const { return cut_.flip_flops; }
  [[nodiscard]] std::uint64_t other_flip_flops() const { return other_flip_flops_; }
  /// What the buses carry before the first operands: 0, but for inputs tied to 1.
  [[nodiscard]] const std::vector<std::int64_t>& reset() const { return reset_; }

  [[nodiscard]] netlist::ToggleCount zero_delay(const netlist::Stimulus& stimulus) {
    return zero_delay_.count(stimulus);
  }
  /// With glitches. Its schedule is made at the first call.
  [[nodiscard]] netlist::ToggleCount inertial(const netlist::Stimulus& stimulus);

  /// Takes another mode of the same gates; false where they are not the same.
  [[nodiscard]] bool adopt(const UnitNetlist& unit);

 private:
  void read_mode();

  UnitNetlist unit_;
  netlist::CutNetlist cut_;
  netlist::VectorPath path_;
  std::vector<Role> roles_;
  std::vector<std::size_t> state_buses_;
  std::uint64_t other_flip_flops_ = 0;
  std::vector<std::int64_t> reset_;
  netlist::ZeroDelayToggles zero_delay_;
  std::unique_ptr<netlist::InertialToggles> inertial_;
};

/// The gates of a machine's unit over the layers of a run: drawn once per mode, prepared once per
/// drawing.
class GateCache {
 public:
  explicit GateCache(netlist::VectorPath path = netlist::best_path()) : path_(path) {}
  [[nodiscard]] UnitGates& gates(const Unit& unit, std::int64_t lanes, const OperandTypes& types);

 private:
  struct Entry {
    const Unit* unit = nullptr;
    std::int64_t lanes = 0;
    OperandTypes types;
    std::shared_ptr<UnitGates> gates;
  };
  netlist::VectorPath path_;
  std::vector<Entry> entries_;
};

}  // namespace bitscale
