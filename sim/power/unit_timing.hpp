#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "arch/unit.hpp"

namespace bitscale {

/// How long one mode of a unit takes and how much it does meanwhile.
struct ModeTiming {
  std::uint32_t path_units = 0;           ///< critical path, in unit delays
  std::int64_t products = 1, cycles = 1;  ///< of a step, per lane
  bool operator==(const ModeTiming&) const = default;
};

/// A layer's mode beside the widest one of the same unit.
struct UnitTiming {
  ModeTiming mode, full;
  bool operator==(const UnitTiming&) const = default;
};

/// The widest operand types that the unit takes: most bits in both operands together, two's
/// complement first where equal.
[[nodiscard]] OperandTypes widest_types(const Unit& unit);

/// Critical paths of a unit by static timing of its netlist with what the mode holds still. Keeps
/// what it has drawn: paths do not depend on layers but on types.
class UnitTimer {
 public:
  UnitTimer(std::shared_ptr<const Unit> unit, std::int64_t lanes)
      : unit_(std::move(unit)), lanes_(lanes) {}

  /// For types the unit does not refuse.
  [[nodiscard]] UnitTiming timing(const OperandTypes& types);
  /// Of the widest mode: for what has no operands of its own.
  [[nodiscard]] UnitTiming widest();

 private:
  [[nodiscard]] ModeTiming mode_timing(const OperandTypes& types);

  std::shared_ptr<const Unit> unit_;
  std::int64_t lanes_ = 1;
  std::optional<OperandTypes> widest_;
  std::vector<std::pair<OperandTypes, ModeTiming>> known_;
};

}  // namespace bitscale
