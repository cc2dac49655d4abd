#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "arch/unit.hpp"
#include "arch/unit_netlist.hpp"
#include "sim/netlist/registers.hpp"
#include "sim/netlist/toggles.hpp"

namespace bitscale {

/// A unit's netlist prepared for counting: opened at its registers, and the evaluators made.
class UnitGates {
 public:
  UnitGates(UnitNetlist unit, netlist::VectorPath path);

  [[nodiscard]] const UnitNetlist& unit() const { return unit_; }
  [[nodiscard]] const netlist::Netlist& open() const { return cut_.netlist; }
  [[nodiscard]] std::size_t operand_buses() const { return cut_.input_buses; }
  [[nodiscard]] std::size_t buses() const { return cut_.netlist.inputs.size(); }
  /// Bus and width of an accumulator.
  [[nodiscard]] std::size_t state_bus(std::int64_t segment) const {
    return state_buses_[static_cast<std::size_t>(segment)];
  }
  [[nodiscard]] int state_bits(std::int64_t segment) const;
  /// Flip-flops of the accumulators, and those of registers that every step starts afresh.
  [[nodiscard]] std::uint64_t accumulator_bits() const {
    return cut_.flip_flops - other_flip_flops_;
  }
  [[nodiscard]] std::uint64_t other_flip_flops() const { return other_flip_flops_; }
  /// What the buses carry before the first operands: 0, but for inputs tied to 1.
  [[nodiscard]] const std::vector<std::int64_t>& reset() const { return reset_; }

  [[nodiscard]] netlist::ToggleCount zero_delay(const netlist::Stimulus& stimulus) {
    return zero_delay_.count(stimulus);
  }
  /// With glitches. Its schedule is made at the first call.
  [[nodiscard]] netlist::ToggleCount inertial(const netlist::Stimulus& stimulus);

  /// A column of bus values is kept as bits, one bus after the other: `packed_words` words.
  [[nodiscard]] std::size_t packed_words() const { return packed_words_; }
  void pack(std::span<const std::int64_t> buses, std::uint64_t* words) const;
  /// Input bit of open() that each packed bit drives.
  [[nodiscard]] const std::vector<std::uint32_t>& planes() const { return planes_; }
  /// Which packed bits are operands of either kind.
  [[nodiscard]] const std::vector<std::uint64_t>& activation_bits() const { return activations_; }
  [[nodiscard]] const std::vector<std::uint64_t>& weight_bits() const { return weights_; }

  /// Registers that every step starts afresh: packed bits that somebody must fill in.
  struct OwnRegister {
    std::size_t first_bit = 0, bits = 0;
  };
  [[nodiscard]] const std::vector<OwnRegister>& own_registers() const { return own_; }
  /// The netlist that says what they hold: its outputs are those registers. Its input bit that each
  /// packed bit drives, kNoPlane where there is none.
  [[nodiscard]] const netlist::Netlist& follower() const { return follower_; }
  [[nodiscard]] const std::vector<std::uint32_t>& follower_planes() const {
    return follower_planes_;
  }
  static constexpr std::uint32_t kNoPlane = 0xffffffffU;

  /// Takes another mode of the same gates; false where they are not the same.
  [[nodiscard]] bool adopt(const UnitNetlist& unit);

 private:
  void read_mode();
  void lay_out_bits();
  void find_own_registers();

  UnitNetlist unit_;
  netlist::CutNetlist cut_;
  netlist::VectorPath path_;
  std::vector<std::size_t> state_buses_;
  std::uint64_t other_flip_flops_ = 0;
  std::vector<std::int64_t> reset_;
  std::vector<std::size_t> first_bits_;  ///< of each bus, packed
  std::size_t packed_words_ = 0;
  std::vector<std::uint32_t> planes_, follower_planes_;
  std::vector<std::uint64_t> activations_, weights_;
  std::vector<OwnRegister> own_;
  netlist::Netlist follower_;
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
