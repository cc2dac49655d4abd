#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/config/reader.hpp"
#include "sim/core/account.hpp"
#include "sim/core/dims.hpp"
#include "sim/workload/workload.hpp"

namespace bitscale {

class PinUnit;       // the clocked module of a unit: sim/kernel/pin_unit.hpp
struct UnitNetlist;  // the gates of a unit: arch/unit_netlist.hpp

/// What happens when a sum leaves the accumulator's range.
enum class Overflow { wrap, saturate };

/// The register that sums products over steps: two's complement, 4..64 bits.
struct AccumulatorConfig {
  int bits = 48;
  Overflow overflow = Overflow::wrap;
  bool operator==(const AccumulatorConfig&) const = default;
};

/// Which zero operands hold a multiplier still. lane_group: a unit holds when all its activations
/// of a step are zero.
enum class Guard { none, activation, weight, product, lane_group };

/// Types a layer hands to the units, with the accumulator in force (the machine's, or the width the
/// layer asks for).
struct OperandTypes {
  TensorType activation, weight;
  AccumulatorConfig accumulator;
  bool operator==(const OperandTypes&) const = default;
};

/// How a unit works on operands of given types.
struct UnitMode {
  std::int64_t cycles = 1;    ///< that one operand set occupies the unit
  std::int64_t products = 1;  ///< per lane and step; more than one extend `dim` within the unit
  Dim dim = Dim::C;           ///< PQ stands for windows
  /// Accumulators the products of a step go to: 1 for all, or one for each of `products`. Along an
  /// output dimension there is one for each; along C they are merged exactly as results drain.
  std::int64_t segments = 1;
  /// Width of each segment as far as integers of these types use it: less than the register's where
  /// operands stand in the high bits of wider words.
  int accumulator_bits = 48;
  bool operator==(const UnitMode&) const = default;
};

/// What a layer asked of the units, summed over the array; the input of a unit's energy counts.
struct UnitActivity {
  std::uint64_t macs = 0;               ///< products mapped, padded taps included
  std::uint64_t active_macs = 0;        ///< not guarded
  std::uint64_t unit_steps = 0;         ///< (unit, step) pairs with at least one product mapped
  std::uint64_t active_unit_steps = 0;  ///< not guarded as a whole
  OperandTypes types;
  std::int64_t lanes =
      1;  ///< of a unit, as the machine declares them; each has mode.products products
  std::uint64_t outputs = 0;  ///< results that left the accumulators
};

/// Smallest and largest partial sum of accumulators, the zero they start from included.
struct SumRange {
  std::int64_t low = 0, high = 0;
  bool operator==(const SumRange&) const = default;
};

/// Reduction steps of one block of outputs, in schedule order. Each step adds, to every accumulator
/// of filters x windows, the exact sum of `lanes` products; only the accumulator is finite.
struct AccumulateBlock {
  std::int64_t steps = 0, lanes = 0, filters = 0, windows = 0;
  const std::int16_t* activations = nullptr;  ///< [steps * lanes][windows]
  const std::int16_t* weights =
      nullptr;  ///< [steps * lanes][weight_stride], first `filters` of each row
  std::int64_t weight_stride = 0;
  std::int64_t* accumulators =
      nullptr;  ///< [windows][accumulator_stride], first `filters` of each row
  std::int64_t accumulator_stride = 0;
  bool exact = false;  ///< no partial sum can leave 2^62 nor the accumulator: order does not matter
  std::int64_t max_sum = 0;  ///< bound on the magnitude of any partial sum of the block where exact
  /// Where not null, the accumulators are as wide as it takes, and the range is widened to every
  /// partial sum in schedule order.
  SumRange* range = nullptr;
};

/// The seam between architectures and the simulator: a unit as data sheet and as datapath. One
/// folder under arch/ each. A unit is immutable; all methods are pure.
class Unit {
 public:
  virtual ~Unit() = default;

  [[nodiscard]] virtual std::string_view kind() const = 0;

  [[nodiscard]] virtual AccumulatorConfig accumulator() const = 0;
  [[nodiscard]] virtual Guard guard() const = 0;

  /// Why the unit cannot take these types, or '' where it can: the limit a MappingError names.
  [[nodiscard]] virtual std::string refusal(const OperandTypes& types) const = 0;

  /// Time, products and accumulators of a step, for types it does not refuse.
  [[nodiscard]] virtual UnitMode mode(const OperandTypes& types) const = 0;

  /// Bits by which an operand is stored in the buffers and fetched: parallel units store words of
  /// their full width, serial ones the bits they use.
  [[nodiscard]] virtual int stored_activation_bits(const TensorType& type) const = 0;
  [[nodiscard]] virtual int stored_weight_bits(const TensorType& type) const = 0;

  /// Runs a block bit-true, in schedule order, on accumulators of mode(types).accumulator_bits;
  /// returns how many accumulator additions overflowed. `block.lanes` counts all products of a step
  /// that go to one accumulator.
  virtual std::uint64_t accumulate(const AccumulateBlock& block,
                                   const OperandTypes& types) const = 0;

  /// Appends what the activity costs: one entry per component and action.
  virtual void count_actions(const UnitActivity& activity,
                             std::vector<ActionCount>& actions) const = 0;

  /// Appends the blocks of one unit with `lanes` lanes, `count` times.
  virtual void count_area(std::int64_t lanes, std::uint64_t count,
                          std::vector<AreaItem>& area) const = 0;

  /// The unit as a clocked module (fidelity: pin); `name` is its SystemC name. Only inside a
  /// simulation context.
  [[nodiscard]] virtual std::unique_ptr<PinUnit> make_pin_unit(const std::string& name,
                                                               std::int64_t lanes,
                                                               const OperandTypes& types) const = 0;

  /// The gates of a unit with `lanes` lanes, set to the mode of `types`.
  [[nodiscard]] virtual UnitNetlist make_netlist(std::int64_t lanes,
                                                 const OperandTypes& types) const = 0;
};

/// A kind of unit as configuration files name it.
struct UnitKind {
  std::string name;
  std::string description;
  std::shared_ptr<const Unit> (*parse)(config::Reader& reader);
};

}  // namespace bitscale
