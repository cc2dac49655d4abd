#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/rounding.hpp"
#include "sim/report/result.hpp"
#include "sim/report/table.hpp"

namespace bitscale {

/// Where a machine that holds, skips or compresses zeros saves energy.
enum class Mechanism {
  logic,     ///< gates of held units stand still
  clocks,    ///< their registers, accumulators above all, are not clocked
  movement,  ///< operand registers and wires to the array
  sram,      ///< buffers
  dram,      ///< the off-chip channel
  rest,      ///< what follows from time: control, leakage
};
inline constexpr std::size_t kMechanisms = 6;
inline constexpr std::array<std::string_view, kMechanisms> kMechanismNames = {
    "logic", "clocks", "movement", "sram", "dram", "rest"};

/// Energy of one mechanism with and without guarding, skipping and compression; the count is what
/// it is about: flip-flop clocks, bits read from buffers, bits over the channel.
struct MechanismSaving {
  double with_pJ = 0, without_pJ = 0;
  std::uint64_t with_count = 0, without_count = 0;
  /// Of energies to the digits that are printed: what summation order leaves is no saving.
  [[nodiscard]] double saved_pJ() const {
    return round_significant(without_pJ) - round_significant(with_pJ);
  }
};

/// One layer, or a run, on the machine as it is and on the same machine that treats zeros as any
/// other value, with the same operands.
struct Savings {
  std::string layer;
  std::uint64_t operations = 0, held = 0;  ///< products, and those that a guard holds
  std::array<MechanismSaving, kMechanisms> mechanisms{};
  bool same_supply = true;  ///< the unit without guard needs the same supplies
  [[nodiscard]] const MechanismSaving& operator[](Mechanism mechanism) const {
    return mechanisms[static_cast<std::size_t>(mechanism)];
  }
  [[nodiscard]] double with_pJ() const;
  [[nodiscard]] double without_pJ() const;
  /// What holding would save if an operation on a zero cost what the active ones do: more than it
  /// does, because zeros switch few gates in a unit without guard. Nothing where all are held.
  [[nodiscard]] std::optional<double> logic_at_active_cost_pJ() const;
};

/// Layers with MACs of `with` against `without`, which ran the same layers. Sums of mechanisms are
/// the energies of the layers.
[[nodiscard]] std::vector<Savings> savings_of(const RunResult& with, const RunResult& without);
/// Their sum, named `total`.
[[nodiscard]] Savings total_of(const std::vector<Savings>& layers);

[[nodiscard]] std::string savings_text(const std::vector<Savings>& layers, const TextStyle& style);
[[nodiscard]] nlohmann::ordered_json savings_json(const std::vector<Savings>& layers);

}  // namespace bitscale
